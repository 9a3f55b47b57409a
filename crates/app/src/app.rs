//! `App::open` does the wiring: everything a process needs, built in one place.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, RwLock};

use domain::{EndReason, EndedMark, Instant, ItemId, MarkTarget, News, ProcessId, SitePolicy};
use store::{Blobs, Conn, Reserve, Store, StoreError};
use tokio::sync::{Semaphore, broadcast, mpsc, watch};

use crate::clock_watch::ClockWatch;
use crate::door::{Door, SharedPolicy};
use crate::folder::{OpenError, lock_folder};
use crate::keys::Keys;
use crate::marks::Marks;
use crate::ticket::TicketOffice;
use crate::viewings::Viewings;
use crate::{Config, Outside};

/// Changes that may wait for one listener before it is told to fetch everything anew.
const CHANGES: usize = 1_024;

/// Something changed at an item. Pages that show it fetch it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Where.
    pub item: ItemId,
    /// What of it.
    pub what: News,
    /// Percent done, for `progress`.
    pub percent: Option<u8>,
}

/// One process of Anteroom. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) config: Config,
    pub(crate) outside: Outside,
    pub(crate) store: Store,
    pub(crate) blobs: Blobs,
    pub(crate) keys: Keys,
    pub(crate) tickets: TicketOffice,
    pub(crate) marks: Marks,
    pub(crate) viewings: Viewings,
    pub(crate) door: Door,
    pub(crate) policy: SharedPolicy,
    pub(crate) clock: ClockWatch,
    pub(crate) process: ProcessId,
    pub(crate) changes: broadcast::Sender<Change>,
    pub(crate) to_others: Option<mpsc::UnboundedSender<Change>>,
    /// Opened for one command: others serve, and this process says nothing about itself.
    pub(crate) is_beside: bool,
    pub(crate) hashing: Semaphore,
    pub(crate) failures: crate::failures::AddressFailures,
    pub(crate) account_failures: crate::failures::AccountFailures,
    pub(crate) browser_failures: crate::failures::BrowserFailures,
    pub(crate) finding: crate::pace::Pace<domain::MemberId>,
    /// Viewings, by who opens them.
    pub(crate) opening: crate::pace::Pace<[u8; 16]>,
    pub(crate) members_heard: crate::members_heard::MembersHeard,
    /// Whether anybody has an account, as was seen last; once true it stays so.
    pub(crate) has_members: AtomicBool,
    /// Changes when a mark signs a member out.
    pub(crate) signed_out: watch::Sender<()>,
    pub(crate) work: crate::desk::Desk,
    pub(crate) uploads: crate::upload_desk::UploadDesk,
    pub(crate) reserve: Reserve,
    pub(crate) sign_in: crate::sign_in_desk::SignInDesk,
    pub(crate) mail: crate::mail_desk::MailDesk,
    /// Held for the life of the process: one server on one SQLite folder.
    _folder_lock: Option<std::fs::File>,
}

