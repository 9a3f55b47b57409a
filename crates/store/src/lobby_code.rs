//! Codes mailed to invited addresses. Whoever asks for one gets a row, whatever address they typed: only who reads
//! the right mailbox can know what stands in it.

use domain::{Instant, LinkId};

use crate::db::{params, statements};
use crate::lobby::RowId;
use crate::seat::KeyHash;
use crate::{Conn, Row, StoreError};

statements! {
    INSERT = "INSERT INTO mail_code (id, purpose, about_id, email, browser_hash, code_hash, tries, created_ms, expires_ms)
        VALUES ($1, 'lobby', $2, '', $3, $4, 0, $5, $6)";
    NEWEST = "SELECT id, code_hash, tries FROM mail_code WHERE purpose = 'lobby' AND about_id = $1 AND browser_hash = $2
        AND used_ms IS NULL AND expires_ms > $3 ORDER BY id DESC LIMIT 1";
    COUNT = "SELECT COUNT(*) FROM mail_code WHERE purpose = 'lobby' AND about_id = $1 AND created_ms > $2";
    TRY = "UPDATE mail_code SET tries = tries + 1 WHERE id = $1";
    USE = "UPDATE mail_code SET used_ms = $1 WHERE id = $2";
    SUPERSEDE = "UPDATE mail_code SET used_ms = $1
        WHERE purpose = 'lobby' AND about_id = $2 AND browser_hash = $3 AND used_ms IS NULL";
    PRUNE = "DELETE FROM mail_code WHERE purpose = 'lobby' AND about_id = $1 AND created_ms < $2";
}

/// A code that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// Row.
    pub id: RowId,
    /// The keyed hash of the digits.
    pub hash: [u8; 32],
    /// Wrong tries so far.
    pub tries: i64,
}

/// Writes a code down for one browser; those it asked for before are no good any more. Rows from before `forgotten`
/// go.
///
/// # Errors
/// See [`StoreError`].
pub async fn insert(
    conn: &mut Conn,
    (id, hash): (RowId, [u8; 32]),
    invite: LinkId,
    browser: KeyHash,
    (now, expires_at, forgotten): (Instant, Instant, Instant),
) -> Result<(), StoreError> {
    conn.execute(PRUNE, params![invite, forgotten]).await?;
    conn.execute(SUPERSEDE, params![now, invite, browser]).await?;
    conn.execute(INSERT, params![id, invite, browser, hash, now, expires_at]).await.map(drop)
}

/// The code that a browser asked for last, while it is good.
///
/// # Errors
/// See [`StoreError`].
pub async fn find_newest(
    conn: &mut Conn,
    invite: LinkId,
    browser: KeyHash,
    now: Instant,
) -> Result<Option<Code>, StoreError> {
    let code = |mut row: Row| Ok(Code { id: row.take()?, hash: row.take()?, tries: row.take()? });
    conn.find(NEWEST, params![invite, browser, now]).await?.map(code).transpose()
}

/// Codes asked for since `since`, mailed or not.
///
/// # Errors
/// See [`StoreError`].
pub async fn count(conn: &mut Conn, invite: LinkId, since: Instant) -> Result<i64, StoreError> {
    conn.value(COUNT, params![invite, since]).await
}

/// One more wrong try.
///
/// # Errors
/// See [`StoreError`].
pub async fn add_try(conn: &mut Conn, id: RowId) -> Result<(), StoreError> {
    conn.execute(TRY, params![id]).await.map(drop)
}

/// The code opened its invite, or could not be mailed: it is no good any more.
///
/// # Errors
/// See [`StoreError`].
pub async fn use_up(conn: &mut Conn, id: RowId, now: Instant) -> Result<(), StoreError> {
    conn.execute(USE, params![now, id]).await.map(drop)
}

/// The browser is in: every code it asked for is no good any more.
///
/// # Errors
/// See [`StoreError`].
pub async fn use_all(
    conn: &mut Conn,
    invite: LinkId,
    browser: KeyHash,
    now: Instant,
) -> Result<(), StoreError> {
    conn.execute(SUPERSEDE, params![now, invite, browser]).await.map(drop)
}
