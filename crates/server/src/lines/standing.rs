//! How a connection stands, and whom to close. Pure but for one question to the socket: what is new is told from what
//! was seen at the look before.

use std::cmp::Reverse;
use std::time::Duration;

use tokio::time::Instant;

use super::room::Room;
use super::told::{Glance, Told, Waits};

/// Who has taken nothing for this long is gone.
pub(super) const GONE_AFTER: Duration = Duration::from_secs(30);
/// The same when descriptors run short.
const GONE_WHEN_SHORT: Duration = Duration::from_secs(1);
/// The same when there are hardly any left; then those go first that took nothing for longest.
const GONE_WHEN_SCARCE: Duration = Duration::from_millis(150);
/// Taking less than this is taking nothing, unless it was all there was.
const A_BIT: u64 = 4_096;
/// So much more of a request is something.
const BROUGHT_A_BIT: u64 = 1_024;

/// How a connection stands, and for how long already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Something is under way.
    Busy,
    /// It has brought requests, has taken the answers, and brings nothing now.
    Idle(Duration),
    /// It has brought no whole request yet, or not the rest of one.
    Owing(Duration),
    /// There are bytes for it that it does not take.
    Stuck(Duration),
}

/// What the last looks saw.
#[derive(Debug, Default)]
pub(super) struct Watched {
    turn: u64,
    heard: u64,
    /// Since when it waits in this turn, and has brought no bit more.
    waits_since: Option<Instant>,
    /// Bytes that had been taken when it last took a bit, and when that was.
    taken: u64,
    took_at: Option<Instant>,
    /// Everything that was written until the last look was taken then.
    has_all_of: u64,
}

impl Watched {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn look(&mut self, told: &Told, now: Instant) -> Standing {
        // Written first: what is written meanwhile must not pass for taken.
        let glance = told.glance();
        let unsent = if glance.written == self.has_all_of { 0 } else { told.unsent() };
        self.see(glance, unsent as u64, now)
    }

    fn see(&mut self, glance: Glance, unsent: u64, now: Instant) -> Standing {
        let brought = glance.turn != self.turn || glance.heard >= self.heard + BROUGHT_A_BIT;
        if brought || glance.waits == Waits::No || self.waits_since.is_none() {
            (self.turn, self.heard, self.waits_since) = (glance.turn, glance.heard, Some(now));
        }
        let waits = now.duration_since(self.waits_since.unwrap_or(now));
        let taken = glance.written.saturating_sub(unsent);
        if unsent == 0 {
            self.has_all_of = glance.written;
        }
        if unsent == 0 || taken >= self.taken + A_BIT || self.took_at.is_none() {
            (self.taken, self.took_at) = (taken, Some(now));
        }
        let stuck = now.duration_since(self.took_at.unwrap_or(now));
        match glance.waits {
            _ if unsent > 0 && !stuck.is_zero() => Standing::Stuck(stuck),
            _ if unsent > 0 => Standing::Busy,
            Waits::ForHead if glance.turn > 0 => Standing::Idle(waits),
            Waits::ForHead | Waits::ForRest => Standing::Owing(waits),
            Waits::No => Standing::Busy,
        }
    }
}

