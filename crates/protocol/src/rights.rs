//! The rights of members at an item.

use crate::code::{Capability, ItemRight};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Everybody with a right at an item.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Rights {
    /// Highest right first, then by name.
    pub holders: Vec<RightHolder>,
    /// The rights that can be given here, lowest first.
    pub rights: Vec<RightCard>,
    /// Whether the caller may hand the item over.
    pub may_transfer: bool,
    /// The instant at which all this was true.
    pub now_ms: i64,
}

/// A member with a right.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RightHolder {
    /// Id of the member.
    pub member: String,
    /// Display name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Whether the account is disabled.
    pub disabled: bool,
    /// What counts now: `owner`, `co_owner`, `co_editor`, `co_publisher`, `co_viewer` or `webcast_moderator`.
    pub right: ItemRight,
    /// When it was given or lent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since_ms: Option<i64>,
    /// Until when it is lent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<i64>,
    /// What a lent right falls back to; absent: to nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_right: Option<ItemRight>,
}

/// A right and what it lets somebody do at this item.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RightCard {
    /// Its code.
    pub right: ItemRight,
    /// Capabilities, when it is given for good.
    pub capabilities: Vec<Capability>,
    /// Capabilities, while it is lent.
    pub lent_capabilities: Vec<Capability>,
}

/// A right to be given to a member by their address.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewRight {
    /// An address of theirs.
    pub email: String,
    /// Its code.
    #[schema(value_type = ItemRight)]
    pub right: String,
    /// Lends it for so long; absent: for good.
    pub minutes: Option<i64>,
}

/// A right to be given.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RightChange {
    /// Its code.
    #[schema(value_type = ItemRight)]
    pub right: String,
    /// Lends it for so long; absent: for good.
    pub minutes: Option<i64>,
}

/// The item to another owner.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Transfer {
    /// Id of the new owner.
    pub member: String,
    /// What stays with the old one: `co_owner` or `none`.
    pub keep: String,
}
