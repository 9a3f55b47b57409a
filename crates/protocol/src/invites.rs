//! Invites to an item as their owner sees and makes them, and members found while an address is typed.

use crate::code::{Capability, InviteRole, InviteState};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::{Closed, MailOutcome};

/// Invites of an item.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Invites {
    /// Newest first.
    pub invites: Vec<Invite>,
    /// Pass it on as `cursor` for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// How many match in all.
    pub total: i64,
    /// Devices that wait for the owner's word, the longest waiting first.
    pub waiting: Vec<WaitingPerson>,
    /// Whether the caller may invite.
    pub may_invite: bool,
    /// Why not: `policy_refused`, `module_off`, `no_right`, `container_refused`, `collaboration_off`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// The roles that the item's kind has, lowest first.
    pub roles: Vec<InviteRoleCard>,
    /// What the site's policy leaves to choose.
    pub policy: InvitePolicy,
    /// The server's clock when all this was true.
    pub now_ms: i64,
}

/// A role and what it may do at this item.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InviteRoleCard {
    /// As what somebody may be invited.
    pub role: InviteRole,
    /// Codes of capabilities.
    pub capabilities: Vec<Capability>,
}

/// What the site's policy leaves to choose.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InvitePolicy {
    /// Longest duration in minutes, and the default.
    pub minutes_most: u32,
    /// Most devices, and the default; null: unlimited.
    pub uses_most: Option<i64>,
    /// Whether invites can be sent by e-mail.
    pub mail: bool,
}

/// One invite.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Invite {
    /// Id.
    pub id: String,
    /// The address; only it opens the invite.
    pub email: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Its own role.
    pub role: InviteRole,
    /// The role it gives now: lent, or its own.
    pub role_now: InviteRole,
    /// A role for a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lent: Option<LentInviteRole>,
    /// How far it has come.
    pub state: InviteState,
    /// What became of its newest mail; absent: it was never mailed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<MailOutcome>,
    /// Devices that were bound by it.
    pub uses: i64,
    /// Devices that may be bound; absent: unlimited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_uses: Option<i64>,
    /// When it was made.
    pub created_ms: i64,
    /// From when it no longer opens.
    pub end_ms: i64,
    /// Since when it is revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_ms: Option<i64>,
    /// Who made it.
    pub made_by: String,
    /// Whether its person has the page open.
    pub inside: bool,
    /// Whether a device holds its person's seat.
    pub bound: bool,
    /// Whether a mailed code must be typed in the lobby.
    pub proves_by_code: bool,
    /// Devices that wait for the owner's leave, the longest waiting first.
    pub waiting: Vec<WaitingDevice>,
}

/// A role for a time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LentInviteRole {
    /// Which.
    pub role: InviteRole,
    /// When it falls back.
    pub until_ms: i64,
}

/// A device that asks to take a seat over.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WaitingDevice {
    /// Id.
    pub id: String,
    /// What its person can read out.
    pub reference: String,
    /// Since when it asks.
    pub asked_ms: i64,
}

/// The same in the list of all that wait at an item, whichever page of its invites is shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WaitingPerson {
    /// The invite it came with.
    pub invite: String,
    /// The invited address.
    pub email: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// The device.
    #[serde(flatten)]
    pub device: WaitingDevice,
}

/// An invite to be made.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewInvite {
    /// The address.
    pub email: String,
    /// 1 to 80 characters.
    pub first_name: String,
    /// 1 to 80 characters.
    pub last_name: String,
    /// `viewer`, for live events and rooms also `speaker` or `moderator`.
    #[schema(value_type = InviteRole)]
    pub role: String,
    /// Duration; absent: the policy's.
    pub minutes: Option<i64>,
    /// Devices; absent: the policy's; null or -1: unlimited, where the policy is.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i64>)]
    pub max_uses: Option<Option<i64>>,
    /// Whether a mailed code must be typed in the lobby; absent: by role.
    pub proves_by_code: Option<bool>,
    /// Whether it goes out by e-mail at once.
    #[serde(default)]
    pub send_mail: bool,
    /// The mail's language, `en` or `he`; absent: English.
    pub language: Option<String>,
}

/// A new invite, or one with a new URL.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewInviteAnswer {
    /// The invite.
    pub invite: Invite,
    /// What to send.
    pub url: String,
    /// Worth a second look: `own_address`, `has_right` (of a member with this address) or `unusual_letters`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<&'static str>,
}

/// A role for a time.
#[derive(Debug, Deserialize, ToSchema)]
pub struct LendRole {
    /// Which; higher than the invite's own.
    #[schema(value_type = InviteRole)]
    pub role: String,
    /// For how long: 1 to 10,080.
    pub minutes: i64,
}

/// Changes to an invite; absent: stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct InviteChange {
    /// New role.
    #[schema(value_type = Option<InviteRole>)]
    pub role: Option<String>,
    /// A role for a time; null: takes it back.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<LendRole>)]
    pub lend: Option<Option<LendRole>>,
    /// New limit of devices, never below the uses; null or -1: unlimited.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i64>)]
    pub max_uses: Option<Option<i64>>,
    /// Minutes to add, from now or from the end, whichever is later.
    pub extend_minutes: Option<i64>,
    /// Whether a mailed code must be typed in the lobby.
    pub proves_by_code: Option<bool>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
}

