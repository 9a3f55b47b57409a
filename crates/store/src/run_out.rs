//! What runs out by itself: lent rights, lent roles, invites. No row changes then; open pages are told all the same.

use domain::{Instant, ItemId};

use crate::db::{params, statements};
use crate::{Conn, StoreError};

statements! {
    RAN_OUT = "SELECT item_id FROM item_right WHERE until_ms > $1 AND until_ms <= $2
        UNION SELECT item_id FROM invite WHERE end_ms > $3 AND end_ms <= $4
        UNION SELECT item_id FROM invite WHERE lent_until_ms > $5 AND lent_until_ms <= $6";
}

/// The items at which a right, a role or an invite ran out after `after` and up to `now`.
///
/// # Errors
/// See [`StoreError`].
pub async fn list(conn: &mut Conn, after: Instant, now: Instant) -> Result<Vec<ItemId>, StoreError> {
    let rows = conn.query(RAN_OUT, params![after, now, after, now, after, now]).await?;
    rows.into_iter().map(|mut row| row.take()).collect()
}
