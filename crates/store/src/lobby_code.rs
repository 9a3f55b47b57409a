//! Codes mailed to invited addresses. Whoever asks for one gets a row, whatever address they typed: only who reads
//! the right mailbox can know what stands in it.
//!
//! What is counted is what is mailed, because only who typed the right address can use that up. Rows of the others are
//! there so that every answer takes the same work: the newest few at each invite stay, so any number of them from
//! anywhere takes no room from the right one.

use domain::{Instant, LinkId};

use crate::db::{params, statements};
use crate::lobby::RowId;
use crate::seat::KeyHash;
use crate::{Conn, Row, StoreError};

// "lobby" was mailed, "unsent" to nobody; that the first sorts before the second is what TRIM and FIND go by.
statements! {
    INSERT = "INSERT INTO mail_code (id, purpose, about_id, email, browser_hash, code_hash, tries, created_ms, expires_ms)
        VALUES ($1, $2, $3, '', $4, $5, 0, $6, $7)";
    FIND = "SELECT id, code_hash, tries FROM mail_code WHERE purpose IN ('lobby', 'unsent') AND about_id = $1
        AND browser_hash = $2 AND used_ms IS NULL AND expires_ms > $3 ORDER BY purpose, id DESC LIMIT 1";
    COUNT_MAILED = "SELECT COUNT(*) FROM mail_code WHERE purpose = 'lobby' AND about_id = $1 AND created_ms > $2";
    TRY = "INSERT INTO mail_code (id, purpose, about_id, email, browser_hash, code_hash, tries, created_ms, expires_ms)
        VALUES ($1, 'unsent', $2, '', $3, $4, 1, $5, $6)
        ON CONFLICT (id) DO UPDATE SET tries = mail_code.tries + 1";
    FORGET = "DELETE FROM mail_code WHERE id = $1";
    SUPERSEDE = "UPDATE mail_code SET used_ms = $1
        WHERE purpose = $2 AND about_id = $3 AND browser_hash = $4 AND used_ms IS NULL";
    PRUNE = "DELETE FROM mail_code WHERE purpose IN ('lobby', 'unsent') AND about_id = $1 AND created_ms < $2";
    TRIM = "DELETE FROM mail_code WHERE purpose = 'unsent' AND about_id = $1 AND id NOT IN (
            SELECT id FROM mail_code WHERE purpose IN ('lobby', 'unsent') AND about_id = $2
            ORDER BY purpose, id DESC LIMIT $3)";
}

const MAILED: &str = "lobby";
const UNSENT: &str = "unsent";
/// Rows at one invite, beyond those that were mailed.
const KEPT: i64 = 20;

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

/// When something happens to a code.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// Now.
    pub now: Instant,
    /// From when the code is no good.
    pub expires_at: Instant,
    /// Rows from before this go.
    pub forgotten: Instant,
}

/// Writes a code down for one browser, mailed or not. Those that were mailed for it before are no good any more once a
/// new one is; one that goes to nobody leaves them alone.
///
/// # Errors
/// See [`StoreError`].
pub async fn insert(
    conn: &mut Conn,
    code: &Code,
    (invite, browser): (LinkId, KeyHash),
    is_mailed: bool,
    times: Times,
) -> Result<(), StoreError> {
    let purpose = if is_mailed { MAILED } else { UNSENT };
    conn.execute(PRUNE, params![invite, times.forgotten]).await?;
    conn.execute(SUPERSEDE, params![times.now, purpose, invite, browser]).await?;
    let values = params![code.id, purpose, invite, browser, code.hash, times.now, times.expires_at];
    conn.execute(INSERT, values).await?;
    trim(conn, invite).await
}

async fn trim(conn: &mut Conn, invite: LinkId) -> Result<(), StoreError> {
    conn.execute(TRIM, params![invite, invite, KEPT]).await.map(drop)
}

/// The code that was mailed last for a browser, while it is good; else what it asked for and nobody was mailed.
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
    conn.find(FIND, params![invite, browser, now]).await?.map(code).transpose()
}

/// Codes mailed since `since`.
///
/// # Errors
/// See [`StoreError`].
pub async fn count_mailed(conn: &mut Conn, invite: LinkId, since: Instant) -> Result<i64, StoreError> {
    conn.value(COUNT_MAILED, params![invite, since]).await
}

/// One more wrong try at a code. Where the row is gone or never was, one is written: it takes the same work.
///
/// # Errors
/// See [`StoreError`].
pub async fn add_try(
    conn: &mut Conn,
    code: &Code,
    (invite, browser): (LinkId, KeyHash),
    times: Times,
) -> Result<(), StoreError> {
    let values = params![code.id, invite, browser, code.hash, times.now, times.expires_at];
    conn.execute(TRY, values).await?;
    trim(conn, invite).await
}

/// The code could not be mailed: it must not be guessed, and does not count.
///
/// # Errors
/// See [`StoreError`].
pub async fn forget(conn: &mut Conn, id: RowId) -> Result<(), StoreError> {
    conn.execute(FORGET, params![id]).await.map(drop)
}

/// The browser is in: every code it was mailed is no good any more.
///
/// # Errors
/// See [`StoreError`].
pub async fn use_all(
    conn: &mut Conn,
    invite: LinkId,
    browser: KeyHash,
    now: Instant,
) -> Result<(), StoreError> {
    conn.post(SUPERSEDE, params![now, MAILED, invite, browser]).await
}
