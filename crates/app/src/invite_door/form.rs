//! One sent form of an invite link: what it shows, and what became of it inside its transaction.

use domain::{Email, EndedMark, ItemId, LinkId, Reason};
use store::seat::KeyHash;

use super::code::Letter;
use super::load::Door;

/// What became of one form inside its transaction.
pub(super) enum Outcome {
    Bound {
        item: ItemId,
        marks: Vec<EndedMark>,
        gone: Vec<KeyHash>,
    },
    BoundBefore(ItemId),
    In(ItemId),
    /// In, and the person has shown more surely who they are.
    Raised(ItemId),
    TypeCode(Box<Letter>),
    WrongCode,
    Waits {
        asks_anew_at: Option<ItemId>,
    },
    NotReady,
    Refused(Option<LinkId>, Reason),
}

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
