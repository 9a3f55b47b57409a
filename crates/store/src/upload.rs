//! Resumable uploads. The stored offset is what has been flushed to disk, never more.

use domain::{Instant, ItemId, MemberId, UploadId};

use crate::db::{params, statements};
use crate::{Conn, Row, StoreError};

statements! {
    INSERT = "INSERT INTO upload (id, owner_id, item_id, file_name, size_bytes, offset_bytes, created_ms, expires_ms)
        VALUES ($1, $2, $3, $4, $5, 0, $6, $7)";
    FIND = "SELECT id, owner_id, item_id, file_name, size_bytes, offset_bytes, expires_ms, finished_ms FROM upload WHERE id = $1";
    OF_ITEM = "SELECT id, owner_id, item_id, file_name, size_bytes, offset_bytes, expires_ms, finished_ms
        FROM upload WHERE item_id = $1 ORDER BY id DESC LIMIT 1";
    ADVANCE = "UPDATE upload SET offset_bytes = $1, expires_ms = $2, active_ms = $3
        WHERE id = $4 AND finished_ms IS NULL AND offset_bytes <= $5";
    TOUCH = "UPDATE upload SET active_ms = $1 WHERE id = $2 AND finished_ms IS NULL";
    FINISH = "UPDATE upload SET finished_ms = $1 WHERE id = $2 AND finished_ms IS NULL";
    DELETE = "DELETE FROM upload WHERE id = $1 AND finished_ms IS NULL";
    DELETE_OF_ITEM = "DELETE FROM upload WHERE item_id = $1";
    EXPIRED = "SELECT id, owner_id, item_id, file_name, size_bytes, offset_bytes, expires_ms, finished_ms
        FROM upload WHERE finished_ms IS NULL AND expires_ms <= $1 LIMIT 50";
    LOCK_ROOM = "UPDATE room_lock SET id = 1 WHERE id = 1";
    COUNT_OPEN = "SELECT COUNT(*) FROM upload WHERE owner_id = $1 AND finished_ms IS NULL AND expires_ms > $2";
    IS_ACTIVE = "SELECT COUNT(*) FROM upload WHERE id = $1 AND active_ms > $2";
    COMING_BYTES = "SELECT CAST(COALESCE(SUM(size_bytes - offset_bytes), 0) AS BIGINT) FROM upload
        WHERE finished_ms IS NULL AND active_ms > $1 AND id <> $2";
    MAKING_BYTES = "SELECT CAST(COALESCE(SUM(i.size_bytes), 0) AS BIGINT) FROM job j JOIN item i ON i.id = j.item_id
        WHERE j.state IN ('waiting', 'running')";
}

/// One upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Id.
    pub id: UploadId,
    /// Whose.
    pub owner: MemberId,
    /// The item it becomes.
    pub item: ItemId,
    /// What the browser called the file; shown, never trusted.
    pub file_name: String,
    /// Bytes announced.
    pub size_bytes: i64,
    /// Bytes flushed.
    pub offset_bytes: i64,
    /// When it is given up, unless it goes on before.
    pub expires_at: Instant,
    /// When the last byte was flushed.
    pub finished_at: Option<Instant>,
}

fn upload(mut row: Row) -> Result<Upload, StoreError> {
    Ok(Upload {
        id: row.take()?,
        owner: row.take()?,
        item: row.take()?,
        file_name: row.take()?,
        size_bytes: row.take()?,
        offset_bytes: row.take()?,
        expires_at: row.take()?,
        finished_at: row.take()?,
    })
}

/// Records a new upload at offset 0.
///
/// # Errors
/// See [`StoreError`].
pub async fn insert(conn: &mut Conn, new: &Upload, now: Instant) -> Result<(), StoreError> {
    let values = params![new.id, new.owner, new.item, new.file_name, new.size_bytes, now, new.expires_at];
    conn.execute(INSERT, values).await.map(drop)
}

