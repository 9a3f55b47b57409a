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
    ADVANCE = "UPDATE upload SET offset_bytes = $1, expires_ms = $2 WHERE id = $3 AND offset_bytes <= $4";
    FINISH = "UPDATE upload SET finished_ms = $1 WHERE id = $2 AND finished_ms IS NULL";
    DELETE = "DELETE FROM upload WHERE id = $1";
    EXPIRED = "SELECT id, owner_id, item_id, file_name, size_bytes, offset_bytes, expires_ms, finished_ms
        FROM upload WHERE finished_ms IS NULL AND expires_ms <= $1 LIMIT 50";
    UNFINISHED_BYTES = "SELECT CAST(COALESCE(SUM(size_bytes - offset_bytes), 0) AS BIGINT) FROM upload WHERE finished_ms IS NULL";
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

/// Records flushed bytes; an offset never goes back.
///
/// # Errors
/// See [`StoreError`].
pub async fn advance(
    conn: &mut Conn,
    id: UploadId,
    offset_bytes: i64,
    expires: Instant,
) -> Result<(), StoreError> {
    conn.execute(ADVANCE, params![offset_bytes, expires, id, offset_bytes]).await.map(drop)
}

/// Records that the last byte is there; answers false when it was before.
///
/// # Errors
/// See [`StoreError`].
pub async fn finish(conn: &mut Conn, id: UploadId, now: Instant) -> Result<bool, StoreError> {
    Ok(conn.execute(FINISH, params![now, id]).await? == 1)
}

/// Forgets an upload.
///
/// # Errors
/// See [`StoreError`].
pub async fn delete(conn: &mut Conn, id: UploadId) -> Result<(), StoreError> {
    conn.execute(DELETE, params![id]).await.map(drop)
}

/// Uploads that were given up.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_expired(conn: &mut Conn, now: Instant) -> Result<Vec<Upload>, StoreError> {
    conn.query(EXPIRED, params![now]).await?.into_iter().map(upload).collect()
}

/// Bytes that unfinished uploads have still to bring.
///
/// # Errors
/// See [`StoreError`].
pub async fn count_expected_bytes(conn: &mut Conn) -> Result<i64, StoreError> {
    conn.value(UNFINISHED_BYTES, &[]).await
}
