//! A database whose file is removed or replaced while it is open: nothing is acknowledged that no file will hold, the
//! process says so and makes nothing anew (F11, O1, I3).

use std::path::Path;
use std::time::Duration;

use testkit::{Browser, Entry, EntryForm, Kind, Site, wait_for};

use crate::PROGRAM;

const FILE: &str = "anteroom.sqlite3";
const ALL: [&str; 3] = [FILE, "anteroom.sqlite3-wal", "anteroom.sqlite3-shm"];

fn check_noticed(lose: impl FnOnce(&Path), is_gone: bool) {
    let site = Site::fresh(PROGRAM, Kind::Sqlite);
    let server = site.start();
    let mut owner = site.shared_item(&server, "A film");
    let link = owner.make_link("Friends", None);
    let enter =
        |name: &str| Browser::at(&server).enter(&link.token, &EntryForm::of(name)).expect("an answer");
    assert!(matches!(enter("Ida Inside"), Entry::In { .. }));
    lose(site.data());
    assert_eq!(enter("Lena Late"), Entry::Busy, "nobody is told to be in who is in no file");
    assert_eq!(enter("Lena Late"), Entry::Busy);
    let ready = Browser::at(&server).get("/readyz").expect("an answer");
    assert_eq!(ready.status, 503);
    assert!(ready.text().contains("removed or replaced"), "{}", ready.text());
    let switched = owner.switch(false, "now");
    assert_eq!(switched.status, 503, "the owner is told, too");
    assert_eq!(site.data().join(FILE).exists(), !is_gone, "nothing is made anew");
}

#[test]
fn a_removed_sqlite_file_is_noticed() {
    check_noticed(
        |data| ALL.iter().for_each(|name| std::fs::remove_file(data.join(name)).expect("removed")),
        true,
    );
}

#[test]
fn a_sqlite_file_with_another_in_its_place_is_noticed() {
    let copied = |data: &Path| {
        std::fs::copy(data.join(FILE), data.join("copy")).expect("copied");
        std::fs::rename(data.join("copy"), data.join(FILE)).expect("in its place");
    };
    check_noticed(copied, false);
}

#[test]
fn a_removed_log_of_sqlite_is_noticed() {
    check_noticed(|data| std::fs::remove_file(data.join(ALL[1])).expect("removed"), false);
}

#[test]
fn a_process_that_nobody_asks_notices_by_itself_and_goes_on_after_a_restart() {
    let site = Site::fresh(PROGRAM, Kind::Sqlite);
    let server = site.start();
    let mut owner = site.shared_item(&server, "A film");
    let link = owner.make_link("Friends", None);
    let ready = |server: &testkit::Server| Browser::at(server).get("/readyz").expect("an answer").status;
    assert_eq!(ready(&server), 204);
    let aside = site.data().join("aside");
    std::fs::rename(site.data().join(FILE), &aside).expect("moved");
    wait_for("the loss to be noticed", Duration::from_secs(10), || {
        server.log().contains("removed or replaced").then_some(())
    });
    std::fs::rename(&aside, site.data().join(FILE)).expect("moved back");
    assert_eq!(ready(&server), 503, "whatever lies there now: until a restart");
    server.kill();
    let server = site.start();
    assert_eq!(ready(&server), 204);
    let entry = Browser::at(&server).enter(&link.token, &EntryForm::of("Ida Inside"));
    assert!(matches!(entry, Ok(Entry::In { .. })), "{entry:?}");
}
