//! Ended marks: the server's record that viewings were ended now. A mark ends every viewing of its target that
//! was decided before the mark's number was given; later ones are decided anew.

use crate::{EndReason, Instant, ItemId, LinkId, MemberId, SeatId, ViewingId};

/// Whose viewings end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MarkTarget {
    /// One page.
    Viewing(ViewingId),
    /// One person.
    Seat(SeatId),
    /// Everybody who came through one link.
    Link(LinkId),
    /// Every guest of one item; invitees have a door of their own.
    Guests(ItemId),
    /// Every invitee of one item.
    Invitees(ItemId),
    /// Everybody at one item.
    Item(ItemId),
    /// Everybody who came through any link.
    Site,
    /// A member, wherever they are signed in.
    Member(MemberId),
    /// One place where a member is signed in, by the first bytes of the session's hash.
    Session([u8; 8]),
}

impl MarkTarget {
    /// The code of the target's kind, as stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Viewing(_) => "viewing",
            Self::Seat(_) => "seat",
            Self::Link(_) => "link",
            Self::Guests(_) => "guests",
            Self::Invitees(_) => "invitees",
            Self::Item(_) => "item",
            Self::Site => "site",
            Self::Member(_) => "member",
            Self::Session(_) => "session",
        }
    }

    /// The target's id; sixteen zero bytes for the site.
    pub const fn id_bytes(&self) -> [u8; 16] {
        match self {
            Self::Viewing(id) => *id.as_bytes(),
            Self::Seat(id) => *id.as_bytes(),
            Self::Link(id) => *id.as_bytes(),
            Self::Guests(id) | Self::Invitees(id) | Self::Item(id) => *id.as_bytes(),
            Self::Site => [0; 16],
            Self::Member(id) => *id.as_bytes(),
            Self::Session([a, b, c, d, e, f, g, h]) => {
                [*a, *b, *c, *d, *e, *f, *g, *h, 0, 0, 0, 0, 0, 0, 0, 0]
            }
        }
    }

    /// The target of this kind and id.
    pub fn from_parts(kind: &str, id: [u8; 16]) -> Option<Self> {
        match kind {
            "viewing" => Some(Self::Viewing(ViewingId::from_bytes(id))),
            "seat" => Some(Self::Seat(SeatId::from_bytes(id))),
            "link" => Some(Self::Link(LinkId::from_bytes(id))),
            "guests" => Some(Self::Guests(ItemId::from_bytes(id))),
            "invitees" => Some(Self::Invitees(ItemId::from_bytes(id))),
            "item" => Some(Self::Item(ItemId::from_bytes(id))),
            "site" => Some(Self::Site),
            "member" => Some(Self::Member(MemberId::from_bytes(id))),
            "session" => id.first_chunk().map(|browser| Self::Session(*browser)),
            _ => None,
        }
    }
}

/// One ended mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndedMark {
    /// Rising over the whole site; processes obey in this order.
    pub number: i64,
    /// Whose viewings.
    pub target: MarkTarget,
    /// What their pages are told.
    pub reason: EndReason,
    /// When.
    pub at: Instant,
}
