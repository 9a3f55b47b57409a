//! All connections of this process, and the watch over them: who takes nothing is closed, who was ended now is reset,
//! and when descriptors run short, those go first that nobody misses.
//!
//! Connections never set a timer for any of this. They tell what they do in a few words of memory (`lines/told.rs`);
//! one task looks at all of them four times a second.

mod leaving;
mod room;
mod socket;
mod standing;
mod told;

use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use app::App;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use leaving::Leaving;
use room::Room;
use standing::{Standing, Watched, whom_to_close};
pub(crate) use told::{OnLine, Told};

/// How often marks are compared and descriptors counted. It bounds how late "end now" resets.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Every so many looks all connections are asked what they took, short of descriptors or not.
const ALL_EVERY: u32 = 4;
/// When accepting failed or had to wait, looks may follow this closely.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

pub(crate) struct Lines {
    app: App,
    all: Mutex<Vec<One>>,
    /// Sockets that nobody uses any more, with media in them that nobody has taken yet.
    leaving: Mutex<Vec<Leaving>>,
    open: Arc<AtomicUsize>,
    /// Descriptors of the process that are no connection's, and how many it may have.
    others: AtomicUsize,
    limit: AtomicUsize,
    short: AtomicBool,
    wake: Notify,
    looked: Notify,
}

struct One {
    told: Weak<Told>,
    watched: Watched,
}

impl Lines {
    pub(crate) fn new(app: App) -> Arc<Self> {
        let lines = Self {
            app,
            all: Mutex::default(),
            leaving: Mutex::default(),
            open: Arc::default(),
            others: AtomicUsize::new(0),
            limit: AtomicUsize::new(usize::MAX),
            short: AtomicBool::new(false),
            wake: Notify::new(),
            looked: Notify::new(),
        };
        room::raise_limit();
        lines.count();
        Arc::new(lines)
    }

    /// Watches over a connection from now on.
    pub(crate) fn enter(self: &Arc<Self>, socket: &impl AsFd) -> Arc<Told> {
        let told = Arc::new(Told::new(Arc::clone(self), &self.open, socket));
        let one = One { told: Arc::downgrade(&told), watched: Watched::new() };
        self.all.lock().unwrap_or_else(PoisonError::into_inner).push(one);
        told
    }

    /// Whether there is a descriptor for one more connection. Else somebody is on the way out when this comes back.
    pub(crate) async fn has_room(&self) -> bool {
        let room = self.room();
        if room.is_short() {
            self.wake.notify_one();
        }
        if room.may_accept() {
            return true;
        }
        self.make_room().await;
        false
    }

    /// Has the watch look, and waits a moment for what it closes to be gone.
    pub(crate) async fn make_room(&self) {
        let looked = self.looked.notified();
        self.wake.notify_one();
        let _ = tokio::time::timeout(LOOK_EVERY, looked).await;
        tokio::time::sleep(LOOK_AGAIN / 4).await;
    }

    fn room(&self) -> Room {
        let used = self.others.load(Ordering::Relaxed) + self.open.load(Ordering::Relaxed);
        let limit = self.limit.load(Ordering::Relaxed);
        Room { free: limit.saturating_sub(used), limit }
    }

    /// Counts the descriptors. Between two counts only connections are counted, which are what comes in crowds.
    fn count(&self) {
        let open = self.open.load(Ordering::Relaxed);
        let limit = room::limit();
        self.limit.store(limit, Ordering::Relaxed);
        if let Some(used) = room::used(open, limit) {
            self.others.store(used.saturating_sub(open), Ordering::Relaxed);
        }
    }

    /// Looks at all connections until `stop`.
    pub(crate) async fn watch(self: Arc<Self>, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let (mut obeyed, mut number) = (self.app.last_mark_obeyed(), 0_u32);
        loop {
            tokio::select! {
                _ = ticks.tick() => number = number.wrapping_add(1),
                () = self.wake.notified() => {}
                () = stop.cancelled() => return,
            }
            let newest = self.app.last_mark_obeyed();
            if newest != obeyed {
                obeyed = newest;
                self.reset_ended();
            }
            self.count();
            if self.room().is_short() || number.is_multiple_of(ALL_EVERY) {
                self.look(now());
            }
            self.see_out(now());
            self.looked.notify_waiters();
            // However often it is woken, others get their turn.
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Resets whoever has bytes in its socket of a viewing that was ended now: the kernel would go on sending them.
    fn reset_ended(&self) {
        for one in self.all.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            if let Some(told) = one.told.upgrade() {
                told.keep_only(|pass| self.app.is_still_good(pass));
            }
        }
    }

    fn look(&self, now: Instant) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|one| one.told.strong_count() > 0);
        let standings: Vec<Standing> = all
            .iter_mut()
            .map(|one| one.told.upgrade().map_or(Standing::Busy, |told| one.watched.look(&told, now)))
            .collect();
        let room = self.room();
        let chosen = whom_to_close(&standings, room);
        self.tell(room, chosen.len());
        for number in chosen {
            if let Some(told) = all[number].told.upgrade() {
                match standings[number] {
                    Standing::Stuck(_) => told.reset(),
                    _ => told.hang_up(),
                }
            }
        }
    }

    /// One line when descriptors begin to run short, one when they are enough again.
    fn tell(&self, room: Room, closing: usize) {
        let is_short = room.is_short();
        if self.short.swap(is_short, Ordering::Relaxed) == is_short {
            return;
        }
        let Room { free, limit } = room;
        if is_short {
            tracing::warn!(
                free,
                limit,
                closing,
                "descriptors run short: connections that take or say nothing are closed"
            );
        } else {
            tracing::info!(free, limit, "there are descriptors enough again");
        }
    }

    fn see_out(&self, now: Instant) {
        let mut leaving = self.leaving.lock().unwrap_or_else(PoisonError::into_inner);
        let is_short = self.room().is_short();
        leaving.retain_mut(|one| one.goes_on(now, is_short, |pass| self.app.is_still_good(pass)));
    }

    /// Takes over a socket whose connection is over, as long as there are media in it that nobody has taken.
    pub(crate) fn let_leave(&self, socket: &impl AsFd, told: &Told) {
        if let Some(leaving) = Leaving::of(socket, told) {
            self.leaving.lock().unwrap_or_else(PoisonError::into_inner).push(leaving);
        }
    }

    /// Whether nobody is leaving any more.
    pub(crate) async fn all_left(&self) {
        while !self.leaving.lock().unwrap_or_else(PoisonError::into_inner).is_empty() {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long a client took nothing; nothing else is decided by it"
)]
fn now() -> Instant {
    Instant::now()
}
