//! One connection for pages, the API and media, over the wire: the lane and hyper hand it to each other, and nobody
//! who reads the answers can tell.

use std::collections::BTreeMap;
use std::time::Duration;

use app::domain::Closing;
use app::store::MediaVersion;
use futures_util::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::TcpStream;

use crate::site::{HOST, ORIGIN, Site};
use crate::sockets::Live;

/// An upper bound for what is certain to come.
const SOON: Duration = Duration::from_secs(60);

/// An answer as it came: status, headers without those that differ from one answer to the next, body.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Heard {
    status: u16,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
    by: By,
}

/// Who answered. The lane says the length first, and hyper what the route put first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Lane,
    Hyper,
}

struct Tab {
    stream: BufStream<TcpStream>,
}

impl Tab {
    async fn open(live: &Live) -> Self {
        let stream = TcpStream::connect(live.address).await.expect("the server listens");
        stream.set_nodelay(true).expect("a setting");
        Self { stream: BufStream::new(stream) }
    }

    async fn say(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.expect("written");
        self.stream.flush().await.expect("sent");
    }

    /// The next answer; none when the connection ended.
    async fn hear(&mut self, has_body: bool) -> Option<Heard> {
        tokio::time::timeout(SOON, self.read(has_body)).await.expect("an answer within time")
    }

    /// All that comes until the end of the connection.
    async fn hear_raw(&mut self) -> String {
        let mut text = Vec::new();
        let all = self.stream.read_to_end(&mut text);
        tokio::time::timeout(SOON, all).await.expect("the connection ends").expect("in order");
        String::from_utf8_lossy(&text).into_owned()
    }

    async fn read(&mut self, has_body: bool) -> Option<Heard> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.stream.read_u8().await.ok()?);
        }
        let head = String::from_utf8(head).expect("a head of letters");
        let mut lines = head.trim_end().split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().expect("a status");
        let mut lines = lines.peekable();
        let by = match lines.peek()?.starts_with("content-length") {
            true if status < 300 => By::Lane,
            _ => By::Hyper,
        };
        let mut headers: BTreeMap<_, _> = lines
            .map(|line| line.split_once(": ").expect("a header"))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        headers.remove("date").expect("every answer has a date");
        let length = headers.get("content-length").map_or(0, |length| length.parse().expect("a number"));
        let mut body = vec![0; if has_body { length } else { 0 }];
        self.stream.read_exact(&mut body).await.expect("the whole body");
        // Errors name their request.
        if status >= 400 {
            body.clear();
            headers.remove("content-length");
        }
        Some(Heard { status, headers, body, by })
    }
}

fn request(method: &str, path: &str, headers: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nhost: {HOST}\r\norigin: {ORIGIN}\r\n{headers}\r\n")
}

