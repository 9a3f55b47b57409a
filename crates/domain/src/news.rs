//! What pages are told has changed at an item. They fetch what they show of it.

use crate::coded::coded;

coded! {
    /// What changed.
    pub enum News {
        /// What the item is in, or nobody knows: whatever is shown is fetched anew.
        State = "state",
        /// How far its processing is.
        Progress = "progress",
        /// Its guest links, and whether they are on.
        GuestAccess = "guest_access",
        /// Who is inside.
        Inside = "inside",
        /// Who came.
        People = "people",
        /// Its title and description.
        Details = "details",
        /// What somebody may do at it.
        Role = "role",
        /// Its invites.
        Invites = "invites",
        /// Somebody at another browser asks for a seat.
        SeatMove = "seat_move",
    }
}

impl News {
    /// The news behind a word that another process told. One that is not known here is a newer release's, and makes pages
    /// look at the whole item again.
    pub fn told(word: &str) -> Self {
        word.parse().unwrap_or(Self::State)
    }
}
