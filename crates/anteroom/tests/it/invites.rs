//! Invites on the real binary: one address, one device at a time, as many devices as uses (I2, I8, I9).

use std::collections::HashSet;
use std::time::Duration;

use serde_json::json;
use testkit::rounds::Rounds;
use testkit::{Browser, Crowd, Entry, EntryForm, Kind, Owner, Site, together, wait_for};

use crate::{PROGRAM, addresses, on_both};

const BROWSERS: usize = 200;
const ANNA: &str = "anna@example.org";

on_both!(
    one_use_and_many_browsers,
    the_last_of_two_uses_and_many_browsers,
    the_address_opens_and_the_device_stays,
    a_use_left_takes_the_seat_over,
    revoking_leaves_other_doors_alone,
    revoked_in_three_ways,
    nobody_is_bound_after_the_answer_to_revoke,
    killed_while_everybody_enters
);

fn form(email: &str) -> EntryForm {
    EntryForm { email: email.into(), ..EntryForm::of("x") }
}

fn shared(site: &Site, servers: &[testkit::Server]) -> Owner {
    site.shared_item(&servers[0], "A lecture for one")
}

fn one_use_and_many_browsers(kind: Kind) {
    storm(kind, 0);
}

/// The seat is there already: nothing but the lock and the count keeps the others out.
fn the_last_of_two_uses_and_many_browsers(kind: Kind) {
    storm(kind, 1);
}

/// Everybody at once at an invite with one use left, after `before` devices.
fn storm(kind: Kind, before: usize) {
    let site = Site::fresh(PROGRAM, kind);
    site.rows().run("INSERT INTO site_setting (key, value) VALUES ('invite_uses', '2')", vec![]);
    let servers = site.start_all(kind);
    let mut owner = shared(&site, &servers);
    for round in 0..Rounds::now().barrier {
        let email = format!("anna{round}@example.org");
        let most = json!({ "max_uses": before + 1 });
        let (doors, token) = (addresses(&servers), owner.make_invite(&email, &most).token);
        for _ in 0..before {
            let entered = Browser::at(&servers[0]).enter_invite(&token, &form(&email));
            assert!(matches!(entered, Ok(Entry::In { .. })));
        }
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
        let (people, spent) = ((round + 1) as i64, ((round + 1) * (before + 1)) as i64);
        assert_eq!((seats, uses, devices), (people, spent, spent), "round {round}");
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
    site.rows().run("INSERT INTO site_setting (key, value) VALUES ('invite_uses', '2')", vec![]);
    let servers = site.start_all(kind);
    let mut owner = shared(&site, &servers);
    let invite = owner.make_invite(ANNA, &json!({ "max_uses": 2 })).token;
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

fn revoked_in_three_ways(kind: Kind) {
    let site = Site::fresh(PROGRAM, kind);
    let servers = site.start_all(kind);
    let mut owner = shared(&site, &servers);
    for closing in ["finish", "until", "now"] {
        let email = format!("{closing}@example.org");
        let invite = owner.make_invite(&email, &json!({}));
        let mut anna = Browser::at(&servers[servers.len() - 1]);
        assert!(matches!(anna.enter_invite(&invite.token, &form(&email)), Ok(Entry::In { .. })));
        let viewing = anna.open(owner.item).expect("a viewing");
        let until = format!("until&until_ms={}", testkit::now_ms() + 3_600_000);
        assert_eq!(owner.revoke(&invite, if closing == "until" { &until } else { closing }).status, 200);
        if closing == "now" {
            wait_for("no media after the answer (I5)", Duration::from_secs(2), || {
                let answer = anna.fetch(&viewing, "v0-00001.m4s").expect("an answer");
                (answer.status != 200).then_some(())
            });
            assert_eq!(anna.renew(&viewing).expect("an answer").status, 404);
        } else {
            assert_eq!(
                anna.renew(&viewing).expect("an answer").status,
                204,
                "watching may finish: {closing}"
            );
            assert_eq!(anna.fetch(&viewing, "v0-00001.m4s").expect("an answer").status, 200);
        }
        assert!(!anna.opens_media(owner.item), "no new page: {closing}");
        let opened = anna.get(&format!("/i/{}", invite.token)).expect("an answer");
        assert_eq!(opened.status, 404, "the denied page: {closing}");
    }
}

/// I9: what the door answers after the owner has the answer to revoke binds nobody, and nothing is bound by then
/// that was not before.
fn nobody_is_bound_after_the_answer_to_revoke(kind: Kind) {
    let site = Site::fresh(PROGRAM, kind);
    site.rows().run("INSERT INTO site_setting (key, value) VALUES ('invite_uses', '-1')", vec![]);
    let servers = site.start_all(kind);
    let mut owner = shared(&site, &servers);
    for round in 0..Rounds::now().closing {
        let email = format!("anna{round}@example.org");
        let invite = owner.make_invite(&email, &json!({ "max_uses": -1 }));
        let (doors, token, address) = (addresses(&servers), invite.token.clone(), email.clone());
        let crowd = Crowd::start(8, move |number, stop| {
            let mut entered = 0;
            while !stop.load(std::sync::atomic::Ordering::Acquire) {
                let mut browser = Browser::at_address(doors[number % doors.len()]);
                let entry = browser.enter_invite(&token, &form(&address));
                entered += usize::from(matches!(entry, Ok(Entry::In { .. })));
            }
            entered
        });
        let devices = "SELECT COUNT(*) FROM invite_device";
        let (rows, before) = (site.rows(), site.rows().number(devices, vec![]));
        wait_for("some are in", Duration::from_secs(60), || {
            (rows.number(devices, vec![]) > before + 4).then_some(())
        });
        assert_eq!(owner.revoke(&invite, "finish").status, 200);
        let at_the_answer = rows.number(devices, vec![]);
        testkit::pause(Duration::from_millis(300));
        let entered: usize = crowd.stop().into_iter().sum();
        assert_eq!(rows.number(devices, vec![]), at_the_answer, "round {round}: bound after the answer");
        assert!(entered >= 4, "round {round}: {entered}");
    }
}

/// Taking back is held up in the middle. Whoever sends the right address meanwhile waits for it, and finds it done.
#[test]
fn entries_wait_for_a_revoke_that_takes_its_time() {
    let site = Site::fresh(PROGRAM, Kind::Postgres);
    let servers = site.start_all(Kind::Postgres);
    let mut owner = shared(&site, &servers);
    let (invite, door, rows) = (owner.make_invite(ANNA, &json!({})), servers[1].address(), site.rows());
    let token = invite.token.clone();
    let standing = rows.stand_with("LOCK TABLE activity IN EXCLUSIVE MODE");
    let revoking = std::thread::spawn(move || owner.revoke(&invite, "finish").status);
    let held_up =
        "SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND relation = CAST('activity' AS regclass)";
    wait_for("the owner to be held up", Duration::from_secs(30), || {
        (rows.number(held_up, vec![]) > 0).then_some(())
    });
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        tell.send(Browser::at_address(door).enter_invite(&token, &form(ANNA))).expect("told");
    });
    let meanwhile = told.recv_timeout(Duration::from_millis(700));
    assert!(meanwhile.is_err(), "somebody slipped past a revoke that had begun: {meanwhile:?}");
    drop(standing);
    assert_eq!(revoking.join().expect("the owner's answer"), 200);
    let entry = told.recv_timeout(Duration::from_secs(60)).expect("an answer").expect("the door answers");
    assert_eq!(entry, Entry::Denied);
    assert_eq!(rows.number("SELECT COUNT(*) FROM invite_device", vec![]), 0, "bound after the answer");
}

