//! What was changed on the site, and by whom.

use domain::Instant;

use crate::db::{params, statements};
use crate::{Conn, Row, StoreError};

statements! {
    ADD = "INSERT INTO site_log (id, actor, what, detail, at_ms) VALUES ($1, $2, $3, $4, $5)";
    LIST = "SELECT id, actor, what, detail, at_ms FROM site_log WHERE id < $1 ORDER BY id DESC LIMIT $2";
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteChange {
    /// Sorts and pages; 16 bytes that begin with the time.
    pub id: [u8; 16],
    /// Who, as shown to administrators.
    pub actor: String,
    /// What, as a code.
    pub what: String,
    /// More, plain text, may be empty.
    pub detail: String,
    /// When.
    pub at: Instant,
}

/// Records a change.
///
/// # Errors
/// See [`StoreError`].
pub async fn add(conn: &mut Conn, change: &SiteChange) -> Result<(), StoreError> {
    let SiteChange { id, actor, what, detail, at } = change;
    conn.execute(ADD, params![id, actor, what, detail, at]).await.map(drop)
}

/// Changes, newest first, before `before`.
///
/// # Errors
/// See [`StoreError`].
pub async fn list(
    conn: &mut Conn,
    before: Option<[u8; 16]>,
    limit: i64,
) -> Result<Vec<SiteChange>, StoreError> {
    let rows = conn.query(LIST, params![before.unwrap_or([0xff; 16]), limit]).await?;
    let change = |mut row: Row| {
        Ok(SiteChange {
            id: row.take()?,
            actor: row.take()?,
            what: row.take()?,
            detail: row.take()?,
            at: row.take()?,
        })
    };
    rows.into_iter().map(change).collect()
}
