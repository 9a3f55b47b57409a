//! "End now": once the owner has the answer, nothing of those viewings is served any more, at any process (I5).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use testkit::rounds::Rounds;
use testkit::{
    Browser, Crowd, Entry, EntryForm, GuestLink, Heard, Kind, Owner, PageSocket, Server, Site, Viewing,
    moment, pause, shout, wait_for,
};

use crate::{PROGRAM, on_both};

/// The promise of access.md 3.6.
const PROMISE: Duration = Duration::from_secs(2);

on_both!(
    switching_off_now_ends_every_viewing,
    deleting_now_ends_the_viewings_of_that_link_alone,
    pages_that_open_meanwhile_end_too,
);

/// Served this often, somebody counts as watching.
const SERVED_BEFORE: usize = 4;
/// Turns that a watcher goes on for when its socket has not heard the end.
const GOES_ON_FOR: usize = 100;

/// A guest with an open page.
struct Watcher {
    browser: Browser,
    viewing: Viewing,
    socket: PageSocket,
}

/// What a watcher got: when the last request that was served began and was over, and what the socket said.
struct Seen {
    last_begun: Instant,
    last_served: Instant,
    served: usize,
    told: Vec<Heard>,
}

fn sit_down(server: &Server, link: &GuestLink, owner: &Owner) -> Watcher {
    let mut browser = Browser::at(server);
    browser.enter(&link.token, &EntryForm::of("Wanda Watcher")).expect("the door answers");
    let viewing = browser.open(owner.item).expect("a viewing");
    let socket = PageSocket::open(&browser, &viewing).expect("a socket");
    Watcher { browser, viewing, socket }
}

/// Fetches and renews until it is told to stop and has heard the end, whatever the answers are. Counts itself once as
/// watching.
fn watch(mut watcher: Watcher, watching: &AtomicUsize, stop: &AtomicBool) -> (Watcher, Seen) {
    let begin = moment();
    let mut seen = Seen { last_begun: begin, last_served: begin, served: 0, told: Vec::new() };
    let mut more = GOES_ON_FOR;
    let is_over = |told: &[Heard]| told.last().is_some_and(|heard| heard.text.is_none());
    while !stop.load(Ordering::Acquire) || !is_over(&seen.told) && more > 0 {
        more -= usize::from(stop.load(Ordering::Acquire));
        for file in ["v0-00001.m4s", "v0.m3u8", "renew"] {
            let begun = moment();
            // A refused renewal takes the ticket away; what is asked here is whether it still opens something.
            let mut tab = watcher.browser.copy();
            let answer = match file {
                "renew" => tab.renew(&watcher.viewing),
                file => watcher.browser.fetch(&watcher.viewing, file),
            };
            if answer.is_ok_and(|answer| answer.status < 300) {
                (seen.last_begun, seen.last_served) = (begun, moment());
                seen.served += 1;
                watching.fetch_add(usize::from(seen.served == SERVED_BEFORE), Ordering::AcqRel);
                if file == "renew" {
                    watcher.browser = tab;
                }
            }
        }
        while !is_over(&seen.told)
            && let Some(heard) = watcher.socket.hear(Duration::from_millis(1))
        {
            seen.told.push(heard);
        }
    }
    (watcher, seen)
}

/// Viewings at the first process; the owner, at the last one, closes. Answers what the watchers saw and when the
/// owner had the answer.
fn cut(watchers: Vec<Watcher>, close: impl FnOnce() -> testkit::Answer) -> (Vec<(Watcher, Seen)>, Instant) {
    let count = watchers.len();
    let watchers: Vec<_> = watchers.into_iter().map(|watcher| std::sync::Mutex::new(Some(watcher))).collect();
    let watching = Arc::new(AtomicUsize::new(0));
    let counted = watching.clone();
    let crowd = Crowd::start(count, move |number, stop| {
        let watcher = watchers[number].lock().expect("a watcher").take().expect("a watcher");
        watch(watcher, &counted, stop)
    });
    let all = || (watching.load(Ordering::Acquire) == count).then_some(());
    wait_for("everybody to watch", Duration::from_secs(100), all);
    let answer = close();
    let answered = moment();
    assert_eq!(answer.status, 200, "{}", answer.text());
    let closed = &answer.json()["closed"];
    assert_eq!(closed["confirmed"], true, "every process has confirmed: {closed}");
    pause(Duration::from_millis(600));
    (crowd.stop(), answered)
}

