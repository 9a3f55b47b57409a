//! Uploads that this process is taking in: a way to stop each of them, and the bytes that they may still write before
//! somebody looks at the disk again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use domain::UploadId;
use media::CancellationToken;

/// What is running. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct UploadDesk {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    running: Mutex<HashMap<UploadId, CancellationToken>>,
    /// Bytes that were allowed and are not written yet.
    allowed_bytes: Mutex<u64>,
}

/// Says that a piece is being taken in, until it goes.
pub(crate) struct Running {
    desk: UploadDesk,
    id: UploadId,
    stop: CancellationToken,
}

/// Leave to write some bytes; what is not written is free for others when it goes.
pub(crate) struct Allowance {
    desk: UploadDesk,
    left_bytes: u64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl UploadDesk {
    /// Notes a piece whose file is locked, so that there is one for each upload at most.
    pub(crate) fn begin(&self, id: UploadId) -> Running {
        let stop = CancellationToken::new();
        lock(&self.inner.running).insert(id, stop.clone());
        Running { desk: self.clone(), id, stop }
    }

    /// Stops the piece of an upload that is being taken in here, if there is one.
    pub(crate) fn stop(&self, id: UploadId) {
        if let Some(stop) = lock(&self.inner.running).get(&id) {
            stop.cancel();
        }
    }

    /// Leave to write so many bytes more, if `free_bytes` is that much and what others were given. The disk is asked
    /// while nobody else is given anything.
    pub(crate) fn allow<E>(
        &self,
        bytes: u64,
        free_bytes: impl FnOnce() -> Result<u64, E>,
    ) -> Result<Option<Allowance>, E> {
        let mut allowed = lock(&self.inner.allowed_bytes);
        if free_bytes()? < allowed.saturating_add(bytes) {
            return Ok(None);
        }
        *allowed += bytes;
        Ok(Some(Allowance { desk: self.clone(), left_bytes: bytes }))
    }
}

impl Running {
    pub(crate) fn stop(&self) -> &CancellationToken {
        &self.stop
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        lock(&self.desk.inner.running).remove(&self.id);
    }
}

impl Allowance {
    pub(crate) const fn left_bytes(&self) -> u64 {
        self.left_bytes
    }

    /// Bytes are on the disk now, which counts them itself from here on.
    pub(crate) fn spend(&mut self, bytes: u64) {
        let spent = bytes.min(self.left_bytes);
        self.left_bytes -= spent;
        *lock(&self.desk.inner.allowed_bytes) -= spent;
    }
}

impl Drop for Allowance {
    fn drop(&mut self) {
        self.spend(self.left_bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_allowed_is_free_once() {
        let desk = UploadDesk::default();
        let allow = |bytes, free| desk.allow(bytes, || Ok::<u64, ()>(free)).expect("a disk");
        let mut first = allow(10, 25).expect("room");
        let second = allow(15, 25).expect("room");
        assert!(allow(1, 25).is_none(), "all of it is given");
        first.spend(4);
        assert!(allow(1, 21).is_none(), "what was written is no longer free");
        drop(second);
        assert_eq!(first.left_bytes(), 6);
        assert!(allow(15, 21).is_some() && allow(16, 21).is_none());
    }

    #[test]
    fn a_piece_is_stopped_while_it_runs() {
        let (desk, id) = (UploadDesk::default(), UploadId::from_bytes([1; 16]));
        desk.stop(id);
        let running = desk.begin(id);
        assert!(!running.stop().is_cancelled(), "what was said before is not about it");
        desk.stop(id);
        assert!(running.stop().is_cancelled());
    }
}
