//! The three ways to close a door (access.md 3.6).

use crate::Instant;

/// What happens to people who are inside when a door closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// Open viewings go on until they are refreshed or left.
    Finish,
    /// Open viewings go on until this instant at the latest.
    Until(Instant),
    /// Open viewings end now.
    Now,
}

impl Closing {
    /// The shortest time ahead that `Until` may name: the life of a ticket, so that every ticket which is out
    /// when the door closes has run out by then without a mark.
    pub const SHORTEST_UNTIL: crate::Span = crate::Span::from_secs(60);

    /// The instant from which no viewing of this door may be renewed, if the closing names one.
    pub const fn cut_at(self, now: Instant) -> Option<Instant> {
        match self {
            Self::Finish => None,
            Self::Until(at) => Some(at),
            Self::Now => Some(now),
        }
    }
}
