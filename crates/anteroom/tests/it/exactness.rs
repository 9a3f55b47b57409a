//! As many seats as clicks, never one more: 200 browsers' forms that arrive together (I1, I2).

use std::collections::HashSet;
use std::time::Duration;

use testkit::rounds::Rounds;
use testkit::{Browser, Entry, EntryForm, Kind, Site, together, wait_for};

use crate::{PROGRAM, addresses, on_both};

const BROWSERS: usize = 200;

on_both!(limit_of_1, limit_of_7, limit_of_100);

fn limit_of_1(kind: Kind) {
    forms_behind_a_barrier(kind, 1);
}

fn limit_of_7(kind: Kind) {
    forms_behind_a_barrier(kind, 7);
}

fn limit_of_100(kind: Kind) {
    forms_behind_a_barrier(kind, 100);
}

fn forms_behind_a_barrier(kind: Kind, limit: usize) {
    let site = Site::fresh(PROGRAM, kind);
    let servers = site.start_all(kind);
    let mut owner = site.shared_item(&servers[0], "A lecture that many want to see");
    for round in 0..Rounds::now().barrier {
        let link = owner.make_link("Everybody at once", Some(limit as i64));
        let (doors, token) = (addresses(&servers), link.token.clone());
        let entries = together(
            BROWSERS,
            move |number| {
                let form = EntryForm::of(&format!("Guest {number}"));
                (Browser::connected_to(doors[number % doors.len()]), form)
            },
            move |(mut browser, form)| enter(&mut browser, &token, &form),
        );
        let keys: HashSet<_> = entries.iter().filter_map(given_key).collect();
        let denied = entries.iter().filter(|entry| **entry == Entry::Denied).count();
        assert_eq!(keys.len(), limit, "round {round}: browsers let in, each with a key of its own");
        assert_eq!(
            denied,
            BROWSERS - limit,
            "round {round}: everybody else sees the denied page: {entries:?}"
        );
        let rows = site.rows();
        rows.check_counts();
        assert_eq!(rows.seats(owner.item), ((round + 1) * limit) as i64, "round {round}: seats");
        assert_eq!(rows.uses(owner.item), rows.seats(owner.item), "round {round}: uses");
        assert_eq!(owner.delete_link(&link, "finish").status, 200, "the place is free for the next round");
    }
}

/// "Try again in a moment" means that nobody knows; the same form, sent again, tells. It is rare: a machine so busy
/// that a lock is waited for too long.
fn enter(browser: &mut Browser, token: &str, form: &EntryForm) -> Entry {
    wait_for("an answer that knows", Duration::from_secs(60), || {
        Some(browser.enter(token, form).expect("the door answers")).filter(|entry| *entry != Entry::Busy)
    })
}

fn given_key(entry: &Entry) -> Option<String> {
    match entry {
        Entry::In { key } => key.clone(),
        _ => None,
    }
}
