//! What this process is working at: progress to show, and a way to stop each piece of work.

use std::collections::HashMap;
use std::sync::Mutex;

use domain::{ItemId, JobId, Stage};
use media::CancellationToken;
use tokio::sync::Notify;

/// How far the work on an item is, as this process knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// What is being done.
    pub stage: Stage,
    /// 0 to 100.
    pub percent: u8,
    /// Seconds it will still take, when known.
    pub eta_seconds: Option<u64>,
}

#[derive(Default)]
pub(crate) struct Desk {
    at_work: Mutex<HashMap<ItemId, Work>>,
    work_came: Notify,
    pub(crate) closing: CancellationToken,
}

/// One piece of work.
struct Work {
    job: JobId,
    standing: Standing,
    cancel: CancellationToken,
}

impl Desk {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<ItemId, Work>> {
        self.at_work.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Takes an item to work at; the token stops it.
    pub(crate) fn take(&self, item: ItemId, job: JobId) -> CancellationToken {
        let cancel = self.closing.child_token();
        let standing = Standing { stage: Stage::Probing, percent: 0, eta_seconds: None };
        self.lock().insert(item, Work { job, standing, cancel: cancel.clone() });
        cancel
    }

    /// Notes how far it is; answers whether that is news to a page.
    pub(crate) fn note(&self, item: ItemId, standing: Standing) -> bool {
        let mut at_work = self.lock();
        let Some(Work { standing: old, .. }) = at_work.get_mut(&item) else { return false };
        let news = old.stage != standing.stage || old.percent != standing.percent;
        *old = standing;
        news
    }

    /// A job is over. Its item may be at work again already, by a job that came after a cancelled one.
    pub(crate) fn put_away(&self, item: ItemId, job: JobId) {
        let mut at_work = self.lock();
        if at_work.get(&item).is_some_and(|work| work.job == job) {
            at_work.remove(&item);
        }
    }

    /// Whether a job is at work here.
    pub(crate) fn has(&self, job: JobId) -> bool {
        self.lock().values().any(|work| work.job == job)
    }

    pub(crate) fn standing(&self, item: ItemId) -> Option<Standing> {
        self.lock().get(&item).map(|work| work.standing)
    }

    /// Stops the work on an item, if it is done here.
    pub(crate) fn cancel(&self, item: ItemId) {
        if let Some(work) = self.lock().get(&item) {
            work.cancel.cancel();
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
