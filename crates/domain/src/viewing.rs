//! Viewings: one open page each, alive by the chain of its renewals (access.md 3.4).

use crate::coded::coded;
use crate::{Instant, InviteFacts, ItemFacts, LinkFacts, Proof, Span};

coded! {
    /// Why a page was told that its viewing is over.
    pub enum EndReason {
        /// The owner ended it now.
        EndedNow = "ended_now",
        /// The same seat opened one viewing too many elsewhere.
        OpenedElsewhere = "opened_elsewhere",
        /// Its door closed, and its time after that is over.
        DoorClosed = "door_closed",
        /// The item was deleted or may no longer be shared.
        ItemGone = "item_gone",
        /// Silent for too long, or a whole day old.
        Expired = "expired",
        /// The seat moved to another device.
        Moved = "moved",
        /// The page was left, or the browser gave up the seat.
        Left = "left",
        /// The module was switched off.
        ModuleOff = "module_off",
        /// The member was signed out, or their account closed.
        SignedOut = "signed_out",
    }
}

/// How many living viewings a seat may have; one more ends the oldest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LivingLimit;

impl LivingLimit {
    /// A guest's seat.
    pub const GUEST: usize = 3;
    /// An invitee's seat.
    pub const INVITE: usize = 2;
}

/// What the decision knows of a viewing that asks for renewal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ViewingFacts {
    /// When its page was loaded.
    pub opened_at: Instant,
    /// When its last ticket runs out or ran out.
    pub ticket_end: Instant,
}

impl ViewingFacts {
    /// How long a ticket is good.
    pub const TICKET_LASTS: Span = Span::from_secs(60);
    /// How often a page renews.
    pub const RENEW_EVERY: Span = Span::from_secs(20);
    /// A chain is over when its last ticket ran out longer ago than this.
    pub const SILENCE: Span = Span::from_minutes(2);
    /// Every viewing is decided again after this long.
    pub const DECIDED_FOR: Span = Span::from_hours(24);
    /// After its door closed a viewing lasts at least this long...
    pub const GRACE_LEAST: Span = Span::from_hours(2);
    /// ...and never longer than this.
    pub const GRACE_MOST: Span = Span::from_hours(12);

    /// The first instant at which this viewing is over: a day after it was opened, two minutes of silence beyond
    /// its ticket, or what its door leaves it.
    pub fn limit(&self, door: Option<Instant>) -> Instant {
        let own = self.opened_at.plus(Self::DECIDED_FOR).min(self.ticket_end.plus(Self::SILENCE));
        door.map_or(own, |door| door.min(own))
    }

    /// The instant up to which this viewing may go on, given its door; none: no limit but its own age.
    pub fn door_limit(item: &ItemFacts, link: &LinkFacts) -> Option<Instant> {
        let cut = [item.guest_access_cut_at.filter(|_| !item.guest_access), link.cut_at];
        let closed = [item.guest_access_off_at.filter(|_| !item.guest_access), link.deleted_at, link.end];
        let grace = grace_after_closing(item.duration);
        let after_closing = closed.into_iter().flatten().map(|at| at.plus(grace));
        cut.into_iter().flatten().chain(after_closing).min()
    }

    /// The same for an invitee: as long as the invite of theirs that leaves them most. One that gives them nothing leaves
    /// nothing; where all do, because a code is asked for since, what is open goes on.
    pub fn invite_limit(
        item: &ItemFacts,
        invites: &[InviteFacts],
        proof: Proof,
        now: Instant,
    ) -> Option<Instant> {
        let grace = grace_after_closing(item.duration);
        let none_trusts = !invites.iter().any(|invite| invite.trusts(proof));
        let limits = invites.iter().filter(|invite| none_trusts || invite.trusts(proof)).map(|invite| {
            let after_closing = invite.closed_at(now)?.plus(grace);
            Some(invite.cut_at.map_or(after_closing, |cut| cut.min(after_closing)))
        });
        // A good invite sets no limit; somebody without any has none left.
        let all: Option<Vec<Instant>> = limits.collect();
        all.map(|ends| ends.into_iter().max().unwrap_or(now))
    }
}

/// max(2 x media length, 2 h), at most 12 h.
fn grace_after_closing(duration: Option<Span>) -> Span {
    let twice = duration.unwrap_or(Span::from_ms(0)).times(2);
    twice.clamp(ViewingFacts::GRACE_LEAST, ViewingFacts::GRACE_MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grace_follows_the_length_within_its_bounds() {
        assert_eq!(grace_after_closing(None), Span::from_hours(2));
        assert_eq!(grace_after_closing(Some(Span::from_minutes(10))), Span::from_hours(2));
        assert_eq!(grace_after_closing(Some(Span::from_hours(3))), Span::from_hours(6));
        assert_eq!(grace_after_closing(Some(Span::from_hours(30))), Span::from_hours(12));
    }
}
