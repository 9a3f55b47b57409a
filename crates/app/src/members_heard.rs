//! When members' pages were heard of, until it is written down: a page that only looks writes nothing by itself.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use domain::{Instant, MemberId};
use store::session::Browser;

/// When members were heard of at their sessions.
#[derive(Default)]
pub(crate) struct MembersHeard(Mutex<HashMap<(MemberId, Browser), Instant>>);

impl MembersHeard {
    /// A page of this session is there.
    pub(crate) fn note(&self, member: MemberId, browser: Browser, now: Instant) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert((member, browser), now);
    }

    /// Who was heard of since this was asked last, in the order of members.
    pub(crate) fn take(&self) -> Vec<(MemberId, Browser, Instant)> {
        let heard = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let mut heard: Vec<_> =
            heard.into_iter().map(|((member, browser), at)| (member, browser, at)).collect();
        heard.sort_unstable();
        heard
    }
}
