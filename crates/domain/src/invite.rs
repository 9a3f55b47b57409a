//! Invites: one address, one item, one role, for a time and for so many devices (access.md 4).

use crate::coded::coded;
use crate::{Email, Instant, ItemId, ItemKind, LinkId, SeatId};

coded! {
    /// As what somebody is invited, lowest first.
    pub enum InviteRole {
        /// Watches and takes part.
        Viewer = "viewer",
        /// Also stands on the stage and talks behind it.
        Speaker = "speaker",
        /// Also runs the session.
        Moderator = "moderator",
    }
}

impl InviteRole {
    /// Whether items of this kind have the role.
    pub const fn fits(self, kind: ItemKind) -> bool {
        kind.is_session() || matches!(self, Self::Viewer)
    }
}

/// A role for a time; afterwards the invite's own role holds again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LentRole {
    /// Which.
    pub role: InviteRole,
    /// First instant at which it has fallen back.
    pub until: Instant,
}

coded! {
    /// What the owner's list says of an invite.
    pub enum InviteState {
        /// Made, and nobody came yet.
        Created = "created",
        /// The mail server took the mail.
        Mailed = "mailed",
        /// The mail did not go out.
        MailFailed = "mail_failed",
        /// A device is bound through it.
        Entered = "entered",
        /// Its time is over.
        Expired = "expired",
        /// The owner took it back.
        Revoked = "revoked",
    }
}

/// What the decision knows of an invite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InviteFacts {
    /// Which.
    pub id: LinkId,
    /// The one item it opens.
    pub item: ItemId,
    /// To whom it was made; only this address opens it.
    pub email: Email,
    /// As what.
    pub role: InviteRole,
    /// As what for a time.
    pub lent: Option<LentRole>,
    /// Devices that may be bound through it; none: unlimited.
    pub max_uses: Option<i64>,
    /// Devices bound through it.
    pub uses: i64,
    /// First instant at which it no longer opens.
    pub end: Instant,
    /// Since when it is revoked.
    pub revoked_at: Option<Instant>,
    /// From when no viewing of it may be renewed (closing "until" or "now" when it was revoked).
    pub cut_at: Option<Instant>,
    /// Whether knowing the address is not enough: a mailed code must be typed.
    pub proves_by_code: bool,
}

impl InviteFacts {
    /// Whether another device may be bound.
    pub fn has_uses_left(&self) -> bool {
        self.max_uses.is_none_or(|max| self.uses < max)
    }

    /// Whether its time is over at `now`; `now == end` is over.
    pub fn is_expired(&self, now: Instant) -> bool {
        now >= self.end
    }

    /// Whether it gives anything at `now`: neither revoked nor over.
    pub fn is_good(&self, now: Instant) -> bool {
        self.revoked_at.is_none() && !self.is_expired(now)
    }

    /// Whether it gives anything to a person of whom only so much is known: an invite that asks for a code gives nothing to
    /// whoever knows the address alone.
    pub fn trusts(&self, proof: Proof) -> bool {
        !self.proves_by_code || proof > Proof::Address
    }

    /// The role it gives at `now`: the lent one while it lasts, if that is higher.
    pub fn role_at(&self, now: Instant) -> InviteRole {
        self.lent.filter(|lent| now < lent.until).map_or(self.role, |lent| lent.role.max(self.role))
    }

    /// When it closed, by whichever came first; none while it is good.
    pub fn closed_at(&self, now: Instant) -> Option<Instant> {
        let ended = self.is_expired(now).then_some(self.end);
        match (self.revoked_at, ended) {
            (Some(revoked), Some(ended)) => Some(revoked.min(ended)),
            (revoked, ended) => revoked.or(ended),
        }
    }
}

/// The highest role that a person's invites give at `now`, by what is known of the person; none when none gives any.
pub fn highest_role(invites: &[InviteFacts], proof: Proof, now: Instant) -> Option<InviteRole> {
    let giving = invites.iter().filter(|invite| invite.is_good(now) && invite.trusts(proof));
    giving.map(|invite| invite.role_at(now)).max()
}

