//! Viewings as rows: who opened which page when. Renewal needs none of them; they serve the limit per seat and
//! the owner's insight.

use domain::{Attendee, Instant, ItemId, SeatId, Span, ViewingId};

use crate::db::{params, statements};
use crate::{Conn, StoreError, invite_seat, seat};

statements! {
    INSERT = "INSERT INTO viewing (id, item_id, seat_id, member_id, link_id, opened_ms, seen_ms)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    LIVING_OF_SEAT = "SELECT id FROM viewing WHERE seat_id = $1 AND ended_ms IS NULL AND seen_ms > $2 ORDER BY opened_ms, id";
    SEEN = "UPDATE viewing SET seen_ms = $1 WHERE id = $2 AND seen_ms < $3";
    END_OF_SEAT = "UPDATE viewing SET ended_ms = $1 WHERE seat_id = $2 AND ended_ms IS NULL";
    DROP_BEFORE = "DELETE FROM viewing WHERE id IN (SELECT id FROM viewing WHERE id < $1 ORDER BY id LIMIT $2)";
    DROP_FLEETING = "DELETE FROM viewing WHERE id >= $1 AND id < $2 AND seen_ms < opened_ms + $3";
    END = "UPDATE viewing SET ended_ms = $1 WHERE id = $2 AND ended_ms IS NULL";
}

/// A viewing to be recorded.
#[derive(Debug, Clone, Copy)]
pub struct NewViewing {
    /// Id.
    pub id: ViewingId,
    /// The item on the page.
    pub item: ItemId,
    /// Who opened it.
    pub attendee: Attendee,
    /// When the page was loaded.
    pub now: Instant,
}

/// Makes others who open a viewing by the same seat wait until this transaction ends, so that none of them overlooks
/// another.
///
/// # Errors
/// See [`StoreError`].
pub async fn lock_seat(conn: &mut Conn, new: &NewViewing) -> Result<(), StoreError> {
    match new.attendee {
        Attendee::Guest { seat, .. } => conn.ask(seat::lock(seat)).await,
        Attendee::Invitee { seat } => conn.ask(invite_seat::lock(seat)).await,
        Attendee::Member(_) => Ok(()),
    }
}

/// Records a viewing.
///
/// # Errors
/// See [`StoreError`].
pub async fn insert(conn: &mut Conn, new: &NewViewing) -> Result<(), StoreError> {
    let (seat, member, link) = (new.attendee.seat(), new.attendee.member(), new.attendee.link());
    let values = params![new.id, new.item, seat, member, link, new.now, new.now];
    conn.execute(INSERT, values).await.map(drop)
}

/// A seat's viewings heard of after `since` and not ended, oldest first.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_living(
    conn: &mut Conn,
    seat: SeatId,
    since: Instant,
) -> Result<Vec<ViewingId>, StoreError> {
    let rows = conn.query(LIVING_OF_SEAT, params![seat, since]).await?;
    rows.into_iter().map(|mut row| row.take()).collect()
}

/// Records when viewings were heard of last.
///
/// # Errors
/// See [`StoreError`].
pub async fn mark_seen(conn: &mut Conn, seen: &[(ViewingId, Instant)]) -> Result<(), StoreError> {
    let rows: Vec<_> = seen.iter().map(|(id, at)| params![*at, *id, *at].to_vec()).collect();
    conn.execute_many(SEEN, &rows).await.map(drop)
}

/// Records that viewings are over.
///
/// # Errors
/// See [`StoreError`].
pub async fn mark_ended(conn: &mut Conn, ended: &[ViewingId], now: Instant) -> Result<(), StoreError> {
    let rows: Vec<_> = ended.iter().map(|id| params![now, *id].to_vec()).collect();
    conn.execute_many(END, &rows).await.map(drop)
}

/// Records that everything a seat has open is over.
///
/// # Errors
/// See [`StoreError`].
pub async fn end_of_seat(conn: &mut Conn, seat: SeatId, now: Instant) -> Result<(), StoreError> {
    conn.execute(END_OF_SEAT, params![now, seat]).await.map(drop)
}

/// Forgets viewings that began before `before`, so many of them at most; answers how many.
///
/// # Errors
/// See [`StoreError`].
pub async fn drop_before(conn: &mut Conn, before: Instant, most: i64) -> Result<u64, StoreError> {
    conn.execute(DROP_BEFORE, params![first_at(before), most]).await
}

/// Forgets viewings of that time that were left before they were renewed once: they tell nobody anything.
///
/// # Errors
/// See [`StoreError`].
pub async fn drop_fleeting(
    conn: &mut Conn,
    (from, to): (Instant, Instant),
    shorter_than: Span,
) -> Result<u64, StoreError> {
    conn.execute(DROP_FLEETING, params![first_at(from), first_at(to), shorter_than]).await
}

/// Ids of viewings begin with the time of their opening.
fn first_at(time: Instant) -> ViewingId {
    ViewingId::new(time, [0; 10])
}
