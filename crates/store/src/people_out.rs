//! Putting people out, and letting them back.
//!
//! Where there is no session, removing takes the seat's browser key off it and keeps it aside: the browser stands at
//! the door like a stranger's, and undo gives it the seat back. In a session, and for whoever is blocked, the key
//! stays, because only by it is the browser known that must not come in again.

use domain::{Instant, SeatId};

use crate::db::{params, statements};
use crate::people::CameBy;
use crate::{Conn, StoreError};

statements! {
    FREE_GUEST = "UPDATE seat SET removed_ms = $1, removed_key = key_hash, key_hash = NULL
        WHERE id = $2 AND removed_ms IS NULL AND blocked_ms IS NULL";
    FREE_INVITEE = "UPDATE invite_seat SET removed_ms = $1, removed_key = key_hash, key_hash = NULL
        WHERE id = $2 AND removed_ms IS NULL AND blocked_ms IS NULL";
    HOLD_GUEST = "UPDATE seat SET removed_ms = $1 WHERE id = $2 AND removed_ms IS NULL AND blocked_ms IS NULL";
    HOLD_INVITEE = "UPDATE invite_seat SET removed_ms = $1 WHERE id = $2 AND removed_ms IS NULL AND blocked_ms IS NULL";
    RESTORE_GUEST = "UPDATE seat SET key_hash = COALESCE(key_hash, removed_key), removed_key = NULL, removed_ms = NULL
        WHERE id = $1 AND removed_ms IS NOT NULL";
    RESTORE_INVITEE = "UPDATE invite_seat SET key_hash = COALESCE(key_hash, removed_key), removed_key = NULL,
        removed_ms = NULL WHERE id = $1 AND removed_ms IS NOT NULL";
    BLOCK_GUEST = "UPDATE seat SET blocked_ms = $1, key_hash = COALESCE(key_hash, removed_key), removed_key = NULL,
        removed_ms = NULL WHERE id = $2 AND blocked_ms IS NULL";
    BLOCK_INVITEE = "UPDATE invite_seat SET blocked_ms = $1, key_hash = COALESCE(key_hash, removed_key),
        removed_key = NULL, removed_ms = NULL WHERE id = $2 AND blocked_ms IS NULL";
    UNBLOCK_GUEST = "UPDATE seat SET blocked_ms = NULL WHERE id = $1 AND blocked_ms IS NOT NULL";
    UNBLOCK_INVITEE = "UPDATE invite_seat SET blocked_ms = NULL WHERE id = $1 AND blocked_ms IS NOT NULL";
}

/// What becomes of the browser of whoever is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removed {
    /// It is a stranger's: there is no session.
    Freed,
    /// It stays known, and stays out of the session.
    KeptOut,
}

/// Removes somebody who is neither removed nor blocked. Answers whether that changed anything.
///
/// # Errors
/// See [`StoreError`].
pub async fn remove(
    conn: &mut Conn,
    seat: SeatId,
    by: &CameBy,
    removed: Removed,
    now: Instant,
) -> Result<bool, StoreError> {
    let sql = match (by, removed) {
        (CameBy::Link(..), Removed::Freed) => FREE_GUEST,
        (CameBy::Link(..), Removed::KeptOut) => HOLD_GUEST,
        (CameBy::Invites(_), Removed::Freed) => FREE_INVITEE,
        (CameBy::Invites(_), Removed::KeptOut) => HOLD_INVITEE,
    };
    Ok(conn.execute(sql, params![now, seat]).await? > 0)
}

/// Gives somebody who was removed the seat back, unless another device sits there by now.
///
/// # Errors
/// See [`StoreError`].
pub async fn restore(conn: &mut Conn, seat: SeatId, by: &CameBy) -> Result<bool, StoreError> {
    let sql = if matches!(by, CameBy::Link(..)) { RESTORE_GUEST } else { RESTORE_INVITEE };
    Ok(conn.execute(sql, params![seat]).await? > 0)
}

/// Blocks somebody for good; who was removed is given the seat to be kept out by.
///
/// # Errors
/// See [`StoreError`].
pub async fn block(conn: &mut Conn, seat: SeatId, by: &CameBy, now: Instant) -> Result<bool, StoreError> {
    let sql = if matches!(by, CameBy::Link(..)) { BLOCK_GUEST } else { BLOCK_INVITEE };
    Ok(conn.execute(sql, params![now, seat]).await? > 0)
}

/// Ends a block; the seat is theirs again.
///
/// # Errors
/// See [`StoreError`].
pub async fn unblock(conn: &mut Conn, seat: SeatId, by: &CameBy) -> Result<bool, StoreError> {
    let sql = if matches!(by, CameBy::Link(..)) { UNBLOCK_GUEST } else { UNBLOCK_INVITEE };
    Ok(conn.execute(sql, params![seat]).await? > 0)
}
