//! Lists of items: a member's own, and those that others gave them a right at; each with the signs that its card shows.

use domain::{HeldRight, Instant, ItemId, MemberId};

use crate::db::{params, statements};
use crate::item::{Item, item_columns, item_of};
use crate::like::holding;
use crate::{Conn, Question, Row, StoreError};

macro_rules! signs {
    ($links:literal, $waiting:literal) => {
        concat!(
            "(SELECT COUNT(*) FROM guest_link l WHERE l.item_id = i.id AND l.deleted_ms IS NULL),
             (SELECT COUNT(*) FROM invite v WHERE v.item_id = i.id AND v.revoked_ms IS NULL AND v.end_ms > ", $links, "),
             (SELECT COUNT(*) FROM seat_move q JOIN invite v ON v.id = q.invite_id
              WHERE v.item_id = i.id AND v.revoked_ms IS NULL AND q.kind = 'ask' AND q.asked_ms IS NOT NULL
                AND q.allowed_ms IS NULL AND q.done_ms IS NULL AND q.expires_ms > ", $waiting, ")"
        )
    };
}

macro_rules! listed {
    ($whose:literal, $from:literal, $order:literal) => {
        concat!(
            "SELECT ", item_columns!(), ", r.item_right, r.until_ms, r.base_right, ", signs!("$1", "$2"),
            " FROM item i JOIN member m ON m.id = i.owner_id JOIN item_right r ON r.item_id = i.id AND r.member_id = $3
              WHERE i.owner_id ", $whose, " $4 AND i.deleted_ms IS NULL AND LOWER(i.title) LIKE $5 ESCAPE '\\'
                AND (r.until_ms IS NULL OR r.base_right IS NOT NULL OR r.until_ms > $6)
                AND ", $from, " ORDER BY ", $order, " LIMIT $9"
        )
    };
}

macro_rules! newest {
    ($whose:literal) => {
        listed!($whose, "$7 >= 0 AND i.id < $8", "i.id DESC")
    };
}

macro_rules! oldest {
    ($whose:literal) => {
        listed!($whose, "$7 >= 0 AND i.id > $8", "i.id")
    };
}

macro_rules! by_title {
    ($whose:literal) => {
        listed!(
            $whose,
            "($7 = 1 OR (LOWER(i.title), i.id) > (SELECT LOWER(c.title), c.id FROM item c WHERE c.id = $8))",
            "LOWER(i.title), i.id"
        )
    };
}

macro_rules! counted {
    ($whose:literal) => {
        concat!(
            "SELECT COUNT(*) FROM item i JOIN item_right r ON r.item_id = i.id AND r.member_id = $1
             WHERE i.owner_id ",
            $whose,
            " $2 AND i.deleted_ms IS NULL AND LOWER(i.title) LIKE $3 ESCAPE '\\'
                AND (r.until_ms IS NULL OR r.base_right IS NOT NULL OR r.until_ms > $4)"
        )
    };
}

statements! {
    OWN_NEWEST = newest!("=");
    OWN_OLDEST = oldest!("=");
    OWN_BY_TITLE = by_title!("=");
    SHARED_NEWEST = newest!("<>");
    SHARED_OLDEST = oldest!("<>");
    SHARED_BY_TITLE = by_title!("<>");
    COUNT_OWN = counted!("=");
    COUNT_SHARED = counted!("<>");
    SIGNS = concat!("SELECT ", signs!("$1", "$2"), " FROM item i WHERE i.id = $3");
}

/// Which items of a member's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Whose {
    /// Their own.
    #[default]
    Own,
    /// Others', at which they were given a right.
    Shared,
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// The newest first.
    #[default]
    Newest,
    /// The oldest first.
    Oldest,
    /// By title, A to Z.
    Title,
}

/// Which page of which list.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Which items.
    pub whose: Whose,
    /// In which order.
    pub sort: Sort,
    /// The last item of the page before.
    pub after: Option<ItemId>,
    /// Matches anywhere in the title.
    pub query: String,
    /// How many.
    pub limit: i64,
}

/// What a card shows of the ways in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Signs {
    /// Guest links that are not deleted.
    pub guest_links: i64,
    /// Invites that are neither revoked nor over.
    pub invites: i64,
    /// Devices that wait for the owner's word.
    pub waiting: i64,
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The item.
    pub item: Item,
    /// What the member holds there.
    pub held: HeldRight,
    /// Its ways in.
    pub signs: Signs,
}

fn signs_of(row: &mut Row) -> Result<Signs, StoreError> {
    Ok(Signs { guest_links: row.take()?, invites: row.take()?, waiting: row.take()? })
}

/// A page of a member's items, and how many there are in all.
///
/// # Errors
/// See [`StoreError`].
pub async fn page(
    conn: &mut Conn,
    member: MemberId,
    asked: &Asked,
    now: Instant,
) -> Result<(Vec<Listed>, i64), StoreError> {
    let (sql, start) = match (asked.whose, asked.sort) {
        (Whose::Own, Sort::Newest) => (OWN_NEWEST, 0xff),
        (Whose::Own, Sort::Oldest) => (OWN_OLDEST, 0),
        (Whose::Own, Sort::Title) => (OWN_BY_TITLE, 0),
        (Whose::Shared, Sort::Newest) => (SHARED_NEWEST, 0xff),
        (Whose::Shared, Sort::Oldest) => (SHARED_OLDEST, 0),
        (Whose::Shared, Sort::Title) => (SHARED_BY_TITLE, 0),
    };
    let count = if asked.whose == Whose::Own { COUNT_OWN } else { COUNT_SHARED };
    let (query, is_first) = (holding(&asked.query), i64::from(asked.after.is_none()));
    let after = asked.after.unwrap_or(ItemId::from_bytes([start; 16]));
    let values = params![now, now, member, member, query.clone(), now, is_first, after, asked.limit];
    let listed = |mut row: Row| {
        let item = item_of(&mut row)?;
        let held = HeldRight { right: row.take()?, until: row.take()?, base: row.take()? };
        Ok(Listed { item, held, signs: signs_of(&mut row)? })
    };
    let rows = conn.query(sql, values).await?.into_iter().map(listed).collect::<Result<_, StoreError>>()?;
    Ok((rows, conn.value(count, params![member, member, query, now]).await?))
}

/// The ways in of one item.
pub fn signs_at(item: ItemId, now: Instant) -> Question<Option<Signs>> {
    Question::first(SIGNS, params![now, now, item], |mut row| signs_of(&mut row))
}
