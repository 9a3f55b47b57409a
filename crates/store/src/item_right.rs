//! The rights that members hold at items. A lent one stays in its row after its time; who reads it asks what counts.

use domain::{HeldRight, Instant, ItemId, MemberId};

use crate::db::{params, statements};
use crate::{Conn, Question, Row, StoreError};

statements! {
    FIND = "SELECT item_right, until_ms, base_right FROM item_right WHERE item_id = $1 AND member_id = $2";
    LIST = "SELECT r.item_right, r.until_ms, r.base_right, r.since_ms, m.id, m.name, m.email, m.disabled_ms
        FROM item_right r JOIN member m ON m.id = r.member_id WHERE r.item_id = $1 ORDER BY m.name, m.id";
    GIVE = "INSERT INTO item_right (item_id, member_id, item_right, until_ms, base_right, since_ms)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (item_id, member_id) DO UPDATE SET item_right = excluded.item_right,
            until_ms = excluded.until_ms, base_right = excluded.base_right, since_ms = excluded.since_ms";
    TAKE = "DELETE FROM item_right WHERE item_id = $1 AND member_id = $2";
    SET_OWNER = "UPDATE item SET owner_id = $1 WHERE id = $2";
}

/// A member with a right, as the collaborators' list shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Who.
    pub member: MemberId,
    /// Display name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Whether the account may be used.
    pub enabled: bool,
    /// What they hold.
    pub held: HeldRight,
    /// Since when; none: since before this was written down.
    pub since: Option<Instant>,
}

fn held(row: &mut Row) -> Result<HeldRight, StoreError> {
    Ok(HeldRight { right: row.take()?, until: row.take()?, base: row.take()? })
}

/// What a member holds at an item.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(conn: &mut Conn, item: ItemId, member: MemberId) -> Result<Option<HeldRight>, StoreError> {
    conn.ask(of_member(item, member)).await
}

/// The question of [`find`].
pub fn of_member(item: ItemId, member: MemberId) -> Question<Option<HeldRight>> {
    Question::first(FIND, params![item, member], |mut row| held(&mut row))
}

/// Everybody who holds or held a right at an item, by name.
///
/// # Errors
/// See [`StoreError`].
pub async fn list(conn: &mut Conn, item: ItemId) -> Result<Vec<Holder>, StoreError> {
    let rows = conn.query(LIST, params![item]).await?;
    let holder = |mut row: Row| {
        let (held, since) = (held(&mut row)?, row.take()?);
        let (member, name, email) = (row.take()?, row.take()?, row.take()?);
        let enabled = row.take::<Option<Instant>>()?.is_none();
        Ok(Holder { member, name, email, enabled, held, since })
    };
    rows.into_iter().map(holder).collect()
}

/// Gives a right, in place of any before.
///
/// # Errors
/// See [`StoreError`].
pub async fn give(
    conn: &mut Conn,
    item: ItemId,
    member: MemberId,
    held: HeldRight,
    now: Instant,
) -> Result<(), StoreError> {
    let HeldRight { right, until, base } = held;
    conn.execute(GIVE, params![item, member, right, until, base, now]).await.map(drop)
}

/// Takes a right away; answers whether there was one.
///
/// # Errors
/// See [`StoreError`].
pub async fn take(conn: &mut Conn, item: ItemId, member: MemberId) -> Result<bool, StoreError> {
    Ok(conn.execute(TAKE, params![item, member]).await? == 1)
}

/// Makes `member` the item's owner: the rights themselves are given beside it.
///
/// # Errors
/// See [`StoreError`].
pub async fn set_owner(conn: &mut Conn, item: ItemId, member: MemberId) -> Result<(), StoreError> {
    conn.execute(SET_OWNER, params![member, item]).await.map(drop)
}
