//! Members and groups as site administrators manage them.

use crate::code::{MemberState, SiteRole};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::BadRow;

/// A page of members.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Members {
    /// Newest first.
    pub members: Vec<Member>,
    /// How many match in all.
    pub total: i64,
    /// Pass it on as `cursor` for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// Whether one-time links are mailed from here.
    pub mails: bool,
}

/// A member.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Member {
    /// Id.
    pub id: String,
    /// Address to sign in with.
    pub email: String,
    /// Display name.
    pub name: String,
    /// What they are on the site.
    pub role: SiteRole,
    /// Whether the account is closed.
    pub disabled: bool,
    /// `invited` until they take the account up, then `active`; `disabled` when it is closed.
    pub state: MemberState,
    /// Whether they can sign in by password.
    pub has_password: bool,
    /// Since when.
    pub created_ms: i64,
    /// When they were heard of last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen_ms: Option<i64>,
    /// Groups they are in.
    pub groups: Vec<Group>,
    /// Addresses; on the member's own page only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Address>,
}

/// An address of a member.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Address {
    /// The address.
    pub email: String,
    /// Since when it is proved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified_ms: Option<i64>,
    /// By what: `code`, `link`, `administrator` or the name of a sign-in provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified_by: Option<String>,
}

/// A group.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Group {
    /// Id.
    pub id: String,
    /// Name, unique.
    pub name: String,
    /// How many are in it.
    pub members: i64,
}

/// All groups.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Groups {
    /// By name.
    pub groups: Vec<Group>,
}

/// A member to be made.
#[derive(Deserialize, ToSchema)]
pub struct NewMember {
    /// Address.
    pub email: String,
    /// Display name.
    pub name: String,
    /// Site role.
    #[schema(value_type = SiteRole)]
    pub role: String,
    /// At least 10 characters; absent: they choose one by a one-time link.
    pub password: Option<String>,
    /// Whether the address counts as proved, as if they had typed a mailed code; absent: yes.
    pub address_is_right: Option<bool>,
}

/// A new member, with the one-time link if there is one to hand over.
#[derive(Serialize, ToSchema)]
pub struct NewMemberAnswer {
    /// The member.
    #[serde(flatten)]
    pub member: Member,
    /// The link, when one was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<OneTimeLink>,
}

/// People who are to become members.
#[derive(Deserialize, ToSchema)]
pub struct ImportMembers {
    /// One person a line: e-mail, first name, last name, site role, groups; commas, semicolons or tabs between them. A
    /// first line with the names of the columns, as programs export it, orders them. Lists of mail programs are read too:
    /// `"Levi, Anna" <anna@school.example>; Ben <ben@school.example>`.
    pub text: String,
    /// Names for those of whom the text has none.
    #[serde(default)]
    pub names: Vec<crate::NameOf>,
    /// Whether their addresses count as proved, as if each had typed a mailed code; absent: yes.
    pub addresses_are_right: Option<bool>,
    /// The site role of rows without one.
    #[schema(value_type = SiteRole)]
    pub role: String,
    /// Whether the one-time links are mailed; absent: when mail is on.
    pub send_mail: Option<bool>,
    /// Only say what would happen.
    pub dry_run: bool,
}

/// What a sheet of people comes to.
#[derive(Serialize, ToSchema)]
pub struct ImportAnswer {
    /// Rows with somebody on them.
    pub rows: usize,
    /// Rows that are, or in a dry run would be, made members.
    pub good: usize,
    /// Everything that is wrong, in the order of the sheet.
    pub bad_rows: Vec<BadRow>,
    /// Rows that a name must be typed for; send it in `names`.
    pub waiting_rows: Vec<crate::WaitingRow>,
    /// The columns of the sheet's head; empty: it has no head.
    pub columns: Vec<crate::SheetColumn>,
    /// What columns may mean here.
    pub known_columns: Vec<&'static str>,
    /// Rows whose address some member has: left as they are.
    pub member_rows: Vec<u64>,
    /// The first good rows, as they are understood.
    pub preview: Vec<ImportRow>,
    /// Good rows with a domain that is not written in ASCII: look whether it is the one that you mean.
    pub unusual: Vec<ImportRow>,
    /// Whether the one-time links are, or would be, mailed.
    pub mails: bool,
    /// The new members; empty in a dry run.
    pub created: Vec<ImportedMember>,
}

/// A row that can become a member.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportRow {
    /// The line, from 1.
    pub row: u64,
    /// The address, its domain in ASCII.
    pub email: String,
    /// Display name.
    pub name: String,
    /// Site role.
    pub role: SiteRole,
    /// Groups, by name.
    pub groups: Vec<String>,
}

/// A member that was made of a row.
#[derive(Serialize, ToSchema)]
pub struct ImportedMember {
    /// The line, from 1.
    pub row: u64,
    /// The member's id.
    pub id: String,
    /// The address.
    pub email: String,
    /// Display name.
    pub name: String,
    /// The one-time link, shown this once, when it was not mailed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// How a one-time link gets to its member.
#[derive(Serialize, ToSchema)]
pub struct OneTimeLink {
    /// Whether it was mailed.
    pub mailed: bool,
    /// Shown this once, when it was not mailed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Changes to a member; absent: stays.
#[derive(Debug, Deserialize, ToSchema)]
pub struct MemberChange {
    /// Display name.
    pub name: Option<String>,
    /// Site role.
    #[schema(value_type = Option<SiteRole>)]
    pub role: Option<String>,
    /// Whether the account is closed.
    pub disabled: Option<bool>,
}

/// Whether an administrator vouches for an address.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AddressProof {
    /// True: it counts as proved.
    pub verified: bool,
}

/// A group's name.
#[derive(Debug, Deserialize, ToSchema)]
pub struct GroupName {
    /// 1 to 80 characters.
    pub name: String,
}

/// Where a member is signed in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Sessions {
    /// Newest first.
    pub sessions: Vec<Session>,
}

/// One place where a member is signed in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Session {
    /// Its name in this list; no secret.
    pub id: String,
    /// Browser and system in short words, may be empty.
    pub device: String,
    /// `password`, `link`, or another way of signing in; may be empty.
    pub way: String,
    /// When they signed in.
    pub created_ms: i64,
    /// When it was heard of last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen_ms: Option<i64>,
    /// Whether it is the one that asks.
    pub current: bool,
}
