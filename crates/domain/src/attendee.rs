//! A person at an item, by whichever door they came. What happens to somebody who is there hangs on this one type:
//! tickets, ends, limits.

use crate::{ItemId, LinkId, LivingLimit, MarkTarget, MemberId, SeatId};

/// Who is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Attendee {
    /// A guest, by the link they came through.
    Guest {
        /// The seat.
        seat: SeatId,
        /// The link.
        link: LinkId,
    },
    /// An invitee.
    Invitee {
        /// The seat.
        seat: SeatId,
    },
    /// A member by their own right.
    Member(MemberId),
}

impl Attendee {
    /// The seat or the member, whichever it is.
    pub const fn id_bytes(&self) -> [u8; 16] {
        match self {
            Self::Guest { seat, .. } | Self::Invitee { seat } => *seat.as_bytes(),
            Self::Member(member) => *member.as_bytes(),
        }
    }

    /// The seat, if they have one.
    pub const fn seat(&self) -> Option<SeatId> {
        match self {
            Self::Guest { seat, .. } | Self::Invitee { seat } => Some(*seat),
            Self::Member(_) => None,
        }
    }

    /// The link that they came through, if they did.
    pub const fn link(&self) -> Option<LinkId> {
        match self {
            Self::Guest { link, .. } => Some(*link),
            Self::Invitee { .. } | Self::Member(_) => None,
        }
    }

    /// The member, if it is one.
    pub const fn member(&self) -> Option<MemberId> {
        match self {
            Self::Member(member) => Some(*member),
            Self::Guest { .. } | Self::Invitee { .. } => None,
        }
    }

    /// How many viewings may live at a time; none: as many as they like.
    pub const fn living_limit(&self) -> Option<usize> {
        match self {
            Self::Guest { .. } => Some(LivingLimit::GUEST),
            Self::Invitee { .. } => Some(LivingLimit::INVITE),
            Self::Member(_) => None,
        }
    }

    /// What ends whatever they have open at `item`, beside an end of the item itself, of one viewing, and of one browser.
    pub fn ended_by(&self, item: ItemId) -> impl Iterator<Item = MarkTarget> + use<> {
        let targets = match *self {
            Self::Guest { seat, link } => [
                Some(MarkTarget::Seat(seat)),
                Some(MarkTarget::Link(link)),
                Some(MarkTarget::Guests(item)),
                Some(MarkTarget::Site),
            ],
            Self::Invitee { seat } => {
                [Some(MarkTarget::Seat(seat)), Some(MarkTarget::Invitees(item)), Some(MarkTarget::Site), None]
            }
            Self::Member(member) => [Some(MarkTarget::Member(member)), None, None, None],
        };
        targets.into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_ended_by_their_own_door_and_by_no_other() {
        let (item, seat) = (ItemId::from_bytes([1; 16]), SeatId::from_bytes([2; 16]));
        let (link, member) = (LinkId::from_bytes([3; 16]), MemberId::from_bytes([4; 16]));
        let all = [Attendee::Guest { seat, link }, Attendee::Invitee { seat }, Attendee::Member(member)];
        let ended_by = |target| all.map(|one| one.ended_by(item).any(|own| own == target));
        assert_eq!(ended_by(MarkTarget::Seat(seat)), [true, true, false]);
        assert_eq!(ended_by(MarkTarget::Link(link)), [true, false, false]);
        assert_eq!(ended_by(MarkTarget::Guests(item)), [true, false, false]);
        assert_eq!(ended_by(MarkTarget::Invitees(item)), [false, true, false]);
        assert_eq!(ended_by(MarkTarget::Site), [true, true, false]);
        assert_eq!(ended_by(MarkTarget::Member(member)), [false, false, true]);
        assert_eq!(all.map(|one| one.living_limit()), [Some(3), Some(2), None]);
    }
}
