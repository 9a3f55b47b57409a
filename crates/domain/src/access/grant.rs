//! Proofs. Only the decision makes a grant; every use case that touches guarded data takes one.

use crate::{
    Attendee, Capabilities, Capability, DeviceCost, Instant, ItemId, LinkId, MemberId, Proof, SeatId,
};

use super::Action;

/// As whom the subject was let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum As {
    /// By an item right that may share: owner, co-owner, co-editor, co-publisher.
    Owner(MemberId),
    /// By another own right.
    Member(MemberId),
    /// The owner looking through a guest link: no use, not counted as inside.
    Preview(MemberId),
    /// By a seat.
    Guest {
        /// The person.
        seat: SeatId,
        /// The door they came through.
        link: LinkId,
    },
    /// By an invitee's seat.
    Invitee {
        /// The person.
        seat: SeatId,
    },
    /// Somebody who may now be bound to an invitee's seat: the lobby's form is accepted.
    NewInvitee {
        /// How sure it is that they are the invited person.
        proof: Proof,
        /// What that takes.
        cost: DeviceCost,
    },
    /// Somebody who may now become a guest: the entry form is accepted, the seat is made by the door.
    NewGuest,
}

/// The proof that `decide` allowed one action. Cannot be made elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    action: Action,
    who: As,
    item: Option<ItemId>,
    capabilities: Capabilities,
    ends_at: Option<Instant>,
}

impl Grant {
    pub(super) const fn new(
        action: Action,
        who: As,
        item: Option<ItemId>,
        capabilities: Capabilities,
    ) -> Self {
        Self { action, who, item, capabilities, ends_at: None }
    }

    /// This grant, good up to `ends_at` at the latest.
    pub(super) const fn ending(self, ends_at: Option<Instant>) -> Self {
        Self { ends_at, ..self }
    }

    /// This grant with what another right of the same person gives beside it.
    pub(super) const fn also(self, more: Capabilities) -> Self {
        Self { capabilities: self.capabilities.union(more), ..self }
    }

    /// What was allowed.
    pub const fn action(&self) -> Action {
        self.action
    }

    /// To whom.
    pub const fn who(&self) -> As {
        self.who
    }

    /// At which item; none for actions on the site.
    pub const fn item(&self) -> Option<ItemId> {
        self.item
    }

    /// All that this subject may do here.
    pub const fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    /// Up to when a viewing by this grant may go on.
    pub const fn ends_at(&self) -> Option<Instant> {
        self.ends_at
    }

    /// The person who is at the item; none while somebody still stands at the door.
    pub const fn attendee(&self) -> Option<Attendee> {
        match self.who {
            As::Owner(id) | As::Member(id) | As::Preview(id) => Some(Attendee::Member(id)),
            As::Guest { seat, link } => Some(Attendee::Guest { seat, link }),
            As::Invitee { seat } => Some(Attendee::Invitee { seat }),
            As::NewGuest | As::NewInvitee { .. } => None,
        }
    }

    /// The member behind the grant, if any.
    pub const fn member(&self) -> Option<MemberId> {
        match self.who {
            As::Owner(id) | As::Member(id) | As::Preview(id) => Some(id),
            As::Guest { .. } | As::NewGuest | As::Invitee { .. } | As::NewInvitee { .. } => None,
        }
    }

    /// The small grant for the media plane, which knows no people. None without the right to watch.
    pub const fn media(&self) -> Option<MediaGrant> {
        match (self.action, self.item) {
            (Action::OpenViewing | Action::RenewViewing, Some(item))
                if self.capabilities.has(Capability::Watch) =>
            {
                Some(MediaGrant { item, ends_at: self.ends_at })
            }
            _ => None,
        }
    }
}

/// What the media plane is told: this one item, no longer than this. A ticket is a media grant sealed for a
/// browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MediaGrant {
    item: ItemId,
    ends_at: Option<Instant>,
}

impl MediaGrant {
    /// The one item.
    pub const fn item(&self) -> ItemId {
        self.item
    }

    /// No media at or after this instant.
    pub const fn ends_at(&self) -> Option<Instant> {
        self.ends_at
    }
}
