//! Readers who take slowly or not at all: what lies in the server's socket for them is called back when it must be, and
//! nobody else waits for them.

use std::time::Duration;

use app::domain::Closing;
use app::store::{Conn, MediaVersion, StoreError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Kinds;
use super::tab::{SOON, Tab, request};
use crate::site::{Site, encoded};
use crate::sockets::Live;

/// Puts a segment of so many bytes among the published ones: its path, and the header that opens it to the guest.
fn big_segment(live: &Live, size: usize) -> (String, String) {
    let stage = &live.world.stage;
    let folder = live.world.site.blobs.media_path(MediaVersion { item: stage.item, version: 1 });
    std::fs::write(folder.join("v0-90001.m4s"), vec![7; size]).expect("a file");
    let cookie = format!("cookie: {}\r\n", stage.guest.key.cookies.join("; "));
    (format!("/m/{}/v0-90001.m4s", stage.guest.viewing), cookie)
}

/// I5: "end now" also ends bytes under way to a reader who is slow, whichever way they take.
#[tokio::test]
async fn i5_ending_now_cuts_a_body_in_the_middle() {
    const SIZE: usize = 64 << 20;
    let live = Live::new(Site::sqlite().await).await;
    let (world, stage) = (&live.world, &live.world.stage);
    let (path, cookie) = big_segment(&live, SIZE);
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
    let (path, cookie) = big_segment(&live, SIZE);
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

/// Whoever asks on and takes no answers gets a few of them, not all: their processor time is everybody's. Once the
/// answers are taken, the rest is answered too.
#[tokio::test]
async fn b2_who_asks_ahead_and_takes_nothing_waits() {
    const ASKED: usize = 60;
    let live = Live::new(Site::sqlite().await).await;
    let (site, stage) = (&live.world.site, &live.world.stage);
    let entry = |number: usize| {
        let (name, form_key) = (format!("Guest {number}"), site.app.new_form_key().to_text());
        let form = encoded(&[("name", &*name), ("email", "guest@guests.example"), ("form_key", &*form_key)]);
        let length = form.len();
        let form_type = "content-type: application/x-www-form-urlencoded";
        let path = format!("/g/{}/enter", stage.link_token);
        request("POST", &path, &format!("{form_type}\r\ncontent-length: {length}\r\n")) + &form
    };
    let entered = async || {
        let count = "SELECT COUNT(*) FROM seat WHERE email = 'guest@guests.example'";
        let read: Result<i64, StoreError> =
            site.store.read(async move |conn: &mut Conn| conn.value(count, &[]).await).await;
        usize::try_from(read.expect("readable")).expect("a count")
    };
    let mut stream = slow_reader(&live).await;
    let all: String = (0..ASKED).map(entry).collect();
    stream.write_all(all.as_bytes()).await.expect("asked");
    tokio::time::sleep(Duration::from_secs(2)).await;
    let answered = entered().await;
    assert!((1..ASKED / 2).contains(&answered), "{answered} of {ASKED} were answered to nobody");
    let mut tab = Tab::on(stream);
    for _ in 0..ASKED {
        assert_eq!(tab.hear(true).await.expect("an answer").status, 303);
    }
    assert_eq!(entered().await, ASKED);
}
