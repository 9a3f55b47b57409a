//! Guards that one would miss: what a ticket, a seat, a link and a form open, and nothing beside it.

use testkit::store::ToValue;
use testkit::{Browser, Entry, EntryForm, GuestLink, Kind, Owner, PageSocket, Server, Site, Viewing};

use crate::{PROGRAM, on_both};

on_both!(
    an_expired_link_lets_nobody_in_and_nobody_out,
    a_seat_opens_its_own_item_alone,
    a_link_is_managed_at_its_own_item_alone,
    the_fourth_page_of_a_seat_ends_the_first,
    a_seat_of_a_deleted_link_is_no_dead_end,
);

struct Stage {
    site: Site,
    server: Server,
    owner: Owner,
    link: GuestLink,
}

impl Stage {
    fn of(kind: Kind) -> Self {
        let site = Site::fresh(PROGRAM, kind);
        let server = site.start();
        let mut owner = site.shared_item(&server, "A film");
        let link = owner.make_link("Friends", None);
        Self { site, server, owner, link }
    }

    fn guest(&self, name: &str) -> Browser {
        let mut browser = Browser::at(&self.server);
        let entry = browser.enter(&self.link.token, &EntryForm::of(name)).expect("the door answers");
        assert!(matches!(entry, Entry::In { key: Some(_) }), "{entry:?}");
        browser
    }

    /// Asks for a viewing's file with these cookies and no others.
    fn fetch_with(&self, viewing: &Viewing, cookies: &str) -> u16 {
        let path = format!("/m/{}/v0-00001.m4s", viewing.id);
        let answer = Browser::at(&self.server).send_raw("GET", &path, &[("cookie", cookies)], &[]);
        answer.expect("an answer").status
    }
}

fn ticket_cookie(ticket: &str) -> String {
    format!("__Secure-anteroom-ticket={ticket}")
}

#[test]
fn a_ticket_opens_its_own_viewing_alone() {
    let stage = Stage::of(Kind::Sqlite);
    let (mut anna, mut berta) = (stage.guest("Anna First"), stage.guest("Berta Second"));
    let (of_anna, of_berta) =
        (anna.open(stage.owner.item).expect("one"), berta.open(stage.owner.item).expect("two"));
    let ticket = ticket_cookie(anna.ticket(&of_anna).expect("a ticket"));
    assert_eq!(stage.fetch_with(&of_anna, &ticket), 200);
    assert_eq!(stage.fetch_with(&of_berta, &ticket), 404, "at another viewing");
    assert_eq!(stage.fetch_with(&of_anna, "a=b"), 404, "a copied URL without the browser's cookies");
    let key = format!("{}={}", testkit::browser::KEY_COOKIE, anna.key().expect("a key"));
    assert_eq!(stage.fetch_with(&of_anna, &key), 404, "the browser key is no ticket");
    let socket = PageSocket::open(&Browser::at(&stage.server), &of_anna);
    assert_eq!(socket.err(), Some(404), "a socket without the ticket");
}

#[test]
fn a_forged_ticket_opens_nothing() {
    let stage = Stage::of(Kind::Sqlite);
    let mut guest = stage.guest("Frida Forger");
    let viewing = guest.open(stage.owner.item).expect("a viewing");
    let ticket = guest.ticket(&viewing).expect("a ticket").to_owned();
    let swap = |at: usize| {
        let mut letters: Vec<char> = ticket.chars().collect();
        letters[at] = if letters[at] == 'A' { 'B' } else { 'A' };
        ticket_cookie(&letters.into_iter().collect::<String>())
    };
    // The ticket's end, its MAC.
    for at in [138, 140, 142, 160] {
        assert_eq!(stage.fetch_with(&viewing, &swap(at)), 404, "letter {at}");
    }
    let other = Stage::of(Kind::Sqlite);
    let elsewhere = other.guest("Frida Forger").open(other.owner.item).expect("a viewing");
    assert_eq!(other.fetch_with(&elsewhere, &ticket_cookie(&ticket)), 404, "another site's ticket");
}

