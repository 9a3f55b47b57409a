//! What happened at an item: activity one row each, refusals one row per link, cause and minute.

use domain::{ActivityKind, Instant, ItemId, LinkId, Reason, SeatId};

use crate::db::{params, statements};
use crate::{Conn, Row, StoreError};

statements! {
    ADD = "INSERT INTO activity (id, item_id, link_id, actor, what, detail, at_ms, seat_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    LIST = "SELECT a.id, a.at_ms, a.what, a.actor, a.detail, l.name
        FROM activity a LEFT JOIN guest_link l ON l.id = a.link_id
        WHERE a.item_id = $1 AND a.id < $2 ORDER BY a.id DESC LIMIT $3";
    REFUSE = "INSERT INTO refusal (link_id, cause, minute, count) VALUES ($1, $2, $3, 1)
        ON CONFLICT (link_id, cause, minute) DO UPDATE SET count = refusal.count + 1";
    OPEN = "INSERT INTO link_opened (link_id, day, count) VALUES ($1, $2, 1)
        ON CONFLICT (link_id, day) DO UPDATE SET count = link_opened.count + 1";
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Sorts and pages; 16 bytes that begin with the time.
    pub id: [u8; 16],
    /// When.
    pub at: Instant,
    /// What, as a code such as `link_created`.
    pub what: String,
    /// Who did it, as shown to the owner.
    pub actor: String,
    /// More about it, plain text, may be empty.
    pub detail: String,
    /// The link's name, when it is about one.
    pub link_name: Option<String>,
}

/// Something to record.
#[derive(Debug, Clone)]
pub struct NewActivity<'a> {
    /// 16 bytes that begin with the time.
    pub id: [u8; 16],
    /// Where.
    pub item: ItemId,
    /// The link, when it is about one.
    pub link: Option<LinkId>,
    /// The person's seat, when it is about somebody who came.
    pub seat: Option<SeatId>,
    /// Who.
    pub actor: &'a str,
    /// What.
    pub what: ActivityKind,
    /// More.
    pub detail: &'a str,
    /// When.
    pub at: Instant,
}

/// Records one activity.
///
/// # Errors
/// See [`StoreError`].
pub async fn add(conn: &mut Conn, new: &NewActivity<'_>) -> Result<(), StoreError> {
    let values = params![new.id, new.item, new.link, new.actor, new.what, new.detail, new.at, new.seat];
    conn.post(ADD, values).await
}

/// An item's activity, newest first, before `before`.
///
/// # Errors
/// See [`StoreError`].
pub async fn list(
    conn: &mut Conn,
    item: ItemId,
    before: Option<[u8; 16]>,
    limit: i64,
) -> Result<Vec<Activity>, StoreError> {
    let rows = conn.query(LIST, params![item, before.unwrap_or([0xff; 16]), limit]).await?;
    let activity = |mut row: Row| {
        Ok(Activity {
            id: row.take()?,
            at: row.take()?,
            what: row.take()?,
            actor: row.take()?,
            detail: row.take()?,
            link_name: row.take()?,
        })
    };
    rows.into_iter().map(activity).collect()
}

/// Counts one refused form.
///
/// # Errors
/// See [`StoreError`].
pub async fn refuse(conn: &mut Conn, link: LinkId, cause: Reason, now: Instant) -> Result<(), StoreError> {
    conn.execute(REFUSE, params![link, cause, now.minute()]).await.map(drop)
}

/// Counts one opened link by day.
///
/// # Errors
/// See [`StoreError`].
pub async fn open(conn: &mut Conn, link: LinkId, now: Instant) -> Result<(), StoreError> {
    conn.execute(OPEN, params![link, now.minute() / 1_440]).await.map(drop)
}
