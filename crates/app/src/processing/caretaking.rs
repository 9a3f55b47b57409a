//! The worker's loop, and chores that nobody waits for: uploads given up, files of deleted items, jobs of dead
//! processes.

use std::sync::Arc;
use std::time::Duration;

use domain::Span;
use store::{Conn, StoreError, item, job, upload};
use tokio::sync::Semaphore;

use crate::config::DEAD_AFTER;
use crate::{App, Error};

/// How often the queue is looked at when nobody rings.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How often chores are done.
const CHORES_EVERY: Duration = Duration::from_secs(30);
/// A claimed job stays this process's for this long without renewal.
pub(super) const LEASE: Span = Span::from_secs(30);
/// Between two times that old marks are forgotten.
const PRUNE_EVERY: Span = Span::from_hours(1);
/// Files of a deleted item go this long after it, when the last transfer is over.
const FILES_STAY: Span = Span::from_minutes(2);

impl App {
    /// Starts the worker and the chores.
    pub(crate) fn begin_work(&self) {
        let (worker, caretaker) = (self.clone(), self.clone());
        tokio::spawn(async move { worker.work().await });
        tokio::spawn(async move { caretaker.do_chores().await });
    }

    /// Stops what is being worked at and gives it back to the queue.
    pub(crate) async fn stop_work(&self) {
        self.inner.work.closing.cancel();
        let process = self.inner.process;
        let freed: Result<(), StoreError> =
            self.inner.store.write(async move |conn: &mut Conn| job::release_all(conn, process).await).await;
        if let Err(error) = freed {
            tracing::warn!(%error, "jobs could not be given back; their leases run out by themselves");
        }
    }

    async fn work(&self) {
        let places = Arc::new(Semaphore::new(self.inner.config.jobs_at_once));
        if self.inner.config.jobs_at_once == 0 {
            return;
        }
        // On SQLite no other process can be at it: whatever is marked as running was left by a dead one.
        let alone = !self.inner.store.is_shared();
        if let Err(error) = self.free_orphans(if alone { Span::from_ms(0) } else { DEAD_AFTER }).await {
            tracing::warn!(%error, "jobs of dead processes could not be freed");
        }
        if let Err(error) = self.look_for_tools().await {
            tracing::error!(%error, "files that are uploaded cannot be converted");
        }
        let closing = self.inner.work.closing.clone();
        while !closing.is_cancelled() {
            let Ok(place) = places.clone().acquire_owned().await else { return };
            match self.claim().await {
                // Its lease ran out while the database was away; the work goes on and the lease is new.
                Ok(Some(job)) if self.inner.work.has(job.id) => {}
                Ok(Some(job)) => {
                    let app = self.clone();
                    tokio::spawn(async move {
                        app.transcode(job).await;
                        drop(place);
                        app.inner.work.wake();
                    });
                    continue;
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, "the queue does not answer"),
            }
            drop(place);
            tokio::select! {
                () = self.inner.work.work_came() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = closing.cancelled() => {}
            }
        }
    }

    /// Said at the start, so that an operator hears of it before the first owner does.
    async fn look_for_tools(&self) -> Result<(), media::MediaError> {
        let at = self.inner.config.ffmpeg.clone();
        tokio::task::spawn_blocking(move || media::Tools::look(at.as_deref())).await.unwrap_or(Ok(()))
    }

    async fn claim(&self) -> Result<Option<job::Job>, StoreError> {
        let (process, now) = (self.inner.process, self.now());
        self.inner
            .store
            .write(async move |conn: &mut Conn| job::claim(conn, process, now, now.plus(LEASE)).await)
            .await
    }

    async fn free_orphans(&self, silence: Span) -> Result<(), StoreError> {
        // With no silence at all even this process's own heartbeat is too old: nothing runs yet.
        let since = self.now().minus(silence);
        let freed =
            self.inner.store.write(async move |conn: &mut Conn| job::free_orphans(conn, since).await).await?;
        if freed > 0 {
            tracing::info!(freed, "jobs of dead processes go on here");
        }
        Ok(())
    }

    async fn do_chores(&self) {
        let mut ticks = tokio::time::interval(CHORES_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let (mut erased_at, mut pruned_at) = (None, None);
        while !self.inner.work.closing.is_cancelled() {
            ticks.tick().await;
            if let Err(error) = self.do_chores_once().await {
                tracing::warn!(%error, "chores must wait");
            }
            let now = self.now();
            if pruned_at.is_none_or(|at: domain::Instant| now >= at.plus(PRUNE_EVERY)) {
                match self.prune_marks().await {
                    Ok(()) => pruned_at = Some(now),
                    Err(error) => tracing::warn!(%error, "old marks could not be forgotten"),
                }
            }
            if erased_at.is_none_or(|at: domain::Instant| now >= at.plus(crate::retention::EVERY)) {
                match self.erase_due().await {
                    Ok(_) => erased_at = Some(now),
                    Err(error) => tracing::warn!(%error, "past guests could not be erased"),
                }
            }
            if let Err(error) = self.mail_refusals().await {
                tracing::warn!(%error, "members could not be told who was refused");
            }
        }
    }

    async fn do_chores_once(&self) -> Result<(), Error> {
        let dropped = self.drop_expired_uploads().await?;
        if dropped > 0 {
            tracing::info!(dropped, "uploads were given up");
        }
        if self.inner.store.is_shared() {
            self.free_orphans(DEAD_AFTER).await?;
        }
        self.keep_reserve().await;
        self.clear_left_work().await?;
        self.clear_deleted_items().await
    }

    /// Folders of jobs that are over: their process died after the last row was written and before they went.
    async fn clear_left_work(&self) -> Result<(), Error> {
        let blobs = self.inner.blobs.clone();
        for id in self.block(move || blobs.list_work()).await? {
            let over: Result<bool, StoreError> =
                self.inner.store.read(async move |conn: &mut Conn| job::is_over(conn, id).await).await;
            if over? && !self.inner.work.has(id) {
                let blobs = self.inner.blobs.clone();
                self.block(move || blobs.remove_work(id)).await?;
            }
        }
        Ok(())
    }

    async fn clear_deleted_items(&self) -> Result<(), Error> {
        let until = self.now().minus(FILES_STAY);
        let gone: Result<Vec<_>, StoreError> =
            self.inner.store.read(async move |conn: &mut Conn| item::list_to_clear(conn, until).await).await;
        for id in gone? {
            let source: Result<_, StoreError> = self
                .inner
                .store
                .read(async move |conn: &mut Conn| upload::find_of_item(conn, id).await)
                .await;
            let (source, blobs) = (source?, self.inner.blobs.clone());
            self.block(move || {
                blobs.remove_media(id)?;
                source.map_or(Ok(()), |source| blobs.remove_upload(source.id))
            })
            .await?;
            let cleared: Result<(), StoreError> = self
                .inner
                .store
                .write(async move |conn: &mut Conn| {
                    upload::delete_of_item(conn, id).await?;
                    item::mark_cleared(conn, id).await
                })
                .await;
            cleared?;
        }
        Ok(())
    }
}
