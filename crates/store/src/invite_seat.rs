//! Invitees' seats: one a person and item, bound to one browser at a time.

use domain::{Instant, InviteSeatFacts, ItemId, SeatId};

use crate::db::{params, statements};
use crate::seat::KeyHash;
use crate::{Conn, Row, StoreError};

macro_rules! seat_columns {
    () => {
        "s.id, s.item_id, s.key_hash, s.proved_ms, s.proof, s.blocked_ms, s.email, s.first_name, s.last_name"
    };
}

statements! {
    FIND_BY_KEY = concat!("SELECT ", seat_columns!(), " FROM invite_seat s WHERE s.key_hash = $1 AND s.item_id = $2");
    FIND_BY_PERSON = concat!("SELECT ", seat_columns!(), " FROM invite_seat s WHERE s.item_id = $1 AND s.email = $2");
    SEEN = "UPDATE invite_seat SET seen_ms = $1 WHERE id = $2 AND (seen_ms IS NULL OR seen_ms < $3)";
    FIND = concat!("SELECT ", seat_columns!(), " FROM invite_seat s WHERE s.id = $1");
}

/// A seat with the person in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InviteSeat {
    /// What the decision knows.
    pub facts: InviteSeatFacts,
    /// The browser key it is bound to.
    pub key: Option<KeyHash>,
    /// The invited address, which is the person.
    pub email: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
}

impl InviteSeat {
    /// First and last name together.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name).trim().to_owned()
    }
}

fn seat(mut row: Row) -> Result<InviteSeat, StoreError> {
    let (id, item, key) = (row.take()?, row.take()?, row.take::<Option<KeyHash>>()?);
    let facts = InviteSeatFacts {
        id,
        item,
        is_bound: key.is_some(),
        proved_at: row.take()?,
        proof: row.take()?,
        blocked_at: row.take()?,
    };
    Ok(InviteSeat { facts, key, email: row.take()?, first_name: row.take()?, last_name: row.take()? })
}

/// The seat that one of these keys holds at the item.
///
/// # Errors
/// See [`StoreError`].
pub async fn find_by_keys(
    conn: &mut Conn,
    keys: &[KeyHash],
    item: ItemId,
) -> Result<Option<InviteSeat>, StoreError> {
    for key in keys {
        if let Some(row) = conn.find(FIND_BY_KEY, params![*key, item]).await? {
            return seat(row).map(Some);
        }
    }
    Ok(None)
}

/// The seat of a person at an item, whichever browser it is bound to.
///
/// # Errors
/// See [`StoreError`].
pub async fn find_by_person(
    conn: &mut Conn,
    item: ItemId,
    email: &str,
) -> Result<Option<InviteSeat>, StoreError> {
    conn.find(FIND_BY_PERSON, params![item, email]).await?.map(seat).transpose()
}

/// The seat with this id.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(conn: &mut Conn, id: SeatId) -> Result<Option<InviteSeat>, StoreError> {
    conn.find(FIND, params![id]).await?.map(seat).transpose()
}

/// Records when seats were heard of last.
///
/// # Errors
/// See [`StoreError`].
pub async fn mark_seen(conn: &mut Conn, seen: &[(SeatId, Instant)]) -> Result<(), StoreError> {
    let rows: Vec<_> = seen.iter().map(|(id, at)| params![*at, *id, *at].to_vec()).collect();
    conn.execute_many(SEEN, &rows).await.map(drop)
}