/// kill -9 while many send forms to one-use invites: a form that was answered with "in" still opens the media, and no
/// invite has more devices than uses.
fn killed_while_everybody_enters(kind: Kind) {
    let site = Site::fresh(PROGRAM, kind);
    let mut servers = site.start_all(kind);
    let mut owner = shared(&site, &servers);
    let rounds = Rounds::now();
    let mut kept = Vec::new();
    for round in 0..rounds.kills {
        let people: Vec<_> = (0..24).map(|number| format!("p{round}.{number}@example.org")).collect();
        let invites: Vec<_> =
            people.iter().map(|email| (owner.make_invite(email, &json!({})).token, email.clone())).collect();
        let (doors, work) = (addresses(&servers), invites.clone());
        let crowd = Crowd::start(24, move |number, _| {
            let (token, email) = &work[number];
            let (mut browser, form) = (Browser::at_address(doors[number % doors.len()]), form(email));
            let answer = browser.enter_invite(token, &form);
            (number, form, matches!(answer, Ok(Entry::In { .. })))
        });
        let [chance] = testkit::random::<1>();
        testkit::pause(Duration::from_millis(u64::from(chance) / 4));
        servers.remove(round % servers.len()).kill();
        kept.extend(
            crowd.stop().into_iter().map(|(number, form, sure)| (invites[number].clone(), form, sure)),
        );
        servers.push(site.start());
        owner = site.owner(&servers[0], owner.item);
    }
    let mut acknowledged = 0;
    for ((token, _), form, sure) in &kept {
        let mut browser = Browser::at(&servers[0]);
        // The same form tells what became of it; one that was never taken is taken now.
        let entry = browser.enter_invite(token, form);
        assert!(matches!(entry, Ok(Entry::In { .. })), "acknowledged {sure}: {entry:?}");
        assert!(browser.opens_media(owner.item));
        acknowledged += usize::from(*sure);
    }
    let (rows, people) = (site.rows(), kept.len() as i64);
    assert_eq!(rows.number("SELECT COUNT(*) FROM invite_seat", vec![]), people);
    assert_eq!(rows.number("SELECT COUNT(*) FROM invite_device WHERE spent = 1", vec![]), people);
    assert_eq!(rows.number("SELECT CAST(SUM(uses) AS BIGINT) FROM invite", vec![]), people);
    testkit::shout(&format!("{kind:?}: {people} forms, {acknowledged} acknowledged before a kill"));
}
