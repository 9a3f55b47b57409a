//! Running server processes: their heartbeats, the last ended mark each obeyed, how many people each serves, and what
//! each reads. In a rolling upgrade two releases run side by side: nobody writes what a living process cannot read.

use domain::{Instant, ItemId, LinkId, ProcessId};

use crate::db::{params, statements};
use crate::{Conn, StoreError};

statements! {
    REGISTER = "INSERT INTO process (id, started_ms, heartbeat_ms, obeyed_number, reads) VALUES ($1, $2, $3, $4, $5)";
    BEAT = "UPDATE process SET heartbeat_ms = $1, obeyed_number = $2 WHERE id = $3";
    BEHIND = "SELECT COUNT(*) FROM process WHERE heartbeat_ms > $1 AND obeyed_number < $2";
    NEWEST = "SELECT obeyed_number FROM process WHERE heartbeat_ms > 0 ORDER BY started_ms DESC LIMIT 1";
    OLDEST = "SELECT MIN(started_ms) FROM process WHERE heartbeat_ms > $1";
    CLEAR_INSIDE = "DELETE FROM process_inside WHERE process_id = $1";
    PUT_INSIDE = "INSERT INTO process_inside (process_id, item_id, link_id, seats, viewings) VALUES ($1, $2, $3, $4, $5)";
    INSIDE = "SELECT s.link_id, CAST(SUM(s.seats) AS BIGINT), CAST(SUM(s.viewings) AS BIGINT)
        FROM process_inside s JOIN process p ON p.id = s.process_id
        WHERE s.item_id = $1 AND p.heartbeat_ms > $2 AND p.id <> $3 GROUP BY s.link_id";
    DROP_INSIDE_OF_DEAD = "DELETE FROM process_inside WHERE process_id IN (SELECT id FROM process WHERE heartbeat_ms < $1)";
    DROP_DEAD = "DELETE FROM process WHERE heartbeat_ms < $1";
    RELEASE = "UPDATE process SET heartbeat_ms = 0 WHERE id = $1";
}

/// How many people a process serves through one link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inside {
    /// The item.
    pub item: ItemId,
    /// The link they came through.
    pub link: LinkId,
    /// Distinct seats with a living viewing.
    pub seats: i64,
    /// Living viewings.
    pub viewings: i64,
}

/// The newest version of tickets, and of what processes tell each other, that this release reads. It writes version 1.
pub const READS: i64 = 2;

/// Makes a process known.
///
/// # Errors
/// See [`StoreError`].
pub async fn register(conn: &mut Conn, id: ProcessId, now: Instant, obeyed: i64) -> Result<(), StoreError> {
    conn.execute(REGISTER, params![id, now, now, obeyed, READS]).await.map(drop)
}

/// Says that a process lives and which mark it obeyed last.
///
/// # Errors
/// See [`StoreError`]. A process that was dropped as dead is known again.
pub async fn beat(conn: &mut Conn, id: ProcessId, now: Instant, obeyed: i64) -> Result<(), StoreError> {
    if conn.execute(BEAT, params![now, obeyed, id]).await? == 0 {
        register(conn, id, now, obeyed).await?;
    }
    Ok(())
}

/// How many processes with a heartbeat after `since` have not yet obeyed mark `number`.
///
/// # Errors
/// See [`StoreError`].
pub async fn count_behind(conn: &mut Conn, since: Instant, number: i64) -> Result<i64, StoreError> {
    conn.value(BEHIND, params![since, number]).await
}

/// The last mark that the newest process which has not ended on its own says it obeyed; none when there is none.
///
/// # Errors
/// See [`StoreError`].
pub async fn find_newest_obeyed(conn: &mut Conn) -> Result<Option<i64>, StoreError> {
    conn.find(NEWEST, &[]).await?.map(|mut row| row.take()).transpose()
}

/// When the oldest process with a heartbeat after `since` started.
///
/// # Errors
/// See [`StoreError`].
pub async fn find_oldest_start(conn: &mut Conn, since: Instant) -> Result<Option<Instant>, StoreError> {
    conn.value(OLDEST, params![since]).await
}

/// Replaces what a process reports about the people inside.
///
/// # Errors
/// See [`StoreError`].
pub async fn put_inside(conn: &mut Conn, id: ProcessId, inside: &[Inside]) -> Result<(), StoreError> {
    conn.execute(CLEAR_INSIDE, params![id]).await?;
    let rows: Vec<_> =
        inside.iter().map(|i| params![id, i.item, i.link, i.seats, i.viewings].to_vec()).collect();
    conn.execute_many(PUT_INSIDE, &rows).await.map(drop)
}

/// People inside an item by link, over all processes but `own` with a heartbeat after `since`.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_inside(
    conn: &mut Conn,
    item: ItemId,
    since: Instant,
    own: ProcessId,
) -> Result<Vec<Inside>, StoreError> {
    let rows = conn.query(INSIDE, params![item, since, own]).await?;
    rows.into_iter()
        .map(|mut row| Ok(Inside { item, link: row.take()?, seats: row.take()?, viewings: row.take()? }))
        .collect()
}

/// Says that a process ends on its own.
///
/// # Errors
/// See [`StoreError`].
pub async fn release(conn: &mut Conn, id: ProcessId) -> Result<(), StoreError> {
    conn.execute(CLEAR_INSIDE, params![id]).await?;
    conn.execute(RELEASE, params![id]).await.map(drop)
}

/// Forgets processes without a heartbeat since `before`.
///
/// # Errors
/// See [`StoreError`].
pub async fn drop_dead(conn: &mut Conn, before: Instant) -> Result<(), StoreError> {
    conn.execute(DROP_INSIDE_OF_DEAD, params![before]).await?;
    conn.execute(DROP_DEAD, params![before]).await.map(drop)
}
