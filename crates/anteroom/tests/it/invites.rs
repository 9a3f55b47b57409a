//! Invites on the real binary: one address, one device at a time, as many devices as uses (I2, I8, I9).

use std::collections::HashSet;
use std::time::Duration;

use serde_json::json;
use testkit::rounds::Rounds;
use testkit::{Browser, Entry, EntryForm, Kind, Owner, Site, together, wait_for};

use crate::{PROGRAM, addresses, on_both};

const BROWSERS: usize = 200;
const ANNA: &str = "anna@example.org";

on_both!(
    one_use_and_many_browsers,
    the_address_opens_and_the_device_stays,
    a_use_left_takes_the_seat_over,
    revoking_leaves_other_doors_alone
);

fn form(email: &str) -> EntryForm {
    EntryForm { email: email.into(), ..EntryForm::of("x") }
}

fn shared(site: &Site, servers: &[testkit::Server]) -> Owner {
    site.shared_item(&servers[0], "A lecture for one")
}

fn one_use_and_many_browsers(kind: Kind) {
    let site = Site::fresh(PROGRAM, kind);
    let servers = site.start_all(kind);
    let mut owner = shared(&site, &servers);
    for round in 0..Rounds::now().barrier {
        let email = format!("anna{round}@example.org");
        let (doors, token) = (addresses(&servers), owner.make_invite(&email, &json!({})).token);
        let address = email.clone();
        let entries = together(
            BROWSERS,
            move |number| (Browser::connected_to(doors[number % doors.len()]), form(&address)),
            move |(mut browser, form)| {
                wait_for("an answer that knows", Duration::from_secs(120), || {
                    let entry = browser.enter_invite(&token, &form).expect("the door answers");
                    Some(entry).filter(|entry| *entry != Entry::Busy)
                })
            },
        );
        let keys: HashSet<_> = entries
            .iter()
            .filter_map(|e| if let Entry::In { key } = e { key.clone() } else { None })
            .collect();
        let denied = entries.iter().filter(|entry| **entry == Entry::Denied).count();
        assert_eq!((keys.len(), denied), (1, BROWSERS - 1), "round {round}: {entries:?}");
        let rows = site.rows();
        let seats = rows.number("SELECT COUNT(*) FROM invite_seat", vec![]);
        let uses = rows.number("SELECT CAST(SUM(uses) AS BIGINT) FROM invite", vec![]);
        let devices = rows.number("SELECT COUNT(*) FROM invite_device WHERE spent = 1", vec![]);
        let expected = (round + 1) as i64;
        assert_eq!((seats, uses, devices), (expected, expected, expected), "round {round}");
    }
}

fn the_address_opens_and_the_device_stays(kind: Kind) {
    let site = Site::fresh(PROGRAM, kind);
    let servers = site.start_all(kind);
    let mut owner = shared(&site, &servers);
    let invite = owner.make_invite(ANNA, &json!({}));
    let mut anna = Browser::at(&servers[0]);
    assert!(matches!(anna.enter_invite(&invite.token, &form("anna@example.com")), Ok(Entry::Wrong)));
    let sent = form(" Anna@EXAMPLE.org ");
    assert!(matches!(anna.enter_invite(&invite.token, &sent), Ok(Entry::In { key: Some(_) })));
    assert!(anna.opens_media(owner.item), "in by the invite");
    assert!(matches!(anna.enter_invite(&invite.token, &sent), Ok(Entry::In { .. })), "the same form again");
    let mut other = Browser::at(&servers[servers.len() - 1]);
    assert!(matches!(other.enter_invite(&invite.token, &form(ANNA)), Ok(Entry::Denied)));
    assert!(!other.opens_media(owner.item));
    anna.go_to(&servers[servers.len() - 1]);
    assert_eq!(
        anna.get(&format!("/i/{}", invite.token)).expect("an answer").status,
        303,
        "coming back is free"
    );
    assert_eq!(site.rows().number("SELECT CAST(SUM(uses) AS BIGINT) FROM invite", vec![]), 1);
}

fn a_use_left_takes_the_seat_over(kind: Kind) {
    let site = Site::fresh(PROGRAM, kind);
    let servers = site.start_all(kind);
    let mut owner = shared(&site, &servers);
    site.rows().run("INSERT INTO site_setting (key, value) VALUES ('invite_uses', '2')", vec![]);
    let invite = wait_for("the policy is read again", Duration::from_secs(30), || {
        let answer = owner.ask_for_invite(ANNA, &json!({ "max_uses": 2 }));
        let url = answer.json()["url"].as_str().map(str::to_owned);
        url.and_then(|url| url.rsplit('/').next().map(str::to_owned))
    });
    let mut first = Browser::at(&servers[0]);
    assert!(matches!(first.enter_invite(&invite, &form(ANNA)), Ok(Entry::In { .. })));
    let viewing = first.open(owner.item).expect("a viewing");
    let mut second = Browser::at(&servers[servers.len() - 1]);
    assert!(matches!(second.enter_invite(&invite, &form(ANNA)), Ok(Entry::In { .. })));
    assert!(second.opens_media(owner.item), "the seat is on the second device");
    wait_for("the first device is told (I8)", Duration::from_secs(2), || {
        let answer = first.fetch(&viewing, "v0-00001.m4s").expect("an answer");
        (answer.status != 200).then_some(())
    });
    assert!(!first.opens_media(owner.item));
    let mut third = Browser::at(&servers[0]);
    assert!(matches!(third.enter_invite(&invite, &form(ANNA)), Ok(Entry::Denied)));
}

fn revoking_leaves_other_doors_alone(kind: Kind) {
    let site = Site::fresh(PROGRAM, kind);
    let servers = site.start_all(kind);
    let mut owner = shared(&site, &servers);
    let (one, two) = (owner.make_invite(ANNA, &json!({})), owner.make_invite(ANNA, &json!({})));
    let mut anna = Browser::at(&servers[0]);
    assert!(matches!(anna.enter_invite(&one.token, &form(ANNA)), Ok(Entry::In { .. })));
    let viewing = anna.open(owner.item).expect("a viewing");
    assert_eq!(owner.revoke(&one, "now").status, 200);
    assert_eq!(anna.renew(&viewing).expect("an answer").status, 204, "the other invite is good");
    assert!(anna.opens_media(owner.item));
    assert_eq!(owner.revoke(&two, "now").status, 200);
    wait_for("no media after the answer (I5)", Duration::from_secs(2), || {
        let answer = anna.fetch(&viewing, "v0-00001.m4s").expect("an answer");
        (answer.status != 200).then_some(())
    });
    assert!(!anna.opens_media(owner.item));
    assert!(matches!(anna.enter_invite(&two.token, &form(ANNA)), Ok(Entry::Denied)));
}
