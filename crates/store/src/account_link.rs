//! One-time links by which a member sets a password: invited to the site, or reset.

use domain::{Instant, MemberId};

use crate::account::Hash;
use crate::db::{params, row, statements};
use crate::{Conn, Row, StoreError};

statements! {
    CLEAR = "DELETE FROM account_link WHERE member_id = $1";
    INSERT = "INSERT INTO account_link (token_hash, member_id, purpose, email, created_ms, expires_ms)
        VALUES ($1, $2, $3, $4, $5, $6)";
    FIND = "SELECT l.member_id, l.email, m.name, m.email FROM account_link l JOIN member m ON m.id = l.member_id
        WHERE l.token_hash = $1 AND l.expires_ms > $2 AND l.used_ms IS NULL AND m.disabled_ms IS NULL";
    SPEND = "UPDATE account_link SET used_ms = $1 WHERE token_hash = $2 AND used_ms IS NULL";
}

/// A one-time link to be kept.
#[derive(Debug, Clone, Copy)]
pub struct NewLink<'a> {
    /// Whose password it sets.
    pub member: MemberId,
    /// `invite` or `reset`.
    pub purpose: &'a str,
    /// The address it is mailed to; none: an administrator hands it over.
    pub email: Option<&'a str>,
    /// When.
    pub now: Instant,
    /// Until when it is good.
    pub expires: Instant,
}

/// Whom a one-time link is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Whose password it sets.
    pub member: MemberId,
    /// The address it was mailed to: whoever opens it reads that mailbox.
    pub mailed_to: Option<String>,
    /// The member's name.
    pub name: String,
    /// The address to sign in with.
    pub email: String,
}

/// Keeps a member's one-time link, in place of any before.
///
/// # Errors
/// See [`StoreError`].
pub async fn put(conn: &mut Conn, hash: Hash, new: &NewLink<'_>) -> Result<(), StoreError> {
    conn.execute(CLEAR, params![new.member]).await?;
    let values = params![hash, new.member, new.purpose, new.email, new.now, new.expires];
    conn.execute(INSERT, values).await.map(drop)
}

/// Keeps links of members who had none before.
///
/// # Errors
/// See [`StoreError`].
pub async fn put_all(conn: &mut Conn, links: &[(Hash, NewLink<'_>)]) -> Result<(), StoreError> {
    let rows =
        links.iter().map(|(hash, new)| row![hash, new.member, new.purpose, new.email, new.now, new.expires]);
    conn.execute_many(INSERT, &rows.collect::<Vec<_>>()).await.map(drop)
}

/// Whom a link is for, while it is good.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(conn: &mut Conn, hash: Hash, now: Instant) -> Result<Option<Found>, StoreError> {
    let found = |mut row: Row| {
        Ok(Found { member: row.take()?, mailed_to: row.take()?, name: row.take()?, email: row.take()? })
    };
    conn.find(FIND, params![hash, now]).await?.map(found).transpose()
}

/// Spends a link; answers whether it was unspent.
///
/// # Errors
/// See [`StoreError`].
pub async fn spend(conn: &mut Conn, hash: Hash, now: Instant) -> Result<bool, StoreError> {
    Ok(conn.execute(SPEND, params![now, hash]).await? == 1)
}

/// Voids a member's links.
///
/// # Errors
/// See [`StoreError`].
pub async fn clear(conn: &mut Conn, member: MemberId) -> Result<(), StoreError> {
    conn.execute(CLEAR, params![member]).await.map(drop)
}
