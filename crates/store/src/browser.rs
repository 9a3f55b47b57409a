//! What the keys of one browser hold: guests' seats and invitees' alike. A key is one seat's alone; cookies from before
//! that carry one key for the seats of many items, so each question here is about one item.

use domain::{Instant, ItemId, SeatHold, SeatId};

use crate::db::{params, row, statements};
use crate::seat::{Hold, KeyHash};
use crate::{Conn, Question, StoreError};

statements! {
    GUESTS = "SELECT id FROM seat WHERE key_hash = $1 AND item_id = $2 AND blocked_ms IS NULL AND removed_ms IS NULL";
    INVITEES = "SELECT id FROM invite_seat WHERE key_hash = $1 AND item_id = $2 AND blocked_ms IS NULL AND removed_ms IS NULL";
    HOLDS_GUEST = "SELECT key_hash FROM seat WHERE key_hash = $1";
    HOLDS_INVITEE = "SELECT key_hash FROM invite_seat WHERE key_hash = $1";
    REMOVED_GUEST = "SELECT removed_key FROM seat WHERE removed_key = $1";
    REMOVED_INVITEE = "SELECT removed_key FROM invite_seat WHERE removed_key = $1";
    LEAVE_GUEST = "UPDATE seat SET key_hash = NULL, left_ms = $1 WHERE id = $2";
    LEAVE_INVITEE = "UPDATE invite_seat SET key_hash = NULL, left_ms = $1 WHERE id = $2";
    TAKE_BACK_GUEST = "UPDATE seat SET key_hash = $1, left_ms = NULL
        WHERE id = $2 AND key_hash IS NULL AND left_ms = $3 AND blocked_ms IS NULL AND removed_ms IS NULL";
    TAKE_BACK_INVITEE = "UPDATE invite_seat SET key_hash = $1, left_ms = NULL
        WHERE id = $2 AND key_hash IS NULL AND left_ms = $3 AND blocked_ms IS NULL AND removed_ms IS NULL";
    HOLD = "SELECT hold FROM seat WHERE id = $1";
}

/// A seat that a browser holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldSeat {
    /// A guest's.
    Guest(SeatId),
    /// An invitee's.
    Invitee(SeatId),
}

impl HeldSeat {
    /// Its id.
    pub const fn id(self) -> SeatId {
        match self {
            Self::Guest(id) | Self::Invitee(id) => id,
        }
    }
}

/// The seats that these keys hold at the item: an invitee's first, since it counts for more. Whoever was put out holds
/// none; by their key they are known, so nothing here takes it off.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_held(conn: &mut Conn, keys: &[KeyHash], item: ItemId) -> Result<Vec<HeldSeat>, StoreError> {
    let at: Vec<_> = keys.iter().map(|key| row![*key, item]).collect();
    let asked = (
        Question::each(INVITEES, at.clone(), |mut row| Ok(HeldSeat::Invitee(row.take()?))),
        Question::each(GUESTS, at, |mut row| Ok(HeldSeat::Guest(row.take()?))),
    );
    let (mut held, guests) = conn.ask(asked).await?;
    held.extend(guests);
    Ok(held)
}

/// Frees the browser from its seats at the item, but for one; the seats and their uses stay. Answers those that it left.
///
/// # Errors
/// See [`StoreError`].
pub async fn leave(
    conn: &mut Conn,
    keys: &[KeyHash],
    item: ItemId,
    but: Option<SeatId>,
    now: Instant,
) -> Result<Vec<HeldSeat>, StoreError> {
    let mut held = list_held(conn, keys, item).await?;
    held.retain(|seat| Some(seat.id()) != but);
    for seat in &held {
        let sql = if matches!(seat, HeldSeat::Guest(_)) { LEAVE_GUEST } else { LEAVE_INVITEE };
        conn.post(sql, params![now, seat.id()]).await?;
    }
    Ok(held)
}

/// Those of the keys that hold nothing at all any more, and that no owner may give a seat back to.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_gone(conn: &mut Conn, keys: &[KeyHash]) -> Result<Vec<KeyHash>, StoreError> {
    let each = |sql| Question::each(sql, keys.iter().map(|key| row![*key]).collect(), |mut row| row.take());
    let asked = [HOLDS_GUEST, HOLDS_INVITEE, REMOVED_GUEST, REMOVED_INVITEE].map(each);
    let held: Vec<Vec<KeyHash>> = conn.ask(Vec::from(asked)).await?;
    let holds = |key: &KeyHash| held.iter().any(|held| held.contains(key));
    Ok(keys.iter().filter(|key| !holds(key)).copied().collect())
}

/// Hangs a seat that was left at this instant on a key of its own again; false when somebody sat down meanwhile, the
/// seat was taken back before, or its person was blocked.
///
/// # Errors
/// See [`StoreError`].
pub async fn take_back(
    conn: &mut Conn,
    seat: HeldSeat,
    key: KeyHash,
    left_at: Instant,
) -> Result<bool, StoreError> {
    let sql = if matches!(seat, HeldSeat::Guest(_)) { TAKE_BACK_GUEST } else { TAKE_BACK_INVITEE };
    Ok(conn.execute(sql, params![key, seat.id(), left_at]).await? == 1)
}

/// How the browser holds this seat; invitees' seats hang on the person's own devices.
///
/// # Errors
/// See [`StoreError`].
pub async fn hold_of(conn: &mut Conn, seat: HeldSeat) -> Result<SeatHold, StoreError> {
    match seat {
        HeldSeat::Guest(id) => conn.value::<Hold>(HOLD, params![id]).await.map(Hold::get),
        HeldSeat::Invitee(_) => Ok(SeatHold::Own),
    }
}
