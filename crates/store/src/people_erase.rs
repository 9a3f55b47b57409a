//! What is kept of one address over the whole site: found and erased when its person asks, whatever their rights.
//!
//! Guests' seats are read one after another, some at a time: an index by address would be paid for by every guest who
//! enters, and this is asked once in a long while.

use domain::{Instant, ItemId, SeatId};

use crate::db::{params, statements};
use crate::retention::{Person, erase_known};
use crate::{Conn, StoreError};

statements! {
    SEATS = "SELECT id, item_id FROM seat WHERE id > $1 AND email = $2 ORDER BY id LIMIT $3";
    INVITED = "SELECT DISTINCT item_id FROM invite WHERE email = $1 ORDER BY item_id";
    INVITEE = "SELECT id FROM invite_seat WHERE item_id = $1 AND email = $2";
    ERASE_SEAT = "UPDATE seat SET name = '', email = '', device = NULL, key_hash = NULL, removed_key = NULL
        WHERE id = $1 AND email = $2";
    REVOKE = "UPDATE invite SET revoked_ms = COALESCE(revoked_ms, $1), cut_ms = COALESCE(cut_ms, $2)
        WHERE item_id = $3 AND email = $4";
}

/// Seats that a guest with this address has at items, behind `after`.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_seats(
    conn: &mut Conn,
    email: &str,
    after: SeatId,
    limit: i64,
) -> Result<Vec<(SeatId, ItemId)>, StoreError> {
    let rows = conn.query(SEATS, params![after, email, limit]).await?;
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}

/// The items to which this address is or was invited.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_invited(conn: &mut Conn, email: &str) -> Result<Vec<ItemId>, StoreError> {
    conn.query(INVITED, params![email]).await?.into_iter().map(|mut row| row.take()).collect()
}

/// The seat of the invited person at an item, if they ever entered.
///
/// # Errors
/// See [`StoreError`].
pub async fn find_seat(conn: &mut Conn, item: ItemId, email: &str) -> Result<Option<SeatId>, StoreError> {
    conn.find(INVITEE, params![item, email]).await?.map(|mut row| row.take()).transpose()
}

/// Erases who sat at these seats. Answers how many were erased.
///
/// # Errors
/// See [`StoreError`].
pub async fn erase_seats(conn: &mut Conn, seats: &[SeatId], email: &str) -> Result<u64, StoreError> {
    let rows: Vec<_> = seats.iter().map(|seat| params![seat, email].to_vec()).collect();
    conn.execute_many(ERASE_SEAT, &rows).await
}

/// Erases an invited person at an item; their invites open nothing from now on. `mark` is what their address becomes.
///
/// # Errors
/// See [`StoreError`].
pub async fn erase_invited(
    conn: &mut Conn,
    person: &Person,
    mark: &str,
    now: Instant,
) -> Result<(), StoreError> {
    crate::invite::lock_person(conn, person.item, &person.email).await?;
    conn.execute(REVOKE, params![now, now, person.item, person.email]).await?;
    erase_known(conn, person, mark).await
}