/// One request of each kind.
struct Kinds {
    media: String,
    all: Vec<(&'static str, String)>,
}

impl Kinds {
    fn of(live: &Live) -> Self {
        let guest = &live.world.stage.guest;
        let path = format!("/m/{}/v0-00000.m4s", guest.viewing);
        let cookie = format!("cookie: {}\r\n", guest.key.cookies.join("; "));
        let media = request("GET", &path, &cookie);
        // A body that would be a request if anybody took it for one.
        let length = format!("content-type: application/json\r\ncontent-length: {}\r\n", media.len());
        let all = vec![
            ("media", media.clone()),
            ("a part", request("GET", &path, &format!("{cookie}range: bytes=2-9\r\n"))),
            ("refused", request("GET", &path, "cookie: __Secure-anteroom-ticket=forged\r\n")),
            ("head", request("HEAD", &path, &cookie)),
            ("page", request("GET", "/sign-in", "accept: text/html\r\n")),
            ("body", request("POST", "/api/sign-in", &length) + &media),
        ];
        Self { media, all }
    }
}

/// Two requests of any kinds in one go, cut anywhere: both answers are those that they get alone, and the
/// connection goes on.
#[tokio::test]
async fn two_requests_in_a_row_are_two_answers_wherever_they_are_cut() {
    let live = Live::new(Site::sqlite().await).await;
    // The sign-in page says more while a site has no members, and that is looked at twice a second.
    while !live.world.site.app.has_members() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let kinds = Kinds::of(&live);
    let mut alone = Vec::new();
    for (name, text) in &kinds.all {
        let mut tab = Tab::open(&live).await;
        tab.say(text.as_bytes()).await;
        alone.push(tab.hear(*name != "head").await.expect("an answer"));
    }
    assert_eq!(alone.iter().map(|heard| heard.status).collect::<Vec<_>>(), [200, 206, 404, 200, 200, 400]);
    let pairs = (0..kinds.all.len()).flat_map(|one| (0..kinds.all.len()).map(move |other| (one, other)));
    let (live, kinds, alone) = (&live, &kinds, &alone);
    join_all(pairs.map(async |(one, other)| {
        let ((first, one_text), (second, other_text)) = (&kinds.all[one], &kinds.all[other]);
        let both = format!("{one_text}{other_text}");
        let mut tab = Tab::open(live).await;
        // Every place is cut in some pair, and all is done before the ticket runs out.
        for at in (1 + (6 * one + other) % 12..both.len()).step_by(12) {
            tab.say(&both.as_bytes()[..at]).await;
            tokio::time::sleep(Duration::from_millis(1)).await;
            tab.say(&both.as_bytes()[at..]).await;
            for (name, number) in [(first, one), (second, other)] {
                let heard = tab.hear(*name != "head").await;
                let heard = heard.unwrap_or_else(|| panic!("{first}, {second} at {at}: no answer"));
                assert_eq!(heard, alone[number], "{first}, {second} at {at}");
            }
        }
        tab.say(kinds.media.as_bytes()).await;
        assert_eq!(tab.hear(true).await.as_ref(), Some(&alone[0]), "{first}, {second}: it goes on");
    }))
    .await;
}

/// Media are the lane's again after whatever hyper answered, as long as it is certain where that ended.
#[tokio::test]
async fn the_connection_comes_back_to_the_lane() {
    let live = Live::new(Site::sqlite().await).await;
    let kinds = Kinds::of(&live);
    let mut tab = Tab::open(&live).await;
    for (name, text) in &kinds.all {
        for expected in [None, Some(By::Lane)] {
            let (asked, has_body) =
                if expected.is_none() { (text, *name != "head") } else { (&kinds.media, true) };
            tab.say(asked.as_bytes()).await;
            let heard = tab.hear(has_body).await.expect("an answer");
            assert!(
                expected.is_none_or(|by| (heard.status, heard.by) == (200, by)),
                "after {name}: {heard:?}"
            );
        }
    }
    let chunks = "content-type: application/json\r\ntransfer-encoding: chunked\r\n";
    tab.say((request("POST", "/api/sign-in", chunks) + "2\r\n{}\r\n0\r\n\r\n").as_bytes()).await;
    assert_eq!(tab.hear(true).await.expect("an answer").status, 400);
    tab.say(kinds.media.as_bytes()).await;
    let heard = tab.hear(true).await.expect("an answer");
    assert_eq!((heard.status, heard.by), (200, By::Hyper), "hyper's for good");
}

/// The lane and the route give the same answer, ranges included.
#[tokio::test]
async fn both_ways_say_the_same() {
    let live = Live::new(Site::sqlite().await).await;
    let guest = &live.world.stage.guest;
    let cookie = format!("cookie: {}\r\n", guest.key.cookies.join("; "));
    let mut tab = Tab::open(&live).await;
    for file in ["master.m3u8", "v0-00000.m4s", "poster.jpg"] {
        for range in
            ["", "bytes=0-", "bytes=0-0", "bytes=3-6", "bytes=-4", "bytes=900-", "bytes=0-1,4-5", "x=1"]
        {
            let headers = match range {
                "" => cookie.clone(),
                range => format!("{cookie}range: {range}\r\n"),
            };
            let path = format!("/m/{}/{file}", guest.viewing);
            // A question mark is enough for the lane to leave it.
            let mut answers = Vec::new();
            for path in [path.clone(), format!("{path}?")] {
                tab.say(request("GET", &path, &headers).as_bytes()).await;
                answers.push(tab.hear(true).await.expect("an answer"));
            }
            answers[1].by = answers[0].by;
            assert_eq!(answers[0], answers[1], "{file} {range}");
        }
    }
}

/// A request of which it is not certain where it ends is answered, and what follows it is never the lane's.
#[tokio::test]
async fn what_is_not_certain_ends_the_connection_or_is_read_by_hyper_alone() {
    let live = Live::new(Site::sqlite().await).await;
    let kinds = Kinds::of(&live);
    let post = |headers: &str, body: &str| request("POST", "/api/sign-in", headers) + body;
    let inner = &kinds.media;
    for (unclear, statuses) in [
        // Chunks that hold a request: one answer for them, then the media.
        (
            post("transfer-encoding: chunked\r\n", &format!("{:x}\r\n{inner}\r\n0\r\n\r\n", inner.len())),
            vec![415, 200],
        ),
        (post("transfer-encoding: chunked\r\ncontent-length: 3\r\n", "0\r\n\r\n"), vec![415]),
        (post("content-length: 3\r\ncontent-length: 4\r\n", "abc"), vec![400]),
        (post("content-length: +3\r\n", "abc"), vec![400]),
        (request("GET", "/sign-in", "x: a\r\n folded\r\n"), vec![400]),
        (request("GET", "/sign-in", "connection: close\r\n"), vec![200]),
        (request("GET", "/sign-in", "").replace("HTTP/1.1", "HTTP/1.0"), vec![200]),
        (request("GET", "/sign-in", "").replace("\r\nhost", "\nhost"), vec![400]),
    ] {
        let mut tab = Tab::open(&live).await;
        tab.say(format!("{unclear}{inner}").as_bytes()).await;
        let mut heard = Vec::new();
        while let Some(answer) = tab.hear(true).await {
            heard.push(answer.status);
            if heard.len() == statuses.len() && statuses.len() > 1 {
                break;
            }
        }
        assert_eq!(heard, statuses, "{unclear}");
    }
}

/// W1: what is refused before any route is asked carries what every answer carries. So it is with one Host too few or
/// too many, which RFC 9112 wants refused, first on a connection and after an answer.
#[tokio::test]
async fn w1_a_bad_head_is_refused_in_our_own_words() {
    let live = Live::new(Site::sqlite().await).await;
    let kinds = Kinds::of(&live);
    let good = request("GET", "/sign-in", "");
    for (bad, status) in [
        (good.replace(&format!("host: {HOST}\r\n"), ""), 400),
        (request("GET", "/sign-in", &format!("host: {HOST}\r\n")), 400),
        (kinds.media.replace("\r\n\r\n", "\r\nhost: other\r\n\r\n"), 400),
        (good.replace("\r\n", "\n"), 400),
        (good.replace("/sign-in", "/sign in"), 400),
        (good.replace("/sign-in", "/sign<in"), 400),
        (request("GET", "/sign-in", "x: a\r\n folded\r\n"), 400),
        (request("POST", "/sign-in", "content-length: 5\r\ncontent-length: 6\r\n"), 400),
        (request("POST", "/sign-in", "transfer-encoding: gzip\r\n"), 400),
        ("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}".to_owned(), 400),
        (request("GET", "/sign-in", &"x: a\r\n".repeat(120)), 431),
        (request("GET", "/sign-in", &format!("x: {}\r\n", "a".repeat(20_000))), 431),
    ] {
        for before in ["", &*good, &*kinds.media] {
            let mut tab = Tab::open(&live).await;
            tab.say(format!("{before}{bad}").as_bytes()).await;
            if !before.is_empty() {
                assert_eq!(tab.hear(true).await.expect("an answer").status, 200);
            }
            let heard = tab.hear_raw().await;
            assert!(heard.starts_with(&format!("HTTP/1.1 {status} ")), "{bad:.90}: {heard}");
            for name in [
                "content-security-policy: default-src 'none'",
                "x-content-type-options: nosniff",
                "referrer-policy: no-referrer",
                "cache-control: no-store",
                "connection: close",
            ] {
                assert!(heard.contains(name), "{bad:.90}: no {name} in {heard}");
            }
        }
    }
}

/// "100 continue" is said before the body is there, and the connection is good for media after it.
#[tokio::test]
async fn who_waits_for_a_word_before_the_body_gets_it() {
    let live = Live::new(Site::sqlite().await).await;
    let kinds = Kinds::of(&live);
    let mut tab = Tab::open(&live).await;
    let head = "content-type: application/json\r\ncontent-length: 2\r\nexpect: 100-continue\r\n";
    tab.say(request("POST", "/api/sign-in", head).as_bytes()).await;
    let mut word = [0; 25];
    tokio::time::timeout(SOON, tab.stream.read_exact(&mut word)).await.expect("soon").expect("a word");
    assert_eq!(&word, b"HTTP/1.1 100 Continue\r\n\r\n");
    tab.say(b"{}").await;
    assert_eq!(tab.hear(true).await.expect("an answer").status, 400);
    tab.say(kinds.media.as_bytes()).await;
    assert_eq!(tab.hear(true).await.expect("an answer").status, 200);
}

/// I5: "end now" also ends bytes under way to a reader who is slow, whichever way they take.
#[tokio::test]
async fn i5_ending_now_cuts_a_body_in_the_middle() {
    const SIZE: usize = 64 << 20;
    let live = Live::new(Site::sqlite().await).await;
    let (world, stage) = (&live.world, &live.world.stage);
    let folder = world.site.blobs.media_path(MediaVersion { item: stage.item, version: 1 });
    std::fs::write(folder.join("v0-90001.m4s"), vec![7; SIZE]).expect("a file");
    let cookie = format!("cookie: {}\r\n", stage.guest.key.cookies.join("; "));
    let path = format!("/m/{}/v0-90001.m4s", stage.guest.viewing);
    let mut tabs = Vec::new();
    for path in [path.clone(), format!("{path}?")] {
        let mut tab = Tab::open(&live).await;
        // After a page, so that the lane's answer comes from a line that came back.
        tab.say((request("GET", "/sign-in", "") + &request("GET", &path, &cookie)).as_bytes()).await;
        assert_eq!(tab.hear(true).await.expect("a page").status, 200);
        let mut begun = [0; 4_096];
        tab.stream.read_exact(&mut begun).await.expect("it begins");
        tabs.push(tab);
    }
    let owner = world.cast.owner.caller(&world.site).await;
    world.site.app.switch_guest_access(&owner, stage.item, false, Closing::Now).await.expect("off");
    for (mut tab, way) in tabs.into_iter().zip(["lane", "route"]) {
        let mut rest = Vec::new();
        let ended = tokio::time::timeout(SOON, tab.stream.read_to_end(&mut rest)).await.expect("it ends");
        assert!(rest.len() < SIZE / 2, "{way}: {} bytes came, {ended:?}", rest.len());
    }
}

/// What somebody who reads slowly does before the end, besides asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asks {
    Once,
    /// Many requests in one go.
    Often,
    /// Then for something else, so that another viewing's bytes or a page's come last.
    ThenAnother,
    /// And says that it will ask no more: the server's part is over, the kernel's is not.
    Lastly,
}

