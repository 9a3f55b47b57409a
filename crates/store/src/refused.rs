//! Who was refused at a member's items, for the mail that they asked for. When it was told last is the member's own
//! row: whoever moves it on, from what they read, tells.

use domain::{Instant, ItemId, LinkId, MemberId, Reason, clean_stored};

use crate::db::{params, statements};
use crate::named_door::{NamedDoor, read_named};
use crate::{Conn, Row, StoreError};

/// Items that live, and that the member owns or co-owns now; a right that was lent counts while it is.
macro_rules! owned {
    () => {
        "SELECT id FROM item WHERE owner_id = $1 AND deleted_ms IS NULL
            UNION SELECT o.item_id FROM item_right o JOIN item n ON n.id = o.item_id
                WHERE o.member_id = $2 AND n.deleted_ms IS NULL
                    AND CASE WHEN o.until_ms IS NULL OR o.until_ms > $3 THEN o.item_right ELSE o.base_right END
                        IN ('owner', 'co_owner')"
    };
}

/// The most frequent lines at one sort of door, each with how many lines there are.
macro_rules! lines {
    ($names:literal, $door:literal) => {
        concat!(
            "SELECT i.id, i.title, d.id, ",
            $names,
            ", r.cause, CAST(SUM(r.count) AS BIGINT) AS times, MAX(r.minute), CAST(COUNT(*) OVER () AS BIGINT)
            FROM item i JOIN ",
            $door,
            " d ON d.item_id = i.id JOIN refusal r ON r.link_id = d.id
            WHERE i.id IN (",
            owned!(),
            ") AND r.minute >= $4 AND r.minute < $5
            GROUP BY i.id, d.id, r.cause ORDER BY times DESC, d.id, r.cause LIMIT $6"
        )
    };
}

statements! {
    OF_MEMBER = "SELECT refusals_told_ms, refusals_language FROM member WHERE id = $1 AND refusals_told_ms IS NOT NULL";
    SWITCH_ON = "UPDATE member SET refusals_told_ms = COALESCE(refusals_told_ms, $1), refusals_language = $2
        WHERE id = $3";
    SWITCH_OFF = "UPDATE member SET refusals_told_ms = NULL, refusals_language = NULL WHERE id = $1";
    DUE = "SELECT id FROM member WHERE refusals_told_ms IS NOT NULL AND refusals_told_ms <= $1
        ORDER BY refusals_told_ms";
    TAKE = "UPDATE member SET refusals_told_ms = $1 WHERE id = $2 AND refusals_told_ms = $3";
    AT_LINKS = lines!("d.name, NULL, NULL", "guest_link");
    AT_INVITES = lines!("NULL, d.first_name, d.last_name", "invite");
}

/// That a member wants to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Up to when they were told, or since when they want it.
    pub told: Instant,
    /// The language's code.
    pub language: String,
}

/// Refusals of one cause at one link or invite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Where.
    pub item: ItemId,
    /// Its title.
    pub title: String,
    /// The link or invite.
    pub door: NamedDoor,
    /// Why.
    pub cause: Reason,
    /// How often.
    pub count: i64,
    /// The first instant of the minute of the last one.
    pub last: Instant,
}

/// What a member wants; none: not to be told.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(conn: &mut Conn, member: MemberId) -> Result<Option<Wish>, StoreError> {
    let row = conn.find(OF_MEMBER, params![member]).await?;
    row.map(|mut row| Ok(Wish { told: row.take()?, language: row.take()? })).transpose()
}

/// Tells a member from now on, or goes on in another language.
///
/// # Errors
/// See [`StoreError`].
pub async fn switch_on(
    conn: &mut Conn,
    member: MemberId,
    language: &str,
    now: Instant,
) -> Result<(), StoreError> {
    conn.execute(SWITCH_ON, params![now, language, member]).await.map(drop)
}

/// Tells a member no more.
///
/// # Errors
/// See [`StoreError`].
pub async fn switch_off(conn: &mut Conn, member: MemberId) -> Result<(), StoreError> {
    conn.execute(SWITCH_OFF, params![member]).await.map(drop)
}

/// Members who were told up to `until` or before, longest ago first.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_due(conn: &mut Conn, until: Instant) -> Result<Vec<MemberId>, StoreError> {
    conn.query(DUE, params![until]).await?.into_iter().map(|mut row| row.take()).collect()
}

/// Moves a member's clock on; false when somebody else did so since `told` was read. Until the transaction ends nobody
/// else can.
///
/// # Errors
/// See [`StoreError`].
pub async fn take(
    conn: &mut Conn,
    member: MemberId,
    told: Instant,
    now: Instant,
) -> Result<bool, StoreError> {
    Ok(conn.execute(TAKE, params![now, member, told]).await? == 1)
}

/// The most frequent lines of the minutes from `since` to before `until`, and how many lines there are.
///
/// # Errors
/// See [`StoreError`].
pub async fn list(
    conn: &mut Conn,
    member: MemberId,
    (since, until): (Instant, Instant),
    most: usize,
) -> Result<(Vec<Refused>, i64), StoreError> {
    let (mut lines, mut all) = (Vec::new(), 0);
    for statement in [AT_LINKS, AT_INVITES] {
        let values = params![member, member, until, since.minute(), until.minute(), most as i64];
        let rows = conn.query(statement, values).await?;
        let read: Result<Vec<_>, StoreError> = rows.into_iter().map(read).collect();
        let read = read?;
        all += read.first().map_or(0, |(_, all)| *all);
        lines.extend(read.into_iter().map(|(line, _)| line));
    }
    // Stable: where both sorts are as frequent, links come first.
    lines.sort_by_key(|line| std::cmp::Reverse(line.count));
    lines.truncate(most);
    Ok((lines, all))
}

fn read(mut row: Row) -> Result<(Refused, i64), StoreError> {
    let (item, title, door) = (row.take()?, clean_stored(row.take()?), row.take::<LinkId>()?);
    let none = || StoreError::Corrupt("a door without a name".into());
    let door = read_named(&mut row, door)?.ok_or_else(none)?;
    let (cause, count) = (row.take()?, row.take()?);
    let last = Instant::from_ms(row.take::<i64>()?.saturating_mul(60_000));
    Ok((Refused { item, title, door, cause, count, last }, row.take()?))
}
