//! What no request of this process changes: lent rights, lent roles and invites that run out by themselves, without
//! a row that changes, and what commands beside the server do. Open pages are told all the same.

use domain::{Instant, ItemId};

use crate::db::{params, statements};
use crate::{Conn, StoreError};

statements! {
    RAN_OUT = "SELECT item_id FROM item_right WHERE until_ms > $1 AND until_ms <= $2
        UNION SELECT item_id FROM invite WHERE end_ms > $3 AND end_ms <= $4
        UNION SELECT item_id FROM invite WHERE lent_until_ms > $5 AND lent_until_ms <= $6";
    BY_HAND = "SELECT id, item_id FROM activity WHERE id > $1 AND actor LIKE $2";
}

/// What stands behind the name of whoever acts from the command line.
pub const BY_HAND_MARK: &str = " (command line)";

/// The items at which a right, a role or an invite ran out after `after` and up to `now`.
///
/// # Errors
/// See [`StoreError`].
pub async fn list(conn: &mut Conn, after: Instant, now: Instant) -> Result<Vec<ItemId>, StoreError> {
    let rows = conn.query(RAN_OUT, params![after, now, after, now, after, now]).await?;
    rows.into_iter().map(|mut row| row.take()).collect()
}

/// What commands wrote into the activity of items since `since`: the row, and the item.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_by_hand(conn: &mut Conn, since: Instant) -> Result<Vec<([u8; 16], ItemId)>, StoreError> {
    // Rows begin with the time.
    let mut first = [0; 16];
    first[..6].copy_from_slice(&since.as_ms().max(0).to_be_bytes()[2..]);
    let rows = conn.query(BY_HAND, params![first, format!("%{BY_HAND_MARK}")]).await?;
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}
