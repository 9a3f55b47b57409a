//! Members found by the beginning of a name or an address, among those whom whoever looks may find.

use domain::{Findable, MemberId};

use crate::db::{params, row, statements};
use crate::like::beginning;
use crate::{Conn, Question, StoreError};

macro_rules! found {
    () => {
        "SELECT m.email, m.name FROM member m
        WHERE m.disabled_ms IS NULL AND m.id <> $1
            AND (m.email LIKE $2 ESCAPE '\\' OR LOWER(m.name) LIKE $3 ESCAPE '\\' OR LOWER(m.name) LIKE $4 ESCAPE '\\')"
    };
}

macro_rules! named {
    () => {
        "SELECT a.email, m.name FROM member_address a JOIN member m ON m.id = a.member_id
        WHERE m.disabled_ms IS NULL AND m.id <> $1 AND a.email = $2
            AND (a.verified_ms IS NOT NULL OR m.email = a.email)"
    };
}

/// Whoever looks shares a group with `m`.
macro_rules! shares_a_group {
    ($by:literal) => {
        concat!(" AND EXISTS (SELECT 1 FROM group_member own JOIN group_member other ON other.group_id = own.group_id
            WHERE own.member_id = ", $by, " AND other.member_id = m.id)")
    };
}

statements! {
    FIND = concat!(found!(), " ORDER BY m.name, m.id LIMIT $5");
    FIND_IN_GROUPS = concat!(found!(), shares_a_group!("$5"), " ORDER BY m.name, m.id LIMIT $6");
    NAME = named!();
    NAME_IN_GROUPS = concat!(named!(), shares_a_group!("$3"));
    GROUPS = "SELECT COUNT(*) FROM member_group";
}

/// A member as a type-ahead shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Address.
    pub email: String,
    /// Display name.
    pub name: String,
}

/// Whether the site has groups at all.
///
/// # Errors
/// See [`StoreError`].
pub async fn has_groups(conn: &mut Conn) -> Result<bool, StoreError> {
    Ok(conn.value::<i64>(GROUPS, &[]).await? > 0)
}

/// Enabled members among those whom `by` may find, without `by`, whose address, name or a later word of the name begins
/// with `query`.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(
    conn: &mut Conn,
    by: MemberId,
    among: Findable,
    query: &str,
    limit: i64,
) -> Result<Vec<Found>, StoreError> {
    let sql = match among {
        Findable::Everybody => FIND,
        Findable::OwnGroups => FIND_IN_GROUPS,
        Findable::Nobody => return Ok(Vec::new()),
    };
    let first = beginning(query);
    let later = format!("% {first}");
    let rows = match among {
        Findable::OwnGroups => conn.query(sql, params![by, first, first, later, by, limit]).await?,
        _ => conn.query(sql, params![by, first, first, later, limit]).await?,
    };
    rows.into_iter().map(|mut row| Ok(Found { email: row.take()?, name: row.take()? })).collect()
}

/// Those of these addresses that members among them have, proved or to sign in with, each with its member's name.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_names(
    conn: &mut Conn,
    by: MemberId,
    among: Findable,
    emails: &[String],
) -> Result<Vec<Found>, StoreError> {
    let sql = match among {
        Findable::Everybody => NAME,
        Findable::OwnGroups => NAME_IN_GROUPS,
        Findable::Nobody => return Ok(Vec::new()),
    };
    let rows = emails.iter().map(|email| match among {
        Findable::OwnGroups => row![by, email.as_str(), by],
        _ => row![by, email.as_str()],
    });
    let rows = rows.collect();
    conn.ask(Question::each(sql, rows, |mut row| Ok(Found { email: row.take()?, name: row.take()? }))).await
}
