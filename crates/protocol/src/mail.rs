//! Mail: templates for administrators, what was sent, and what became of it.

use crate::code::MailState;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a mail has not got through.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailCause {
    /// Nobody has this address.
    NoSuchAddress,
    /// The mailbox takes no more.
    MailboxFull,
    /// The mail server wants no such mail, or none from this site.
    Refused,
    /// The address has letters that the mail server does not take.
    LatinOnly,
    /// The mail server asks to be tried later.
    PutOff,
    /// No mail server was reached.
    NotReached,
    /// Nobody knows; with the state `unknown` it may have arrived.
    Unknown,
}

/// What became of a mail.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MailOutcome {
    /// `waiting`, `sending`, `sent`, `failed`, or `unknown` when nobody knows whether the mail server took it.
    pub state: MailState,
    /// The mail server's last words, or why they are missing.
    pub answer: String,
    /// Why it has not got through, so far or for good; absent: it was taken, or not tried yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<MailCause>,
    /// How many times it was put off.
    pub attempts: i64,
    /// When it was queued.
    pub queued_ms: i64,
    /// When it is tried next, while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_ms: Option<i64>,
    /// When it was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_ms: Option<i64>,
}

/// A mail as the site's administrator sees it: not what it says.
#[derive(Debug, Serialize, ToSchema)]
pub struct Mail {
    /// Id.
    pub id: String,
    /// `invite`, `code`, `account` or `test`.
    pub purpose: String,
    /// To which address.
    pub to: String,
    /// What became of it.
    pub outcome: MailOutcome,
}

/// The site's mail.
#[derive(Debug, Serialize, ToSchema)]
pub struct Mails {
    /// Newest first.
    pub mails: Vec<Mail>,
    /// Pass it on as `cursor` for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// Whether a mail server is set; without one nothing is sent.
    pub mail_is_on: bool,
}

/// A mail as it is written, with tokens.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MailTemplateText {
    /// One line.
    pub subject: String,
    /// For readers without HTML.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// A template.
#[derive(Debug, Serialize, ToSchema)]
pub struct MailTemplate {
    /// `invite`, `code`, `account` or `test`.
    pub name: &'static str,
    /// `en` or `he`.
    pub language: &'static str,
    /// What it says.
    pub template: MailTemplateText,
    /// When the site made it its own; absent: the default holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_ms: Option<i64>,
}

/// The tokens that have a meaning in one mail.
#[derive(Debug, Serialize, ToSchema)]
pub struct MailTokens {
    /// The template's name.
    pub name: &'static str,
    /// In its subject.
    pub subject: Vec<&'static str>,
    /// In its text and its HTML.
    pub body: Vec<&'static str>,
}

/// Every template in every language.
#[derive(Debug, Serialize, ToSchema)]
pub struct MailTemplates {
    /// By name, then by language.
    pub templates: Vec<MailTemplate>,
    /// What may stand in them.
    pub tokens: Vec<MailTokens>,
    /// Whether a mail server is set.
    pub mail_is_on: bool,
}

/// A mail to try out.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct MailTest {
    /// As it is being edited; absent: as it is saved.
    pub template: Option<MailTemplateText>,
}

/// A test mail that is on its way to the caller's own address.
#[derive(Debug, Serialize, ToSchema)]
pub struct MailTestAnswer {
    /// Its id.
    pub id: String,
}
