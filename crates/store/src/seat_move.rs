//! Hand-overs: the device that holds an invite's seat shows a one-time URL, another opens it, the first one confirms.

use domain::{Instant, ItemId, LinkId};

use crate::db::{params, statements};
use crate::lobby::RowId;
use crate::seat::KeyHash;
use crate::{Conn, StoreError};

statements! {
    OFFER = "INSERT INTO seat_move (id, invite_id, kind, token_hash, created_ms, expires_ms)
        VALUES ($1, $2, 'qr', $3, $4, $5)";
    WITHDRAW = "UPDATE seat_move SET done_ms = $1 WHERE kind = 'qr' AND done_ms IS NULL
        AND invite_id IN (SELECT id FROM invite WHERE item_id = $2 AND email = $3)";
    FIND_FRESH = "SELECT invite_id FROM seat_move WHERE token_hash = $1 AND kind = 'qr' AND key_hash IS NULL
        AND done_ms IS NULL AND expires_ms > $2";
    FIND_OF_BROWSER = "SELECT invite_id FROM seat_move WHERE token_hash = $1 AND key_hash = $2";
    TAKE = "UPDATE seat_move SET key_hash = $1, reference = $2, asked_ms = $3, expires_ms = $4
        WHERE token_hash = $5 AND key_hash IS NULL AND done_ms IS NULL AND expires_ms > $6";
    ASKING = "SELECT m.reference FROM seat_move m JOIN invite i ON i.id = m.invite_id
        WHERE i.item_id = $1 AND i.email = $2 AND m.kind = 'qr' AND m.asked_ms IS NOT NULL AND m.allowed_ms IS NULL
            AND m.done_ms IS NULL AND m.expires_ms > $3 ORDER BY m.id DESC LIMIT 1";
    CONFIRM = "UPDATE seat_move SET allowed_ms = $1 WHERE kind = 'qr' AND reference = $2 AND asked_ms IS NOT NULL
        AND allowed_ms IS NULL AND done_ms IS NULL AND expires_ms > $3
        AND invite_id IN (SELECT id FROM invite WHERE item_id = $4 AND email = $5)";
    DECLINE = "UPDATE seat_move SET done_ms = $1 WHERE kind = 'qr' AND reference = $2 AND allowed_ms IS NULL
        AND invite_id IN (SELECT id FROM invite WHERE item_id = $3 AND email = $4)";
}

/// Shows a one-time URL for a person's seat; one shown before is no good any more.
///
/// # Errors
/// See [`StoreError`].
pub async fn offer(
    conn: &mut Conn,
    id: RowId,
    invite: LinkId,
    (item, email): (ItemId, &str),
    token_hash: [u8; 32],
    (now, expires_at): (Instant, Instant),
) -> Result<(), StoreError> {
    withdraw(conn, (item, email), now).await?;
    conn.execute(OFFER, params![id, invite, token_hash, now, expires_at]).await.map(drop)
}

/// What the device that held a person's seat has shown or allowed is no good any more.
///
/// # Errors
/// See [`StoreError`].
pub async fn withdraw(
    conn: &mut Conn,
    (item, email): (ItemId, &str),
    now: Instant,
) -> Result<(), StoreError> {
    conn.post(WITHDRAW, params![now, item, email]).await
}

/// The invite behind a one-time URL that nobody has used yet.
///
/// # Errors
/// See [`StoreError`].
pub async fn find_fresh(
    conn: &mut Conn,
    token_hash: [u8; 32],
    now: Instant,
) -> Result<Option<LinkId>, StoreError> {
    conn.find(FIND_FRESH, params![token_hash, now]).await?.map(|mut row| row.take()).transpose()
}

/// The invite behind a one-time URL that this browser has used.
///
/// # Errors
/// See [`StoreError`].
pub async fn find_of_browser(
    conn: &mut Conn,
    token_hash: [u8; 32],
    key: KeyHash,
) -> Result<Option<LinkId>, StoreError> {
    conn.find(FIND_OF_BROWSER, params![token_hash, key]).await?.map(|mut row| row.take()).transpose()
}

/// A browser uses the one-time URL and waits for the first device. False when somebody was quicker.
///
/// # Errors
/// See [`StoreError`].
pub async fn take(
    conn: &mut Conn,
    token_hash: [u8; 32],
    (key, reference): (KeyHash, &str),
    (now, expires_at): (Instant, Instant),
) -> Result<bool, StoreError> {
    let values = params![key, reference, now, expires_at, token_hash, now];
    Ok(conn.execute(TAKE, values).await? == 1)
}

/// The reference of the device that waits for a person's first one.
///
/// # Errors
/// See [`StoreError`].
pub async fn find_asking(
    conn: &mut Conn,
    item: ItemId,
    email: &str,
    now: Instant,
) -> Result<Option<String>, StoreError> {
    conn.find(ASKING, params![item, email, now]).await?.map(|mut row| row.take()).transpose()
}

/// The first device lets the other one take over. False when it waits no longer.
///
/// # Errors
/// See [`StoreError`].
pub async fn confirm(
    conn: &mut Conn,
    (item, email): (ItemId, &str),
    reference: &str,
    now: Instant,
) -> Result<bool, StoreError> {
    Ok(conn.execute(CONFIRM, params![now, reference, now, item, email]).await? == 1)
}

/// The first device keeps the seat.
///
/// # Errors
/// See [`StoreError`].
pub async fn decline(
    conn: &mut Conn,
    (item, email): (ItemId, &str),
    reference: &str,
    now: Instant,
) -> Result<(), StoreError> {
    conn.execute(DECLINE, params![now, reference, item, email]).await.map(drop)
}
