//! Browsers in which a member signed in before. Only the hash of what a browser's cookie carries is known; it has one
//! row for each member who signed in there.

use domain::{Instant, MemberId};

use crate::account::Hash;
use crate::db::{params, statements};
use crate::{Conn, StoreError};

statements! {
    KNOWS = "SELECT COUNT(*) FROM known_browser k JOIN member m ON m.id = k.member_id
        WHERE k.browser_hash = $1 AND m.email = $2 AND k.seen_ms > $3";
    MOVE = "UPDATE known_browser SET browser_hash = $1 WHERE browser_hash = $2";
    PUT = "INSERT INTO known_browser (browser_hash, member_id, seen_ms) VALUES ($1, $2, $3)
        ON CONFLICT (browser_hash, member_id) DO UPDATE SET seen_ms = excluded.seen_ms";
    TRIM = "DELETE FROM known_browser WHERE member_id = $1 AND browser_hash NOT IN (
        SELECT browser_hash FROM known_browser WHERE member_id = $2 ORDER BY seen_ms DESC, browser_hash LIMIT $3)";
    FORGET = "DELETE FROM known_browser WHERE member_id = $1";
    FORGET_OTHERS = "DELETE FROM known_browser WHERE member_id = $1 AND browser_hash <> $2";
}

/// Whether whoever signs in with this address did so in this browser, later than `since`.
///
/// # Errors
/// See [`StoreError`].
pub async fn knows(conn: &mut Conn, browser: Hash, email: &str, since: Instant) -> Result<bool, StoreError> {
    Ok(conn.value::<i64>(KNOWS, params![browser, email, since]).await? > 0)
}

/// Notes that a member signed in there; of their browsers, the `most` newest are kept. A browser that was known as
/// `before` is so no longer: what somebody noted of it is worth nothing.
///
/// # Errors
/// See [`StoreError`].
pub async fn note(
    conn: &mut Conn,
    browser: Hash,
    before: Option<Hash>,
    member: MemberId,
    (now, most): (Instant, i64),
) -> Result<(), StoreError> {
    if let Some(before) = before {
        conn.execute(MOVE, params![browser, before]).await?;
    }
    conn.execute(PUT, params![browser, member, now]).await?;
    conn.execute(TRIM, params![member, member, most]).await.map(drop)
}

/// Forgets a member's browsers, all or all but one.
///
/// # Errors
/// See [`StoreError`].
pub async fn forget(conn: &mut Conn, member: MemberId, kept: Option<Hash>) -> Result<(), StoreError> {
    match kept {
        Some(kept) => conn.execute(FORGET_OTHERS, params![member, kept]).await.map(drop),
        None => conn.execute(FORGET, params![member]).await.map(drop),
    }
}