fn check_cut(seen: &Seen, answered: Instant) -> Duration {
    assert!(seen.last_begun <= answered, "what is asked for after the answer is served by nobody");
    let late = seen.last_served.saturating_duration_since(answered);
    assert!(late < PROMISE, "served {late:?} after the owner's answer");
    let end =
        seen.told.iter().position(|heard| heard.text.as_deref().is_some_and(|text| text.contains("ended")));
    let end = end.unwrap_or_else(|| panic!("the socket says why: {:?}", seen.told));
    let text = seen.told[end].text.as_deref().unwrap_or_default();
    assert!(text.contains(r#""reason":"ended_now""#), "{text}");
    assert!(
        seen.told[end + 1..].iter().all(|heard| heard.text.is_none()),
        "nothing after it: {:?}",
        seen.told
    );
    assert_eq!(seen.told.last().and_then(|heard| heard.code), Some(4401), "then it closes");
    late.max(seen.told[end].at.saturating_duration_since(answered))
}

fn switching_off_now_ends_every_viewing(kind: Kind) {
    let site = Site::fresh(PROGRAM, kind);
    let servers = site.start_all(kind);
    let mut owner = site.shared_item(&servers[servers.len() - 1], "A film");
    let link = owner.make_link("Viewers", None);
    let watchers: Vec<_> =
        (0..Rounds::now().cut_viewings).map(|_| sit_down(&servers[0], &link, &owner)).collect();
    if kind == Kind::Postgres {
        let inside = |owner: &mut Owner| owner.guest_access()["inside"].as_i64().unwrap_or_default();
        let count = watchers.len() as i64;
        wait_for("those at the other process", Duration::from_secs(10), || {
            (inside(&mut owner) == count).then_some(())
        });
    }
    let (ended, answered) = cut(watchers, || owner.switch(false, "now"));
    let latest = ended.iter().map(|(_, seen)| check_cut(seen, answered)).max().expect("watchers");
    shout(&format!(
        "cut on {kind:?}: {} viewings, last byte or message {latest:?} after the answer",
        ended.len()
    ));
    for (mut watcher, _) in ended {
        let renewal = watcher.browser.copy().renew(&watcher.viewing).expect("an answer");
        assert_eq!((renewal.status, renewal.json()["reason"].as_str()), (404, Some("ended_now")));
        for server in &servers {
            watcher.browser.go_to(server);
            for file in ["master.m3u8", "v0.m3u8", "v0-00001.m4s"] {
                assert_eq!(
                    watcher.browser.fetch(&watcher.viewing, file).expect("an answer").status,
                    404,
                    "{file}"
                );
            }
            assert_eq!(PageSocket::open(&watcher.browser, &watcher.viewing).err(), Some(404));
        }
        let page = watcher.browser.open(owner.item).expect_err("the door is closed");
        assert_eq!(page.status, 404, "a page load is decided anew");
    }
}

fn deleting_now_ends_the_viewings_of_that_link_alone(kind: Kind) {
    let site = Site::fresh(PROGRAM, kind);
    let servers = site.start_all(kind);
    let mut owner = site.shared_item(&servers[servers.len() - 1], "A film");
    let (gone, stays) = (owner.make_link("Goes", None), owner.make_link("Stays", None));
    let mut bystander = sit_down(&servers[0], &stays, &owner);
    let watchers = (0..2).map(|_| sit_down(&servers[0], &gone, &owner)).collect();
    let (ended, answered) = cut(watchers, || owner.delete_link(&gone, "now"));
    for (_, seen) in &ended {
        check_cut(seen, answered);
    }
    let still = bystander.browser.fetch(&bystander.viewing, "v0-00001.m4s").expect("an answer");
    assert_eq!(still.status, 200, "people of the other link watch on");
    assert_eq!(bystander.browser.renew(&bystander.viewing).expect("an answer").status, 204);
}

fn pages_that_open_meanwhile_end_too(kind: Kind) {
    let site = Site::fresh(PROGRAM, kind);
    let servers = site.start_all(kind);
    let mut owner = site.shared_item(&servers[servers.len() - 1], "A film");
    let link = owner.make_link("Viewers", None);
    let (item, door, rows) = (owner.item, servers[0].address(), site.rows());
    let opened = || rows.number("SELECT COUNT(*) FROM viewing", vec![]);
    for round in 0..Rounds::now().closing {
        assert_eq!(owner.switch(true, "finish").status, 200);
        let token = link.token.clone();
        let crowd = Crowd::start(24, move |_, stop| {
            let mut opened = Vec::new();
            while !stop.load(Ordering::Acquire) {
                let mut browser = Browser::at_address(door);
                let entered =
                    browser.enter(&token, &EntryForm::of("Otto Opening")).expect("the door answers");
                let asked = serde_json::json!({ "item": item.to_string() });
                while !stop.load(Ordering::Acquire) && matches!(entered, Entry::In { .. }) {
                    // Without the page before it: the more of these race with the owner, the better.
                    let answer = browser.send_json("POST", "/api/viewings", &asked).expect("an answer");
                    if answer.status != 201 {
                        break;
                    }
                    let id = answer.json()["viewing"].as_str().unwrap_or_default().to_owned();
                    let viewing = Viewing { media_url: format!("/m/{id}/master.m3u8"), id };
                    opened.push((browser.copy(), viewing));
                    if opened.len().is_multiple_of(3) {
                        break;
                    }
                }
            }
            opened
        });
        let before = opened();
        wait_for("pages to open", Duration::from_secs(30), || (opened() > before + 40).then_some(()));
        assert_eq!(owner.switch(false, "now").status, 200);
        let alive = crowd.stop().into_iter().flatten().filter_map(|(mut browser, viewing)| {
            let answer = browser.fetch(&viewing, "v0-00001.m4s").expect("an answer");
            (answer.status == 200).then_some(viewing.id)
        });
        let alive: Vec<_> = alive.collect();
        assert!(alive.is_empty(), "round {round}: {} pages that opened meanwhile go on", alive.len());
    }
}
