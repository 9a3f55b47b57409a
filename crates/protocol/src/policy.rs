//! The site's policy: settings of the module "invite to media", and the log of what was changed.

use crate::code::{Findable, KindClass, SiteRole};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::Closed;

/// A member or group that a permission may name.
#[derive(Debug, Serialize, ToSchema)]
pub struct NamedId {
    /// Id.
    pub id: String,
    /// Name; empty for a member who is gone.
    pub name: String,
    /// The address of a member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// Who may make links of one sort: everybody from a role on, or named members and groups.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct PermissionChoice {
    /// The lowest site role that may. With it, nobody is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<SiteRole>)]
    pub from: Option<String>,
    /// Members who may: ids, and in a change also the addresses they sign in with.
    pub members: Vec<String>,
    /// Ids of groups whose members may.
    pub groups: Vec<String>,
}

/// Whether a signed-in, verified invitee is asked for the address all the same.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct LobbyChoice {
    /// `never`, `always` or `roles`.
    pub mode: String,
    /// With `roles`: the site roles that are asked.
    #[serde(default)]
    pub roles: Vec<String>,
}

/// One row of the door table.
#[derive(Debug, Serialize, ToSchema)]
pub struct DoorRow {
    /// Class of items.
    pub class: KindClass,
    /// The lobby for signed-in invitees.
    pub lobby: LobbyChoice,
    /// Whether invites open items of this class.
    pub invites_allowed: bool,
    /// Whether guest links do.
    pub guest_links_allowed: bool,
    /// Whether an invite leads to the recording when the session is over.
    pub invites_to_recording: bool,
    /// Whether owners may show the recording to guests.
    pub owners_show_recording: bool,
}

/// People inside by one door at items of one class.
#[derive(Debug, Serialize, ToSchema)]
pub struct InsideByDoor {
    /// Class of items.
    pub class: KindClass,
    /// `guest_links` or `invites`.
    pub door: &'static str,
    /// Open pages.
    pub viewings: i64,
    /// People.
    pub people: i64,
}

/// The site's settings for both doors.
#[derive(Debug, Serialize, ToSchema)]
pub struct Policy {
    /// The module.
    pub enabled: bool,
    /// The media page of the theme, which the module needs.
    pub media_page: bool,
    /// Who may make guest links.
    pub guest_links_by: PermissionChoice,
    /// How many guest links an item may have, 1 to 3.
    pub guest_links_per_item: u8,
    /// Who may invite.
    pub invites_by: PermissionChoice,
    /// Minutes that an invite lasts at most, 5 to 5,256,000.
    pub invite_minutes: u32,
    /// Devices that an invite may bind at most, 1 to 1,000; -1: unlimited.
    pub invite_uses: i64,
    /// The template of invite mails; null: no invite is mailed.
    pub invite_template: Option<String>,
    /// Whom members find while they type a name or an address: `everybody`, `own_groups` (everybody where the site has no
    /// groups) or `nobody`. Site administrators find everybody.
    pub type_ahead: Findable,
    /// The door table.
    pub doors: Vec<DoorRow>,
    /// Whether guest links open rooms of channels and galleries too.
    pub guests_in_containers: bool,
    /// Days after which guests' names and addresses are erased, 1 to 3,650.
    pub retention_days: u16,
    /// Whether the domain lists hold for guests too.
    pub domains_for_guests: bool,
    /// Refused domains, sub-domains included.
    pub blocked_domains: Vec<String>,
    /// When not empty, the only admitted domains.
    pub allowed_domains: Vec<String>,
    /// Members that permissions name.
    pub members: Vec<NamedId>,
    /// Every group.
    pub groups: Vec<NamedId>,
    /// Who is inside now: whom a door that is shut puts out.
    pub inside: Vec<InsideByDoor>,
    /// Whether this site can send mail at all.
    pub mail_is_on: bool,
}

/// Changes of one row of the door table. Absent: stays.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct DoorChange {
    /// Class of items.
    #[schema(value_type = KindClass)]
    pub class: String,
    /// The lobby for signed-in invitees.
    pub lobby: Option<LobbyChoice>,
    /// Whether invites open items of this class. Off puts invitees out now.
    pub invites_allowed: Option<bool>,
    /// Whether guest links do. Off puts guests out now.
    pub guest_links_allowed: Option<bool>,
    /// Whether an invite leads to the recording when the session is over.
    pub invites_to_recording: Option<bool>,
    /// Whether owners may show the recording to guests.
    pub owners_show_recording: Option<bool>,
}

/// Changes of the policy. Absent: stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct PolicyChange {
    /// The module. Off puts everybody out who came by a link.
    pub enabled: Option<bool>,
    /// The media page of the theme. It cannot go off while the module is on.
    pub media_page: Option<bool>,
    /// Who may make guest links.
    pub guest_links_by: Option<PermissionChoice>,
    /// 1 to 3.
    pub guest_links_per_item: Option<i64>,
    /// Who may invite.
    pub invites_by: Option<PermissionChoice>,
    /// 5 to 5,256,000.
    pub invite_minutes: Option<i64>,
    /// 1 to 1,000, or -1 for unlimited.
    pub invite_uses: Option<i64>,
    /// `invite`, or null for none.
    #[serde(deserialize_with = "present")]
    pub invite_template: Option<Option<String>>,
    /// Whom members find while they type.
    #[schema(value_type = Option<Findable>)]
    pub type_ahead: Option<String>,
    /// Rows of the door table.
    pub doors: Vec<DoorChange>,
    /// Whether guest links open rooms of channels and galleries too.
    pub guests_in_containers: Option<bool>,
    /// 1 to 3,650.
    pub retention_days: Option<i64>,
    /// Whether the domain lists hold for guests too.
    pub domains_for_guests: Option<bool>,
    /// Domains, not addresses.
    pub blocked_domains: Option<Vec<String>>,
    /// Domains, not addresses.
    pub allowed_domains: Option<Vec<String>>,
}

/// Null is a value; a field that is missing is none.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// The policy after a change.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyAnswer {
    /// As it stands now.
    pub policy: Policy,
    /// What closing came to, when a door was shut.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed: Option<Closed>,
}

/// One change of the site.
#[derive(Debug, Serialize, ToSchema)]
pub struct SiteLogEntry {
    /// When.
    pub at_ms: i64,
    /// Who.
    pub actor: String,
    /// A code such as `policy_changed`.
    pub what: String,
    /// Of `policy_changed`: `setting: old -> new`.
    pub detail: String,
}

/// What was changed on the site.
#[derive(Debug, Serialize, ToSchema)]
pub struct SiteLog {
    /// Newest first.
    pub entries: Vec<SiteLogEntry>,
    /// Pass it on as `cursor` for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}