/// Tells a null apart from an absent field.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// An invite that was taken back.
#[derive(Debug, Serialize, ToSchema)]
pub struct RevokedInvite {
    /// As it is now.
    pub invite: Invite,
    /// What closing came to.
    pub closed: Closed,
}

/// Which device is let in.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct AllowDevice {
    /// The id or the reference of a waiting device; absent: one more device, whichever comes.
    #[serde(rename = "move")]
    pub waiting: Option<String>,
}

/// Many people to be invited.
#[derive(Debug, Deserialize, ToSchema)]
pub struct BulkInvites {
    /// One person a line: e-mail, first name, last name, role; commas, semicolons or tabs between them. A first line with
    /// the names of the columns, as programs export it, orders them. Lists of mail programs are read too:
    /// `"Levi, Anna" <anna@school.example>; Ben <ben@school.example>`.
    pub text: String,
    /// Names for those of whom the text has none.
    #[serde(default)]
    pub names: Vec<NameOf>,
    /// The role of rows without one.
    #[schema(value_type = InviteRole)]
    pub role: String,
    /// Duration; absent: the policy's.
    pub minutes: Option<i64>,
    /// Devices each; absent: the policy's; null or -1: unlimited, where the policy is.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i64>)]
    pub max_uses: Option<Option<i64>>,
    /// Whether mailed codes must be typed in the lobby; absent: by role.
    pub proves_by_code: Option<bool>,
    /// Whether they go out by e-mail at once.
    #[serde(default)]
    pub send_mail: bool,
    /// The mails' language, `en` or `he`; absent: English.
    pub language: Option<String>,
    /// Only say what would happen.
    pub dry_run: bool,
}

/// What a sheet of people comes to.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkAnswer {
    /// Rows with somebody on them.
    pub rows: usize,
    /// Rows that are, or in a dry run would be, invited.
    pub good: usize,
    /// Everything that is wrong, in the order of the sheet.
    pub bad_rows: Vec<BadRow>,
    /// Rows that a name must be typed for; send it in `names`.
    pub waiting_rows: Vec<WaitingRow>,
    /// The columns of the sheet's head; empty: it has no head.
    pub columns: Vec<SheetColumn>,
    /// What columns may mean here.
    pub known_columns: Vec<&'static str>,
    /// Rows whose person has a good invite with that role or a higher one: left as they are.
    pub invited_rows: Vec<u64>,
    /// The first good rows, as they are understood.
    pub preview: Vec<GoodRow>,
    /// Good rows with a domain that is not written in ASCII: look whether it is the one that you mean.
    pub unusual: Vec<GoodRow>,
    /// The new invites; empty in a dry run.
    pub created: Vec<BulkInvite>,
}

/// A name for somebody of whom a sheet has none.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NameOf {
    /// Whose: the address in the sheet.
    pub email: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    #[serde(default)]
    pub last_name: String,
}

/// Somebody whose name is not whole: nothing is made of a sheet before it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitingRow {
    /// The line, from 1.
    pub row: u64,
    /// What of the line is theirs, where it holds several people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// The address, its domain in ASCII.
    pub email: String,
    /// First name, as far as it is known.
    pub first_name: String,
    /// Last name, as far as it is known.
    pub last_name: String,
}

/// A column of a sheet's head.
#[derive(Debug, Serialize, ToSchema)]
pub struct SheetColumn {
    /// As it stands there.
    pub title: String,
    /// `email`, `first_name`, `last_name`, `name`, `role` or `groups`; null: it is not used.
    pub meaning: Option<&'static str>,
}

/// What is wrong with one row.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BadRow {
    /// The line, from 1.
    pub row: u64,
    /// `email`, `first_name`, `last_name`, `name`, `role`, `groups` or `row`.
    pub field: &'static str,
    /// What is wrong.
    pub code: &'static str,
    /// What of the line it speaks of, where the line holds several people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
}

/// A row that can be invited.
#[derive(Debug, Serialize, ToSchema)]
pub struct GoodRow {
    /// The line, from 1.
    pub row: u64,
    /// The address, its domain in ASCII.
    pub email: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// As what they would be invited.
    pub role: InviteRole,
}

/// An invite that was made of a row.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkInvite {
    /// The line, from 1.
    pub row: u64,
    /// The invite's id.
    pub id: String,
    /// The address.
    pub email: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// What to send.
    pub url: String,
}

/// Members found while an address is typed.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundMembers {
    /// At most 8.
    pub members: Vec<FoundMember>,
}

/// A member.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundMember {
    /// Display name.
    pub name: String,
    /// Address.
    pub email: String,
    /// The name up to its last space.
    pub first_name: String,
    /// What stands behind the last space; may be empty.
    pub last_name: String,
}
