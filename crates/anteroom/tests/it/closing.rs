//! No seat is committed after the owner was told that the door is closed (I9), whichever process they asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use testkit::rounds::Rounds;
use testkit::store::ToValue;
use testkit::{Browser, Crowd, Entry, EntryForm, GuestLink, Kind, Owner, Rows, Site, moment, wait_for};

use crate::{PROGRAM, on_both};

const CLIENTS: usize = 32;
/// So many answers come after the door was closed; at most one each belongs to somebody who began before.
const AFTERWARDS: usize = 2 * CLIENTS;

on_both!(nobody_enters_after_switching_off, nobody_enters_after_deleting);

struct Attempt {
    begun: Instant,
    entry: Entry,
}

fn nobody_enters_after_switching_off(kind: Kind) {
    let close = |owner: &mut Owner, _: &GuestLink| owner.switch(false, "finish").status;
    let late = "SELECT COUNT(*) FROM seat s JOIN item i ON i.id = s.item_id
        WHERE s.item_id = $1 AND i.guest_access = 0 AND s.created_ms > i.guest_access_off_ms";
    under_load(kind, close, late);
}

fn nobody_enters_after_deleting(kind: Kind) {
    let close = |owner: &mut Owner, link: &GuestLink| owner.delete_link(link, "finish").status;
    let late = "SELECT COUNT(*) FROM seat s JOIN guest_link l ON l.id = s.link_id
        WHERE s.item_id = $1 AND s.created_ms > l.deleted_ms";
    under_load(kind, close, late);
}

fn under_load(kind: Kind, close: impl Fn(&mut Owner, &GuestLink) -> u16, late: &'static str) {
    let site = Site::fresh(PROGRAM, kind);
    let servers = site.start_all(kind);
    // The crowd is at the first process, the owner at the last.
    let mut owner = site.shared_item(&servers[servers.len() - 1], "A film");
    let (item, rows, door) = (owner.item, site.rows(), servers[0].address());
    let mut entered = 0;
    for round in 0..Rounds::now().closing {
        assert_eq!(owner.switch(true, "finish").status, 200);
        let link = owner.make_link("Crowd", None);
        let token = link.token.clone();
        let answers = Arc::new(AtomicUsize::new(0));
        let counted = answers.clone();
        let crowd = Crowd::start(CLIENTS, move |_, stop| {
            let mut attempts = Vec::new();
            let mut browser = Browser::connected_to(door);
            while !stop.load(Ordering::Acquire) {
                let begun = moment();
                let entry = browser.enter(&token, &EntryForm::of("Hanna Hammer")).expect("the door answers");
                attempts.push(Attempt { begun, entry });
                counted.fetch_add(1, Ordering::AcqRel);
                browser = Browser::at_address(door);
            }
            attempts
        });
        wait_for("the crowd", Duration::from_secs(30), || (rows.seats(item) > entered + 40).then_some(()));
        assert_eq!(close(&mut owner, &link), 200);
        let closed = moment();
        let enough = answers.load(Ordering::Acquire) + AFTERWARDS;
        let all = || (answers.load(Ordering::Acquire) >= enough).then_some(());
        wait_for("the crowd to go on", Duration::from_secs(60), all);
        let attempts: Vec<_> = crowd.stop().into_iter().flatten().collect();
        entered += check(&attempts, closed, round);
        check_rows(&rows, &owner, entered, late);
        // Deletes what only was switched off, and is refused what is deleted already.
        owner.delete_link(&link, "finish");
    }
}

/// The owner's transaction is held up in the middle. Whoever enters meanwhile must wait for it, not slip past it.
#[test]
fn entries_wait_for_a_closing_that_takes_its_time() {
    let site = Site::fresh(PROGRAM, Kind::Postgres);
    let servers = site.start_all(Kind::Postgres);
    let mut owner = site.shared_item(&servers[1], "A film");
    let (item, link, door) = (owner.item, owner.make_link("Friends", None), servers[0].address());
    let rows = site.rows();
    let standing = rows.stand_with("LOCK TABLE activity IN EXCLUSIVE MODE");
    let closing = std::thread::spawn(move || owner.switch(false, "finish").status);
    let held_up =
        "SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND relation = CAST('activity' AS regclass)";
    wait_for("the owner to be held up", Duration::from_secs(10), || {
        (rows.number(held_up, vec![]) > 0).then_some(())
    });
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        tell.send(Browser::at_address(door).enter(&link.token, &EntryForm::of("Susi Slip"))).expect("told");
    });
    let meanwhile = told.recv_timeout(Duration::from_millis(700));
    assert!(meanwhile.is_err(), "somebody slipped past a closing that had begun: {meanwhile:?}");
    drop(standing);
    assert_eq!(closing.join().expect("the owner's answer"), 200);
    let entry = told.recv_timeout(Duration::from_secs(30)).expect("an answer").expect("the door answers");
    assert_eq!(entry, Entry::Denied);
    assert_eq!(rows.seats(item), 0);
}

/// Everybody who began after the answer is refused; answers how many were let in at all.
fn check(attempts: &[Attempt], closed: Instant, round: usize) -> i64 {
    let after: Vec<_> = attempts.iter().filter(|attempt| attempt.begun > closed).collect();
    assert!(after.len() >= CLIENTS, "round {round}: the crowd went on after the door was closed");
    for attempt in after {
        let late = attempt.begun.duration_since(closed);
        assert_eq!(attempt.entry, Entry::Denied, "round {round}: begun {late:?} after the owner's answer");
    }
    attempts.iter().filter(|attempt| matches!(attempt.entry, Entry::In { .. })).count() as i64
}

fn check_rows(rows: &Rows, owner: &Owner, entered: i64, late: &'static str) {
    rows.check_counts();
    assert_eq!(rows.seats(owner.item), entered, "every seat was answered, and every answer has a seat");
    assert_eq!(rows.number(late, vec![owner.item.to_value()]), 0, "seats stamped after the door was closed");
}
