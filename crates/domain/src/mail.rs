//! What becomes of a mail.

use crate::coded::coded;

coded! {
    /// Where a mail is on its way.
    pub enum MailState {
        /// In the queue, perhaps after a failed try.
        Waiting = "waiting",
        /// Being handed over.
        Sending = "sending",
        /// Taken by the mail server.
        Sent = "sent",
        /// Given up.
        Failed = "failed",
        /// Perhaps taken: nobody knows.
        Unknown = "unknown",
    }
}
