//! Invitees' seats: one a person and item, bound to one browser at a time. The seat keeps how sure its last device
//! was (`proof`); every device that was ever bound keeps its own, what it spent, and whether it counts as a move.

use domain::{DeviceCost, Instant, InviteSeatFacts, ItemId, LinkId, Proof, SeatId};

use crate::db::{params, row, statements};
use crate::seat::KeyHash;
use crate::{Conn, Question, Row, StoreError};

macro_rules! seat_columns {
    () => {
        "s.id, s.item_id, s.key_hash, s.proved_ms, s.proof, s.seen_ms, s.blocked_ms, s.removed_ms, s.email, s.first_name,
         s.last_name, s.removed_key"
    };
}

statements! {
    FIND_BY_KEY = concat!("SELECT ", seat_columns!(), " FROM invite_seat s WHERE s.key_hash = $1 AND s.item_id = $2");
    FIND_BY_PERSON = concat!("SELECT ", seat_columns!(), " FROM invite_seat s WHERE s.item_id = $1 AND s.email = $2");
    SEEN = "UPDATE invite_seat SET seen_ms = $1 WHERE id = $2 AND (seen_ms IS NULL OR seen_ms < $3)";
    INSERT = "INSERT INTO invite_seat (id, item_id, email, first_name, last_name, key_hash, proof, proved_ms, created_ms, device)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    BIND = "UPDATE invite_seat SET first_name = $1, last_name = $2, key_hash = $3, proof = $4, proved_ms = $5, device = $6,
            removed_ms = NULL, removed_key = NULL, left_ms = NULL WHERE id = $7";
    PROVED = "UPDATE invite_seat SET proved_ms = $1 WHERE id = $2";
    RAISE = "UPDATE invite_seat SET proof = $1 WHERE id = $2";
    LOCK = "SELECT id FROM invite_seat WHERE id = $1";
    ADD_DEVICE = "INSERT INTO invite_device (id, seat_id, invite_id, key_hash, proof, spent, moved, bound_ms)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    DEVICE = "SELECT seat_id, key_hash, bound_ms FROM invite_device WHERE id = $1";
    MOVES = "SELECT COUNT(*) FROM invite_device WHERE seat_id = $1 AND moved = 1 AND bound_ms > $2";
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
    /// The browser key it was bound to when its person was removed.
    pub removed_key: Option<KeyHash>,
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
        seen_at: row.take()?,
        blocked_at: row.take()?,
        removed_at: row.take()?,
    };
    let (email, first_name, last_name) = (row.take()?, row.take()?, row.take()?);
    Ok(InviteSeat { facts, key, email, first_name, last_name, removed_key: row.take()? })
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
    Ok(conn.ask(of_keys(keys, item)).await?.into_iter().next())
}

/// The seats that these keys hold at the item, in the order of the keys; the first one counts.
pub fn of_keys(keys: &[KeyHash], item: ItemId) -> Question<Vec<InviteSeat>> {
    Question::each(FIND_BY_KEY, keys.iter().map(|key| row![*key, item]).collect(), seat)
}

/// The seat of a person at an item, whichever browser it is bound to.
pub fn of_person(item: ItemId, email: &str) -> Question<Option<InviteSeat>> {
    Question::first(FIND_BY_PERSON, params![item, email], seat)
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

/// A device to be bound to a seat.
#[derive(Clone)]
pub struct Binding<'a> {
    /// The seat: the person's own, or a new one.
    pub seat: SeatId,
    /// Whether it is there already.
    pub exists: bool,
    /// The item.
    pub item: ItemId,
    /// The person.
    pub email: &'a str,
    /// First name, as the invite says.
    pub first_name: &'a str,
    /// Last name.
    pub last_name: &'a str,
    /// The browser.
    pub key: KeyHash,
    /// How sure it is that it is theirs.
    pub proof: Proof,
    /// Row of the device: derived from the lobby's form, so the same form is the same device.
    pub device: [u8; 16],
    /// What kind of device it is, if it says.
    pub kind: Option<domain::Device>,
    /// The invite it came by.
    pub invite: LinkId,
    /// What it takes.
    pub cost: DeviceCost,
    /// When.
    pub now: Instant,
}

/// A device that was bound before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    /// To which seat.
    pub seat: SeatId,
    /// The browser.
    pub key: KeyHash,
    /// When.
    pub bound_at: Instant,
}

/// Binds a browser to a seat and writes the device down.
///
/// # Errors
/// See [`StoreError`].
pub async fn bind(conn: &mut Conn, new: &Binding<'_>) -> Result<(), StoreError> {
    let (first, last) = (new.first_name, new.last_name);
    if new.exists {
        conn.post(BIND, params![first, last, new.key, new.proof, new.now, new.kind, new.seat]).await?;
    } else {
        let (seat, item, email, now) = (new.seat, new.item, new.email, new.now);
        let values = params![seat, item, email, first, last, new.key, new.proof, now, now, new.kind];
        conn.post(INSERT, values).await?;
    }
    let (spent, moved) = (new.cost == DeviceCost::Use, new.cost == DeviceCost::Move);
    let values = params![new.device, new.seat, new.invite, new.key, new.proof, spent, moved, new.now];
    conn.post(ADD_DEVICE, values).await
}

/// The device that this very form has bound before.
pub fn bound_by(id: [u8; 16]) -> Question<Option<Device>> {
    Question::first(DEVICE, params![id], |mut row| {
        Ok(Device { seat: row.take()?, key: row.take()?, bound_at: row.take()? })
    })
}

/// How often the seat moved since `since` without spending a use; taking it back by a code is no move.
pub fn moves_of(seat: SeatId, since: Instant) -> Question<i64> {
    Question::value(MOVES, params![seat, since])
}

/// The person on the seat's own browser passed the lobby once more.
///
/// # Errors
/// See [`StoreError`].
pub async fn mark_proved(conn: &mut Conn, id: SeatId, now: Instant) -> Result<(), StoreError> {
    conn.post(PROVED, params![now, id]).await
}

/// The person on the seat's own browser has shown more surely who they are.
///
/// # Errors
/// See [`StoreError`].
pub async fn raise_proof(conn: &mut Conn, id: SeatId, proof: Proof) -> Result<(), StoreError> {
    conn.post(RAISE, params![proof, id]).await
}

/// Makes others who write about the seat wait until this transaction ends.
pub fn lock(id: SeatId) -> Question<()> {
    Question::lock(LOCK, vec![row![id]])
}
