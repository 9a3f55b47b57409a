//! Who came to an item, and what is kept of one address.

use crate::code::{Browser, DeviceKind, InviteRole, Proof};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Closed;

/// The people who came to an item.
#[derive(Debug, Serialize, ToSchema)]
pub struct People {
    /// Of the item.
    pub title: String,
    /// Whoever entered last first.
    pub people: Vec<Person>,
    /// Pass it on as `cursor` for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// How many ever came by the doors asked for; whose data was erased still counts.
    pub total: i64,
    /// How many are inside now, over all doors.
    pub inside: i64,
    /// The server's clock when all this was true.
    pub now_ms: i64,
}

/// Somebody who came.
#[derive(Debug, Serialize, ToSchema)]
pub struct Person {
    /// Id of their seat.
    pub id: String,
    /// By which kind of door they came.
    pub kind: PersonKind,
    /// As they typed it, or as the invite says; empty once it is erased.
    pub name: String,
    /// As they typed it: nobody has checked a guest's. Absent once it is erased, and for readers who may not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The guest link they came through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<PersonLink>,
    /// An invitee's role now; absent for guests, and when no invite of theirs is good any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<InviteRole>,
    /// How sure it is that an invitee is the invited person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proof>,
    /// When they entered first.
    pub entered_ms: i64,
    /// When a page of theirs was heard of last; absent: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen_ms: Option<i64>,
    /// Whether they have the page open now.
    pub inside: bool,
    /// The kind of device they entered on last; absent when it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<PersonDevice>,
    /// Since when they are removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removed_ms: Option<i64>,
    /// Since when they are blocked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked_ms: Option<i64>,
}

/// A guest link by its name.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonLink {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
}

/// A kind of device; more is not kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonDevice {
    /// What one holds in one's hand.
    pub kind: DeviceKind,
    /// What runs on it.
    pub browser: Browser,
}

/// Which people to take away, and how.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct PeopleExport {
    /// `csv` (default) or `json`.
    pub format: String,
    /// Only who came through this guest link; `invites`: only invitees.
    pub by: Option<String>,
    /// Matches anywhere in name and address.
    pub q: String,
    /// Only who is inside now.
    pub inside: bool,
}

/// Somebody after something was done about them.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonAnswer {
    /// As they are now.
    pub person: Person,
    /// What ending their viewings came to.
    pub closed: Closed,
}

/// An address whose data is asked for.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PersonAddress {
    /// The address.
    pub email: String,
}

/// How much is kept of an address.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundAddress {
    /// Seats of guests who typed it.
    pub guest_seats: usize,
    /// Items to which it is or was invited.
    pub invited_items: usize,
    /// Items in all.
    pub items: usize,
}

/// What was erased.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErasedAddress {
    /// How much it was.
    pub erased: FoundAddress,
    /// What ending their viewings came to.
    pub closed: Closed,
}

/// As what somebody came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PersonKind {
    /// Through a guest link.
    Guest,
    /// By an invite.
    Invitee,
}
