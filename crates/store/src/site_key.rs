//! The fingerprint of the site's key, and the newest things that were sealed with it.

use domain::{ItemId, LinkId};

use crate::db::{params, statements};
use crate::{Conn, StoreError};

/// What is kept of a key.
pub type Fingerprint = [u8; 16];

statements! {
    FIND = "SELECT fingerprint FROM site_key WHERE only_one = 1";
    PUT = "INSERT INTO site_key (only_one, fingerprint) VALUES (1, $1) ON CONFLICT (only_one) DO NOTHING";
    REPLACE = "INSERT INTO site_key (only_one, fingerprint) VALUES (1, $1)
        ON CONFLICT (only_one) DO UPDATE SET fingerprint = excluded.fingerprint";
    NEWEST_LINK = "SELECT id, item_id, token_sealed FROM guest_link ORDER BY id DESC LIMIT 1";
    NEWEST_INVITE = "SELECT id, item_id, token_sealed FROM invite ORDER BY id DESC LIMIT 1";
}

/// A sealed token, and what it was sealed for.
#[derive(Debug, Clone)]
pub struct Sealed {
    /// The guest link or invite.
    pub link: LinkId,
    /// At which item.
    pub item: ItemId,
    /// The bytes.
    pub token: Vec<u8>,
}

/// The fingerprint of the key that the database was sealed with; none in one that an older version made.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(conn: &mut Conn) -> Result<Option<Fingerprint>, StoreError> {
    conn.find(FIND, &[]).await?.map(|mut row| row.take()).transpose()
}

/// Keeps the fingerprint, unless there is one.
///
/// # Errors
/// See [`StoreError`].
pub async fn put(conn: &mut Conn, fingerprint: Fingerprint) -> Result<(), StoreError> {
    conn.execute(PUT, params![fingerprint]).await.map(drop)
}

/// Keeps the fingerprint in place of another.
///
/// # Errors
/// See [`StoreError`].
pub async fn replace(conn: &mut Conn, fingerprint: Fingerprint) -> Result<(), StoreError> {
    conn.execute(REPLACE, params![fingerprint]).await.map(drop)
}

/// The newest sealed token of each kind.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_newest_sealed(conn: &mut Conn) -> Result<Vec<Sealed>, StoreError> {
    let mut sealed = Vec::new();
    for sql in [NEWEST_LINK, NEWEST_INVITE] {
        if let Some(mut row) = conn.find(sql, &[]).await? {
            sealed.push(Sealed { link: row.take()?, item: row.take()?, token: row.take()? });
        }
    }
    Ok(sealed)
}
