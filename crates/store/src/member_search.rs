//! Members found by the beginning of a name or an address.

use domain::MemberId;

use crate::db::{params, statements};
use crate::like::beginning;
use crate::{Conn, StoreError};

statements! {
    FIND = "SELECT m.email, m.name FROM member m
        WHERE m.disabled_ms IS NULL AND m.id <> $1
            AND (m.email LIKE $2 ESCAPE '\\' OR LOWER(m.name) LIKE $3 ESCAPE '\\' OR LOWER(m.name) LIKE $4 ESCAPE '\\')
        ORDER BY m.name, m.id LIMIT $5";
}

/// A member as a type-ahead shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Address.
    pub email: String,
    /// Display name.
    pub name: String,
}

/// Enabled members but `not`, whose address, name or a later word of the name begins with `query`.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(conn: &mut Conn, not: MemberId, query: &str, limit: i64) -> Result<Vec<Found>, StoreError> {
    let first = beginning(query);
    let later = format!("% {first}");
    let rows = conn.query(FIND, params![not, first, first, later, limit]).await?;
    rows.into_iter().map(|mut row| Ok(Found { email: row.take()?, name: row.take()? })).collect()
}