coded! {
    /// How sure it is that whoever sits on an invite's seat is the invited person, lowest first.
    pub enum Proof {
        /// Typed the right address.
        Address = "address",
        /// The owner or the first device let this device in.
        Allowed = "allowed",
        /// Signed in as a member with that address, verified.
        Member = "member",
        /// Typed a code that was mailed to the address.
        Code = "code",
    }
}

/// What binding a device to a seat takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceCost {
    /// A use of the invite.
    Use,
    /// One of the day's free moves.
    Move,
    /// Nothing: a mailed code takes the seat back from whoever only knew the address, at any time, and the device
    /// whose person was removed comes back through the lobby.
    Nothing,
}

/// What the decision knows of the one seat of a person (item, address), whoever's browser holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InviteSeatFacts {
    /// Which.
    pub id: SeatId,
    /// The one item it opens.
    pub item: ItemId,
    /// Whether a browser is bound to it.
    pub is_bound: bool,
    /// When its person last passed the lobby.
    pub proved_at: Instant,
    /// How.
    pub proof: Proof,
    /// When its last viewing was heard of; none before the first.
    pub seen_at: Option<Instant>,
    /// Since when it is blocked for good.
    pub blocked_at: Option<Instant>,
    /// Since when its person is removed.
    pub removed_at: Option<Instant>,
}

impl InviteSeatFacts {
    /// Moves to other devices that spend no use...
    pub const MOVES_MOST: i64 = 3;
    /// ...within this.
    pub const MOVES_SINCE: crate::Span = crate::Span::from_hours(24);
    /// A session is over when nothing was heard of its person for this long: that of a guest who is asked who
    /// sits there.
    pub const SESSION_GAP: crate::Span = crate::SeatFacts::ASK_AFTER;

    /// Why its person is put out of an item of this kind; none when they are not.
    pub const fn put_out(&self, kind: ItemKind) -> Option<crate::Reason> {
        crate::seat::put_out(kind, self.blocked_at, self.removed_at)
    }

    /// Whether the session that its person passed the lobby in still goes on at `now`.
    pub fn is_in_session(&self, now: Instant) -> bool {
        let last = self.seen_at.map_or(self.proved_at, |seen| seen.max(self.proved_at));
        now < last.plus(Self::SESSION_GAP)
    }
}

/// Failed tries at an invite's lobby.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LobbyTries {
    /// From this address block within a pause's length before its last one; none when that is a pause ago.
    pub from_here: u32,
    /// From anywhere within a day.
    pub in_all: u32,
}

impl LobbyTries {
    /// Tries from one address block before entry pauses.
    pub const MOST_FROM_HERE: u32 = 5;
    /// Tries from anywhere in a day after which only a code or the owner opens.
    pub const MOST_IN_ALL: u32 = 20;
    /// How long entry pauses.
    pub const PAUSE: crate::Span = crate::Span::from_minutes(15);
    /// How long the tries from anywhere are counted.
    pub const DAY: crate::Span = crate::Span::from_hours(24);

    /// Counts the tries of a day, each with whether it came from this address block. A pause begins with the try that
    /// is one too many, and while it lasts no try is written down: it ends a whole pause after that one.
    pub fn of(tries: &[(bool, Instant)], now: Instant) -> Self {
        let here = || tries.iter().filter(|(is_here, _)| *is_here).map(|(_, at)| *at);
        let last = here().max().filter(|last| now < last.plus(Self::PAUSE));
        let from_here = last.map_or(0, |last| here().filter(|at| last < at.plus(Self::PAUSE)).count());
        let small = |count| u32::try_from(count).unwrap_or(u32::MAX);
        Self { from_here: small(from_here), in_all: small(tries.len()) }
    }

