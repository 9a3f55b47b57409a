//! What runs out by itself is told to open pages at every process, and gives nothing from its instant on (access.md 4.5
//! and 4.8).

use std::time::Duration;

use serde_json::json;
use testkit::store::ToValue;
use testkit::{Browser, Entry, Kind, PageSocket, moment, now_ms};

use crate::invite_devices::{ANNA, House, form};
use crate::on_both;

/// Told at the latest this long after the instant: two looks of the pulse, and a loaded machine.
const TOLD_WITHIN: Duration = Duration::from_secs(10);
/// From when a page listens to when something runs out.
const LEFT_MS: i64 = 2_500;

on_both!(
    an_invite_that_runs_out_is_told_and_leaves_watching,
    a_lent_role_and_a_lent_right_fall_back_for_open_pages
);

/// A page of an invitee, at this process.
fn page_of(house: &mut House, server: usize, email: &str) -> (Browser, testkit::Viewing, PageSocket) {
    let invite = house.owner.make_invite(email, &json!({}));
    let mut browser = Browser::at(&house.servers[server]);
    assert!(matches!(browser.enter_invite(&invite.token, &form(email)), Ok(Entry::In { .. })));
    let viewing = browser.open(house.owner.item).expect("a viewing");
    let socket = PageSocket::open(&browser, &viewing).expect("a socket");
    (browser, viewing, socket)
}

/// Whether the page hears of a role in time.
fn hears_of_its_role(socket: &mut PageSocket) -> bool {
    let until = moment() + TOLD_WITHIN + Duration::from_millis(LEFT_MS as u64);
    while let Some(left) = until.checked_duration_since(moment()) {
        match socket.hear(left) {
            Some(heard) if heard.text.as_deref().is_some_and(|text| text.contains("\"role\"")) => {
                return true;
            }
            Some(heard) if heard.text.is_some() => {}
            _ => return false,
        }
    }
    false
}

/// What was told before is heard of, and over.
fn drain(socket: &mut PageSocket) {
    while socket.hear(Duration::from_millis(700)).is_some() {}
}

fn an_invite_that_runs_out_is_told_and_leaves_watching(kind: Kind) {
    let mut house = House::open(kind);
    let last = house.servers.len() - 1;
    let mut pages = vec![page_of(&mut house, 0, ANNA), page_of(&mut house, last, "leo@example.org")];
    pages.iter_mut().for_each(|(_, _, socket)| drain(socket));
    let end = now_ms() + LEFT_MS;
    house.site.rows().run("UPDATE invite SET end_ms = $1", vec![end.to_value()]);
    let item = format!("/api/items/{}", house.owner.item);
    for (browser, viewing, socket) in &mut pages {
        assert!(hears_of_its_role(socket), "the page is told");
        assert!(now_ms() >= end, "and not before");
        assert_eq!(browser.get(&item).expect("an answer").status, 404, "all but watching is over");
        assert_eq!(browser.renew(viewing).expect("an answer").status, 204, "watching may finish");
        assert_eq!(browser.fetch(viewing, "v0-00001.m4s").expect("an answer").status, 200);
        assert!(!browser.opens_media(house.owner.item), "no new page");
    }
}

fn a_lent_role_and_a_lent_right_fall_back_for_open_pages(kind: Kind) {
    let mut house = House::open(kind);
    let last = house.servers.len() - 1;
    let mut pages = vec![page_of(&mut house, 0, ANNA), page_of(&mut house, last, "leo@example.org")];
    let rows = house.site.rows();
    for sql in [
        "UPDATE invite SET lent_role = 'moderator', lent_until_ms = $1",
        "UPDATE item_right SET base_right = item_right, until_ms = $1",
    ] {
        pages.iter_mut().for_each(|(_, _, socket)| drain(socket));
        let end = now_ms() + LEFT_MS;
        assert!(rows.run(sql, vec![end.to_value()]) > 0, "{sql}");
        for (_, _, socket) in &mut pages {
            assert!(hears_of_its_role(socket), "the page is told: {sql}");
            assert!(now_ms() >= end, "and not before: {sql}");
        }
    }
}
