//! Background work with leases: a job belongs to a process for a while and falls back when that process dies.

use domain::{Instant, ItemId, JobId, ProcessId};

use crate::db::{params, statements};
use crate::{Conn, Row, StoreError};

statements! {
    INSERT = "INSERT INTO job (id, kind, item_id, source, state, attempts, failures, run_after_ms, created_ms)
        VALUES ($1, $2, $3, $4, 'waiting', 0, 0, $5, $6)";
    CLAIM = "UPDATE job SET state = 'running', attempts = attempts + 1, process_id = $1, lease_until_ms = $2
        WHERE id = (SELECT id FROM job WHERE state IN ('waiting', 'running') AND run_after_ms <= $3
                AND (state = 'waiting' OR (state = 'running' AND lease_until_ms <= $4))
                ORDER BY (SELECT COUNT(*) FROM item mine JOIN item other ON other.owner_id = mine.owner_id
                        JOIN job earlier ON earlier.item_id = other.id
                        WHERE mine.id = job.item_id AND other.deleted_ms IS NULL AND earlier.id < job.id
                            AND earlier.created_ms > job.created_ms - 86400000),
                    run_after_ms, id LIMIT 1)
            AND (state = 'waiting' OR lease_until_ms <= $5)
        RETURNING id, kind, item_id, source, attempts, failures";
    RENEW = "UPDATE job SET lease_until_ms = $1 WHERE id = $2 AND process_id = $3 AND state = 'running'";
    FINISH = "UPDATE job SET state = $1, lease_until_ms = NULL WHERE id = $2 AND process_id = $3 AND state = 'running'";
    POSTPONE = "UPDATE job SET state = 'waiting', failures = failures + 1, run_after_ms = $1, lease_until_ms = NULL
        WHERE id = $2 AND process_id = $3 AND state = 'running'";
    CANCEL = "UPDATE job SET state = 'cancelled', lease_until_ms = NULL WHERE item_id = $1 AND state IN ('waiting', 'running')";
    IS_OVER = "SELECT COUNT(*) FROM job WHERE id = $1 AND state NOT IN ('waiting', 'running')";
    RELEASE_ALL = "UPDATE job SET lease_until_ms = 0 WHERE process_id = $1 AND state IN ('waiting', 'running') AND state = 'running'";
    ORPHANED = "UPDATE job SET lease_until_ms = 0 WHERE state IN ('waiting', 'running') AND state = 'running' AND process_id NOT IN (SELECT id FROM process WHERE heartbeat_ms > $1)";
}

/// A claimed job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Id.
    pub id: JobId,
    /// What kind of work.
    pub kind: String,
    /// For which item.
    pub item: ItemId,
    /// What to work on; its form is the kind's own.
    pub source: String,
    /// How many times it was begun, this one included; a killed process counts here.
    pub attempts: i64,
    /// How many times it failed by itself.
    pub failures: i64,
}

/// Puts work into the queue.
///
/// # Errors
/// See [`StoreError`].
pub async fn insert(
    conn: &mut Conn,
    id: JobId,
    kind: &str,
    item: ItemId,
    source: &str,
    now: Instant,
) -> Result<(), StoreError> {
    conn.execute(INSERT, params![id, kind, item, source, now, now]).await.map(drop)
}

/// Takes the next job for a process, if one waits or its lease ran out. The queue is fair between owners: a job stands
/// behind as many others as its owner had begun in the day before it, so that somebody's first never waits for
/// somebody's hundredth.
///
/// # Errors
/// See [`StoreError`].
pub async fn claim(
    conn: &mut Conn,
    process: ProcessId,
    now: Instant,
    lease_until: Instant,
) -> Result<Option<Job>, StoreError> {
    let row = conn.find(CLAIM, params![process, lease_until, now, now, now]).await?;
    let job = |mut row: Row| {
        let (id, kind, item, source) = (row.take()?, row.take()?, row.take()?, row.take()?);
        Ok(Job { id, kind, item, source, attempts: row.take()?, failures: row.take()? })
    };
    row.map(job).transpose()
}

/// Keeps a job; false when it is no longer this process's (cancelled, or taken over).
///
/// # Errors
/// See [`StoreError`].
pub async fn renew(
    conn: &mut Conn,
    id: JobId,
    process: ProcessId,
    until: Instant,
) -> Result<bool, StoreError> {
    Ok(conn.execute(RENEW, params![until, id, process]).await? == 1)
}

/// Ends a job as `done` or `failed`; false when it is no longer this process's.
///
/// # Errors
/// See [`StoreError`].
pub async fn finish(conn: &mut Conn, id: JobId, process: ProcessId, done: bool) -> Result<bool, StoreError> {
    let state = if done { "done" } else { "failed" };
    Ok(conn.execute(FINISH, params![state, id, process]).await? == 1)
}

/// Counts a failure and puts the job back for later.
///
/// # Errors
/// See [`StoreError`].
pub async fn postpone(
    conn: &mut Conn,
    id: JobId,
    process: ProcessId,
    run_after: Instant,
) -> Result<(), StoreError> {
    conn.execute(POSTPONE, params![run_after, id, process]).await.map(drop)
}

/// Cancels all unfinished work for an item; answers how many jobs.
///
/// # Errors
/// See [`StoreError`].
pub async fn cancel_of_item(conn: &mut Conn, item: ItemId) -> Result<u64, StoreError> {
    conn.execute(CANCEL, params![item]).await
}

/// Whether a job was done, failed or was cancelled.
///
/// # Errors
/// See [`StoreError`].
pub async fn is_over(conn: &mut Conn, id: JobId) -> Result<bool, StoreError> {
    Ok(conn.value::<i64>(IS_OVER, params![id]).await? > 0)
}

/// Gives back a stopping process's jobs at once.
///
/// # Errors
/// See [`StoreError`].
pub async fn release_all(conn: &mut Conn, process: ProcessId) -> Result<(), StoreError> {
    conn.execute(RELEASE_ALL, params![process]).await.map(drop)
}

/// Frees the jobs of processes without a heartbeat since `since`.
///
/// # Errors
/// See [`StoreError`].
pub async fn free_orphans(conn: &mut Conn, since: Instant) -> Result<u64, StoreError> {
    conn.execute(ORPHANED, params![since]).await
}
