//! Guest access of an item, and what happened there.

use crate::code::{LinkState, Reason};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// Guest access of an item.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GuestAccess {
    /// The switch.
    pub enabled: bool,
    /// Oldest first.
    pub links: Vec<GuestLink>,
    /// Deleted links by which somebody came who is still inside. Deleting one again with `now` ends that.
    pub finishing: Vec<FinishingLink>,
    /// People inside now, through deleted links too.
    pub inside: i64,
    /// People waiting to be admitted.
    pub waiting: i64,
    /// How many links the item may have.
    pub max_links: u8,
    /// Whether the caller may make links.
    pub policy: LinkMaking,
    /// The server's clock when all this was true.
    pub now_ms: i64,
}

/// A deleted link by which somebody came who is still inside. Deleting it once more ends them sooner.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FinishingLink {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// People inside now.
    pub inside: i64,
}

/// Whether the caller may make links.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LinkMaking {
    /// Yes or no.
    pub may_create: bool,
    /// Why not: `policy_refused`, `module_off`, `no_right`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// One guest link.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GuestLink {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Whether it lets anybody in, or why not.
    pub state: LinkState,
    /// People who entered.
    pub uses: i64,
    /// People who may enter; absent: unlimited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_uses: Option<i64>,
    /// When it was made.
    pub created_ms: i64,
    /// From when it no longer opens; absent: no expiry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_ms: Option<i64>,
    /// People inside now through it.
    pub inside: i64,
}

/// What happens to people inside when a door closes.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(tag = "mode", rename_all = "snake_case")]
pub enum ClosingChoice {
    /// They finish.
    #[default]
    Finish,
    /// They may stay until an instant, 1 minute to 24 hours ahead.
    Until {
        /// The instant.
        until_ms: i64,
    },
    /// Everything ends now.
    Now,
}

/// The switch.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Switch {
    /// On or off.
    pub enabled: bool,
    /// When switching off; default: finish.
    #[serde(default)]
    pub closing: ClosingChoice,
}

/// What closing came to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Closed {
    /// Living viewings that ended at the process that answers.
    pub ended_viewings: usize,
    /// Whether every process confirmed.
    pub confirmed: bool,
    /// When not confirmed: everything is over within this many seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_latest_seconds: Option<u32>,
}

/// Guest access after a change.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GuestAccessAnswer {
    /// As it is now.
    pub guest_access: GuestAccess,
    /// When a door was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed: Option<Closed>,
}

/// A guest link to be made.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewLink {
    /// 1 to 80 characters.
    pub name: String,
    /// 1 to 1,000,000; absent: unlimited.
    pub max_uses: Option<i64>,
    /// 1 to 3,650 days of 24 hours; absent: no expiry.
    pub days: Option<i64>,
}

/// A new guest link with its URL.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewLinkAnswer {
    /// The link.
    pub link: GuestLink,
    /// What to send to guests.
    pub url: String,
}

/// Changes to a guest link; absent: stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct LinkChange {
    /// New name.
    pub name: Option<String>,
    /// New limit, never below the uses; null: unlimited.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i64>)]
    pub max_uses: Option<Option<i64>>,
    /// Days to add, from now or from the end, whichever is later.
    pub extend_days: Option<i64>,
}

/// Tells a null apart from an absent field.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<i64>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// A guest link's URL.
#[derive(Serialize, ToSchema)]
pub struct LinkUrl {
    /// What to send to guests.
    pub url: String,
}
