//! Resumable uploads (the semantics of tus 1.0). The offset that is answered is what has been flushed to disk.

mod checksum;
mod file;
mod give_up;
mod intake;
mod room;

pub use checksum::{Checksum, ChecksumKind};
pub use intake::{Intake, Received};

use domain::access::Action;
use domain::{Instant, ItemFacts, ItemId, ItemKind, ItemState, JobId, News, Span, UploadId};
use store::item::{self, NewItem};
use store::upload::{self, Upload};
use store::{Conn, StoreError};

use crate::items::checked_title;
use crate::{App, Caller, Conflict, Error};

/// Bytes of a file name that are kept.
const FILE_NAME_MOST: usize = 255;

/// An upload to be begun, as typed.
#[derive(Debug, Clone)]
pub struct TypedUpload {
    /// Bytes announced.
    pub size_bytes: u64,
    /// What the browser calls the file.
    pub file_name: String,
    /// Title for the item; none: the file's name without its ending.
    pub title: Option<String>,
}

/// Where an upload stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Id.
    pub id: UploadId,
    /// The item it becomes.
    pub item: ItemId,
    /// Bytes announced.
    pub size_bytes: u64,
    /// Bytes flushed.
    pub offset_bytes: u64,
    /// When it is given up.
    pub expires_at: Instant,
    /// What the browser called the file.
    pub file_name: String,
}

impl From<Upload> for Standing {
    fn from(upload: Upload) -> Self {
        Self {
            id: upload.id,
            item: upload.item,
            size_bytes: upload.size_bytes as u64,
            offset_bytes: upload.offset_bytes as u64,
            expires_at: upload.expires_at,
            file_name: upload.file_name,
        }
    }
}

impl App {
    /// Begins an upload: an item in the state `uploading`. Its file comes with the first byte.
    ///
    /// # Errors
    /// `TooLarge`, `DiskFloor`, `TooManyUploads`, `Invalid`, `SignInFirst` or `Refused`.
    pub async fn begin_upload(&self, caller: &Caller, typed: TypedUpload) -> Result<Standing, Error> {
        self.decide_on_site(caller, Action::Upload)?;
        let owner = self.get_own_member(caller)?.facts.id;
        if typed.size_bytes == 0 {
            return Err(Error::invalid("size", "file_empty"));
        }
        let limit_bytes = self.inner.config.upload_max_bytes;
        if typed.size_bytes > limit_bytes {
            return Err(Error::TooLarge { limit_bytes });
        }
        let file_name = clean_file_name(&typed.file_name);
        let title = match &typed.title {
            Some(title) => checked_title(title)?,
            None => title_of(&file_name),
        };
        let now = self.now();
        let (id, item) = (UploadId::new(now, self.random()), ItemId::new(now, self.random()));
        let upload = Upload {
            id,
            owner,
            item,
            file_name,
            size_bytes: typed.size_bytes as i64,
            offset_bytes: 0,
            expires_at: self.upload_end(now),
            finished_at: None,
        };
        let (app, row) = (self.clone(), upload.clone());
        let begun: Result<(), Error> = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                app.check_room(conn, &row).await?;
                let facts = ItemFacts::new(item, ItemKind::Video);
                item::insert(
                    conn,
                    &NewItem { facts: &facts, owner, title: &title, size_bytes: row.size_bytes, now },
                )
                .await?;
                Ok(upload::insert(conn, &row, now).await?)
            })
            .await;
        begun?;
        Ok(upload.into())
    }

    /// Where an upload stands.
    ///
    /// # Errors
    /// `NotFound` when it is none of the caller's, `UploadGone` when it was given up or its file was cut.
    pub async fn get_upload(&self, caller: &Caller, id: UploadId) -> Result<Standing, Error> {
        let upload = self.find_own_upload(caller, id).await?;
        let standing = Standing::from(upload.clone());
        if upload.finished_at.is_none() {
            let (path, offset) = (self.inner.blobs.upload_path(id), standing.offset_bytes);
            let is_whole = self.block(move || Ok::<_, Error>(file::holds(&path, offset))).await?;
            if !is_whole || self.now() >= standing.expires_at {
                return Err(Conflict::UploadGone.into());
            }
        }
        Ok(standing)
    }

    async fn find_own_upload(&self, caller: &Caller, id: UploadId) -> Result<Upload, Error> {
        self.decide_on_site(caller, Action::Upload)?;
        let owner = self.get_own_member(caller)?.facts.id;
        let found: Result<_, StoreError> =
            self.inner.store.read(async move |conn: &mut Conn| upload::find(conn, id).await).await;
        found?.filter(|upload| upload.owner == owner).ok_or(Error::NotFound)
    }

    /// The last byte is there: the item goes to the queue, once.
    pub(crate) async fn finish_upload(&self, standing: &Standing) -> Result<(), Error> {
        let (now, upload, item) = (self.now(), standing.id, standing.item);
        let job = JobId::new(now, self.random());
        let queued: Result<(), StoreError> = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                // Once, however often the last byte is said to be there.
                if upload::finish(conn, upload, now).await? {
                    item::set_state(conn, item, ItemState::Queued, None).await?;
                    let source = upload.to_string();
                    store::job::insert(conn, job, crate::processing::TRANSCODE, item, &source, now).await?;
                }
                Ok(())
            })
            .await;
        queued?;
        self.tell(item, News::State);
        self.inner.work.wake();
        Ok(())
    }

    pub(crate) fn upload_end(&self, now: Instant) -> Instant {
        now.plus(Span::from_ms(self.inner.config.upload_expires.as_millis() as i64))
    }

    /// Runs file work off the async threads.
    pub(crate) async fn block<T, E>(
        &self,
        work: impl FnOnce() -> Result<T, E> + Send + 'static,
    ) -> Result<T, Error>
    where
        T: Send + 'static,
        E: Into<Error> + Send + 'static,
    {
        let done = tokio::task::spawn_blocking(work).await.map_err(|e| Error::Bug(e.to_string()))?;
        done.map_err(Into::into)
    }
}

/// The last part of a name, without marks that change how it is shown. Never used as a path.
fn clean_file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut clean: String = last.chars().filter(|c| !c.is_control()).collect();
    while clean.len() > FILE_NAME_MOST {
        clean.pop();
    }
    clean
}

fn title_of(file_name: &str) -> String {
    let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
    checked_title(stem).unwrap_or_else(|_| "Untitled".into())
}
