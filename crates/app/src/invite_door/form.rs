//! One sent form of an invite link, and what it shows.

use domain::Email;

use super::door::Door;

/// By what somebody shows that they are the invited person.
pub(super) enum Shows {
    /// The address, if what was typed is one.
    Address(Option<Email>),
    /// A mailed code.
    Code(String),
    /// Somebody's leave.
    Leave,
}

/// One sent form.
pub(super) struct Form {
    pub(super) door: Door,
    pub(super) device: [u8; 16],
    pub(super) key: [u8; 32],
    pub(super) shows: Shows,
    pub(super) block: String,
    pub(super) language: mail::Language,
    /// What kind of device it came from.
    pub(super) kind: Option<domain::Device>,
}
