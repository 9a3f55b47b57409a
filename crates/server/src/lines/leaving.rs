//! A socket whose connection is over while media are still in it. The kernel would go on sending them whatever became
//! of the viewing, so it is held until they are taken, or reset.

use std::os::fd::{AsFd, OwnedFd};

use app::viewing::MediaPass;
use tokio::time::Instant;

use super::socket;
use super::standing::GONE_AFTER;
use super::told::Told;

pub(super) struct Leaving {
    socket: OwnedFd,
    passes: Vec<MediaPass>,
    unsent: usize,
    since: Option<Instant>,
}

impl Leaving {
    /// None when everything was taken. Where no descriptor is left to hold it with, what was not sent is thrown away.
    pub(super) fn of(socket: &impl AsFd, told: &Told) -> Option<Self> {
        let passes = told.passes();
        if passes.is_empty() || socket::unsent(socket) == 0 {
            return None;
        }
        let Ok(held) = rustix::io::fcntl_dupfd_cloexec(socket, 0) else {
            socket::forget_unsent(socket);
            return None;
        };
        socket::finish(&held);
        Some(Self { socket: held, passes, unsent: usize::MAX, since: None })
    }

    /// Whether it must be held on to. Nothing is written any more, so every look that finds less finds a reader.
    pub(super) fn goes_on(
        &mut self,
        now: Instant,
        is_short: bool,
        good: impl Fn(&MediaPass) -> bool,
    ) -> bool {
        let unsent = socket::unsent(&self.socket);
        if unsent == 0 {
            return false;
        }
        let since = *self.since.get_or_insert(now);
        if unsent < self.unsent {
            (self.unsent, self.since) = (unsent, Some(now));
        }
        let is_gone = now.duration_since(since) >= GONE_AFTER;
        if is_gone || is_short || !self.passes.iter().all(good) {
            socket::forget_unsent(&self.socket);
            return false;
        }
        true
    }
}
