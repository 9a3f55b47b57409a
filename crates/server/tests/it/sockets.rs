//! Sockets and media over a real connection: who may open a line, what is said on it, and that the short way of
//! media bytes refuses whoever the long way refuses.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use http::header;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::protocol::Message;
use tokio_tungstenite::{WebSocketStream, client_async};
use tokio_util::sync::CancellationToken;

use app::domain::Closing;

use crate::cases::{self, Case};
use crate::cast::Key;
use crate::holder::Holder;
use crate::matrix::{World, all_cases};
use crate::props::MARK;
use crate::site::{HOST, ORIGIN, Site};

/// How long a message may take that is certain to come.
const SOON: Duration = Duration::from_secs(10);

type Line = WebSocketStream<TcpStream>;

/// A world whose router listens on the loopback.
pub(crate) struct Live {
    pub(crate) world: World,
    pub(crate) address: SocketAddr,
    stop: CancellationToken,
}

impl Live {
    pub(crate) async fn new(site: Site) -> Self {
        let world = World::new(site).await;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let (address, stop) = (listener.local_addr().expect("bound"), CancellationToken::new());
        let serving =
            server::serve(listener, world.site.app.clone(), world.site.router.clone(), stop.clone());
        tokio::spawn(serving);
        Self { world, address, stop }
    }

    fn key(&self, holder: Holder) -> Key {
        holder.key(&self.world.cast, &self.world.stage, &self.world.foreign)
    }

    /// Opens a line; none when it was refused, with the status and the body.
    async fn dial(&self, key: &Key, url: &str, origin: &str) -> Result<Line, (u16, String)> {
        self.dial_by(HOST, key, url, origin).await
    }

