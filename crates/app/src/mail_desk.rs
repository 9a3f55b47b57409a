//! What a process keeps for handing mail over.

use std::sync::Arc;

use media::CancellationToken;
use tokio::sync::{Notify, Semaphore};

/// Messages handed over at the same time by one process.
pub(crate) const AT_ONCE: u32 = 2;

/// What a process has to do with mail.
pub(crate) struct MailDesk {
    pub(crate) came: Notify,
    pub(crate) closing: CancellationToken,
    pub(crate) places: Arc<Semaphore>,
}

impl Default for MailDesk {
    fn default() -> Self {
        let places = Arc::new(Semaphore::new(AT_ONCE as usize));
        Self { came: Notify::new(), closing: CancellationToken::new(), places }
    }
}
