//! What a connection tells of itself while it works: a few words in memory, written by its own task alone and read by
//! the watch. Telling costs no system call.

use std::convert::Infallible;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use app::viewing::MediaPass;
use axum::extract::FromRequestParts;
use http::request::Parts;

use super::Lines;
use super::socket::Lent;
use crate::state::AppState;

/// What a connection waits for from its client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Waits {
    /// Nothing: it is at work, or writes.
    No,
    /// The next request's head.
    ForHead,
    /// The rest of a request.
    ForRest,
}

/// A connection's state at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Glance {
    /// Changes with every head.
    pub(super) turn: u64,
    pub(super) waits: Waits,
    /// Bytes that came behind heads so far.
    pub(super) heard: u64,
    /// Bytes written into the socket so far.
    pub(super) written: u64,
}

pub(crate) struct Told {
    lines: Arc<Lines>,
    open: Arc<AtomicUsize>,
    socket: Lent,
    heard: AtomicU64,
    written: AtomicU64,
    /// The turn, and in the two lowest bits what it waits for.
    state: AtomicU64,
    upgraded: AtomicBool,
    /// Nothing of it is to be seen out.
    is_reset: AtomicBool,
    /// Of the viewings whose bytes may still be in the socket.
    passes: Mutex<Vec<MediaPass>>,
}

const FOR_HEAD: u64 = 1;
const FOR_REST: u64 = 2;
const NEXT_TURN: u64 = 4;

impl Told {
    pub(super) fn new(lines: Arc<Lines>, open: &Arc<AtomicUsize>, socket: &impl AsFd) -> Self {
        open.fetch_add(1, Ordering::Relaxed);
        Self {
            lines,
            open: Arc::clone(open),
            socket: Lent::new(socket),
            heard: AtomicU64::new(0),
            written: AtomicU64::new(0),
            state: AtomicU64::new(0),
            upgraded: AtomicBool::new(false),
            is_reset: AtomicBool::new(false),
            passes: Mutex::default(),
        }
    }

    pub(crate) fn wrote(&self, bytes: usize) {
        self.written.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(crate) fn waits_for_head(&self) {
        self.wait(FOR_HEAD);
    }

    pub(crate) fn waits_for_rest(&self) {
        self.wait(FOR_REST);
    }

    fn wait(&self, what: u64) {
        let state = self.state.load(Ordering::Relaxed);
        self.state.store(state & !(NEXT_TURN - 1) | what, Ordering::Relaxed);
    }

    /// Some of what follows a head came.
    pub(crate) fn heard(&self, bytes: usize) {
        self.heard.fetch_add(bytes as u64, Ordering::Relaxed);
        self.wait(0);
    }

    /// A whole head came.
    pub(crate) fn goes_on(&self) {
        let state = self.state.load(Ordering::Relaxed);
        self.state.store((state & !(NEXT_TURN - 1)) + NEXT_TURN, Ordering::Relaxed);
    }

    /// From now on it is a WebSocket, which may be silent for as long as it likes.
    pub(crate) fn becomes_socket(&self) {
        self.upgraded.store(true, Ordering::Relaxed);
    }

    /// Bytes of this pass are about to be written. It must be told before it is asked for the last time whether the
    /// pass is good: then either the writer sees the mark or the watch sees the pass.
    pub(crate) fn will_send(&self, pass: &MediaPass) {
        let mut passes = self.passes.lock().unwrap_or_else(PoisonError::into_inner);
        if passes.iter().any(|known| known.is_of_same_viewing(pass)) {
            return;
        }
        self.forget_taken(&mut passes);
        passes.push(pass.clone());
    }

    /// Something is about to be written that no pass is needed for: what ends a viewing that was here before must not
    /// cut it.
    pub(crate) fn will_send_other(&self) {
        self.forget_taken(&mut self.passes.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn forget_taken(&self, passes: &mut Vec<MediaPass>) {
        if !passes.is_empty() && self.unsent() == 0 {
            passes.clear();
        }
    }

    pub(super) fn glance(&self) -> Glance {
        let state = self.state.load(Ordering::Relaxed);
        let waits = match state & (NEXT_TURN - 1) {
            FOR_HEAD => Waits::ForHead,
            FOR_REST if !self.upgraded.load(Ordering::Relaxed) => Waits::ForRest,
            _ => Waits::No,
        };
        let count = |bytes: &AtomicU64| bytes.load(Ordering::Relaxed);
        Glance { turn: state / NEXT_TURN, waits, heard: count(&self.heard), written: count(&self.written) }
    }

    /// Bytes that were written and that the other end has not acknowledged.
    pub(crate) fn unsent(&self) -> usize {
        self.socket.unsent()
    }

    /// Resets it if it holds bytes of a pass that is no good any more.
    pub(super) fn keep_only(&self, good: impl Fn(&MediaPass) -> bool) {
        let mut passes = self.passes.lock().unwrap_or_else(PoisonError::into_inner);
        if passes.iter().all(&good) {
            return;
        }
        if self.unsent() > 0 {
            self.reset();
        }
        passes.retain(good);
    }

    pub(super) fn passes(&self) -> Vec<MediaPass> {
        self.passes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Throws away what it has not sent, and hangs up.
    pub(crate) fn reset(&self) {
        self.is_reset.store(true, Ordering::Release);
        self.socket.forget_unsent();
        self.socket.hang_up();
    }

    pub(crate) fn was_reset(&self) -> bool {
        self.is_reset.load(Ordering::Acquire)
    }

    pub(super) fn hang_up(&self) {
        self.socket.hang_up();
    }

    /// The connection is over, and its owner is about to close the socket.
    pub(crate) fn leave(&self, socket: &impl AsFd) {
        self.socket.take_back();
        if !self.is_reset.load(Ordering::Acquire) {
            self.lines.let_leave(socket, self);
        }
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The connection that a request came on; none in tests that ask the router itself.
pub(crate) struct OnLine(pub(crate) Option<Arc<Told>>);

impl FromRequestParts<AppState> for OnLine {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get::<Arc<Told>>().cloned()))
    }
}
