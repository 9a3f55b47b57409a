//! Taking in one piece of an upload. Lives in a task of its own: when the sender goes away, what came is flushed
//! and counted all the same.

use std::io::Write;

use bytes::Bytes;
use domain::{Instant, Span, UploadId};
use store::{Conn, StoreError, upload};

use super::Standing;
use super::checksum::{Checksum, Running as Sum};
use super::file::{Missing, UploadFile};
use crate::upload_desk::{Allowance, Running};
use crate::{App, Caller, Conflict, Error};

/// Bytes between two flushes. More costs fewer flushes, fewer loses less when the server dies.
const FLUSH_EVERY: u64 = 16 << 20;
/// A slow sender's bytes are flushed after this long, so that its upload stays active.
const FLUSH_AFTER: Span = Span::from_minutes(1);

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
    file: Option<UploadFile>,
    written: u64,
    flushed_at: Instant,
    allowance: Option<Allowance>,
    checksum: Option<Sum>,
    running: Running,
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
        id: UploadId,
        offset_bytes: u64,
        checksum: Option<&Checksum>,
    ) -> Result<Intake, Error> {
        let standing = self.get_upload(caller, id).await?;
        let missing = if standing.offset_bytes == 0 { Missing::Make } else { Missing::IsGone };
        let path = self.inner.blobs.upload_path(id);
        let mut file = self.block(move || UploadFile::lock(&path, missing)).await?;
        let running = self.inner.uploads.begin(id);
        // Asked again under the lock: the piece before may have ended just now.
        let standing = self.get_upload(caller, id).await?;
        if standing.offset_bytes != offset_bytes {
            return Err(Conflict::Offset { offset_bytes: standing.offset_bytes }.into());
        }
        let kept = self.keep_room(&standing).await;
        let file = self
            .block(move || {
                if kept.is_err() && offset_bytes == 0 {
                    file.remove()?;
                }
                kept.and_then(|()| file.continue_at(offset_bytes)).map(|()| file)
            })
            .await?;
        let checksum = checksum.map(Checksum::begin);
        Ok(Intake {
            app: self.clone(),
            standing,
            file: Some(file),
            written: offset_bytes,
            flushed_at: self.now(),
            allowance: None,
            checksum,
            running,
        })
    }
}

impl Intake {
    /// Bytes that are still missing.
    pub const fn missing_bytes(&self) -> u64 {
        self.standing.size_bytes - self.written
    }

    /// Ends when the upload is given up while the piece is still coming.
    pub fn given_up(&self) -> impl Future<Output = ()> + Send + use<> {
        self.running.stop().clone().cancelled_owned()
    }

    /// Writes bytes, and flushes from time to time.
    ///
    /// # Errors
    /// `TooLarge` when more come than were announced, `DiskFloor` when the disk has no more room for uploads; what came
    /// before counts. `UploadGone` when it was given up meanwhile.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), Error> {
        let count = bytes.len() as u64;
        if count > self.missing_bytes() {
            return Err(Error::TooLarge { limit_bytes: self.standing.size_bytes });
        }
        if self.allowance.as_ref().is_none_or(|allowance| allowance.left_bytes() < count) {
            self.ask_for_more(count).await?;
        }
        if let Some(checksum) = &mut self.checksum {
            checksum.update(&bytes);
        }
        let flushed = self.standing.offset_bytes;
        let written = self.with_file(move |file| {
            let written = file.file.write_all(&bytes);
            if written.is_err() {
                file.cut_at(flushed)?;
            }
            written
        });
        written.await?;
        self.written += count;
        if let Some(allowance) = &mut self.allowance {
            allowance.spend(count);
        }
        let is_late = self.app.now().since(self.flushed_at) >= FLUSH_AFTER;
        if is_late || self.written - flushed >= FLUSH_EVERY && self.checksum.is_none() {
            self.flush().await?;
        }
        Ok(())
    }

    /// The floor holds whatever else fills the disk: it is looked at again before every so many bytes.
    async fn ask_for_more(&mut self, count: u64) -> Result<(), Error> {
        self.allowance = None;
        let wanted = self.missing_bytes().min(FLUSH_EVERY).max(count);
        match self.app.allow(wanted).await {
            Ok(allowance) => self.allowance = Some(allowance),
            Err(error) => {
                self.stop_here().await?;
                return Err(error);
            }
        }
        Ok(())
    }

    /// Keeps what came, or gives it back when it counts only as a whole.
    async fn stop_here(&mut self) -> Result<(), Error> {
        if self.checksum.is_none() {
            return self.flush().await;
        }
        let flushed = self.standing.offset_bytes;
        self.with_file(move |file| file.cut_at(flushed)).await
    }

    /// Flushes what came and answers where the upload stands; a complete one goes to the queue.
    ///
    /// # Errors
    /// `ChecksumMismatch` when the piece was not what was promised; it then does not count.
    pub async fn end(mut self) -> Result<Received, Error> {
        if self.checksum.take().is_some_and(|sum| !sum.matches()) {
            let flushed = self.standing.offset_bytes;
            self.with_file(move |file| file.cut_at(flushed)).await?;
            return Err(Conflict::ChecksumMismatch.into());
        }
        if self.written == 0 {
            // Not one byte: no file either.
            let file = self.file.take();
            self.app.block(move || file.as_ref().map_or(Ok(()), UploadFile::remove)).await?;
            return Ok(Received { standing: self.standing, complete: false });
        }
        self.flush().await?;
        let complete = self.standing.offset_bytes == self.standing.size_bytes;
        if complete {
            self.app.finish_upload(&self.standing).await?;
        }
        Ok(Received { standing: self.standing, complete })
    }

    /// Flushes and counts; a piece with a checksum counts as a whole or not at all.
    async fn flush(&mut self) -> Result<(), Error> {
        let (id, counts) = (self.standing.id, self.checksum.is_none());
        if counts {
            self.with_file(|file| file.file.sync_data()).await?;
        }
        let (now, offset) = (self.app.now(), self.written as i64);
        let expires_at = self.app.upload_end(now);
        let kept: Result<bool, StoreError> = self
            .app
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                if counts {
                    upload::advance(conn, id, offset, now, expires_at).await
                } else {
                    upload::touch(conn, id, now).await
                }
            })
            .await;
        if !kept? {
            let file = self.file.take();
            self.app.block(move || file.as_ref().map_or(Ok(()), UploadFile::remove)).await?;
            return Err(Conflict::UploadGone.into());
        }
        self.flushed_at = now;
        if counts {
            self.standing.offset_bytes = self.written;
            self.standing.expires_at = expires_at;
        }
        Ok(())
    }

    async fn with_file(
        &mut self,
        work: impl FnOnce(&mut UploadFile) -> std::io::Result<()> + Send + 'static,
    ) -> Result<(), Error> {
        let mut file = self.file.take().ok_or_else(|| Error::Unavailable("the file was lost".into()))?;
        let file = self
            .app
            .block(move || {
                work(&mut file)?;
                Ok::<_, std::io::Error>(file)
            })
            .await?;
        self.file = Some(file);
        Ok(())
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        match StoreError::from(error) {
            StoreError::Full(_) => Self::DiskFloor,
            other => other.into(),
        }
    }
}
