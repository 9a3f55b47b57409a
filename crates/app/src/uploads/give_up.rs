//! Giving up an upload: the running piece is stopped, the file cut under its lock, and only then the rows go. So a full
//! disk has room again before the database is asked to write; if it cannot, the upload is gone all the same (410), and
//! whoever tries again removes what is left of it.

use std::time::Duration;

use domain::{ItemId, News, UploadId};
use store::upload::{self, Upload};
use store::{Conn, StoreError, item};

use super::file::{Missing, UploadFile};
use crate::{App, Caller, Conflict, Error};

/// How long a piece that was told to stop may take: it may be in the middle of a flush, or at another process.
const STOP_WITHIN: Duration = Duration::from_secs(3);
const LOOK_EVERY: Duration = Duration::from_millis(20);

impl App {
    /// Gives up an upload that is not finished; its item goes too.
    ///
    /// # Errors
    /// `NotFound`, `UploadGone`, `UploadBusy` when a piece does not stop, or `WrongState` when it is finished: the item
    /// is there to be deleted.
    pub async fn end_upload(&self, caller: &Caller, id: UploadId) -> Result<(), Error> {
        let upload = self.find_own_upload(caller, id).await?;
        if upload.finished_at.is_none() && self.now() >= upload.expires_at {
            return Err(Conflict::UploadGone.into());
        }
        self.drop_upload(&upload).await
    }

    async fn drop_upload(&self, upload: &Upload) -> Result<(), Error> {
        let (id, item, now) = (upload.id, upload.item, self.now());
        let file = self.stop_upload(id).await?;
        // Asked again under the lock: the last byte may have come just now.
        let found: Result<_, StoreError> =
            self.inner.store.read(async move |conn: &mut Conn| upload::find(conn, id).await).await;
        if found?.is_some_and(|upload| upload.offset_bytes == upload.size_bytes) {
            return Err(Conflict::WrongState.into());
        }
        // Kept until the rows are gone: nobody else begins with this file meanwhile.
        let file =
            self.block(move || file.as_ref().map_or(Ok(()), UploadFile::remove).map(|()| file)).await?;
        let dropped: Result<(), StoreError> = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                upload::delete(conn, id).await?;
                item::delete(conn, item, now).await.map(drop)
            })
            .await;
        drop(file);
        dropped?;
        self.tell(item, News::State);
        Ok(())
    }

    /// Stops the piece that is being taken in, here or at another process, and locks the file if there is one. A first
    /// piece that begins only now finds no row to count its bytes in, and removes its file.
    async fn stop_upload(&self, id: UploadId) -> Result<Option<UploadFile>, Error> {
        self.inner.uploads.stop(id);
        let path = self.inner.blobs.upload_path(id);
        let mut has_asked = false;
        let stopped = async {
            loop {
                let path = path.clone();
                match self.block(move || UploadFile::lock(&path, Missing::IsGone)).await {
                    Err(Error::Conflict(Conflict::UploadBusy)) => {}
                    // Nothing has come yet, or somebody else cut it.
                    Err(Error::Conflict(Conflict::UploadGone)) => return Ok(None),
                    locked => return locked.map(Some),
                }
                if !has_asked {
                    self.stop_upload_elsewhere(id).await;
                    has_asked = true;
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        let in_time = tokio::time::timeout(STOP_WITHIN, stopped).await;
        in_time.unwrap_or_else(|_| Err(Conflict::UploadBusy.into()))
    }

    /// Drops uploads that were given up. Answers how many.
    pub(crate) async fn drop_expired_uploads(&self) -> Result<usize, Error> {
        let now = self.now();
        let expired: Result<Vec<Upload>, StoreError> =
            self.inner.store.read(async move |conn: &mut Conn| upload::list_expired(conn, now).await).await;
        let mut dropped = 0;
        for upload in &expired? {
            match self.drop_upload(upload).await {
                Ok(()) => dropped += 1,
                // The others are not held up by it.
                Err(error) => tracing::warn!(%error, id = %upload.id, "an old upload could not be given up"),
            }
        }
        Ok(dropped)
    }

    /// The item of an upload was deleted: what is still coming has nowhere to go.
    pub(crate) async fn drop_upload_of(&self, item: ItemId) {
        let found: Result<_, StoreError> =
            self.inner.store.read(async move |conn: &mut Conn| upload::find_of_item(conn, item).await).await;
        let dropped = match found {
            Ok(Some(upload)) if upload.finished_at.is_none() => self.drop_upload(&upload).await,
            Ok(_) => Ok(()),
            Err(error) => Err(error.into()),
        };
        if let Err(error) = dropped {
            tracing::warn!(%error, %item, "what was uploaded for a deleted item goes when it expires");
        }
    }
}