/// Which connections to close, by their places in `standings`.
pub(super) fn whom_to_close(standings: &[Standing], room: Room) -> Vec<usize> {
    let is_gone = |standing: &Standing| match standing {
        Standing::Stuck(time) if !room.is_short() => *time >= GONE_AFTER,
        Standing::Stuck(time) | Standing::Owing(time) => room.is_short() && *time >= GONE_WHEN_SHORT,
        Standing::Idle(_) | Standing::Busy => false,
    };
    let places = |keep: &dyn Fn(&Standing) -> Option<Duration>| {
        let mut found: Vec<(Reverse<Duration>, usize)> = standings
            .iter()
            .enumerate()
            .filter_map(|(place, standing)| Some((Reverse(keep(standing)?), place)))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, place)| place).collect::<Vec<usize>>()
    };
    let mut chosen = places(&|standing| is_gone(standing).then_some(Duration::ZERO));
    let missing = |chosen: &[usize]| room.enough().saturating_sub(room.free + chosen.len());
    if room.is_short() {
        let idle = places(&|standing| match standing {
            Standing::Idle(time) => Some(*time),
            _ => None,
        });
        let most = missing(&chosen);
        chosen.extend(idle.into_iter().take(most));
    }
    if room.is_scarce() {
        let late = places(&|standing| match standing {
            Standing::Stuck(time) | Standing::Owing(time) if !is_gone(standing) => {
                (*time >= GONE_WHEN_SCARCE).then_some(*time)
            }
            _ => None,
        });
        let most = missing(&chosen);
        chosen.extend(late.into_iter().take(most));
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLENTY: Room = Room { free: 900, limit: 1_024 };
    const SHORT: Room = Room { free: 60, limit: 1_024 };
    const SCARCE: Room = Room { free: 20, limit: 1_024 };

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn who_takes_nothing_is_closed_sooner_when_descriptors_run_short() {
        for (time, plenty, short, scarce) in
            [(100, 0, 0, 0), (200, 0, 0, 1), (999, 0, 0, 1), (1_000, 0, 1, 1), (30_000, 1, 1, 1)]
        {
            let standings = [Standing::Busy, Standing::Stuck(ms(time)), Standing::Busy];
            let closed = |room| whom_to_close(&standings, room).len();
            assert_eq!([closed(PLENTY), closed(SHORT), closed(SCARCE)], [plenty, short, scarce], "{time}");
        }
    }

    #[test]
    fn who_says_nothing_is_left_alone_while_there_is_room() {
        let standings = [Standing::Idle(ms(70_000)), Standing::Owing(ms(70_000))];
        assert_eq!(whom_to_close(&standings, PLENTY), Vec::<usize>::new());
        assert_eq!(whom_to_close(&standings, SHORT), [1, 0]);
        assert_eq!(whom_to_close(&[Standing::Owing(ms(500))], SHORT), Vec::<usize>::new(), "just came");
    }

    /// Idle connections go at once, the longest idle first, and no more of them than it takes.
    #[test]
    fn idle_ones_are_given_up_first() {
        let idle: Vec<_> = (1..=500).map(|number| Standing::Idle(ms(number))).collect();
        let closed = whom_to_close(&idle, SHORT);
        assert_eq!(closed.len(), SHORT.enough() - SHORT.free);
        assert_eq!((closed[0], *closed.last().expect("some")), (499, 500 - closed.len()));
        let late: Vec<_> = (300..=999).map(|number| Standing::Stuck(ms(number))).chain(idle).collect();
        let closed = whom_to_close(&late, SCARCE);
        assert!(closed.iter().all(|place| *place >= 700), "nobody who may still take something");
    }

    #[test]
    fn a_trickle_is_no_taking() {
        let begin = super::super::now();
        let mut watched = Watched::new();
        let glance = Glance { turn: 1, waits: Waits::No, heard: 0, written: 1_000_000 };
        let mut see = |unsent, after| watched.see(glance, unsent, begin + ms(after));
        assert_eq!(see(900_000, 0), Standing::Busy);
        assert_eq!(see(899_000, 1_000), Standing::Stuck(ms(1_000)), "a thousand bytes");
        assert_eq!(see(898_000, 2_000), Standing::Stuck(ms(2_000)), "and again");
        assert_eq!(see(890_000, 3_000), Standing::Busy, "a bit");
        assert_eq!(see(890_000, 4_000), Standing::Stuck(ms(1_000)));
        assert_eq!(see(0, 5_000), Standing::Busy, "all of it");
    }

    #[test]
    fn a_body_that_drips_is_owed() {
        let begin = super::super::now();
        let mut watched = Watched::new();
        let mut see = |waits, heard, after| {
            watched.see(Glance { turn: 1, waits, heard, written: 0 }, 0, begin + ms(after))
        };
        assert_eq!(see(Waits::ForRest, 0, 0), Standing::Owing(ms(0)));
        assert_eq!(see(Waits::ForRest, 10, 1_000), Standing::Owing(ms(1_000)), "ten bytes");
        assert_eq!(see(Waits::ForRest, 2_000, 2_000), Standing::Owing(ms(0)), "a bit");
        assert_eq!(see(Waits::No, 2_000, 9_000), Standing::Busy, "it is we who take our time");
        assert_eq!(see(Waits::ForRest, 2_000, 9_500), Standing::Owing(ms(500)));
    }
}
