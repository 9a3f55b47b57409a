//! What is asked of a connection's socket by those who do not own it. The only unsafe code of this crate: an ioctl
//! that has no safe name, and a borrowed descriptor whose owner takes its number away before it closes it.
#![allow(unsafe_code)]

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::ioctl::{Getter, ioctl};
use rustix::net::Shutdown;

/// Bytes that were written into a socket and that the other end has not confirmed yet.
pub(super) fn unsent(socket: impl AsFd) -> usize {
    // SAFETY: this opcode writes one C int.
    let asked = unsafe { ioctl(socket, Getter::<{ libc::TIOCOUTQ as _ }, libc::c_int>::new()) };
    asked.ok().and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(0)
}

/// Closing it throws away what was not sent.
pub(super) fn forget_unsent(socket: impl AsFd) {
    let _ = rustix::net::sockopt::set_socket_linger(socket, Some(Duration::ZERO));
}

/// Nothing more is written.
pub(super) fn finish(socket: impl AsFd) {
    let _ = rustix::net::shutdown(socket, Shutdown::Write);
}

/// A socket that belongs to somebody else.
pub(super) struct Lent(Mutex<Option<RawFd>>);

impl Lent {
    pub(super) fn new(socket: &impl AsFd) -> Self {
        Self(Mutex::new(Some(socket.as_fd().as_raw_fd())))
    }

    /// Its owner is about to close it.
    pub(super) fn take_back(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Does something with it, if it is still there.
    fn with<T>(&self, act: impl FnOnce(BorrowedFd<'_>) -> T) -> Option<T> {
        let number = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: the owner calls `take_back`, and so waits for this lock, before it closes the descriptor.
        (*number).map(|number| act(unsafe { BorrowedFd::borrow_raw(number) }))
    }

    pub(super) fn unsent(&self) -> usize {
        self.with(|socket| unsent(socket)).unwrap_or(0)
    }

    /// Wakes whoever reads or writes it, who finds that it is over and closes it.
    pub(super) fn hang_up(&self) {
        self.with(|socket| rustix::net::shutdown(socket, Shutdown::Both));
    }

    pub(super) fn forget_unsent(&self) {
        self.with(|socket| forget_unsent(socket));
    }
}