    /// The same through a proxy that asks by `host`.
    async fn dial_by(
        &self,
        host: &'static str,
        key: &Key,
        url: &str,
        origin: &str,
    ) -> Result<Line, (u16, String)> {
        let stream = TcpStream::connect(self.address).await.expect("the server listens");
        let request = key
            .bare("GET", &format!("ws://{HOST}{url}"))
            .header(header::ORIGIN, origin)
            .header(header::CONNECTION, "Upgrade")
            .header(header::UPGRADE, "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
        let mut request = request.body(()).expect("a request");
        request.headers_mut().insert(header::HOST, http::HeaderValue::from_static(host));
        match client_async(request, stream).await {
            Ok((line, _)) => Ok(line),
            Err(tokio_tungstenite::tungstenite::Error::Http(answer)) => {
                let body = answer.body().as_deref().unwrap_or_default();
                Err((answer.status().as_u16(), String::from_utf8_lossy(body).into_owned()))
            }
            Err(error) => panic!("{url}: {error}"),
        }
    }

    async fn open(&self, case: &Case, holder: Holder) -> Result<Line, (u16, String)> {
        self.dial(&self.key(holder), &case.url(&self.world.stage, holder), ORIGIN).await
    }

    /// One request over a connection of its own; answers status and body.
    async fn fetch(&self, key: &Key, url: &str) -> (u16, String) {
        let cookies = key.cookies.join("; ");
        let bearer = key.bearer.as_ref().map(|token| format!("authorization: Bearer {token}\r\n"));
        let head = format!(
            "GET {url} HTTP/1.1\r\nhost: {HOST}\r\ncookie: {cookies}\r\n{}\r\n",
            bearer.unwrap_or_default()
        );
        let mut stream = TcpStream::connect(self.address).await.expect("the server listens");
        stream.write_all(head.as_bytes()).await.expect("written");
        // Not "connection: close", which the short way leaves to the long one.
        stream.shutdown().await.expect("no more questions");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("read");
        let text = String::from_utf8_lossy(&answer).into_owned();
        let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        (status, text)
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// The next message that says something.
async fn hear(line: &mut Line) -> serde_json::Value {
    loop {
        let message = tokio::time::timeout(SOON, line.next()).await.expect("a message within time");
        match message {
            Some(Ok(Message::Text(text))) => {
                let said: serde_json::Value = serde_json::from_str(&text).expect("messages are JSON");
                if said["type"] != "alive" {
                    return said;
                }
            }
            Some(Ok(Message::Close(frame))) => {
                let reason = frame.map(|frame| frame.reason.to_string()).unwrap_or_default();
                return serde_json::json!({ "type": "closed", "reason": reason });
            }
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return serde_json::json!({ "type": "gone" }),
        }
    }
}

async fn say(line: &mut Line, text: String) {
    line.send(Message::text(text)).await.expect("sent");
}

async fn socket_matrix(site: Site) {
    let live = Live::new(site).await;
    let mut wrong = Vec::new();
    for case in all_cases().iter().filter(|case| case.is_socket) {
        for holder in Holder::ALL {
            let opened = live.open(case, holder).await;
            let what = format!("{} by {holder:?}", case.path);
            match opened {
                Ok(_) if case.good.contains(&holder) => {}
                Ok(_) => wrong.push(format!("{what} opened a line")),
                Err((status, body)) if case.good.contains(&holder) => {
                    wrong.push(format!("{what}: {status} {body}"))
                }
                Err((status, body)) => {
                    if ![401, 403, 404].contains(&status) || body.to_lowercase().contains(MARK) {
                        wrong.push(format!("{what} is refused by {status} {body}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "on {}:\n{}", live.world.site.engine, wrong.join("\n"));
}

#[tokio::test]
async fn w4_every_socket_by_everybody_on_sqlite() {
    socket_matrix(Site::sqlite().await).await;
}

#[tokio::test]
async fn w4_every_socket_by_everybody_on_postgres() {
    socket_matrix(Site::postgres().await).await;
}

#[tokio::test]
async fn w2_foreign_pages_open_no_socket() {
    let live = Live::new(Site::sqlite().await).await;
    for case in all_cases().iter().filter(|case| case.is_socket) {
        for holder in case.good.iter().filter(|holder| live.key(**holder).bearer.is_none()) {
            for origin in ["https://evil.example", "null", "http://localhost:8081", ""] {
                let url = case.url(&live.world.stage, *holder);
                let refused = live.dial(&live.key(*holder), &url, origin).await.map(drop);
                assert_eq!(refused.expect_err("no line").0, 403, "{} from {origin:?}", case.path);
            }
        }
    }
}

/// Reported fault 8: a proxy passes its own Host, and pages have the site's public address as their origin.
#[tokio::test]
async fn a_socket_opens_for_the_public_address_whatever_the_host() {
    const PROXYS_OWN: &str = "127.0.0.1:18080";
    let live = Live::new(Site::sqlite().await).await;
    for (path, holder) in [("/m/{viewing}/socket", Holder::Guest), ("/api/socket", Holder::Owner)] {
        let case = cases::of("GET", path).expect("a case");
        let (key, url) = (live.key(holder), case.url(&live.world.stage, holder));
        let opened = live.dial_by(PROXYS_OWN, &key, &url, ORIGIN).await.map(drop);
        assert_eq!(opened, Ok(()), "{path}");
        for origin in ["https://evil.example", "http://localhost:8081", "https://localhost:8080", "null"] {
            let refused = live.dial_by(PROXYS_OWN, &key, &url, origin).await.map(drop);
            assert_eq!(refused.expect_err("no line").0, 403, "{path} from {origin}");
        }
    }
}

/// Media bytes by everybody, over the wire, where they take their own way past the router.
#[tokio::test]
async fn w4_media_over_the_wire_by_everybody() {
    let live = Live::new(Site::sqlite().await).await;
    let case = cases::of("GET", "/m/{viewing}/{file}").expect("a case");
    for holder in Holder::ALL {
        let (status, text) = live.fetch(&live.key(holder), &case.url(&live.world.stage, holder)).await;
        if case.good.contains(&holder) {
            assert!(status == 200 && text.contains("zqmark-own bytes"), "{holder:?}: {text}");
        } else {
            assert!(status == 404 && !text.contains(MARK), "{holder:?}: {text}");
            for name in ["content-security-policy", "x-content-type-options", "cache-control"] {
                assert!(text.to_lowercase().contains(name), "{holder:?} without {name}: {text}");
            }
        }
    }
    // A good ticket of one page under the path of another page of the same guest.
    let stage = &live.world.stage;
    let other =
        crate::stage::open_page(&live.world.site, &crate::stage::seat_only(&stage.guest.key), stage.item)
            .await;
    let (status, _) = live.fetch(&stage.guest.key, &format!("/m/{}/master.m3u8", other.viewing)).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn a_member_hears_of_the_items_that_are_theirs_alone() {
    let live = Live::new(Site::sqlite().await).await;
    let (world, cast) = (&live.world, &live.world.cast);
    let case = cases::of("GET", "/api/socket").expect("a case");
    let (own, foreign) = (world.stage.item, world.foreign.item);
    for (holder, hears) in [(Holder::Owner, true), (Holder::TokenRead, true), (Holder::Member, false)] {
        let mut line = live.open(&case, holder).await.expect("a line");
        say(&mut line, format!(r#"{{"type":"watch","items":["{foreign}","{own}","rubbish"]}}"#)).await;
        // Ask until the line has heard of its list: the change comes back to whoever watches it.
        let other = cast.other_owner.caller(&world.site).await;
        let owner = cast.owner.caller(&world.site).await;
        let change = async || {
            let text = Some(format!("{MARK} changed"));
            world.site.app.edit_item(&other, foreign, None, text.clone()).await.expect("changed");
            world.site.app.edit_item(&owner, own, None, text).await.expect("changed");
        };
        let heard = tokio::select! {
            heard = hear(&mut line) => Some(heard),
            () = async { loop { change().await; tokio::time::sleep(Duration::from_millis(50)).await; } } => None,
            () = tokio::time::sleep(Duration::from_millis(600)), if !hears => None,
        };
        let expected = serde_json::json!({ "type": "changed", "item": own.to_string(), "what": "details" });
        assert_eq!(heard, hears.then_some(expected), "{holder:?}");
    }
}

#[tokio::test]
async fn hostile_messages_end_the_line_and_nothing_else() {
    let live = Live::new(Site::sqlite().await).await;
    let member = cases::of("GET", "/api/socket").expect("a case");
    let long = format!(r#"{{"type":"watch","items":["{}"]}}"#, "a".repeat(9_000));
    let deep = "[".repeat(4_000);
    for message in
        ["", "{}", "not json", r#"{"type":"ended"}"#, r#"{"type":"watch","items":7}"#, &*deep, &*long]
    {
        let mut line = live.open(&member, Holder::Owner).await.expect("a line");
        say(&mut line, message.to_owned()).await;
        let said = hear(&mut line).await;
        assert!(said["type"] == "closed" || said["type"] == "gone", "{message:.40}: {said}");
    }
    // A page's own line listens to nothing, and goes on.
    let page = cases::of("GET", "/m/{viewing}/socket").expect("a case");
    let mut line = live.open(&page, Holder::Guest).await.expect("a line");
    for message in [r#"{"type":"watch","items":[]}"#, r#"{"type":"ended","reason":"left"}"#, "rubbish"] {
        say(&mut line, message.to_owned()).await;
    }
    let owner = live.world.cast.owner.caller(&live.world.site).await;
    let text = Some("changed".to_owned());
    live.world.site.app.edit_item(&owner, live.world.stage.item, None, text).await.expect("changed");
    assert_eq!(hear(&mut line).await["what"], "details");
}

#[tokio::test]
async fn i5_ending_now_closes_the_line_and_the_media_of_this_item_alone() {
    let live = Live::new(Site::sqlite().await).await;
    let (world, stage) = (&live.world, &live.world.stage);
    let page = cases::of("GET", "/m/{viewing}/socket").expect("a case");
    let media = cases::of("GET", "/m/{viewing}/{file}").expect("a case");
    let renew = cases::of("POST", "/m/{viewing}/renew").expect("a case");
    let mut line = live.open(&page, Holder::Guest).await.expect("a line");
    let foreign_url = format!("/m/{}/socket", world.foreign.guest.viewing);
    let mut other = live.dial(&world.foreign.guest.key, &foreign_url, ORIGIN).await.expect("a line");
    let owner = world.cast.owner.caller(&world.site).await;
    world.site.app.switch_guest_access(&owner, stage.item, false, Closing::Now).await.expect("off");
    // The answer is there: from here on nothing is served.
    let url = media.url(stage, Holder::Guest);
    assert_eq!(live.fetch(&stage.guest.key, &url).await.0, 404);
    assert_eq!(world.site.get(&stage.guest.key, &url).await.status, 404);
    let request = renew.request(&world.site, &world.cast, stage, Holder::Guest, &stage.guest.key);
    let renewed = world.site.send(request).await;
    assert_eq!((renewed.status.as_u16(), renewed.json()["reason"].as_str()), (404, Some("ended_now")));
    let mut said = hear(&mut line).await;
    while said["type"] == "changed" {
        said = hear(&mut line).await;
    }
    assert_eq!(said, serde_json::json!({ "type": "ended", "reason": "ended_now" }));
    assert_eq!(hear(&mut line).await["type"], "closed");
    assert!(live.open(&page, Holder::Guest).await.is_err(), "no new line either");
    // The other item's guests notice nothing.
    let other_owner = world.cast.other_owner.caller(&world.site).await;
    world
        .site
        .app
        .edit_item(&other_owner, world.foreign.item, None, Some("x".into()))
        .await
        .expect("changed");
    let said = hear(&mut other).await;
    assert_eq!((said["type"].as_str(), said["what"].as_str()), (Some("changed"), Some("details")));
}

#[tokio::test]
async fn i5_signing_a_member_out_ends_their_pages_and_viewings() {
    for site in [Site::sqlite().await, Site::postgres().await] {
        let live = Live::new(site).await;
        let (world, stage) = (&live.world, &live.world.stage);
        let (cast, admin) = (&world.cast, &world.cast.administrator.key);
        let co_viewer = format!("/api/members/{}", cast.co_viewer.id);
        for (method, url, body) in [
            ("DELETE", format!("{co_viewer}/sessions"), serde_json::Value::Null),
            ("POST", format!("{co_viewer}/reset"), serde_json::Value::Null),
            ("PATCH", co_viewer.clone(), serde_json::json!({ "disabled": true })),
        ] {
            let key = cast.co_viewer.sign_in_again(&world.site).await;
            let page = crate::stage::open_page(&world.site, &key, stage.item).await;
            let (media, socket) =
                (format!("/m/{}/master.m3u8", page.viewing), format!("/m/{}/socket", page.viewing));
            assert_eq!(live.fetch(&page.key, &media).await.0, 200);
            let mut viewing = live.dial(&page.key, &socket, ORIGIN).await.expect("a line");
            let mut app = live.dial(&key, "/api/socket", ORIGIN).await.expect("a line");
            let mut other = live.dial(&cast.owner.key, "/api/socket", ORIGIN).await.expect("a line");
            let done = world.site.json(admin, method, &url, body).await;
            assert!(done.status.is_success(), "{url}: {}", done.text());
            // The answer is there: from here on nothing is served.
            assert_eq!(live.fetch(&page.key, &media).await.0, 404, "{method} {url}");
            for line in [&mut viewing, &mut app] {
                assert_eq!(hear(line).await, serde_json::json!({ "type": "ended", "reason": "signed_out" }));
                assert_eq!(hear(line).await["type"], "closed");
            }
            assert_eq!(live.dial(&key, "/api/socket", ORIGIN).await.map(drop).expect_err("no line").0, 401);
            let opened = serde_json::json!({ "item": stage.item.to_string() });
            assert_eq!(world.site.json(&key, "POST", "/api/viewings", opened).await.status, 401);
            let still = tokio::time::timeout(Duration::from_millis(100), hear(&mut other)).await;
            assert!(still.is_err(), "others hear nothing: {still:?}");
        }
    }
}
