//! Items: the one thing that is shared.

use crate::coded::coded;
use crate::{Instant, ItemId, ItemKind, Span, Switches};

coded! {
    /// How far an item is from being watched.
    pub enum ItemState {
        /// Bytes are still arriving.
        Uploading = "uploading",
        /// Waiting for a worker.
        Queued = "queued",
        /// A worker is at it.
        Processing = "processing",
        /// Published: it plays.
        Ready = "ready",
        /// It did not become playable; the failure says why.
        Failed = "failed",
        /// The owner stopped the work.
        Cancelled = "cancelled",
    }
}

coded! {
    /// Who sees an item by their own right.
    pub enum Privacy {
        /// Holders of an item right.
        Private = "private",
        /// Any signed-in member with the URL.
        Unlisted = "unlisted",
        /// By the roles of its containers.
        Published = "published",
    }
}

coded! {
    /// What a member holds at one item.
    pub enum ItemRight {
        /// Sees it.
        CoViewer = "co_viewer",
        /// Runs its webcast.
        WebcastModerator = "webcast_moderator",
        /// Publishes it.
        CoPublisher = "co_publisher",
        /// Changes it.
        CoEditor = "co_editor",
        /// Does all that the owner does, save giving it away.
        CoOwner = "co_owner",
        /// Made it or was given it.
        Owner = "owner",
    }
}

impl ItemRight {
    /// Owner, co-owner, co-editor, co-publisher: these may invite and manage guest access.
    pub const fn may_share(self) -> bool {
        matches!(self, Self::Owner | Self::CoOwner | Self::CoEditor | Self::CoPublisher)
    }
}

/// What the decision knows of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemFacts {
    /// Which.
    pub id: ItemId,
    /// What.
    pub kind: ItemKind,
    /// How far.
    pub state: ItemState,
    /// Who by own right.
    pub privacy: Privacy,
    /// Since when it is deleted.
    pub deleted_at: Option<Instant>,
    /// The switch over all of its guest links.
    pub guest_access: bool,
    /// When the switch went off last; says how long viewings may still go on.
    pub guest_access_off_at: Option<Instant>,
    /// From when no viewing of its guest links may be renewed (closing "until" or "now").
    pub guest_access_cut_at: Option<Instant>,
    /// Length of the media, once known.
    pub duration: Option<Span>,
    /// What the owner switched on or off for the people inside.
    pub switches: Switches,
}

impl ItemFacts {
    /// A new one: private, without its media, and with every door shut.
    pub fn new(id: ItemId, kind: ItemKind) -> Self {
        Self {
            id,
            kind,
            state: ItemState::Uploading,
            privacy: Privacy::Private,
            deleted_at: None,
            guest_access: false,
            guest_access_off_at: None,
            guest_access_cut_at: None,
            duration: None,
            switches: Switches::of_new(kind),
        }
    }
}
