//! Codes mailed to addresses that members say are theirs. Whoever asks gets a row, whosever the address is: only who
//! reads the mailbox can know what stands in it.

use domain::{Instant, MemberId};

use crate::account::Hash;
use crate::db::{params, statements};
use crate::lobby::RowId;
use crate::{Conn, Row, StoreError};

statements! {
    INSERT = "INSERT INTO mail_code (id, purpose, about_id, email, browser_hash, code_hash, tries, created_ms, expires_ms)
        VALUES ($1, 'address', $2, $3, $4, $5, 0, $6, $7)";
    NEWEST = "SELECT id, code_hash, email, expires_ms FROM mail_code
        WHERE purpose = 'address' AND about_id = $1 AND browser_hash = $2 AND used_ms IS NULL AND expires_ms > $3
        ORDER BY id DESC LIMIT 1";
    COUNT = "SELECT COUNT(*) FROM mail_code WHERE purpose = 'address' AND about_id = $1 AND created_ms > $2";
    TRY = "UPDATE mail_code SET tries = tries + 1 WHERE id = $1 AND used_ms IS NULL AND tries < $2";
    USE_ALL = "UPDATE mail_code SET used_ms = $1 WHERE purpose = 'address' AND about_id = $2 AND used_ms IS NULL";
    PRUNE = "DELETE FROM mail_code WHERE purpose = 'address' AND created_ms < $1";
}

/// A code on its way to an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressCode {
    /// Row.
    pub id: RowId,
    /// The keyed hash of the digits.
    pub hash: [u8; 32],
    /// Where it was mailed.
    pub email: String,
    /// From when it is no good.
    pub expires_at: Instant,
}

/// Writes a code down for one session of a member; the one before is no good any more. Rows from before `forgotten`
/// go.
///
/// # Errors
/// See [`StoreError`].
pub async fn put(
    conn: &mut Conn,
    code: &AddressCode,
    member: MemberId,
    session: Hash,
    (now, forgotten): (Instant, Instant),
) -> Result<(), StoreError> {
    conn.execute(PRUNE, params![forgotten]).await?;
    conn.execute(USE_ALL, params![now, member]).await?;
    let values = params![code.id, member, code.email, session, code.hash, now, code.expires_at];
    conn.execute(INSERT, values).await.map(drop)
}

/// The code that this session of a member waits for, while it is good.
///
/// # Errors
/// See [`StoreError`].
pub async fn find_newest(
    conn: &mut Conn,
    member: MemberId,
    session: Hash,
    now: Instant,
) -> Result<Option<AddressCode>, StoreError> {
    let code = |mut row: Row| {
        Ok(AddressCode { id: row.take()?, hash: row.take()?, email: row.take()?, expires_at: row.take()? })
    };
    conn.find(NEWEST, params![member, session, now]).await?.map(code).transpose()
}

/// Codes that a member asked for since `since`.
///
/// # Errors
/// See [`StoreError`].
pub async fn count(conn: &mut Conn, member: MemberId, since: Instant) -> Result<i64, StoreError> {
    conn.value(COUNT, params![member, since]).await
}

/// Spends one of `most` tries; answers whether there was one left. Spent before the digits are looked at, so that
/// nobody has more by asking many times at once.
///
/// # Errors
/// See [`StoreError`].
pub async fn spend_try(conn: &mut Conn, id: RowId, most: i64) -> Result<bool, StoreError> {
    Ok(conn.execute(TRY, params![id, most]).await? == 1)
}

/// The address is proved, or its member gave it up: no code is good any more.
///
/// # Errors
/// See [`StoreError`].
pub async fn use_all(conn: &mut Conn, member: MemberId, now: Instant) -> Result<(), StoreError> {
    conn.execute(USE_ALL, params![now, member]).await.map(drop)
}
