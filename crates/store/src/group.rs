//! Groups of members.

use domain::{GroupId, MemberId};

use crate::db::{params, statements};
use crate::{Conn, StoreError};

statements! {
    GROUPS_OF = "SELECT group_id FROM group_member WHERE member_id = $1 ORDER BY group_id";
}

/// The groups a member is in.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_of_member(conn: &mut Conn, member: MemberId) -> Result<Vec<GroupId>, StoreError> {
    let rows = conn.query(GROUPS_OF, params![member]).await?;
    rows.into_iter().map(|mut row| row.take()).collect()
}
