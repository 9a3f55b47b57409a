//! Items, and what a page is given inside its document.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::code::{Capability, ComingBack, ItemKind, ItemRight, ItemState, Stage};
use crate::{Me, Site};

/// An item in a grid.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ItemCard {
    /// Id.
    pub id: String,
    /// Title, plain text.
    pub title: String,
    /// What kind of media it is.
    pub kind: ItemKind,
    /// How far it has come.
    pub state: ItemState,
    /// While processing: 0 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress_percent: Option<u8>,
    /// When failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// Length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<i64>,
    /// Pixels across.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<i64>,
    /// Pixels down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<i64>,
    /// Size of the uploaded file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<i64>,
    /// Small poster, for the owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poster_url: Option<String>,
    /// When it was made.
    pub created_ms: i64,
    /// Whose it is.
    pub owner_name: String,
    /// What the subject may do with it.
    pub capabilities: Vec<Capability>,
    /// A member's right at it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub right: Option<ItemRight>,
    /// Whether the site shares by links at all: without its module no entry about them is shown.
    pub shares: bool,
    /// The switch over its guest links.
    pub guest_access: bool,
    /// Its guest links.
    pub guest_links: i64,
    /// Its invites that are neither revoked nor over.
    pub invites: i64,
    /// Invited people's devices that wait for the owner's word.
    pub waiting: i64,
    /// People inside now.
    pub inside: i64,
}

/// Why an item did not become playable.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Failure {
    /// Its words stand in the catalogue under `failure.<code>`.
    pub code: String,
    /// A fact for the words: the codec's name, or what the file is instead of a film. A name in lower case is one of
    /// `empty`, `text`, `playlist`, `picture`, `document`, `archive`, `unknown`; any other names a format.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Whether trying again with the same file can help. Where not, the file itself cannot be converted.
    pub can_retry: bool,
}

/// A page of items.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ItemPage {
    /// In the order that was asked for.
    pub items: Vec<ItemCard>,
    /// How many match in all.
    pub total: i64,
    /// Pass it on as `cursor` for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// An item on its page, for one subject.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ItemView {
    /// The card.
    #[serde(flatten)]
    pub card: ItemCard,
    /// Description, plain text.
    pub description: String,
    /// As whom the subject is here.
    #[serde(rename = "as")]
    pub seen_as: As,
    /// Largest first.
    pub renditions: Vec<Rendition>,
    /// While it is processed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub processing: Option<Processing>,
}

/// As whom somebody is at an item.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct As {
    /// As whose they see it.
    pub kind: AsKind,
    /// The guest's or invitee's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A guest or invitee who would leave the seat comes back `by_the_door`, or only `by_the_owner`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coming_back: Option<ComingBack>,
    /// The reference of another device that asks an invitee's one to let it take over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hand_over: Option<String>,
    /// A member's right at the item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub right: Option<ItemRight>,
    /// When that right is lent: milliseconds until it falls back, counted from this answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub right_left_ms: Option<i64>,
}

/// As what somebody is at an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AsKind {
    /// Whose it is.
    Owner,
    /// The same, seeing what guests see.
    Preview,
    /// A member, by their right or because everybody may.
    Member,
    /// By an invite.
    Invitee,
    /// Through a guest link.
    Guest,
}

/// One published quality.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Rendition {
    /// What a person calls it: `720p`.
    pub name: String,
    /// Pixels across.
    pub width: i64,
    /// Pixels down.
    pub height: i64,
    /// Peak bits per second.
    pub bandwidth: i64,
}

/// How far processing is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Processing {
    /// 0 to 100.
    pub percent: u8,
    /// What is being done.
    pub stage: Stage,
    /// Seconds it will still take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eta_seconds: Option<u64>,
}

/// Changes to an item; absent: stays.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ItemChange {
    /// 1 to 200 characters.
    pub title: Option<String>,
    /// Up to 5,000 characters.
    pub description: Option<String>,
}

/// What a page is about.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum PageData {
    /// One item.
    Media {
        /// The item.
        item: Box<ItemView>,
    },
    /// My Media.
    MyMedia {
        /// The first page.
        items: ItemPage,
    },
    /// What others share with the member.
    Shared {
        /// The first page.
        items: ItemPage,
    },
    /// A member's page that is not there, or not open to them.
    Lost,
    /// Sign in.
    SignIn,
    /// The first administrator.
    Setup,
    /// API tokens.
    Tokens,
    /// The own account.
    Account,
    /// A password by a one-time link.
    AccountLink {
        /// Whose.
        name: String,
        /// The address to sign in with.
        email: String,
    },
    /// Members, for site administrators.
    Members,
    /// Groups, for site administrators.
    Groups,
    /// The site's settings.
    Settings,
    /// The people who came to an item.
    People,
}

/// What stands inside the document, so that the first picture needs no second request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FirstData {
    /// The signed-in member.
    #[schema(required)]
    pub me: Option<Me>,
    /// The site.
    pub site: Site,
    /// The page.
    pub page: PageData,
    /// Language.
    pub lang: &'static str,
    /// Which way it is written.
    pub dir: Direction,
}

/// Which way a language is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From left to right.
    Ltr,
    /// From right to left.
    Rtl,
}

/// A one-time URL that takes an invitee's seat to another device.
#[derive(Serialize, ToSchema)]
pub struct HandOver {
    /// What the other device opens.
    pub url: String,
    /// The same as a QR code, SVG.
    pub svg: String,
    /// For how long it is good.
    pub lasts_ms: i64,
}

/// The first device's word to another one that waits.
#[derive(Debug, Deserialize, ToSchema)]
pub struct HandOverWord {
    /// What the other device shows.
    pub reference: String,
    /// Whether it may take over.
    pub allow: bool,
}
