//! One connection for pages, the API and media, over the wire: the lane and hyper hand it to each other, and nobody
//! who reads the answers can tell.

mod slow_readers;
mod tab;

use std::time::Duration;

use futures_util::future::join_all;
use tokio::io::AsyncReadExt;

use crate::site::{HOST, Site};
use crate::sockets::Live;
use tab::{By, SOON, Tab, request};

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
