//! What this process is working at: progress to show, and a way to stop each piece of work.

use std::collections::HashMap;
use std::sync::Mutex;

use domain::ItemId;
use media::CancellationToken;
use tokio::sync::Notify;

/// How far the work on an item is, as this process knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// `waiting`, `probing`, `encoding` or `publishing`.
    pub stage: &'static str,
    /// 0 to 100.
    pub percent: u8,
    /// Seconds it will still take, when known.
    pub eta_seconds: Option<u64>,
}

#[derive(Default)]
pub(crate) struct Desk {
    at_work: Mutex<HashMap<ItemId, (Standing, CancellationToken)>>,
    work_came: Notify,
    pub(crate) closing: CancellationToken,
}

impl Desk {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<ItemId, (Standing, CancellationToken)>> {
        self.at_work.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Takes an item to work at; the token stops it.
    pub(crate) fn take(&self, item: ItemId) -> CancellationToken {
        let cancel = self.closing.child_token();
        let standing = Standing { stage: "probing", percent: 0, eta_seconds: None };
        self.lock().insert(item, (standing, cancel.clone()));
        cancel
    }

    /// Notes how far it is; answers whether that is news to a page.
    pub(crate) fn note(&self, item: ItemId, standing: Standing) -> bool {
        let mut at_work = self.lock();
        let Some((old, _)) = at_work.get_mut(&item) else { return false };
        let news = old.stage != standing.stage || old.percent != standing.percent;
        *old = standing;
        news
    }

    /// The work on an item is over.
    pub(crate) fn put_away(&self, item: ItemId) {
        self.lock().remove(&item);
    }

    pub(crate) fn standing(&self, item: ItemId) -> Option<Standing> {
        self.lock().get(&item).map(|(standing, _)| *standing)
    }

    /// Stops the work on an item, if it is done here.
    pub(crate) fn cancel(&self, item: ItemId) {
        if let Some((_, cancel)) = self.lock().get(&item) {
            cancel.cancel();
        }
    }

    /// There is work in the queue.
    pub(crate) fn wake(&self) {
        self.work_came.notify_one();
    }

    pub(crate) async fn work_came(&self) {
        self.work_came.notified().await;
    }
}
