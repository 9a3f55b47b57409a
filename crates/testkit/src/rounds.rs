//! How much is enough: every count of every heavy test, for each commit and for the long run
//! (`ANTEROOM_TEST_LONG=1`, set by `cargo xtask test --long`).

use std::time::Duration;

use crate::machine::setting;

/// The counts of one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rounds {
    /// Rounds of 200 forms behind a barrier, for each limit and engine.
    pub barrier: usize,
    /// Times that a door is closed under load, for each way of closing and engine.
    pub closing: usize,
    /// Kills under load, for each engine.
    pub kills: usize,
    /// Acknowledged entries that must have been kept over all kills.
    pub acknowledged: usize,
    /// Viewings that are ended now at once.
    pub cut_viewings: usize,
    /// Kills in the middle of a job on SQLite; on PostgreSQL, where a lease must run out each time, a fifth of it.
    pub job_kills: usize,
    /// Answers of a lobby that are looked at for each state of the link and each kind of address.
    pub lobby_samples: usize,
    /// Connections that take nothing, and the descriptors that the server has.
    pub unread: usize,
    /// See there.
    pub descriptors: u64,
    /// A guest among them is in within this. The long rounds have the machine for themselves; otherwise it is enough
    /// that nobody waits until the others are gone by themselves.
    pub guest_in_within: Duration,
    /// Times that processes start at the same moment on nothing.
    pub starts: usize,
}

impl Rounds {
    /// For every commit.
    pub const SHORT: Self = Self {
        barrier: 2,
        closing: 2,
        kills: 4,
        acknowledged: 300,
        cut_viewings: 16,
        job_kills: 5,
        lobby_samples: 8,
        unread: 600,
        descriptors: 256,
        guest_in_within: Duration::from_secs(20),
        starts: 4,
    };
    /// What access.md 7 asks for.
    pub const LONG: Self = Self {
        barrier: 20,
        closing: 20,
        kills: 50,
        acknowledged: 2_000,
        cut_viewings: 200,
        job_kills: 25,
        lobby_samples: 2_000,
        unread: 2_000,
        descriptors: 1_024,
        guest_in_within: Duration::from_secs(1),
        starts: 40,
    };

    /// Those of this run.
    pub fn now() -> Self {
        if setting("ANTEROOM_TEST_LONG").is_some_and(|value| value == "1") { Self::LONG } else { Self::SHORT }
    }
}
