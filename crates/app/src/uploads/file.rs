//! The file of an upload. It is made with the first byte and locked against every other piece, over all processes. Who
//! gives the upload up cuts it under the same lock: the room is there at once, whether or not the rows can be written.

use std::fs::{self, File};
use std::io::{ErrorKind, Seek, SeekFrom};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use store::StoreError;

use crate::{Conflict, Error};

/// An upload's file, locked. Unlocked by name when it goes: a converter that is being started holds copies of all open
/// files for some milliseconds, and closing ours alone would leave the lock to it.
pub(super) struct UploadFile {
    pub(super) file: File,
    path: PathBuf,
}

impl Drop for UploadFile {
    fn drop(&mut self) {
        if let Err(e) = self.file.unlock() {
            tracing::warn!(error = %e, "an upload's file stays locked until it is closed everywhere");
        }
    }
}

/// Whether a file that is not there is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// Nothing has come yet.
    Make,
    /// Something has come: it was cut.
    IsGone,
}

impl UploadFile {
    /// Opens and locks it.
    ///
    /// # Errors
    /// `UploadBusy` while another piece is taken in, `UploadGone` when it was cut.
    pub(super) fn lock(path: &Path, missing: Missing) -> Result<Self, Error> {
        let make = missing == Missing::Make;
        let opened = File::options().read(true).write(true).create(make).mode(0o600).open(path);
        let file = match opened {
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(Conflict::UploadGone.into()),
            opened => opened.map_err(StoreError::from)?,
        };
        file.try_lock().map_err(|_| Error::from(Conflict::UploadBusy))?;
        let locked = Self { file, path: path.to_owned() };
        // Cut between opening and locking: what is written here is lost.
        if locked.file.metadata().map_err(StoreError::from)?.nlink() == 0 {
            return Err(Conflict::UploadGone.into());
        }
        Ok(locked)
    }

    /// Forgets what lies behind the offset, bytes that arrived without being flushed, and goes there.
    ///
    /// # Errors
    /// `UploadGone` when it is shorter.
    pub(super) fn continue_at(&mut self, offset_bytes: u64) -> Result<(), Error> {
        if self.file.metadata().map_err(StoreError::from)?.len() < offset_bytes {
            return Err(Conflict::UploadGone.into());
        }
        self.cut_at(offset_bytes).map_err(StoreError::from)?;
        Ok(())
    }

    /// Gives the room behind the offset back.
    pub(super) fn cut_at(&mut self, offset_bytes: u64) -> std::io::Result<()> {
        self.file.set_len(offset_bytes)?;
        self.file.seek(SeekFrom::Start(offset_bytes)).map(drop)
    }

    /// Gives all of its room back and removes it. Needs no room itself.
    pub(super) fn remove(&self) -> Result<(), StoreError> {
        self.file.set_len(0)?;
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

/// Whether all bytes that were counted are there; a cut file has lost them.
pub(super) fn holds(path: &Path, offset_bytes: u64) -> bool {
    offset_bytes == 0 || fs::metadata(path).is_ok_and(|file| file.len() >= offset_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gone(result: Result<impl Sized, Error>) -> bool {
        matches!(result, Err(Error::Conflict(Conflict::UploadGone)))
    }

    #[test]
    fn a_copy_of_the_descriptor_in_a_child_does_not_keep_the_lock() {
        let path = tempfile::NamedTempFile::new().expect("a file");
        let locked = UploadFile::lock(path.path(), Missing::IsGone).map_err(drop).expect("free");
        assert!(UploadFile::lock(path.path(), Missing::IsGone).is_err());
        let _as_in_a_child = locked.file.try_clone().expect("a copy");
        drop(locked);
        assert!(UploadFile::lock(path.path(), Missing::IsGone).is_ok());
    }

    #[test]
    fn it_is_made_with_the_first_byte_and_gone_when_it_was_cut() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("upload");
        assert!(gone(UploadFile::lock(&path, Missing::IsGone)) && holds(&path, 0) && !holds(&path, 1));
        let mut locked = UploadFile::lock(&path, Missing::Make).map_err(drop).expect("made");
        locked.file.set_len(10).expect("ten bytes");
        assert!(locked.continue_at(10).is_ok() && holds(&path, 10));
        assert!(gone(locked.continue_at(11)) && !holds(&path, 11));
        locked.remove().expect("removed");
        drop(locked);
        assert!(!path.exists() && gone(UploadFile::lock(&path, Missing::IsGone)));
    }
}
