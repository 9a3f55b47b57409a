//! Taking in one piece of an upload. Lives in a task of its own: when the sender goes away, what came is flushed
//! and counted all the same.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};

use bytes::Bytes;
use store::{Conn, StoreError, upload};

use super::Standing;
use super::checksum::{Checksum, Running};
use crate::{App, Caller, Conflict, Error};

/// Bytes between two flushes. More costs fewer flushes, fewer loses less when the server dies.
const FLUSH_EVERY: u64 = 16 << 20;

/// What came of a piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Where the upload stands, flushed.
    pub standing: Standing,
    /// Whether it is complete.
    pub complete: bool,
}

/// One piece of an upload on its way to disk. Exactly one at a time per upload, over all processes: it holds a
/// lock on the upload's file.
pub struct Intake {
    app: App,
    standing: Standing,
    file: Option<Locked>,
    written: u64,
    checksum: Option<Running>,
}

impl App {
    /// Begins to take in a piece at `offset_bytes`.
    ///
    /// # Errors
    /// `Offset` when the upload stands elsewhere, `UploadBusy` while another piece is being taken in, `DiskFloor`,
    /// and those of [`App::get_upload`].
    pub async fn take_in(
        &self,
        caller: &Caller,
        id: domain::UploadId,
        offset_bytes: u64,
        checksum: Option<&Checksum>,
    ) -> Result<Intake, Error> {
        self.get_upload(caller, id).await?;
        let path = self.inner.blobs.upload_path(id);
        let file = self.block(move || lock_file(&path)).await?;
        // Asked again under the lock: the piece before may have ended just now.
        let standing = self.get_upload(caller, id).await?;
        if standing.offset_bytes != offset_bytes {
            return Err(Conflict::Offset { offset_bytes: standing.offset_bytes }.into());
        }
        self.check_floor(standing.size_bytes - offset_bytes).await?;
        let file = self.block(move || continue_at(file, offset_bytes)).await?;
        let checksum = checksum.map(Checksum::begin);
        Ok(Intake { app: self.clone(), standing, file: Some(file), written: offset_bytes, checksum })
    }
}

/// An upload's file, locked against every other piece. Unlocked by name when it goes: a converter that is being
/// started holds copies of all open files for some milliseconds, and closing ours alone would leave the lock to it.
struct Locked(File);

impl Drop for Locked {
    fn drop(&mut self) {
        if let Err(e) = self.0.unlock() {
            tracing::warn!(error = %e, "an upload's file stays locked until it is closed everywhere");
        }
    }
}

fn lock_file(path: &std::path::Path) -> Result<Locked, Error> {
    let file = File::options().read(true).write(true).open(path).map_err(StoreError::from)?;
    file.try_lock().map_err(|_| Error::from(Conflict::UploadBusy))?;
    Ok(Locked(file))
}

/// Cuts what lies behind the offset, bytes that arrived without being flushed, and goes there.
fn continue_at(mut file: Locked, offset_bytes: u64) -> Result<Locked, StoreError> {
    if file.0.metadata()?.len() < offset_bytes {
        return Err(StoreError::File("an upload is shorter than its offset".into()));
    }
    file.0.set_len(offset_bytes)?;
    file.0.seek(SeekFrom::Start(offset_bytes))?;
    Ok(file)
}

impl Intake {
    /// Bytes that are still missing.
    pub const fn missing_bytes(&self) -> u64 {
        self.standing.size_bytes - self.written
    }

    /// Writes bytes, and flushes from time to time.
    ///
    /// # Errors
    /// `TooLarge` when more come than were announced, `Unavailable` when the disk is full.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), Error> {
        if bytes.len() as u64 > self.missing_bytes() {
            return Err(Error::TooLarge { limit_bytes: self.standing.size_bytes });
        }
        self.written += bytes.len() as u64;
        if let Some(checksum) = &mut self.checksum {
            checksum.update(&bytes);
        }
        self.with_file(move |file| file.write_all(&bytes)).await?;
        let flushed = self.standing.offset_bytes;
        // A piece with a checksum counts as a whole or not at all.
        if self.checksum.is_none() && self.written - flushed >= FLUSH_EVERY {
            self.flush().await?;
        }
        Ok(())
    }

    /// Flushes what came and answers where the upload stands; a complete one goes to the queue.
    ///
    /// # Errors
    /// `ChecksumMismatch` when the piece was not what was promised; it then does not count.
    pub async fn end(mut self) -> Result<Received, Error> {
        if self.checksum.take().is_some_and(|running| !running.matches()) {
            return Err(Conflict::ChecksumMismatch.into());
        }
        self.flush().await?;
        let complete = self.standing.offset_bytes == self.standing.size_bytes;
        if complete {
            self.app.finish_upload(&self.standing).await?;
        }
        Ok(Received { standing: self.standing, complete })
    }

    async fn flush(&mut self) -> Result<(), Error> {
        self.with_file(|file| file.sync_data()).await?;
        let (id, offset) = (self.standing.id, self.written as i64);
        let expires_at = self.app.upload_end(self.app.now());
        let kept: Result<(), StoreError> = self
            .app
            .inner
            .store
            .write(async move |conn: &mut Conn| upload::advance(conn, id, offset, expires_at).await)
            .await;
        kept?;
        self.standing.offset_bytes = self.written;
        self.standing.expires_at = expires_at;
        Ok(())
    }

    async fn with_file(
        &mut self,
        work: impl FnOnce(&mut File) -> std::io::Result<()> + Send + 'static,
    ) -> Result<(), Error> {
        let mut file = self.file.take().ok_or_else(|| Error::Unavailable("the file was lost".into()))?;
        let file = self
            .app
            .block(move || {
                work(&mut file.0)?;
                Ok::<_, std::io::Error>(file)
            })
            .await?;
        self.file = Some(file);
        Ok(())
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        StoreError::from(error).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_of_the_descriptor_in_a_child_does_not_keep_the_lock() {
        let path = tempfile::NamedTempFile::new().expect("a file");
        let locked = lock_file(path.path()).map_err(drop).expect("free");
        assert!(lock_file(path.path()).is_err());
        let _as_in_a_child = locked.0.try_clone().expect("a copy");
        drop(locked);
        assert!(lock_file(path.path()).is_ok());
    }
}