#[test]
fn renewing_needs_the_browser_that_the_ticket_was_made_for() {
    let stage = Stage::of(Kind::Sqlite);
    let mut guest = stage.guest("Karla Keyless");
    let viewing = guest.open(stage.owner.item).expect("a viewing");
    let ticket = ticket_cookie(guest.ticket(&viewing).expect("a ticket"));
    let path = format!("/m/{}/renew", viewing.id);
    let origin = format!("http://{}", stage.server.address());
    let renew = |cookies: &str| {
        let headers = [("origin", origin.as_str()), ("cookie", cookies)];
        Browser::at(&stage.server).send_raw("POST", &path, &headers, &[]).expect("an answer").status
    };
    let key =
        |browser: &Browser| format!("{}={}", testkit::browser::KEY_COOKIE, browser.key().expect("a key"));
    assert_eq!(renew(&ticket), 404, "the ticket alone");
    assert_eq!(renew(&format!("{ticket}; {}", key(&stage.guest("Nele Neighbour")))), 404, "another browser");
    assert_eq!(renew(&format!("{ticket}; {}", key(&guest))), 204);
}

#[test]
fn a_form_from_another_site_is_refused() {
    let stage = Stage::of(Kind::Sqlite);
    let path = format!("/g/{}/enter", stage.link.token);
    let key = EntryForm::of("x").form_key;
    let body = format!("name=Mallory&email=m%40example.org&form_key={key}");
    let kind = ("content-type", "application/x-www-form-urlencoded");
    for headers in [
        [kind, ("origin", "https://evil.example")],
        [kind, ("origin", "null")],
        [kind, ("sec-fetch-site", "cross-site")],
        [kind, ("sec-fetch-site", "same-site")],
    ] {
        let answer = Browser::at(&stage.server).send_raw("POST", &path, &headers, body.as_bytes());
        assert_eq!(answer.expect("an answer").status, 403, "{headers:?}");
    }
    assert_eq!(stage.site.rows().seats(stage.owner.item), 0);
    let mut guest = stage.guest("Sara Socket");
    let viewing = guest.open(stage.owner.item).expect("a viewing");
    let ticket = ticket_cookie(guest.ticket(&viewing).expect("a ticket"));
    let upgrade = [
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("origin", "https://evil.example"),
        ("cookie", ticket.as_str()),
    ];
    let path = format!("/m/{}/socket", viewing.id);
    let answer = Browser::at(&stage.server).send_raw("GET", &path, &upgrade, &[]).expect("an answer");
    assert_eq!(answer.status, 403, "a socket for another site's page");
}

fn an_expired_link_lets_nobody_in_and_nobody_out(kind: Kind) {
    let stage = Stage::of(kind);
    let mut guest = stage.guest("Elsa Early");
    let viewing = guest.open(stage.owner.item).expect("a viewing");
    let past = testkit::now_ms() - 1;
    assert_eq!(stage.site.rows().run("UPDATE guest_link SET end_ms = $1", vec![past.to_value()]), 1);
    let late = Browser::at(&stage.server).enter(&stage.link.token, &EntryForm::of("Lara Late"));
    assert_eq!(late.expect("the door answers"), Entry::Denied);
    assert_eq!(guest.open(stage.owner.item).expect_err("a new page is refused").status, 404);
    assert_eq!(guest.renew(&viewing).expect("an answer").status, 204, "the open page goes on");
    assert_eq!(guest.fetch(&viewing, "v0-00001.m4s").expect("an answer").status, 200);
    let rows = stage.site.rows();
    rows.check_counts();
    assert_eq!(rows.seats(stage.owner.item), 1, "I6: no seat after the end");
}

