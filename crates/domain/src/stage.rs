//! How far the processing of an upload is.

use crate::coded::coded;

coded! {
    /// What is being done.
    pub enum Stage {
        /// Nothing yet: others come first.
        Waiting = "waiting",
        /// Looking at what it is.
        Probing = "probing",
        /// Making it playable.
        Encoding = "encoding",
        /// Putting it in its place.
        Publishing = "publishing",
    }
}
