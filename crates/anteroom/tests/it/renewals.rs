//! A viewing lives on the chain of its renewals, not on the process that opened it.

use std::time::Duration;

use testkit::{Browser, EntryForm, Kind, PageSocket, Site};

use crate::{PROGRAM, on_both};

on_both!(a_viewing_renews_after_a_restart, a_viewing_ended_now_stays_ended_after_a_restart);

fn a_viewing_renews_after_a_restart(kind: Kind) {
    let site = Site::fresh(PROGRAM, kind);
    let server = site.start();
    let mut owner = site.shared_item(&server, "A film");
    let link = owner.make_link("Friends", Some(1));
    let mut browser = Browser::at(&server);
    browser.enter(&link.token, &EntryForm::of("Rosa Restart")).expect("the door answers");
    let viewing = browser.open(owner.item).expect("a viewing");
    server.kill();

    let server = site.start();
    browser.go_to(&server);
    let before = browser.ticket(&viewing).expect("a ticket").to_owned();
    assert_eq!(
        browser.fetch(&viewing, "v0-00001.m4s").expect("an answer").status,
        200,
        "the old ticket is good"
    );
    assert_eq!(browser.renew(&viewing).expect("an answer").status, 204);
    assert_ne!(browser.ticket(&viewing), Some(before.as_str()), "a new ticket");
    assert_eq!(browser.fetch(&viewing, "v0-00001.m4s").expect("an answer").status, 200);

    // What the new process knows by the renewal alone, it can also end.
    let mut socket = PageSocket::open(&browser, &viewing).expect("a socket");
    owner.browser.go_to(&server);
    let closed = owner.switch(false, "now").json();
    assert_eq!(closed["closed"]["ended_viewings"], 1, "{closed}");
    let mut texts = std::iter::from_fn(|| socket.hear(Duration::from_secs(5))).map_while(|heard| heard.text);
    assert!(texts.any(|text| text.contains("ended_now")));
}

fn a_viewing_ended_now_stays_ended_after_a_restart(kind: Kind) {
    let site = Site::fresh(PROGRAM, kind);
    let server = site.start();
    let mut owner = site.shared_item(&server, "A film");
    let link = owner.make_link("Friends", Some(1));
    let mut browser = Browser::at(&server);
    browser.enter(&link.token, &EntryForm::of("Edda Ended")).expect("the door answers");
    let viewing = browser.open(owner.item).expect("a viewing");
    let mut thief = browser.copy();
    assert_eq!(owner.switch(false, "now").status, 200);
    // On again: the seat is good for a new viewing, the ended one is not.
    assert_eq!(owner.switch(true, "finish").status, 200);
    server.kill();

    let server = site.start();
    thief.go_to(&server);
    assert_eq!(thief.fetch(&viewing, "v0-00001.m4s").expect("an answer").status, 404);
    let renewal = thief.renew(&viewing).expect("an answer");
    assert_eq!((renewal.status, renewal.json()["reason"].as_str()), (404, Some("ended_now")));
    browser.go_to(&server);
    assert!(browser.opens_media(owner.item), "the seat was not ended");
}
