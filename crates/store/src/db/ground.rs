//! What the rows stand on: the disk, whose reserve is given up in time, and SQLite's files, which may be removed or
//! replaced while they are open. SQLite then goes on writing to what no name leads to any more; everything that it
//! acknowledged would be gone with the process.
//!
//! Files are looked at by name and never opened: to close one is to drop all of SQLite's locks on it (fcntl(2)).

use std::fs::metadata;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Engine;
use crate::{Reserve, StoreError};

/// Under which number a disk keeps a file.
type Identity = (u64, u64);

pub(super) struct Ground {
    reserve: Option<Reserve>,
    files: Vec<File>,
    is_lost: AtomicBool,
}

struct File {
    path: PathBuf,
    /// None until it was there once: the log comes with the first connection.
    known: Mutex<Option<Identity>>,
}

impl Ground {
    pub(super) fn of(engine: &Engine, reserve: Option<Reserve>) -> Self {
        let files = match engine {
            Engine::Sqlite { file } => ["", "-wal", "-shm"].map(|end| File::of(file, end)).into(),
            Engine::Postgres { .. } => Vec::new(),
        };
        Self { reserve, files, is_lost: AtomicBool::new(false) }
    }

    /// Before a transaction that writes.
    ///
    /// # Errors
    /// `Unavailable` for good when the files are lost.
    pub(super) fn prepare(&self) -> Result<(), StoreError> {
        if let Some(reserve) = &self.reserve {
            reserve.look();
        }
        self.check()
    }

    /// A write has found the disk full after all.
    pub(super) fn make_room(&self) {
        if let Some(reserve) = &self.reserve {
            reserve.give_up();
        }
    }

    /// Whether the files were lost when they were looked at last. Nothing mends that but a restart: what was written
    /// since is in no file that anybody will open.
    ///
    /// # Errors
    /// `Unavailable`.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        if self.is_lost.load(Ordering::Acquire) { Err(lost()) } else { Ok(()) }
    }

    /// Looks at the files: after each commit, before its answers go out.
    ///
    /// # Errors
    /// `Unavailable` when one is gone or another.
    pub(super) fn look(&self) -> Result<(), StoreError> {
        self.check()?;
        let Some(file) = self.files.iter().find(|file| !file.is_the_same()) else { return Ok(()) };
        if !self.is_lost.swap(true, Ordering::AcqRel) {
            let path = file.path.display();
            tracing::error!(%path, "removed or replaced while it was open; put the database back and restart");
        }
        Err(lost())
    }
}

impl File {
    fn of(file: &Path, end: &str) -> Self {
        let mut path = file.as_os_str().to_owned();
        path.push(end);
        Self { path: path.into(), known: Mutex::new(None) }
    }

    fn is_the_same(&self) -> bool {
        let mut known = self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let found = match metadata(&self.path) {
            Ok(found) => Some((found.dev(), found.ino())),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            // A disk that does not answer says nothing about its files.
            Err(_) => return true,
        };
        if known.is_none() {
            *known = found;
        }
        *known == found
    }
}

fn lost() -> StoreError {
    StoreError::Unavailable(
        "its file was removed or replaced while it was open; put it back and restart".into(),
    )
}
