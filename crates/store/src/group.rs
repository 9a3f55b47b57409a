//! Groups of members.

use domain::{GroupId, Instant, MemberId};

use crate::db::{params, row, statements};
use crate::{Conn, Question, Row, StoreError};

statements! {
    GROUPS_OF = "SELECT group_id FROM group_member WHERE member_id = $1 ORDER BY group_id";
    LIST = "SELECT g.id, g.name, (SELECT COUNT(*) FROM group_member m WHERE m.group_id = g.id)
        FROM member_group g ORDER BY LOWER(g.name), g.id";
    INSERT = "INSERT INTO member_group (id, name, created_ms) VALUES ($1, $2, $3)";
    RENAME = "UPDATE member_group SET name = $1 WHERE id = $2";
    EMPTY = "DELETE FROM group_member WHERE group_id = $1";
    DELETE = "DELETE FROM member_group WHERE id = $1";
    EXISTS = "SELECT COUNT(*) FROM member_group WHERE id = $1";
    ADD = "INSERT INTO group_member (group_id, member_id, source) VALUES ($1, $2, 'site')
        ON CONFLICT (group_id, member_id) DO UPDATE SET source = 'site'";
    ADD_NEW = "INSERT INTO group_member (group_id, member_id, source) VALUES ($1, $2, 'site')";
    REMOVE = "DELETE FROM group_member WHERE group_id = $1 AND member_id = $2";
}

/// A group with how many are in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Id.
    pub id: GroupId,
    /// Name, unique.
    pub name: String,
    /// Members in it.
    pub members: i64,
}

/// The groups a member is in.
pub fn of_member(member: MemberId) -> Question<Vec<GroupId>> {
    Question::all(GROUPS_OF, params![member], |mut row| row.take())
}

/// Every group, by name.
///
/// # Errors
/// See [`StoreError`].
pub async fn list(conn: &mut Conn) -> Result<Vec<Group>, StoreError> {
    let rows = conn.query(LIST, &[]).await?;
    let group = |mut row: Row| Ok(Group { id: row.take()?, name: row.take()?, members: row.take()? });
    rows.into_iter().map(group).collect()
}

/// Makes a group.
///
/// # Errors
/// `Duplicate` when the name is taken.
pub async fn insert(conn: &mut Conn, id: GroupId, name: &str, now: Instant) -> Result<(), StoreError> {
    conn.execute(INSERT, params![id, name, now]).await.map(drop)
}

/// Renames a group; answers whether there is one.
///
/// # Errors
/// `Duplicate` when the name is taken.
pub async fn rename(conn: &mut Conn, id: GroupId, name: &str) -> Result<bool, StoreError> {
    Ok(conn.execute(RENAME, params![name, id]).await? == 1)
}

/// Deletes a group; its members stay members. Answers whether there was one.
///
/// # Errors
/// See [`StoreError`].
pub async fn delete(conn: &mut Conn, id: GroupId) -> Result<bool, StoreError> {
    conn.execute(EMPTY, params![id]).await?;
    Ok(conn.execute(DELETE, params![id]).await? == 1)
}

/// Whether there is such a group.
///
/// # Errors
/// See [`StoreError`].
pub async fn exists(conn: &mut Conn, id: GroupId) -> Result<bool, StoreError> {
    Ok(conn.value::<i64>(EXISTS, params![id]).await? == 1)
}

/// Puts a member into a group.
///
/// # Errors
/// See [`StoreError`].
pub async fn add(conn: &mut Conn, id: GroupId, member: MemberId) -> Result<(), StoreError> {
    conn.execute(ADD, params![id, member]).await.map(drop)
}

/// Puts new members, who are in none yet, into groups.
///
/// # Errors
/// See [`StoreError`].
pub async fn add_all(conn: &mut Conn, pairs: &[(GroupId, MemberId)]) -> Result<(), StoreError> {
    let rows: Vec<_> = pairs.iter().map(|(group, member)| row![group, member]).collect();
    conn.execute_many(ADD_NEW, &rows).await.map(drop)
}

/// Takes a member out of a group; answers whether they were in it.
///
/// # Errors
/// See [`StoreError`].
pub async fn remove(conn: &mut Conn, id: GroupId, member: MemberId) -> Result<bool, StoreError> {
    Ok(conn.execute(REMOVE, params![id, member]).await? == 1)
}