/// I5: media that already lie in the server's socket, where the kernel alone sends them on, are thrown away as well,
/// whoever has the connection by then, and whether or not it is over.
#[tokio::test]
async fn i5_ending_now_cuts_what_waits_in_the_socket() {
    const SIZE: usize = 1 << 20;
    let live = Live::new(Site::sqlite().await).await;
    let (world, stage) = (&live.world, &live.world.stage);
    let folder = world.site.blobs.media_path(MediaVersion { item: stage.item, version: 1 });
    std::fs::write(folder.join("v0-90001.m4s"), vec![7; SIZE]).expect("a file");
    let cookie = format!("cookie: {}\r\n", stage.guest.key.cookies.join("; "));
    let path = format!("/m/{}/v0-90001.m4s", stage.guest.viewing);
    let foreign = &world.foreign.guest;
    let other_cookie = format!("cookie: {}\r\n", foreign.key.cookies.join("; "));
    let other = request("GET", &format!("/m/{}/v0-00000.m4s", foreign.viewing), &other_cookie);
    let mut readers = Vec::new();
    for (path, more) in
        [(path.clone(), ""), (format!("{path}?"), ""), (path.clone(), "connection: close\r\n")]
    {
        for asks in [Asks::Once, Asks::Often, Asks::ThenAnother, Asks::Lastly] {
            let mut stream = slow_reader(&live).await;
            let one = request("GET", &path, &format!("{cookie}{more}"));
            let text = match asks {
                Asks::Once | Asks::Lastly => one,
                Asks::Often => one.repeat(5),
                Asks::ThenAnother => one + &other,
            };
            stream.write_all(text.as_bytes()).await.expect("asked");
            if asks == Asks::Lastly {
                stream.shutdown().await.expect("no more questions");
            }
            let mut begun = [0; 1_024];
            stream.read_exact(&mut begun).await.expect("it begins");
            assert!(begun.starts_with(b"HTTP/1.1 200"), "{asks:?} {path}");
            readers.push((stream, format!("{asks:?} {path} {more}")));
        }
    }
    // Until all that fits has come and lies in the sockets.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let owner = world.cast.owner.caller(&world.site).await;
    world.site.app.switch_guest_access(&owner, stage.item, false, Closing::Now).await.expect("off");
    // From here on two seconds are allowed; whatever comes later was in the reader's own kernel.
    tokio::time::sleep(Duration::from_secs(2)).await;
    for (mut stream, way) in readers {
        let mut rest = Vec::new();
        let ended = tokio::time::timeout(SOON, stream.read_to_end(&mut rest)).await.expect("it ends");
        assert!(rest.len() < SIZE / 2, "{way}: {} bytes came, {ended:?}", rest.len());
    }
    // Whoever watches something else is left alone.
    let mut tab = Tab::open(&live).await;
    tab.say(other.as_bytes()).await;
    assert_eq!(tab.hear(true).await.expect("an answer").status, 200);
}

async fn slow_reader(live: &Live) -> TcpStream {
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(8 * 1_024).expect("a setting");
    socket.connect(live.address).await.expect("the server listens")
}

/// A connection whose last answers were taken is left alone when its viewing ends, and so is one that watches
/// something else.
#[tokio::test]
async fn who_has_taken_everything_keeps_the_connection() {
    let live = Live::new(Site::sqlite().await).await;
    let kinds = Kinds::of(&live);
    let (world, stage) = (&live.world, &live.world.stage);
    let mut tab = Tab::open(&live).await;
    tab.say(kinds.media.as_bytes()).await;
    assert_eq!(tab.hear(true).await.expect("an answer").status, 200);
    let owner = world.cast.owner.caller(&world.site).await;
    world.site.app.switch_guest_access(&owner, stage.item, false, Closing::Now).await.expect("off");
    tokio::time::sleep(Duration::from_millis(600)).await;
    tab.say(request("GET", "/sign-in", "").as_bytes()).await;
    assert_eq!(tab.hear(true).await.expect("the line is still open").status, 200);
}
