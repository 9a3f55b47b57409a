//! Site settings as key and value; the app knows what they mean.

use crate::db::{params, statements};
use crate::{Conn, StoreError};

statements! {
    LIST = "SELECT key, value FROM site_setting ORDER BY key";
    LOCK = "INSERT INTO site_setting (key, value) VALUES ('lock', '') ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    PUT = "INSERT INTO site_setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
}

/// The key of the row that changers of settings take first. It says nothing.
pub const LOCK_KEY: &str = "lock";

/// Every stored setting; those never stored are at their defaults.
///
/// # Errors
/// See [`StoreError`].
pub async fn list(conn: &mut Conn) -> Result<Vec<(String, String)>, StoreError> {
    let rows = conn.query(LIST, &[]).await?;
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}

/// Stores one setting.
///
/// # Errors
/// See [`StoreError`].
pub async fn put(conn: &mut Conn, key: &str, value: &str) -> Result<(), StoreError> {
    conn.execute(PUT, params![key, value]).await.map(drop)
}

/// Makes other changers of settings wait until this transaction ends, so that what one checks still holds when it
/// commits.
///
/// # Errors
/// See [`StoreError`].
pub async fn lock(conn: &mut Conn) -> Result<(), StoreError> {
    conn.execute(LOCK, &[]).await.map(drop)
}
