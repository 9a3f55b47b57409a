//! One job: probe, plan, run, verify, seal, publish. Nothing is visible before the one rename and the one commit
//! behind it; whatever dies before that is done again from the start.

use std::path::PathBuf;
use std::time::Duration;

use domain::{ItemKind, ItemState, News, Span};
use media::{CancellationToken, Failure, Kind, Limits, Progress, Settings, Stage, Tools};
use store::item::{self, Publication, Rendition};
use store::job::{self, Job};
use store::{Conn, MediaVersion, StoreError};

use super::Standing;
use super::caretaking::LEASE;
use crate::app::Change;
use crate::{App, Error};

/// Tries at one file when the trouble is the machine's.
const TRIES: i64 = 3;
/// Begun this often, a job is given up even when it never failed by itself: it may be what kills the server.
const BEGUN_MOST: i64 = 25;
/// Pause before the second and third try.
const PAUSES: [Span; 2] = [Span::from_secs(10), Span::from_secs(60)];
/// How often the lease is renewed.
const RENEW_EVERY: Duration = Duration::from_secs(8);
/// How often free space is looked at while a job writes: what it makes in between must fit into half the floor.
const LOOK_AT_SPACE_EVERY: Duration = Duration::from_millis(500);

enum End {
    Published(Box<Publication>),
    Stopped,
    Failed(Failure),
    Trouble(Error),
}

impl App {
    pub(super) async fn transcode(&self, job: Job) {
        let item = job.item;
        let cancel = self.inner.work.take(item, job.id);
        let lease = tokio::spawn(self.clone().keep_lease(job.clone(), cancel.clone()));
        let end = self.make(&job, &cancel).await;
        lease.abort();
        self.inner.work.put_away(item, job.id);
        if let Err(error) = self.settle(&job, end).await {
            tracing::error!(%error, %item, "the end of a job could not be written down; its lease runs out");
        }
        let (id, blobs) = (job.id, self.inner.blobs.clone());
        if let Err(error) = self.block(move || blobs.remove_work(id)).await {
            tracing::warn!(%error, "a work folder could not be removed");
        }
        self.tell(item, News::State);
    }

    /// Keeps the job; a job that is no longer ours is stopped.
    async fn keep_lease(self, job: Job, cancel: CancellationToken) {
        loop {
            tokio::time::sleep(RENEW_EVERY).await;
            let (id, process, until) = (job.id, self.inner.process, self.now().plus(LEASE));
            let kept: Result<bool, StoreError> = self
                .inner
                .store
                .write(async move |conn: &mut Conn| job::renew(conn, id, process, until).await)
                .await;
            match kept {
                Ok(true) => {}
                Ok(false) => return cancel.cancel(),
                Err(error) => tracing::warn!(%error, "a lease could not be renewed"),
            }
        }
    }

    async fn make(&self, job: &Job, cancel: &CancellationToken) -> End {
        if job.attempts > BEGUN_MOST {
            return End::Failed(Failure::TimedOut { log: String::new() });
        }
        match self.make_published(job, cancel).await {
            Ok(publication) => End::Published(Box::new(publication)),
            Err(Trouble::Media(Failure::Cancelled)) => End::Stopped,
            Err(_) if cancel.is_cancelled() => End::Stopped,
            Err(Trouble::Media(failure)) => End::Failed(failure),
            Err(Trouble::Own(error)) => End::Trouble(error),
        }
    }

    async fn make_published(&self, job: &Job, cancel: &CancellationToken) -> Result<Publication, Trouble> {
        let (item, id) = (job.item, job.id);
        if !self.begin_item(job).await? {
            return Err(Trouble::Media(Failure::Cancelled));
        }
        let upload = job.source.parse().map_err(|_| Error::Bug("a job's source is no upload".into()))?;
        let source = self.inner.blobs.upload_path(upload);
        let tools = self.find_tools().await?;
        let blobs = self.inner.blobs.clone();
        let folder = self.block(move || blobs.fresh_work(id)).await?;
        let limits = Limits::default();
        let facts = media::probe(&tools, &limits, &source).await?;
        let settings = Settings { tone_mapping: tools.tone_mapping(), ..Settings::default() };
        let plan = media::plan(&facts, &source, &folder, &settings)?;
        let app = self.clone();
        let run =
            media::run(&tools, &limits, &plan, cancel, move |progress| app.note_progress(item, progress));
        tokio::select! {
            made = run => made?,
            short = self.wait_for_short_space() => return Err(short),
        }
        if cancel.is_cancelled() {
            return Err(Trouble::Media(Failure::Cancelled));
        }
        self.note(item, Standing { stage: domain::Stage::Publishing, percent: 99, eta_seconds: None });
        let published = self.check_and_seal(folder, plan.clone()).await?;
        let version = self.next_version(item).await?;
        let (blobs, to) = (self.inner.blobs.clone(), MediaVersion { item, version });
        self.block(move || blobs.publish(id, to)).await?;
        Ok(publication(plan.kind, &published, version))
    }

