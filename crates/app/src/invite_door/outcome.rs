//! What became of one sent form of an invite link.

use domain::{EndedMark, ItemId, LinkId, Reason};
use store::seat::KeyHash;

use super::code::Letter;

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