/// The upload with this id.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(conn: &mut Conn, id: UploadId) -> Result<Option<Upload>, StoreError> {
    conn.find(FIND, params![id]).await?.map(upload).transpose()
}

/// The newest upload of an item.
///
/// # Errors
/// See [`StoreError`].
pub async fn find_of_item(conn: &mut Conn, item: ItemId) -> Result<Option<Upload>, StoreError> {
    conn.find(OF_ITEM, params![item]).await?.map(upload).transpose()
}

/// Records flushed bytes; an offset never goes back. Answers false when the upload is over.
///
/// # Errors
/// See [`StoreError`].
pub async fn advance(
    conn: &mut Conn,
    id: UploadId,
    offset_bytes: i64,
    now: Instant,
    expires: Instant,
) -> Result<bool, StoreError> {
    Ok(conn.execute(ADVANCE, params![offset_bytes, expires, now, id, offset_bytes]).await? == 1)
}

/// Records that bytes come, without counting any. Answers false when the upload is over.
///
/// # Errors
/// See [`StoreError`].
pub async fn touch(conn: &mut Conn, id: UploadId, now: Instant) -> Result<bool, StoreError> {
    Ok(conn.execute(TOUCH, params![now, id]).await? == 1)
}

/// Records that the last byte is there; answers false when it was before.
///
/// # Errors
/// See [`StoreError`].
pub async fn finish(conn: &mut Conn, id: UploadId, now: Instant) -> Result<bool, StoreError> {
    Ok(conn.execute(FINISH, params![now, id]).await? == 1)
}

/// Forgets an upload that is not finished; answers whether there was one.
///
/// # Errors
/// See [`StoreError`].
pub async fn delete(conn: &mut Conn, id: UploadId) -> Result<bool, StoreError> {
    Ok(conn.execute(DELETE, params![id]).await? == 1)
}

/// Forgets the uploads of an item whose files are gone.
///
/// # Errors
/// See [`StoreError`].
pub async fn delete_of_item(conn: &mut Conn, item: ItemId) -> Result<(), StoreError> {
    conn.execute(DELETE_OF_ITEM, params![item]).await.map(drop)
}

/// Uploads that were given up.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_expired(conn: &mut Conn, now: Instant) -> Result<Vec<Upload>, StoreError> {
    conn.query(EXPIRED, params![now]).await?.into_iter().map(upload).collect()
}

/// From here on until the transaction ends nobody else is promised room.
///
/// # Errors
/// See [`StoreError`].
pub async fn lock_room(conn: &mut Conn) -> Result<(), StoreError> {
    conn.execute(LOCK_ROOM, &[]).await.map(drop)
}

/// How many uploads of a member are begun and neither finished nor given up.
///
/// # Errors
/// See [`StoreError`].
pub async fn count_open(conn: &mut Conn, owner: MemberId, now: Instant) -> Result<i64, StoreError> {
    conn.value(COUNT_OPEN, params![owner, now]).await
}

/// Whether an upload brought something after `since`, so that its room is kept for it.
///
/// # Errors
/// See [`StoreError`].
pub async fn is_active(conn: &mut Conn, id: UploadId, since: Instant) -> Result<bool, StoreError> {
    Ok(conn.value::<i64>(IS_ACTIVE, params![id, since]).await? > 0)
}

/// Bytes that are on their way besides `id`: what active uploads have still to bring, and what is being made or waits
/// for it, which takes about as much as it came with.
///
/// # Errors
/// See [`StoreError`].
pub async fn count_coming_bytes(conn: &mut Conn, id: UploadId, since: Instant) -> Result<u64, StoreError> {
    let uploads: i64 = conn.value(COMING_BYTES, params![since, id]).await?;
    let made: i64 = conn.value(MAKING_BYTES, &[]).await?;
    Ok(uploads.max(0).saturating_add(made.max(0)) as u64)
}
