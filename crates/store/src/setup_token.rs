//! One-time links for the first administrator. None is good on a site that has members, whatever rows are left.

use domain::Instant;

use crate::db::{params, statements};
use crate::{Conn, StoreError};

statements! {
    PUT = "INSERT INTO setup_token (token_hash, created_ms) VALUES ($1, $2)";
    CLEAR_OLD = "DELETE FROM setup_token WHERE created_ms < $1";
    CLEAR = "DELETE FROM setup_token";
    TAKE = "DELETE FROM setup_token WHERE EXISTS (SELECT 1 FROM setup_token own WHERE own.token_hash = $1)
        AND NOT EXISTS (SELECT 1 FROM member)";
    FIND = "SELECT created_ms FROM setup_token WHERE token_hash = $1 AND NOT EXISTS (SELECT 1 FROM member)";
}

/// Keeps a link, in place of those made before `since`.
///
/// # Errors
/// See [`StoreError`].
pub async fn put(
    conn: &mut Conn,
    token_hash: [u8; 32],
    now: Instant,
    since: Instant,
) -> Result<(), StoreError> {
    conn.execute(CLEAR_OLD, params![since]).await?;
    conn.execute(PUT, params![token_hash, now]).await.map(drop)
}

/// Forgets every link.
///
/// # Errors
/// See [`StoreError`].
pub async fn clear(conn: &mut Conn) -> Result<(), StoreError> {
    conn.execute(CLEAR, &[]).await.map(drop)
}

/// Whether a link still works.
///
/// # Errors
/// See [`StoreError`].
pub async fn knows(conn: &mut Conn, token_hash: [u8; 32]) -> Result<bool, StoreError> {
    Ok(conn.find(FIND, params![token_hash]).await?.is_some())
}

/// Spends a link and all others with it; answers whether it was a right one.
///
/// # Errors
/// See [`StoreError`].
pub async fn take(conn: &mut Conn, token_hash: [u8; 32]) -> Result<bool, StoreError> {
    Ok(conn.execute(TAKE, params![token_hash]).await? > 0)
}
