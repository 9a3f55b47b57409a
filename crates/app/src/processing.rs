//! Uploads become playable: the queue's worker in this process, its progress, cancel and retry.

mod caretaking;
mod transcode;

pub use crate::desk::Standing;

use domain::access::Action;
use domain::{ItemId, ItemState, JobId};
use store::{Conn, item, job, upload};

use crate::items::Page;
use crate::{App, AtItem, Caller, Conflict, Error};

/// The one kind of job so far.
pub(crate) const TRANSCODE: &str = "transcode";

impl App {
    /// How far the work on an item is; none when this process is not at it.
    pub fn processing(&self, item: ItemId) -> Option<Standing> {
        self.inner.work.standing(item)
    }

    /// Stops the work on an item; what was made so far goes.
    ///
    /// # Errors
    /// `WrongState` when there is nothing to stop, `NotFound`, `Refused`.
    pub async fn cancel_processing(&self, caller: &Caller, id: ItemId) -> Result<Page, Error> {
        let (asked, policy) = (caller.clone(), self.policy());
        let (grant, at) = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let (at, now) = AtItem::lock(conn, &asked, &policy, id, Action::EditItem).await?;
                let grant = at.grant(&asked, &policy, Action::EditItem, now)?;
                if job::cancel_of_item(conn, id).await? == 0 {
                    return Err(Error::from(Conflict::WrongState));
                }
                item::set_state(conn, id, ItemState::Cancelled, None).await?;
                Ok((grant, AtItem { item: item::find(conn, id).await?, ..at }))
            })
            .await?;
        self.inner.work.cancel(id);
        self.tell(id, "state");
        self.page(grant, at).await
    }

    /// Begins the work on an item anew, from the bytes that were uploaded.
    ///
    /// # Errors
    /// `WrongState` unless it failed or was cancelled, `NotFound`, `Refused`.
    pub async fn retry_processing(&self, caller: &Caller, id: ItemId) -> Result<Page, Error> {
        let (asked, policy) = (caller.clone(), self.policy());
        let new = JobId::new(self.now(), self.random());
        let (grant, at) = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let (at, now) = AtItem::lock(conn, &asked, &policy, id, Action::EditItem).await?;
                let grant = at.grant(&asked, &policy, Action::EditItem, now)?;
                let state = at.item.as_ref().map(|item| item.facts.state);
                let stopped = matches!(state, Some(ItemState::Failed | ItemState::Cancelled));
                let source =
                    upload::find_of_item(conn, id).await?.filter(|upload| upload.finished_at.is_some());
                let (true, Some(source)) = (stopped, source) else {
                    return Err(Error::from(Conflict::WrongState));
                };
                job::insert(conn, new, TRANSCODE, id, &source.id.to_string(), now).await?;
                item::set_state(conn, id, ItemState::Queued, None).await?;
                Ok((grant, AtItem { item: item::find(conn, id).await?, ..at }))
            })
            .await?;
        self.tell(id, "state");
        self.inner.work.wake();
        self.page(grant, at).await
    }
}
