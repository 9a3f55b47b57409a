//! Room that is kept for the database: a file in the data folder that holds nothing. When the disk is all but full it is
//! given up, so that doors can be closed, people can sign in, and what fills the disk can be deleted.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::{FallocateFlags, fallocate};

use crate::StoreError;

/// The name of the file in the data folder.
const FILE: &str = "reserve";
/// Less than this is as good as a full disk: more than the database writes between two looks.
const LEAST_FREE: u64 = 16 << 20;
/// What is written at a time where the disk cannot set room aside.
const PIECE: usize = 1 << 20;

/// The reserve of one data folder. Cheap to clone; several processes may look after the same one.
#[derive(Debug, Clone)]
pub struct Reserve {
    path: PathBuf,
    is_held: Arc<AtomicBool>,
}

impl Reserve {
    /// Bytes set aside: some ten thousand entries, or the deletion of everything.
    pub const BYTES: u64 = 64 << 20;

    /// The reserve of a data folder, whether it is there or not.
    pub fn of(folder: &Path) -> Self {
        let path = folder.join(FILE);
        let is_held = Arc::new(AtomicBool::new(path.exists()));
        Self { path, is_held }
    }

    /// Whether it is there to be given up.
    pub fn is_held(&self) -> bool {
        self.is_held.load(Ordering::Acquire)
    }

    /// Makes it when `floor_bytes` are free all the same. Answers whether it is there.
    ///
    /// # Errors
    /// `Full` when the room was taken meanwhile, `File`.
    pub fn keep(&self, floor_bytes: u64) -> Result<bool, StoreError> {
        let is_whole = fs::metadata(&self.path).is_ok_and(|file| file.len() == Self::BYTES);
        let made = if is_whole { Ok(true) } else { self.make(floor_bytes) };
        self.is_held.store(matches!(made, Ok(true)), Ordering::Release);
        Ok(made?)
    }

    fn make(&self, floor_bytes: u64) -> io::Result<bool> {
        let left = self.free_bytes()?.saturating_sub(Self::BYTES);
        if left < floor_bytes.max(2 * LEAST_FREE) {
            return Ok(false);
        }
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&self.path)?;
        let made = set_aside(file);
        if made.is_err() {
            fs::remove_file(&self.path)?;
        }
        made.map(|()| true)
    }

    /// Gives it up when the disk is all but full. Called before every write of the database.
    pub(crate) fn look(&self) {
        if self.is_held() && self.free_bytes().is_ok_and(|free| free < LEAST_FREE) {
            self.give_up();
        }
    }

    /// Gives it up.
    pub(crate) fn give_up(&self) {
        if !self.is_held.swap(false, Ordering::AcqRel) {
            return;
        }
        match fs::remove_file(&self.path) {
            Ok(()) => tracing::error!("the disk is full: the reserve of 64 MiB was given up; make room"),
            // Another process was first.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => tracing::error!(%error, "the disk is full, and the reserve cannot be given up"),
        }
    }

    fn free_bytes(&self) -> io::Result<u64> {
        let facts = rustix::fs::statvfs(self.path.parent().unwrap_or(&self.path))?;
        Ok(facts.f_bavail.saturating_mul(facts.f_frsize))
    }
}

fn set_aside(mut file: File) -> io::Result<()> {
    match fallocate(&file, FallocateFlags::empty(), 0, Reserve::BYTES) {
        Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => {
            let piece = vec![0; PIECE];
            (0..Reserve::BYTES / PIECE as u64).try_for_each(|_| file.write_all(&piece))?;
        }
        done => done?,
    }
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_where_there_is_room_and_given_up_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let reserve = Reserve::of(folder.path());
        assert!(!reserve.is_held());
        assert!(!reserve.keep(u64::MAX).expect("looked"), "never below the floor");
        assert!(reserve.keep(0).expect("made") && reserve.is_held());
        let file = folder.path().join(FILE);
        assert_eq!(fs::metadata(&file).expect("a file").len(), Reserve::BYTES);
        let beside = Reserve::of(folder.path());
        reserve.look();
        assert!(reserve.is_held(), "the disk of the tests is not full");
        reserve.give_up();
        assert!(!file.exists());
        beside.give_up();
        assert!(!beside.is_held());
        assert!(reserve.keep(0).expect("made again"));
    }
}
