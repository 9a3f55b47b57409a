//! Seats: one entered person at one item, held by a browser key.

use crate::coded::coded;
use crate::{Instant, ItemId, ItemKind, LinkId, Reason, SeatId, Span};

/// How a browser holds a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatHold {
    /// The person's own device: comes back for as long as the door is open.
    Own,
    /// "This is a shared computer": ends with the browser session and shortly after the last viewing.
    Shared,
}

coded! {
    /// What somebody needs who leaves a seat and wants to come back.
    pub enum ComingBack {
        /// The door once more: it lets one more in, and counts it.
        ByTheDoor = "by_the_door",
        /// The door lets nobody in any more; whoever shares the item has to help.
        ByTheOwner = "by_the_owner",
    }
}

impl ComingBack {
    /// By a door that lets one more in, or that does not.
    pub const fn through(has_uses_left: bool) -> Self {
        if has_uses_left { Self::ByTheDoor } else { Self::ByTheOwner }
    }
}

/// What the decision knows of a seat that this browser holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeatFacts {
    /// Which.
    pub id: SeatId,
    /// The one item it opens.
    pub item: ItemId,
    /// The guest link it came through.
    pub link: LinkId,
    /// How the browser holds it.
    pub hold: SeatHold,
    /// When its last viewing was heard of; none before the first.
    pub seen_at: Option<Instant>,
    /// When it was made.
    pub created_at: Instant,
    /// Since when it is blocked for good.
    pub blocked_at: Option<Instant>,
    /// Since when its person is removed.
    pub removed_at: Option<Instant>,
}

/// Why somebody of a seat is put out; none when they are not. Where there is no session, whoever is removed has lost
/// the seat, and nothing keeps them from a new one.
pub(crate) const fn put_out(
    kind: ItemKind,
    blocked_at: Option<Instant>,
    removed_at: Option<Instant>,
) -> Option<Reason> {
    match (blocked_at, removed_at) {
        (Some(_), _) => Some(Reason::Blocked),
        (None, Some(_)) if kind.is_session() => Some(Reason::Removed),
        (None, _) => None,
    }
}

impl SeatFacts {
    /// After this long without a viewing a browser is asked "Continue as NAME / Somebody else".
    pub const ASK_AFTER: Span = Span::from_minutes(30);
    /// A shared computer's hold ends this long after the last viewing.
    pub const SHARED_HOLD_LASTS: Span = Span::from_minutes(2);

    /// Why its person is put out of an item of this kind; none when they are not.
    pub const fn put_out(&self, kind: ItemKind) -> Option<Reason> {
        put_out(kind, self.blocked_at, self.removed_at)
    }

    fn last_heard(&self) -> Instant {
        self.seen_at.unwrap_or(self.created_at)
    }

    /// Whether the browser still holds the seat at `now`.
    pub fn is_held(&self, now: Instant) -> bool {
        match self.hold {
            SeatHold::Own => true,
            SeatHold::Shared => now < self.last_heard().plus(Self::SHARED_HOLD_LASTS),
        }
    }

    /// Whether coming back through the link should first ask who sits there.
    pub fn asks_who(&self, now: Instant) -> bool {
        self.hold == SeatHold::Shared || now >= self.last_heard().plus(Self::ASK_AFTER)
    }
}
