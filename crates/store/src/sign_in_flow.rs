//! What a sign-in remembers between its two requests: sealed, for one browser, once, for minutes.

use domain::Instant;

use crate::account::Hash;
use crate::db::{params, statements};
use crate::{Conn, StoreError};

statements! {
    FORGET_OLD = "DELETE FROM sign_in_flow WHERE expires_ms <= $1";
    PUT = "INSERT INTO sign_in_flow (browser_hash, kind, state_sealed, expires_ms) VALUES ($1, $2, $3, $4)";
    TAKE = "DELETE FROM sign_in_flow WHERE browser_hash = $1 AND kind = $2 RETURNING state_sealed, expires_ms";
}

/// Remembers a flow for the browser whose cookie has this hash, and forgets those that were over at `forgotten`.
///
/// # Errors
/// See [`StoreError`].
pub async fn put(
    conn: &mut Conn,
    browser: Hash,
    kind: &str,
    sealed: &[u8],
    forgotten: Instant,
    expires: Instant,
) -> Result<(), StoreError> {
    conn.execute(FORGET_OLD, params![forgotten]).await?;
    conn.execute(PUT, params![browser, kind, sealed, expires]).await.map(drop)
}

/// Takes a browser's flow of this kind: nobody takes it again. Also tells whether it is still good.
///
/// # Errors
/// See [`StoreError`].
pub async fn take(
    conn: &mut Conn,
    browser: Hash,
    kind: &str,
    now: Instant,
) -> Result<Option<(Vec<u8>, bool)>, StoreError> {
    let Some(mut row) = conn.find(TAKE, params![browser, kind]).await? else { return Ok(None) };
    let sealed = row.take()?;
    let expires: Instant = row.take()?;
    Ok(Some((sealed, now < expires)))
}