impl App {
    /// Opens the data folder and the database and starts the process's own tasks.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(config: Config, outside: Outside) -> Result<Self, OpenError> {
        let lock = lock_folder(&config)?;
        let (to_others, to_tell) = mpsc::unbounded_channel();
        let to_others = lock.is_none().then_some(to_others);
        let app = Self::build(config, outside, (lock, to_others), false).await?;
        app.keep_reserve().await;
        app.begin_pulse().await?;
        app.look_for_members().await?;
        app.begin_others(to_tell);
        app.begin_work();
        app.begin_mail();
        Ok(app)
    }

    /// Opens the same data beside a running server, for one short command: no tasks, no lock.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open_beside(config: Config, outside: Outside) -> Result<Self, OpenError> {
        Self::build(config, outside, (None, None), true).await
    }

    async fn build(
        config: Config,
        outside: Outside,
        (lock, to_others): (Option<std::fs::File>, Option<mpsc::UnboundedSender<Change>>),
        is_beside: bool,
    ) -> Result<Self, OpenError> {
        let folder_error =
            |e: std::io::Error| OpenError::Folder { folder: config.data.clone(), why: e.to_string() };
        std::fs::create_dir_all(&config.data).map_err(folder_error)?;
        let blobs = Blobs::open(&config.data)?;
        let reserve = Reserve::of(&config.data);
        let store = Store::open_on(&config.engine, outside.clock(), Some(reserve.clone())).await?;
        let keys = crate::site_key::find_or_make(&store, &config.data, &outside).await?;
        let process = ProcessId::new(outside.now(), outside.random());
        let policy: SharedPolicy = Arc::new(RwLock::new(Arc::new(SitePolicy::default())));
        let inner = Inner {
            tickets: TicketOffice::new(&keys),
            marks: Marks::default(),
            viewings: Viewings::default(),
            door: Door::start(store.clone(), policy.clone()),
            changes: broadcast::Sender::new(CHANGES),
            to_others,
            is_beside,
            clock: ClockWatch::default(),
            hashing: Semaphore::new(2),
            failures: crate::failures::AddressFailures::of_addresses(),
            account_failures: crate::failures::AccountFailures::of_accounts(),
            browser_failures: crate::failures::BrowserFailures::of_browsers(),
            finding: crate::pace::Pace::default(),
            opening: crate::pace::Pace::default(),
            members_heard: crate::members_heard::MembersHeard::default(),
            has_members: AtomicBool::new(false),
            signed_out: watch::Sender::new(()),
            work: crate::desk::Desk::default(),
            uploads: crate::upload_desk::UploadDesk::default(),
            reserve,
            sign_in: crate::sign_in_desk::SignInDesk::new(&config),
            mail: crate::mail_desk::MailDesk::default(),
            _folder_lock: lock,
            config,
            outside,
            store,
            blobs,
            keys,
            policy,
            process,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The settings this process was opened with.
    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    /// The process's clock.
    pub fn now(&self) -> Instant {
        self.inner.outside.now()
    }

    /// Fresh random bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        self.inner.outside.random()
    }

    /// The site's policy as it stands.
    pub fn policy(&self) -> Arc<SitePolicy> {
        self.inner.policy.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Everything that changes from now on, here and at other processes.
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.inner.changes.subscribe()
    }

    /// Whether the database answers and the clock can be trusted.
    ///
    /// # Errors
    /// `Unavailable` when not.
    pub async fn check_ready(&self) -> Result<(), crate::Error> {
        if let Some(trouble) = self.inner.clock.trouble() {
            return Err(crate::Error::Unavailable(trouble.to_string()));
        }
        self.inner.store.check_ground()?;
        let answer: Result<i64, StoreError> =
            self.inner.store.read(async |conn: &mut Conn| store::mark::newest(conn).await).await;
        Ok(answer.map(drop)?)
    }

    /// Keeps some room for the database, once there is enough of it.
    pub(crate) async fn keep_reserve(&self) {
        let (reserve, floor_bytes) = (self.inner.reserve.clone(), self.inner.config.disk_floor_bytes);
        let kept = self.block(move || reserve.keep(floor_bytes)).await;
        if let Err(error) = kept {
            tracing::warn!(%error, "no room could be set aside for the database");
        }
    }

    /// Ends this process's own tasks in order: jobs go back to the queue, the heartbeat stops.
    pub async fn close(&self) {
        self.stop_work().await;
        self.stop_mail().await;
        self.end_pulse().await;
    }

    pub(crate) fn tell(&self, item: ItemId, what: News) {
        self.tell_change(Change { item, what, percent: None });
    }

    pub(crate) fn tell_change(&self, change: Change) {
        if let Some(others) = &self.inner.to_others {
            // Closed only while the process ends.
            let _ = others.send(change.clone());
        }
        self.tell_here(change);
    }

    /// Tells the pages that this process serves.
    pub(crate) fn tell_here(&self, change: Change) {
        // Who came, went or was put out is nothing for those inside.
        if !matches!(change.what, News::Inside | News::People) {
            self.inner.viewings.tell_item(change.item, change.what);
        }
        // An error means that nobody listens.
        let _ = self.inner.changes.send(change);
    }

    /// Obeys marks here and now: pages are told, tickets are refused.
    pub(crate) fn obey(&self, marks: &[EndedMark]) {
        self.inner.marks.obey(marks);
        if marks.iter().any(|mark| matches!(mark.target, MarkTarget::Member(_) | MarkTarget::Session(_))) {
            self.inner.signed_out.send_replace(());
        }
        self.inner.marks.count(marks, || self.inner.viewings.obey(&self.inner.marks, self.now()));
    }
}

/// Writes a mark at the end of a transaction.
pub(crate) async fn mark(
    conn: &mut Conn,
    target: MarkTarget,
    reason: EndReason,
    at: Instant,
) -> Result<EndedMark, StoreError> {
    store::mark::insert(conn, target, reason, at).await
}
