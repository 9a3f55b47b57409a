//! A crowd that keeps account: what was answered, and what was not.

use std::collections::HashSet;
use std::sync::atomic::Ordering;
use std::time::Duration;

use testkit::domain::ItemId;
use testkit::{Browser, Crowd, Entry, EntryForm, Server, Site, pause};

use crate::addresses;

const CLIENTS: usize = 16;

/// Forms by what became of them.
#[derive(Default)]
pub(crate) struct Sent {
    /// Answered with this browser key.
    pub(crate) kept: Vec<(EntryForm, String)>,
    /// The answer was lost, or said that nobody knows.
    pub(crate) lost: Vec<EntryForm>,
}

impl Sent {
    pub(crate) fn add(&mut self, crowd: Crowd<Sent>) {
        for sent in crowd.stop() {
            self.kept.extend(sent.kept);
            self.lost.extend(sent.lost);
        }
    }
}

/// Enters with fresh browsers until the crowd is stopped, whether anybody answers or not.
pub(crate) fn enter_on_and_on(servers: &[Server], token: &str) -> Crowd<Sent> {
    let (doors, token) = (addresses(servers), token.to_owned());
    Crowd::start(CLIENTS, move |number, stop| {
        let mut sent = Sent::default();
        while !stop.load(Ordering::Acquire) {
            let form = EntryForm::of(&format!("Guest {number}"));
            match Browser::at_address(doors[number % doors.len()]).enter(&token, &form) {
                Ok(Entry::In { key: Some(key) }) => sent.kept.push((form, key)),
                Ok(Entry::Busy) => sent.lost.push(form),
                Ok(other) => panic!("a form was answered with {other:?}"),
                Err(_) => {
                    sent.lost.push(form);
                    // Nobody listens any more until the next start.
                    pause(Duration::from_millis(5));
                }
            }
        }
        sent
    })
}

/// Every answered entry is there and opens the media, a repeated form is the same seat, and a lost one is resolved.
pub(crate) fn check_kept(site: &Site, servers: &[Server], token: &str, item: ItemId, all: &Sent) {
    site.rows().check_counts();
    let seats = site.rows().seats(item);
    assert!(seats >= all.kept.len() as i64, "I3: {} answered, {seats} seats", all.kept.len());
    for (number, (form, key)) in all.kept.iter().enumerate() {
        let mut browser = Browser::at(&servers[number % servers.len()]);
        let again = browser.enter(token, form).expect("the door answers");
        assert_eq!(again, Entry::In { key: Some(key.clone()) }, "I4: the same form, the same cookie");
        assert!(browser.opens_media(item), "I3: an acknowledged seat opens the media");
    }
    assert_eq!(site.rows().seats(item), seats, "I4: repeated forms spend nothing");
    let mut resolved = HashSet::new();
    for form in &all.lost {
        let send = || Browser::at(&servers[0]).enter(token, form).expect("the door answers");
        let Entry::In { key: Some(key) } = send() else { panic!("a lost form is resolved") };
        assert_eq!(send(), Entry::In { key: Some(key.clone()) });
        resolved.insert(key);
    }
    assert_eq!(resolved.len(), all.lost.len(), "each form is one seat");
    let rows = site.rows();
    rows.check_counts();
    assert_eq!(rows.seats(item), (all.kept.len() + all.lost.len()) as i64, "one seat a form, I2");
}
