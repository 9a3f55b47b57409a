//! What happens in an invite's lobby: failed tries, devices that ask to take a seat over, mailed codes.

use domain::{Instant, LinkId, LobbyTries};

use crate::db::{params, statements};
use crate::seat::KeyHash;
use crate::{Conn, Question, Row, StoreError};

/// Names a row of `seat_move`, `mail_code` or `lobby_failure`; begins with the time.
pub type RowId = [u8; 16];

statements! {
    ADD_FAILURE = "INSERT INTO lobby_failure (id, invite_id, block, at_ms) VALUES ($1, $2, $3, $4)";
    TRIES = "SELECT block, at_ms FROM lobby_failure WHERE invite_id = $1 AND at_ms > $2";
    ASK = "INSERT INTO seat_move (id, invite_id, kind, key_hash, reference, created_ms, expires_ms, asked_ms)
        VALUES ($1, $2, 'ask', $3, $4, $5, $6, $7)";
    FIND_ASKED = "SELECT id, invite_id, reference, asked_ms, allowed_ms, done_ms, expires_ms FROM seat_move
        WHERE invite_id = $1 AND key_hash = $2 AND done_ms IS NULL AND expires_ms > $3 ORDER BY id DESC LIMIT 1";
    LAST_ASKED = "SELECT id, invite_id, reference, asked_ms, allowed_ms, done_ms, expires_ms FROM seat_move
        WHERE invite_id = $1 AND key_hash = $2 AND kind = 'ask' ORDER BY id DESC LIMIT 1";
    WAITING = "SELECT id, invite_id, reference, asked_ms, allowed_ms, done_ms, expires_ms FROM seat_move
        WHERE invite_id = $1 AND asked_ms IS NOT NULL AND allowed_ms IS NULL AND done_ms IS NULL AND expires_ms > $2
        ORDER BY id";
    ALLOW = "UPDATE seat_move SET allowed_ms = $1, expires_ms = $2 WHERE id = $3 AND invite_id = $4
        AND allowed_ms IS NULL AND done_ms IS NULL AND asked_ms IS NOT NULL AND expires_ms > $5";
    DECLINE = "UPDATE seat_move SET done_ms = $1 WHERE id = $2 AND invite_id = $3 AND allowed_ms IS NULL
        AND done_ms IS NULL AND asked_ms IS NOT NULL AND expires_ms > $4";
    HEARD = "UPDATE seat_move SET expires_ms = $1 WHERE id = $2 AND kind = 'ask' AND allowed_ms IS NULL
        AND done_ms IS NULL";
    DONE = "UPDATE seat_move SET done_ms = $1 WHERE id = $2";
}

/// A device that asks to take a seat over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Which.
    pub id: RowId,
    /// The invite it came with.
    pub invite: LinkId,
    /// A few letters that the person can read out to the owner.
    pub reference: String,
    /// When it asked; none while it has not shown the invited address yet.
    pub asked_at: Option<Instant>,
    /// When the owner or the first device allowed it.
    pub allowed_at: Option<Instant>,
    /// When it took the seat.
    pub done_at: Option<Instant>,
    /// From when it is no good.
    pub expires_at: Instant,
}

fn moving(mut row: Row) -> Result<Move, StoreError> {
    Ok(Move {
        id: row.take()?,
        invite: row.take()?,
        reference: row.take::<Option<String>>()?.unwrap_or_default(),
        asked_at: row.take()?,
        allowed_at: row.take()?,
        done_at: row.take()?,
        expires_at: row.take()?,
    })
}

/// Writes down one failed try from an address block.
///
/// # Errors
/// See [`StoreError`].
pub async fn add_failure(
    conn: &mut Conn,
    id: RowId,
    invite: LinkId,
    block: &str,
    now: Instant,
) -> Result<(), StoreError> {
    conn.execute(ADD_FAILURE, params![id, invite, block, now]).await.map(drop)
}

/// Failed tries that still count.
pub fn tries_at(invite: LinkId, block: &str, now: Instant) -> Question<LobbyTries> {
    let block = block.to_owned();
    Question::rows(TRIES, params![invite, now.minus(LobbyTries::DAY)], move |rows| {
        let tried = |mut row: Row| Ok((row.take::<String>()? == block, row.take()?));
        let tries = rows.into_iter().map(tried).collect::<Result<Vec<_>, StoreError>>()?;
        Ok(LobbyTries::of(&tries, now))
    })
}

/// Writes down that a device asks the owner to be let in.
///
/// # Errors
/// See [`StoreError`].
pub async fn ask(
    conn: &mut Conn,
    id: RowId,
    invite: LinkId,
    key: KeyHash,
    reference: &str,
    now: Instant,
    expires_at: Instant,
) -> Result<(), StoreError> {
    conn.execute(ASK, params![id, invite, key, reference, now, expires_at, now]).await.map(drop)
}

/// What a device asked for, if it is still open.
pub fn asked_by(invite: LinkId, key: KeyHash, now: Instant) -> Question<Option<Move>> {
    Question::first(FIND_ASKED, params![invite, key, now], moving)
}

/// What a browser asked for last, open or not.
///
/// # Errors
/// See [`StoreError`].
pub async fn last_asked(conn: &mut Conn, invite: LinkId, key: KeyHash) -> Result<Option<Move>, StoreError> {
    conn.find(LAST_ASKED, params![invite, key]).await?.map(moving).transpose()
}

/// A device that waits for the owner was heard of: it goes on waiting until `expires_at`.
///
/// # Errors
/// See [`StoreError`].
pub async fn hear(conn: &mut Conn, id: RowId, expires_at: Instant) -> Result<(), StoreError> {
    conn.post(HEARD, params![expires_at, id]).await
}

/// Devices that wait for the owner's leave, the longest waiting first.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_waiting(conn: &mut Conn, invite: LinkId, now: Instant) -> Result<Vec<Move>, StoreError> {
    conn.query(WAITING, params![invite, now]).await?.into_iter().map(moving).collect()
}

/// The owner lets a waiting device in, which may come until `expires_at`. Answers false when it waits no longer.
///
/// # Errors
/// See [`StoreError`].
pub async fn allow(
    conn: &mut Conn,
    id: RowId,
    invite: LinkId,
    (now, expires_at): (Instant, Instant),
) -> Result<bool, StoreError> {
    Ok(conn.execute(ALLOW, params![now, expires_at, id, invite, now]).await? == 1)
}

/// The owner turns a waiting device away. Answers false when it waits no longer.
///
/// # Errors
/// See [`StoreError`].
pub async fn decline(conn: &mut Conn, id: RowId, invite: LinkId, now: Instant) -> Result<bool, StoreError> {
    Ok(conn.execute(DECLINE, params![now, id, invite, now]).await? == 1)
}

/// The device took the seat.
///
/// # Errors
/// See [`StoreError`].
pub async fn mark_done(conn: &mut Conn, id: RowId, now: Instant) -> Result<(), StoreError> {
    conn.post(DONE, params![now, id]).await
}