    /// Whether typing the address is not accepted now.
    pub const fn is_locked(&self) -> bool {
        self.from_here >= Self::MOST_FROM_HERE || self.in_all >= Self::MOST_IN_ALL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invite(role: InviteRole, end: i64) -> InviteFacts {
        InviteFacts {
            id: LinkId::from_bytes([1; 16]),
            item: ItemId::from_bytes([2; 16]),
            email: Email::new("anna@example.org").expect("an address"),
            role,
            lent: None,
            max_uses: Some(1),
            uses: 0,
            end: Instant::from_ms(end),
            revoked_at: None,
            cut_at: None,
            proves_by_code: false,
        }
    }

    #[test]
    fn a_pause_is_as_long_as_it_says_however_slowly_it_came_about() {
        let minute = |minutes: i64| Instant::from_ms(minutes * 60_000);
        let tries = |minutes: &[i64]| minutes.iter().map(|at| (true, minute(*at))).collect::<Vec<_>>();
        let slow = tries(&[0, 3, 6, 10, 14]);
        assert!(LobbyTries::of(&slow, minute(14)).is_locked());
        assert!(LobbyTries::of(&slow, minute(28)).is_locked(), "five tries in 14 minutes pause for 15");
        assert!(!LobbyTries::of(&slow, minute(29)).is_locked());
        // After the pause one may mistype as often as before.
        let again = tries(&[0, 3, 6, 10, 14, 29, 30, 31, 32]);
        assert!(!LobbyTries::of(&again, minute(32)).is_locked());
        assert!(
            !LobbyTries::of(&tries(&[0, 4, 8, 12, 16]), minute(16)).is_locked(),
            "the first is forgotten"
        );
        let elsewhere: Vec<_> = slow.iter().map(|(_, at)| (false, *at)).collect();
        assert_eq!(LobbyTries::of(&elsewhere, minute(14)), LobbyTries { from_here: 0, in_all: 5 });
    }

    #[test]
    fn the_highest_good_invite_speaks() {
        let now = Instant::from_ms(100);
        let mut invites = vec![invite(InviteRole::Viewer, 200), invite(InviteRole::Moderator, 200)];
        let role = |invites: &[InviteFacts]| highest_role(invites, Proof::Address, now);
        assert_eq!(role(&invites), Some(InviteRole::Moderator));
        invites[1].revoked_at = Some(now);
        assert_eq!(role(&invites), Some(InviteRole::Viewer));
        invites[0].end = now;
        assert_eq!(role(&invites), None);
    }

    #[test]
    fn who_only_knew_the_address_gets_no_role_that_asks_for_a_code() {
        let now = Instant::from_ms(100);
        let mut invites = vec![invite(InviteRole::Viewer, 200), invite(InviteRole::Moderator, 200)];
        invites[1].proves_by_code = true;
        assert_eq!(highest_role(&invites, Proof::Address, now), Some(InviteRole::Viewer));
        for proof in [Proof::Allowed, Proof::Member, Proof::Code] {
            assert_eq!(highest_role(&invites, proof, now), Some(InviteRole::Moderator), "{proof:?}");
        }
        assert_eq!(highest_role(&invites[1..], Proof::Address, now), None);
    }

    #[test]
    fn a_lent_role_falls_back_by_itself_and_never_lowers() {
        let mut lent = invite(InviteRole::Speaker, 900);
        lent.lent = Some(LentRole { role: InviteRole::Moderator, until: Instant::from_ms(200) });
        assert_eq!(lent.role_at(Instant::from_ms(199)), InviteRole::Moderator);
        assert_eq!(lent.role_at(Instant::from_ms(200)), InviteRole::Speaker);
        lent.lent = Some(LentRole { role: InviteRole::Viewer, until: Instant::from_ms(500) });
        assert_eq!(lent.role_at(Instant::from_ms(300)), InviteRole::Speaker);
    }

    #[test]
    fn media_have_viewers_only() {
        assert!(InviteRole::Viewer.fits(ItemKind::Video) && !InviteRole::Moderator.fits(ItemKind::Quiz));
        assert!(InviteRole::ALL.iter().all(|role| role.fits(ItemKind::Room)));
    }
}
