//! Uploads become playable: the queue's worker in this process, its progress, cancel and retry.

mod caretaking;
mod transcode;

pub use crate::desk::Standing;

use domain::access::Action;
use domain::{ActivityKind, ItemId, ItemState, JobId, News};
use store::item::{self, Item};
use store::{Conn, job, upload};

use crate::activity::record;
use crate::items::{Page, actor};
use crate::{App, Caller, Conflict, Error};

/// The one kind of job so far.
pub(crate) const TRANSCODE: &str = "transcode";

/// Whether processing the same file again can help after a failure of this code.
#[must_use]
pub fn can_retry(code: &str) -> bool {
    media::Failure::can_pass(code)
}

impl App {
    /// How far the work on an item is; none when this process is not at it.
    pub fn processing(&self, item: ItemId) -> Option<Standing> {
        self.inner.work.standing(item)
    }

    /// Stops the work on an item; what was made so far goes. Leaves a row that the owner sees: it may have been a site
    /// administrator, for the sake of those who wait.
    ///
    /// # Errors
    /// `WrongState` when there is nothing to stop, `NotFound`, `Refused`.
    pub async fn cancel_processing(&self, caller: &Caller, id: ItemId) -> Result<Page, Error> {
        let (app, who) = (self.clone(), actor(caller).to_owned());
        let cancel = async move |conn: &mut Conn, _: &Item, _| {
            if job::cancel_of_item(conn, id).await? == 0 {
                return Err(Conflict::WrongState.into());
            }
            item::set_state(conn, id, ItemState::Cancelled, None).await?;
            record(conn, &app.inner.outside, id, None, &who, ActivityKind::ProcessingCancelled, "").await?;
            Ok(())
        };
        let (grant, at) = self.change_locked(caller, id, Action::CancelProcessing, cancel).await?;
        self.inner.work.cancel(id);
        self.tell(id, News::State);
        self.page(grant, at).await
    }

    /// Begins the work on an item anew, from the bytes that were uploaded.
    ///
    /// # Errors
    /// `WrongState` unless it failed or was cancelled, `NotFound`, `Refused`.
    pub async fn retry_processing(&self, caller: &Caller, id: ItemId) -> Result<Page, Error> {
        let new = JobId::new(self.now(), self.random());
        let queue = async move |conn: &mut Conn, item: &Item, now| {
            let stopped = matches!(item.facts.state, ItemState::Failed | ItemState::Cancelled);
            let source = upload::find_of_item(conn, id).await?.filter(|upload| upload.finished_at.is_some());
            let (true, Some(source)) = (stopped, source) else {
                return Err(Conflict::WrongState.into());
            };
            job::insert(conn, new, TRANSCODE, id, &source.id.to_string(), now).await?;
            item::set_state(conn, id, ItemState::Queued, None).await?;
            Ok(())
        };
        let (grant, at) = self.change_locked(caller, id, Action::EditItem, queue).await?;
        self.tell(id, News::State);
        self.inner.work.wake();
        self.page(grant, at).await
    }
}
