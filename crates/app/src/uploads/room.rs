//! Room on the disk for uploads: what is left above the floor and beside the reserve. An upload that has brought
//! something of late has its missing bytes kept for it; one that has not, asks again.
//!
//! Counting all that was ever announced would let one member shut out everybody else for as long as uploads are kept.

use domain::{Instant, Span};
use store::{Conn, Reserve, StoreError, upload};

use super::Standing;
use crate::upload_desk::Allowance;
use crate::{App, Conflict, Error};

/// An upload is active for this long after it has brought something. Longer keeps room for a phone in a tunnel, shorter
/// gives it to others sooner.
const ACTIVE: Span = Span::from_minutes(10);
/// Uploads that a member may have begun and not finished.
pub(super) const OPEN_MOST: i64 = 20;

impl App {
    /// Bytes that are free on the disk but for the reserve, which is made anew when there is room for it.
    pub(crate) fn count_free_bytes(&self) -> Result<u64, StoreError> {
        let floor_bytes = self.inner.config.disk_floor_bytes;
        if !self.inner.reserve.is_held() {
            self.inner.reserve.keep(floor_bytes)?;
        }
        let space = self.inner.blobs.space()?;
        let owed_bytes = if self.inner.reserve.is_held() { 0 } else { Reserve::BYTES };
        Ok(if space.is_out_of_files { 0 } else { space.free_bytes.saturating_sub(owed_bytes) })
    }

    fn count_room(&self) -> Result<u64, StoreError> {
        Ok(self.count_free_bytes()?.saturating_sub(self.inner.config.disk_floor_bytes))
    }

    /// Refuses an upload that has no room beside what is on its way. Nothing is kept for it yet. Whoever asks next waits
    /// until this transaction ends.
    pub(super) async fn check_room(&self, conn: &mut Conn, new: &upload::Upload) -> Result<(), Error> {
        upload::lock_room(conn).await?;
        let now = self.now();
        if upload::count_open(conn, new.owner, now).await? >= OPEN_MOST {
            return Err(Conflict::TooManyUploads { most: OPEN_MOST }.into());
        }
        let coming = upload::count_coming_bytes(conn, new.id, now.minus(ACTIVE)).await?;
        if self.count_room()? < coming.saturating_add(new.size_bytes as u64) {
            return Err(Error::DiskFloor);
        }
        Ok(())
    }

    /// Keeps the missing bytes of an upload free for it while it is active. One that still is has been promised its own
    /// before; the disk itself is looked at with every allowance.
    pub(super) async fn keep_room(&self, standing: &Standing) -> Result<(), Error> {
        let (app, id, now) = (self.clone(), standing.id, self.now());
        let missing = standing.size_bytes - standing.offset_bytes;
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                upload::lock_room(conn).await?;
                let since: Instant = now.minus(ACTIVE);
                if !upload::is_active(conn, id, since).await? {
                    let coming = upload::count_coming_bytes(conn, id, since).await?;
                    if app.count_room()? < coming.saturating_add(missing) {
                        return Err(Error::DiskFloor);
                    }
                }
                if upload::touch(conn, id, now).await? { Ok(()) } else { Err(Conflict::UploadGone.into()) }
            })
            .await
    }

    /// Leave to write so many bytes more without going below the floor.
    pub(super) async fn allow(&self, bytes: u64) -> Result<Allowance, Error> {
        let app = self.clone();
        let allowed = self.block(move || app.inner.uploads.allow(bytes, || app.count_room())).await?;
        allowed.ok_or(Error::DiskFloor)
    }
}
