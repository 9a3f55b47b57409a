//! What happened at an item, over both doors.

use crate::code::{ActivityKind, Reason};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What happened at an item.
#[derive(Debug, Serialize, ToSchema)]
pub struct Activity {
    /// Newest first.
    pub entries: Vec<ActivityEntry>,
    /// Pass it on as `cursor` for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// Links and invites to filter an item's activity by.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActivityDoors {
    /// The newest links, then the newest invites, at most 20 of each.
    pub doors: Vec<ActivityDoor>,
    /// Whether others match too: type more.
    pub has_more: bool,
}

/// A link or invite by the name its owner knows.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActivityDoor {
    /// Id.
    pub id: String,
    /// The link's name, or the invitee's; empty when it was erased.
    pub name: String,
    /// Which of both.
    pub kind: DoorKind,
}

/// One thing that happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActivityEntry {
    /// When; of what is counted by minute, the minute's first instant.
    pub at_ms: i64,
    /// What. A newer release may have written words that are not listed.
    #[schema(value_type = ActivityKind)]
    pub what: String,
    /// Who; empty for guests and when it was erased.
    pub actor: String,
    /// More, may be empty.
    pub detail: String,
    /// Of `refused`: the exact cause.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Reason>,
    /// How often: guests who entered, and refused forms, are counted by minute.
    pub count: i64,
    /// The link or invite it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub door: Option<ActivityDoor>,
    /// Who came, when it is about one of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<ActivityPerson>,
}

/// Somebody who came, by the name that is kept of them now.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActivityPerson {
    /// Id of their seat.
    pub id: String,
    /// Their name; empty once it is erased, and for readers who may not see who came.
    pub name: String,
}

/// A reference that a guest read out.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Lookup {
    /// Ten letters, with or without the hyphen.
    pub reference: String,
}

/// What a reference says.
#[derive(Debug, Serialize, ToSchema)]
pub struct Explained {
    /// The exact cause.
    pub cause: Reason,
    /// The minute it happened in.
    pub at_ms: i64,
    /// The link's or invitee's name; absent when no link was known at the refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// A kind of door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DoorKind {
    /// A guest link.
    GuestLink,
    /// An invite.
    Invite,
}
