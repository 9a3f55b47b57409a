//! Who is inside over the whole site, for whoever is about to shut a door for everybody.

use domain::{Instant, ItemId, ItemKind, KindClass, ProcessId};

use crate::db::{params, row, statements};
use crate::process::Inside;
use crate::{Conn, Question, Row, StoreError};

statements! {
    OPEN_ITEMS = "SELECT DISTINCT v.item_id FROM viewing v JOIN item i ON i.id = v.item_id
        WHERE v.id >= $1 AND v.ended_ms IS NULL AND v.seat_id IS NOT NULL AND (v.link_id IS NULL) = ($2 = 1)
            AND i.kind IN ($3, $4, $5, $6) ORDER BY v.item_id";
    INSIDE = "SELECT s.item_id, s.link_id, CAST(SUM(s.seats) AS BIGINT), CAST(SUM(s.viewings) AS BIGINT)
        FROM process_inside s JOIN process p ON p.id = s.process_id
        WHERE p.heartbeat_ms > $1 AND p.id <> $2 GROUP BY s.item_id, s.link_id";
    KIND = "SELECT id, kind FROM item WHERE id = $1";
}

/// A way in that is no own right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Guest links.
    GuestLinks,
    /// Invites.
    Invites,
}

/// Items of a class that somebody opened through this door since `since` and may still have open.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_open_items(
    conn: &mut Conn,
    class: KindClass,
    through: Door,
    since: Instant,
) -> Result<Vec<ItemId>, StoreError> {
    let kinds: Vec<_> = ItemKind::ALL.iter().filter(|kind| KindClass::from(**kind) == class).collect();
    let Some(last) = kinds.last() else { return Ok(Vec::new()) };
    let kind = |at: usize| **kinds.get(at).unwrap_or(last);
    // Ids of viewings begin with the time of their opening.
    let first = domain::ViewingId::new(since, [0; 10]);
    let invites = i64::from(through == Door::Invites);
    let values = params![first, invites, kind(0), kind(1), kind(2), kind(3)];
    conn.query(OPEN_ITEMS, values).await?.into_iter().map(|mut row| row.take()).collect()
}

/// People inside by item and link, over all processes but `own` with a heartbeat after `since`.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_others(conn: &mut Conn, since: Instant, own: ProcessId) -> Result<Vec<Inside>, StoreError> {
    let inside = |mut row: Row| {
        Ok(Inside { item: row.take()?, link: row.take()?, seats: row.take()?, viewings: row.take()? })
    };
    conn.query(INSIDE, params![since, own]).await?.into_iter().map(inside).collect()
}

/// The kinds of items.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_kinds(conn: &mut Conn, items: &[ItemId]) -> Result<Vec<(ItemId, ItemKind)>, StoreError> {
    let items = items.iter().map(|item| row![item]).collect();
    conn.ask(Question::each(KIND, items, |mut row| Ok((row.take()?, row.take()?)))).await
}
