//! Ended marks with rising numbers. The counter row's lock makes numbers and commits come in the same order, so
//! a process that has seen number n has seen all before it.

use domain::{EndReason, EndedMark, Instant, MarkTarget};

use crate::db::{params, statements};
use crate::{Conn, Row, StoreError};

statements! {
    NEXT = "UPDATE mark_counter SET number = number + 1 WHERE only_one = 1 RETURNING number";
    INSERT = "INSERT INTO ended_mark (number, target_kind, target_id, reason, at_ms) VALUES ($1, $2, $3, $4, $5)";
    SINCE = "SELECT number, target_kind, target_id, reason, at_ms FROM ended_mark WHERE number > $1 ORDER BY number";
    NEWEST = "SELECT number FROM mark_counter WHERE only_one = 1";
    PRUNE = "DELETE FROM ended_mark WHERE at_ms < $1 OR (target_kind = 'viewing' AND at_ms < $2)";
}

/// Writes a mark; the last statement of a transaction, because the counter's lock is everybody's.
///
/// # Errors
/// See [`StoreError`].
pub async fn insert(
    conn: &mut Conn,
    target: MarkTarget,
    reason: EndReason,
    at: Instant,
) -> Result<EndedMark, StoreError> {
    let number: i64 = conn.value(NEXT, &[]).await?;
    conn.execute(INSERT, params![number, target.kind(), target.id_bytes(), reason, at]).await?;
    Ok(EndedMark { number, target, reason, at })
}

/// The marks after number `after`, in order.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_since(conn: &mut Conn, after: i64) -> Result<Vec<EndedMark>, StoreError> {
    conn.query(SINCE, params![after]).await?.into_iter().map(mark).collect()
}

/// The newest number.
///
/// # Errors
/// See [`StoreError`].
pub async fn newest(conn: &mut Conn) -> Result<i64, StoreError> {
    conn.value(NEWEST, &[]).await
}

/// Forgets marks from before `before`, when no viewing they could end can live any more, and those of single viewings
/// from before `of_viewings`.
///
/// # Errors
/// See [`StoreError`].
pub async fn prune(conn: &mut Conn, before: Instant, of_viewings: Instant) -> Result<u64, StoreError> {
    conn.execute(PRUNE, params![before, of_viewings]).await
}

/// A reason that is not known here is a newer release's, and ends all the same. A target that is not known cannot be
/// obeyed: whoever waits for this process is told so, because its number stays where it is.
fn mark(mut row: Row) -> Result<EndedMark, StoreError> {
    let number = row.take()?;
    let (kind, id) = (row.take::<String>()?, row.take()?);
    let target = MarkTarget::from_parts(&kind, id)
        .ok_or_else(|| StoreError::Corrupt(format!("{kind:?} is no mark target")))?;
    let reason = row.take::<String>()?.parse().unwrap_or(EndReason::EndedNow);
    Ok(EndedMark { number, target, reason, at: row.take()? })
}
