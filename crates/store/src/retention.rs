//! Erases the names and addresses of people whose last right at an item ended long ago. Their seats, uses and
//! counts stay.
//!
//! What is due is found by a reader; each piece is checked again by the writer, because a link may be extended in
//! between. An erased address is a fresh one that nobody can have, so that rows of one person still belong together.

use domain::{Instant, ItemId, LinkId, SeatId};

use crate::db::{params, row, statements};
use crate::{Conn, Row, StoreError};

/// Where erased addresses are at: reserved, it never has mail (RFC 2606).
pub const ERASED_DOMAIN: &str = "erased.invalid";

/// Invites with a name that ended at or before `$1`, behind `$2` and `$3`, if all others of their person ended too.
/// Erased ones have no name: each of these looks at what is due, and at ended invites of people with a good one.
macro_rules! due {
    ($from:literal, $ended:literal) => {
        concat!(
            "SELECT v.item_id, v.email, ", $ended, ", v.id FROM ", $from,
            " WHERE v.first_name <> '' AND ", $ended, " <= $1 AND ", $ended, " >= $2
                AND (", $ended, " > $3 OR v.id > $4) AND NOT EXISTS (
                    SELECT 1 FROM invite o JOIN item i ON i.id = o.item_id WHERE o.item_id = v.item_id
                        AND o.email = v.email AND (o.revoked_ms IS NULL OR o.revoked_ms > $5) AND o.end_ms > $6
                        AND (i.deleted_ms IS NULL OR i.deleted_ms > $7))
              ORDER BY ", $ended, ", v.id LIMIT $8"
        )
    };
}

statements! {
    SEATS_DUE = "SELECT s.id FROM seat s JOIN guest_link l ON l.id = s.link_id JOIN item i ON i.id = s.item_id
        WHERE s.id > $1 AND (s.name <> '' OR s.email <> '')
            AND (l.deleted_ms <= $2 OR l.end_ms <= $3 OR i.deleted_ms <= $4) ORDER BY s.id LIMIT $5";
    ERASE_SEAT = "UPDATE seat SET name = '', email = '', device = NULL, key_hash = NULL, removed_key = NULL
        WHERE id = $1 AND EXISTS (
            SELECT 1 FROM guest_link l JOIN item i ON i.id = l.item_id
            WHERE l.id = seat.link_id AND (l.deleted_ms <= $2 OR l.end_ms <= $3 OR i.deleted_ms <= $4))";
    DUE_BY_END = due!("invite v", "v.end_ms");
    DUE_BY_REVOKED = due!("invite v", "v.revoked_ms");
    DUE_BY_ITEM = due!("item d JOIN invite v ON v.item_id = d.id", "d.deleted_ms");
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
    ERASE_INVITE_SEAT = "UPDATE invite_seat SET email = $1, first_name = '', last_name = '', device = NULL, key_hash = NULL,
            removed_key = NULL WHERE item_id = $2 AND email = $3";
    ERASE_INVITES = "UPDATE invite SET email = $1, first_name = '', last_name = '' WHERE item_id = $2 AND email = $3";
}

/// An invited person at an item.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Person {
    /// Where.
    pub item: ItemId,
    /// Their address.
    pub email: String,
}

/// What ended an invite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Its time.
    ByItself,
    /// It was revoked.
    ByRevoking,
    /// Its item was deleted.
    WithItem,
}

/// Where a list of due invites goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// When the last one ended.
    pub at: Instant,
    /// The last one.
    pub invite: LinkId,
}

impl Place {
    /// Before all.
    pub const BEGIN: Self = Self { at: Instant::from_ms(0), invite: LinkId::from_bytes([0; 16]) };
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

/// Invited people, by an invite of theirs that ended in this way, behind `after`, all of whose invites to the item
/// ended at or before `until`. Who has several is listed several times.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_due_persons(
    conn: &mut Conn,
    ended: Ended,
    after: Place,
    until: Instant,
    limit: i64,
) -> Result<Vec<(Person, Place)>, StoreError> {
    let sql = match ended {
        Ended::ByItself => DUE_BY_END,
        Ended::ByRevoking => DUE_BY_REVOKED,
        Ended::WithItem => DUE_BY_ITEM,
    };
    let Place { at, invite } = after;
    let rows = conn.query(sql, params![until, at, at, invite, until, until, until, limit]).await?;
    let person = |mut row: Row| {
        let person = Person { item: row.take()?, email: row.take()? };
        Ok((person, Place { at: row.take()?, invite: row.take()? }))
    };
    rows.into_iter().map(person).collect()
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
    erase_known(conn, person, mark).await.map(|()| true)
}

/// Erases a person everywhere at an item, under the lock of their invites.
pub(crate) async fn erase_known(conn: &mut Conn, person: &Person, mark: &str) -> Result<(), StoreError> {
    let Person { item, email } = person;
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
    Ok(())
}