    /// False when the job was cancelled before it was begun: what the item says then stays.
    async fn begin_item(&self, job: &Job) -> Result<bool, Error> {
        let (id, item, process, until) = (job.id, job.item, self.inner.process, self.now().plus(LEASE));
        let begun: Result<bool, StoreError> = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                item::lock(conn, item).await?;
                let ours = job::renew(conn, id, process, until).await?;
                if ours {
                    item::set_state(conn, item, ItemState::Processing, None).await?;
                }
                Ok(ours)
            })
            .await;
        self.tell(item, News::State);
        Ok(begun?)
    }

    /// Ends when a job must stop so that entries and playback go on. Uploads stop at the floor; what they have
    /// brought may still be made with half of it.
    async fn wait_for_short_space(&self) -> Trouble {
        let least_bytes = self.inner.config.disk_floor_bytes / 2;
        loop {
            let app = self.clone();
            match self.block(move || app.count_free_bytes()).await {
                Ok(free_bytes) if free_bytes < least_bytes => return Failure::DiskFull.into(),
                Ok(_) => {}
                Err(error) => return error.into(),
            }
            tokio::time::sleep(LOOK_AT_SPACE_EVERY).await;
        }
    }

    async fn find_tools(&self) -> Result<Tools, Trouble> {
        let at: Option<PathBuf> = self.inner.config.ffmpeg.clone();
        let found = tokio::task::spawn_blocking(move || Tools::find(at.as_deref()))
            .await
            .map_err(|e| Error::Bug(e.to_string()))?;
        found.map_err(|error| {
            tracing::error!(%error, "ffmpeg cannot be used");
            Trouble::Media(Failure::FfmpegMissing { path: error.to_string() })
        })
    }

    async fn check_and_seal(&self, folder: PathBuf, plan: media::Plan) -> Result<media::Published, Trouble> {
        let done = tokio::task::spawn_blocking(move || {
            let published = media::verify(&folder, &plan)?;
            media::seal(&folder).map_err(|e| Trouble::Own(StoreError::from(e).into()))?;
            Ok::<_, Trouble>(published)
        });
        done.await.map_err(|e| Error::Bug(e.to_string()))?
    }

    async fn next_version(&self, item: domain::ItemId) -> Result<i64, Error> {
        let found: Result<_, StoreError> =
            self.inner.store.read(async move |conn: &mut Conn| item::find(conn, item).await).await;
        Ok(found?.ok_or(Error::NotFound)?.media_version + 1)
    }

    fn note_progress(&self, item: domain::ItemId, progress: Progress) {
        // The last hundredth is for checking and publishing.
        let percent = (progress.percent_milli / 1_000).min(98) as u8;
        let stage =
            if progress.stage == Stage::Poster { domain::Stage::Probing } else { domain::Stage::Encoding };
        self.note(item, Standing { stage, percent, eta_seconds: progress.eta_seconds });
    }

    fn note(&self, item: domain::ItemId, standing: Standing) {
        if self.inner.work.note(item, standing) {
            self.tell_change(Change { item, what: News::Progress, percent: Some(standing.percent) });
        }
    }

    async fn settle(&self, job: &Job, end: End) -> Result<(), Error> {
        match end {
            End::Published(made) => self.settle_published(job, *made).await,
            End::Stopped => Ok(()),
            End::Failed(failure) => {
                if let Some(log) = failure.log() {
                    tracing::warn!(item = %job.item, code = failure.code(), log, "processing failed");
                }
                let later = failure.may_retry() && job.failures + 1 < TRIES;
                self.settle_failed(job, failure.code(), &failure.detail().unwrap_or_default(), later).await
            }
            End::Trouble(error) => {
                tracing::error!(%error, item = %job.item, "processing met trouble of our own");
                self.settle_failed(job, "ffmpeg_failed", "", job.failures + 1 < TRIES).await
            }
        }
    }

    async fn settle_published(&self, job: &Job, made: Publication) -> Result<(), Error> {
        let (id, item, process, version) = (job.id, job.item, self.inner.process, made.version);
        let kept: Result<bool, StoreError> = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                item::lock(conn, item).await?;
                Ok(job::finish(conn, id, process, true).await? && item::publish(conn, item, &made).await?)
            })
            .await;
        if kept? {
            let (blobs, keep) = (self.inner.blobs.clone(), MediaVersion { item, version });
            return self.block(move || blobs.remove_older_media(keep)).await;
        }
        Ok(())
    }

    async fn settle_failed(&self, job: &Job, code: &str, detail: &str, later: bool) -> Result<(), Error> {
        let (id, item, process) = (job.id, job.item, self.inner.process);
        let pause = PAUSES[(job.failures.clamp(0, 1)) as usize];
        let (again, code, detail) = (self.now().plus(pause), code.to_owned(), detail.to_owned());
        let kept: Result<(), StoreError> = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                item::lock(conn, item).await?;
                if later {
                    // Cancelled meanwhile: then nothing is put back into the queue.
                    if job::renew(conn, id, process, again).await? {
                        job::postpone(conn, id, process, again).await?;
                        item::set_state(conn, item, ItemState::Queued, None).await?;
                    }
                    return Ok(());
                }
                if job::finish(conn, id, process, false).await? {
                    item::set_state(conn, item, ItemState::Failed, Some((&code, &detail))).await?;
                }
                Ok(())
            })
            .await;
        Ok(kept?)
    }
}

enum Trouble {
    Media(Failure),
    Own(Error),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Media(failure)
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Own(error)
    }
}

fn publication(kind: Kind, published: &media::Published, version: i64) -> Publication {
    let largest = published.renditions.first();
    Publication {
        kind: if kind == Kind::Video { ItemKind::Video } else { ItemKind::Audio },
        duration: Span::from_ms(published.duration_ms as i64),
        width: largest.map(|r| r.width.into()),
        height: largest.map(|r| r.height.into()),
        version,
        renditions: published
            .renditions
            .iter()
            .map(|r| Rendition {
                name: r.name.clone(),
                width: r.width.into(),
                height: r.height.into(),
                bandwidth: r.bandwidth as i64,
            })
            .collect(),
    }
}
