//! Seats and the browser keys they hang on.

use domain::{Instant, ItemId, SeatFacts, SeatHold, SeatId};

use crate::db::{params, row, statements};
use crate::{Conn, FromValue, Question, Row, StoreError, ToValue, Value};

/// A browser key as stored: six bytes of time, then a hash. The time only keeps new rows together.
pub type KeyHash = [u8; 32];

statements! {
    FIND_BY_KEY = "SELECT id, item_id, link_id, hold, seen_ms, created_ms, blocked_ms, removed_ms, key_hash, name, email
        FROM seat WHERE key_hash = $1 AND item_id = $2";
    FIND = "SELECT id, item_id, link_id, hold, seen_ms, created_ms, blocked_ms, removed_ms, key_hash, name, email
        FROM seat WHERE id = $1";
    LOCK = "SELECT id FROM seat WHERE id = $1";
    SEEN = "UPDATE seat SET seen_ms = $1 WHERE id = $2 AND (seen_ms IS NULL OR seen_ms < $3)";
    COUNT_OF_LINK = "SELECT COUNT(*) FROM seat WHERE link_id = $1";
}

/// A seat with the person in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seated {
    /// What the decision knows.
    pub facts: SeatFacts,
    /// The browser key it hangs on.
    pub key: Option<KeyHash>,
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
}

/// How a seat hangs on its browser, as stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hold(SeatHold);

impl From<SeatHold> for Hold {
    fn from(hold: SeatHold) -> Self {
        Self(hold)
    }
}

impl Hold {
    pub(crate) const fn get(self) -> SeatHold {
        self.0
    }
}

impl ToValue for Hold {
    fn to_value(&self) -> Value {
        Value::Text(if self.0 == SeatHold::Shared { "shared" } else { "own" }.to_owned())
    }
}

impl FromValue for Hold {
    fn from_value(value: Value) -> Result<Self, StoreError> {
        match String::from_value(value)?.as_str() {
            "own" => Ok(Self(SeatHold::Own)),
            "shared" => Ok(Self(SeatHold::Shared)),
            other => Err(StoreError::Corrupt(format!("{other:?} is no hold"))),
        }
    }
}

pub(crate) fn seated(row: &mut Row) -> Result<Seated, StoreError> {
    let facts = SeatFacts {
        id: row.take()?,
        item: row.take()?,
        link: row.take()?,
        hold: row.take::<Hold>()?.0,
        seen_at: row.take()?,
        created_at: row.take()?,
        blocked_at: row.take()?,
        removed_at: row.take()?,
    };
    Ok(Seated { facts, key: row.take()?, name: row.take()?, email: row.take()? })
}

/// The seats that these keys hold at the item, in the order of the keys; the first one counts.
pub fn of_keys(keys: &[KeyHash], item: ItemId) -> Question<Vec<Seated>> {
    Question::each(FIND_BY_KEY, keys.iter().map(|key| row![*key, item]).collect(), |mut row| seated(&mut row))
}

/// The seat with this id.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(conn: &mut Conn, id: SeatId) -> Result<Option<Seated>, StoreError> {
    conn.find(FIND, params![id]).await?.map(|mut row| seated(&mut row)).transpose()
}

/// Makes others who write about the seat wait until this transaction ends.
pub fn lock(id: SeatId) -> Question<()> {
    Question::lock(LOCK, vec![row![id]])
}

/// Records when seats were heard of last.
///
/// # Errors
/// See [`StoreError`].
pub async fn mark_seen(conn: &mut Conn, seen: &[(SeatId, Instant)]) -> Result<(), StoreError> {
    let rows: Vec<_> = seen.iter().map(|(id, at)| params![*at, *id, *at].to_vec()).collect();
    conn.execute_many(SEEN, &rows).await.map(drop)
}

/// How many seats were made through a link; for tests and checks, never on a hot path.
///
/// # Errors
/// See [`StoreError`].
pub async fn count_of_link(conn: &mut Conn, link: domain::LinkId) -> Result<i64, StoreError> {
    conn.value(COUNT_OF_LINK, params![link]).await
}
