//! SIGTERM: requests under way are answered, entries are kept, and open pages do not hold the process back (O2).

use std::time::Duration;

use testkit::{Browser, EntryForm, Kind, PageSocket, Site, pause};

use crate::load::{Sent, check_kept, enter_on_and_on};
use crate::{PROGRAM, on_both};

/// O2 gives ten seconds to drain; an idle server needs none of them.
const DRAINED: Duration = Duration::from_secs(10);

on_both!(a_restart_under_load_loses_no_entry, open_pages_do_not_delay_the_end);

fn a_restart_under_load_loses_no_entry(kind: Kind) {
    let site = Site::fresh(PROGRAM, kind);
    let mut servers = site.start_all(kind);
    let mut owner = site.shared_item(&servers[0], "A film");
    let link = owner.make_link("Crowd", None);
    let mut all = Sent::default();
    for _ in 0..2 {
        let crowd = enter_on_and_on(&servers, &link.token);
        pause(Duration::from_millis(250));
        let (status, took) = servers.remove(0).terminate();
        assert!(status.success(), "it ended in order: {status}");
        assert!(took < DRAINED, "it drained in {took:?}");
        all.add(crowd);
        servers.push(site.start());
    }
    assert!(all.kept.len() > 20, "there was load");
    check_kept(&site, &servers, &link.token, owner.item, &all);
}

fn open_pages_do_not_delay_the_end(kind: Kind) {
    let site = Site::fresh(PROGRAM, kind);
    let server = site.start();
    let mut owner = site.shared_item(&server, "A film");
    let link = owner.make_link("Friends", None);
    let mut browser = Browser::at(&server);
    browser.enter(&link.token, &EntryForm::of("Olga Open")).expect("the door answers");
    let viewing = browser.open(owner.item).expect("a viewing");
    let _socket = PageSocket::open(&browser, &viewing).expect("a socket");
    let (status, took) = server.terminate();
    assert!(status.success(), "{status}");
    assert!(took < Duration::from_secs(5), "an idle server with one open page took {took:?}");

    let server = site.start();
    browser.go_to(&server);
    assert_eq!(browser.renew(&viewing).expect("an answer").status, 204, "the page goes on");
}
