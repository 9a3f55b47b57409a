//! What an item can be.

use crate::coded::coded;

coded! {
    /// What an item is.
    pub enum ItemKind {
        /// Moving picture.
        Video = "video",
        /// Sound alone.
        Audio = "audio",
        /// Pages.
        Document = "document",
        /// A video with questions.
        Quiz = "quiz",
        /// A broadcast with a schedule.
        LiveEvent = "live_event",
        /// A place to meet.
        Room = "room",
    }
}

impl ItemKind {
    /// Whether the item happens at a time and lets no viewing outlive its session.
    pub const fn is_session(self) -> bool {
        matches!(self, Self::LiveEvent | Self::Room)
    }
}
