//! A member who is signed out at one process is out at every other: nothing of their open page is served any more.

use std::time::Duration;

use testkit::{Kind, PageSocket, Site, moment, shout};

use crate::{PROGRAM, on_both};

/// The promise of access.md 3.6, kept for members too.
const PROMISE: Duration = Duration::from_secs(2);

on_both!(signing_out_ends_the_page_at_every_process);

fn signing_out_ends_the_page_at_every_process(kind: Kind) {
    let site = Site::fresh(PROGRAM, kind);
    let servers = site.start_all(kind);
    let item = site.shared_item(&servers[0], "A film").item;
    let mut watching = site.owner_browser(&servers[0]);
    let viewing = watching.open(item).expect("a viewing");
    let mut socket = PageSocket::open(&watching, &viewing).expect("a socket");
    assert_eq!(watching.fetch(&viewing, "v0-00001.m4s").expect("an answer").status, 200);
    let mut elsewhere = site.owner_browser(&servers[servers.len() - 1]);
    let answer = elsewhere.send_bare("POST", "/api/sign-out").expect("an answer");
    let answered = moment();
    assert_eq!(answer.status, 204, "{}", answer.text());
    for server in &servers {
        watching.go_to(server);
        for file in ["master.m3u8", "v0-00001.m4s"] {
            assert_eq!(watching.fetch(&viewing, file).expect("an answer").status, 404, "{file}");
        }
        let renewed = watching.copy().renew(&viewing).expect("an answer");
        assert_eq!((renewed.status, renewed.json()["reason"].as_str()), (404, Some("signed_out")));
        assert_eq!(PageSocket::open(&watching, &viewing).err(), Some(404));
    }
    let mut told = Vec::new();
    while let Some(heard) = socket.hear(PROMISE) {
        let is_end = heard.text.is_none();
        told.push(heard);
        if is_end {
            break;
        }
    }
    let end = told.iter().find(|heard| heard.text.as_deref().is_some_and(|text| text.contains("signed_out")));
    let end = end.unwrap_or_else(|| panic!("the socket says why: {told:?}"));
    let late = end.at.saturating_duration_since(answered);
    assert!(late < PROMISE, "told {late:?} after the answer");
    assert_eq!(told.last().and_then(|heard| heard.code), Some(4401), "then it closes");
    assert_eq!(watching.open(item).expect_err("signed out").status, 303, "off to sign in");
    shout(&format!("signed out on {kind:?}: the page was told {late:?} after the answer"));
}