fn a_seat_opens_its_own_item_alone(kind: Kind) {
    let stage = Stage::of(kind);
    let mut other = stage.site.shared_item(&stage.server, "Another film");
    let link = other.make_link("Others", None);
    let mut guest = stage.guest("Nina Nosy");
    let to_a_stranger = Browser::at(&stage.server).open(other.item).expect_err("not this one").status;
    assert_eq!(to_a_stranger, 303, "sign in first");
    assert_eq!(guest.open(other.item).expect_err("not this one either").status, to_a_stranger);
    let asked = serde_json::json!({ "item": other.item.to_string() });
    let answer = guest.send_json("POST", "/api/viewings", &asked).expect("an answer");
    assert!(matches!(answer.status, 401 | 404), "no viewing of it either: {}", answer.text());
    // A form that carries the key of a seat elsewhere makes a seat here; it does not return the one there.
    let form = EntryForm::of("Nina Nosy");
    assert!(matches!(guest.enter(&link.token, &form).expect("the door answers"), Entry::In { .. }));
    let rows = stage.site.rows();
    rows.check_counts();
    assert_eq!((rows.seats(stage.owner.item), rows.seats(other.item)), (1, 1));
    assert!(guest.opens_media(stage.owner.item) && guest.opens_media(other.item), "one key, two seats");
}

fn a_link_is_managed_at_its_own_item_alone(kind: Kind) {
    let mut stage = Stage::of(kind);
    let item = stage.site.ready_item("Another film of the same owner");
    let mut elsewhere = stage.site.owner(&stage.server, item);
    assert_eq!(elsewhere.reveal(&stage.link).status, 404, "reveal");
    assert_eq!(elsewhere.delete_link(&stage.link, "finish").status, 404, "delete");
    let path = format!("/api/items/{item}/guest-links/{}", stage.link.id);
    let change = serde_json::json!({ "name": "Taken over", "max_uses": 1 });
    assert_eq!(
        elsewhere.browser.send_json("PATCH", &path, &change).expect("an answer").status,
        404,
        "change"
    );
    let links = &stage.owner.guest_access()["links"];
    assert_eq!(links[0]["name"], "Friends", "{links}");
}

fn the_fourth_page_of_a_seat_ends_the_first(kind: Kind) {
    let stage = Stage::of(kind);
    let mut guest = stage.guest("Vera Viewer");
    let viewings: Vec<_> = (0..4).map(|_| guest.open(stage.owner.item).expect("a viewing")).collect();
    let mut renewed = |number: usize| guest.renew(&viewings[number]).expect("an answer");
    assert!((1..4).all(|number| renewed(number).status == 204), "three go on");
    let first = renewed(0);
    assert_eq!((first.status, first.json()["reason"].as_str()), (404, Some("opened_elsewhere")));
}

/// Whoever came through a link that is gone enters anew through one that is open, with the same name and address:
/// the old seat would let them in nowhere.
fn a_seat_of_a_deleted_link_is_no_dead_end(kind: Kind) {
    let mut stage = Stage::of(kind);
    let mut anna = stage.guest("Anna First");
    let second = stage.owner.make_link("Family", None);
    let back = anna.enter(&second.token, &EntryForm::of("Anna First")).expect("the door answers");
    assert!(matches!(back, Entry::In { .. }), "{back:?}");
    assert_eq!(stage.site.rows().seats(stage.owner.item), 1, "the old seat still opens, so it is used");
    let gone = stage.owner.delete_link(&stage.link, "finish");
    assert_eq!(gone.status, 200);
    assert!(!anna.opens_media(stage.owner.item), "her door is closed");
    let shown = anna.get(&format!("/g/{}", second.token)).expect("an answer");
    assert_eq!(shown.status, 200, "the entry page, not a way that leads nowhere");
    let anew = anna.enter(&second.token, &EntryForm::of("Anna First")).expect("the door answers");
    assert!(matches!(anew, Entry::In { .. }), "{anew:?}");
    assert!(anna.opens_media(stage.owner.item));
    assert_eq!(stage.site.rows().seats(stage.owner.item), 2);
    stage.site.rows().check_counts();
}
