//! The site, the member, their API tokens.

use crate::code::{Capability, Scope, SiteRole};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::SignInProvider;

/// The signed-in member.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Me {
    /// Id.
    pub id: String,
    /// Address.
    pub email: String,
    /// Display name.
    pub name: String,
    /// What they are on the site.
    pub role: SiteRole,
    /// What the member may do on the site: `upload`, `manage_site`.
    pub capabilities: Vec<Capability>,
}

/// Facts about the site that pages need.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Site {
    /// Name.
    pub name: String,
    /// Codes of the languages of the interface.
    pub languages: Vec<String>,
    /// Largest upload.
    pub upload_max_bytes: u64,
    /// How many guest links an item may have.
    pub guest_links_per_item: u8,
    /// Whether anybody has an account here; a new site waits for its first administrator.
    pub has_members: bool,
    /// Whether members may sign in by a passkey.
    pub passkeys: bool,
    /// Other sites that members may sign in by.
    pub providers: Vec<SignInProvider>,
    /// Days after which guests' data is erased.
    pub retention_days: u16,
}

/// Signing in.
#[derive(Deserialize, ToSchema)]
pub struct SignIn {
    /// Address.
    pub email: String,
    /// Password.
    pub password: String,
}

/// The first administrator.
#[derive(Deserialize, ToSchema)]
pub struct SetUp {
    /// The secret of the one-time link.
    pub token: String,
    /// Display name.
    pub name: String,
    /// Address.
    pub email: String,
    /// New password, at least 10 characters.
    pub password: String,
}

/// An API token without its secret.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Token {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// What it may do.
    #[schema(value_type = Vec<Scope>)]
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_ms: i64,
    /// From when it no longer works.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_ms: Option<i64>,
}

/// All of a member's API tokens.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Tokens {
    /// Newest first.
    pub tokens: Vec<Token>,
    /// Every scope that a token may have.
    pub scopes: Vec<Scope>,
}

/// An API token to be made.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewToken {
    /// Name, 1 to 80 characters.
    pub name: String,
    /// At least one scope.
    #[schema(value_type = Vec<Scope>)]
    pub scopes: Vec<String>,
    /// 1 to 3,650; absent: no end.
    pub days: Option<i64>,
}

/// A new API token with its secret.
#[derive(Serialize, ToSchema)]
pub struct NewTokenAnswer {
    /// The secret, shown this once.
    pub token: String,
    /// The rest.
    #[serde(flatten)]
    pub made: Token,
}

/// The caller's own account.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OwnAccount {
    /// Themselves.
    #[serde(flatten)]
    pub me: Me,
    /// Their addresses, oldest first.
    pub addresses: Vec<crate::members::Address>,
    /// Whether they can sign in by password.
    pub has_password: bool,
    /// An address that waits for the code that was mailed to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proving: Option<ProvingAddress>,
    /// Whether the site can mail codes: without it, only an administrator confirms addresses.
    pub mails_codes: bool,
    /// Whether a mail tells the member, at most once a day, who was refused at their items.
    pub mails_refusals: bool,
}

/// An address that waits for its code.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProvingAddress {
    /// Where the code was mailed.
    pub email: String,
    /// From when the code is no good.
    pub until_ms: i64,
}

/// An address that the member says is theirs.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewAddress {
    /// The address.
    pub email: String,
}

/// A code as it was typed.
#[derive(Deserialize, ToSchema)]
pub struct AddressCode {
    /// Eight digits; anything between them does not count.
    pub code: String,
}

/// A change to the own account.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AccountChange {
    /// New display name.
    pub name: Option<String>,
    /// A verified address of one's own, to sign in with from now on.
    pub email: Option<String>,
    /// Whether a mail shall tell, at most once a day, who was refused at the member's items, in the language of this
    /// request.
    pub mails_refusals: Option<bool>,
}

/// A new password in place of the old one.
#[derive(Deserialize, ToSchema)]
pub struct PasswordChange {
    /// The one that is good now.
    pub old: String,
    /// At least 10 characters.
    pub new: String,
}

/// A password by a one-time link.
#[derive(Deserialize, ToSchema)]
pub struct UseAccountLink {
    /// The secret of the link.
    pub token: String,
    /// New password, at least 10 characters.
    pub password: String,
}
