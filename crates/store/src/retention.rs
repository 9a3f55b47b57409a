//! Erases the names and addresses of people whose last right at an item ended long ago. Their seats, uses and
//! counts stay.
//!
//! What is due is found by a reader; each piece is checked again by the writer, because a link may be extended in
//! between. An erased address is a fresh one that nobody can have, so that rows of one person still belong together.

use domain::{Instant, ItemId, SeatId};

use crate::db::{params, row, statements};
use crate::{Conn, StoreError};

/// Where erased addresses are at: reserved, it never has mail (RFC 2606).
pub const ERASED_DOMAIN: &str = "erased.invalid";

statements! {
    SEATS_DUE = "SELECT s.id FROM seat s JOIN guest_link l ON l.id = s.link_id JOIN item i ON i.id = s.item_id
        WHERE s.id > $1 AND (s.name <> '' OR s.email <> '')
            AND (l.deleted_ms <= $2 OR l.end_ms <= $3 OR i.deleted_ms <= $4) ORDER BY s.id LIMIT $5";
    ERASE_SEAT = "UPDATE seat SET name = '', email = '', key_hash = NULL WHERE id = $1 AND EXISTS (
            SELECT 1 FROM guest_link l JOIN item i ON i.id = l.item_id
            WHERE l.id = seat.link_id AND (l.deleted_ms <= $2 OR l.end_ms <= $3 OR i.deleted_ms <= $4))";
    PERSONS_DUE = "SELECT v.item_id, v.email FROM invite v JOIN item i ON i.id = v.item_id
        WHERE v.email NOT LIKE '%@erased.invalid' GROUP BY v.item_id, v.email
        HAVING SUM(CASE WHEN v.revoked_ms <= $1 OR v.end_ms <= $2 OR i.deleted_ms <= $3 THEN 0 ELSE 1 END) = 0 LIMIT $4";
    LIVE_INVITES = "SELECT COUNT(*) FROM invite v JOIN item i ON i.id = v.item_id
        WHERE v.item_id = $1 AND v.email = $2 AND (v.revoked_ms IS NULL OR v.revoked_ms > $3) AND v.end_ms > $4
            AND (i.deleted_ms IS NULL OR i.deleted_ms > $5)";
    ERASE_MAIL = "UPDATE mail SET email = $1, message_sealed = NULL, answer = ''
        WHERE about_id IN (SELECT id FROM invite WHERE item_id = $2 AND email = $3)";
    DROP_CODES = "DELETE FROM mail_code WHERE about_id IN (SELECT id FROM invite WHERE item_id = $1 AND email = $2)";
    DROP_FAILURES = "DELETE FROM lobby_failure WHERE invite_id IN (SELECT id FROM invite WHERE item_id = $1 AND email = $2)";
    DROP_MOVES = "DELETE FROM seat_move WHERE invite_id IN (SELECT id FROM invite WHERE item_id = $1 AND email = $2)";
    ERASE_ENTERED = "UPDATE activity SET actor = '' WHERE item_id = $1 AND what = 'invite_entered'
        AND link_id IN (SELECT id FROM invite WHERE item_id = $2 AND email = $3)";
    ERASE_DETAIL = "UPDATE activity SET detail = '' WHERE item_id = $1 AND what <> 'invite_entered'
        AND link_id IN (SELECT id FROM invite WHERE item_id = $2 AND email = $3)";
    ERASE_INVITE_SEAT = "UPDATE invite_seat SET email = $1, first_name = '', last_name = '', key_hash = NULL
        WHERE item_id = $2 AND email = $3";
    ERASE_INVITES = "UPDATE invite SET email = $1, first_name = '', last_name = '' WHERE item_id = $2 AND email = $3";
}

/// An invited person at an item.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// Where.
    pub item: ItemId,
    /// Their address.
    pub email: String,
}

/// Guests' seats that are due, in the order of their ids, behind `after`: those whose link or item ended at or before
/// `until`.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_due_seats(
    conn: &mut Conn,
    after: SeatId,
    until: Instant,
    limit: i64,
) -> Result<Vec<SeatId>, StoreError> {
    let rows = conn.query(SEATS_DUE, params![after, until, until, until, limit]).await?;
    rows.into_iter().map(|mut row| row.take()).collect()
}

/// Erases who sat there, unless the seat lives again. Answers how many were erased.
///
/// # Errors
/// See [`StoreError`].
pub async fn erase_seats(conn: &mut Conn, seats: &[SeatId], until: Instant) -> Result<u64, StoreError> {
    let rows: Vec<_> = seats.iter().map(|seat| row![seat, until, until, until]).collect();
    conn.execute_many(ERASE_SEAT, &rows).await
}

/// Invited people all of whose invites to an item ended at or before `until`.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_due_persons(
    conn: &mut Conn,
    until: Instant,
    limit: i64,
) -> Result<Vec<Person>, StoreError> {
    let rows = conn.query(PERSONS_DUE, params![until, until, until, limit]).await?;
    rows.into_iter().map(|mut row| Ok(Person { item: row.take()?, email: row.take()? })).collect()
}

/// Erases a person from their invites, seat, mail and activity; `mark` is what their address becomes. False when an
/// invite of theirs lives by now.
///
/// # Errors
/// See [`StoreError`].
pub async fn erase_person(
    conn: &mut Conn,
    person: &Person,
    mark: &str,
    until: Instant,
) -> Result<bool, StoreError> {
    let Person { item, email } = person;
    crate::invite::lock_person(conn, *item, email).await?;
    let live: i64 = conn.value(LIVE_INVITES, params![item, email, until, until, until]).await?;
    if live > 0 {
        return Ok(false);
    }
    conn.execute(ERASE_MAIL, params![mark, item, email]).await?;
    for sql in [DROP_CODES, DROP_FAILURES, DROP_MOVES] {
        conn.execute(sql, params![item, email]).await?;
    }
    for sql in [ERASE_ENTERED, ERASE_DETAIL] {
        conn.execute(sql, params![item, item, email]).await?;
    }
    // The invites last: the others are found by them.
    for sql in [ERASE_INVITE_SEAT, ERASE_INVITES] {
        conn.execute(sql, params![mark, item, email]).await?;
    }
    Ok(true)
}
