//! Members as other sites know them, and what those sites decide here: role and groups.

use domain::{GroupId, Instant, MemberId, SiteRole};

use crate::db::{params, statements};
use crate::{Conn, StoreError};

statements! {
    FIND = "SELECT member_id FROM oidc_identity WHERE issuer = $1 AND subject = $2";
    LINK = "INSERT INTO oidc_identity (issuer, subject, member_id, created_ms) VALUES ($1, $2, $3, $4)";
    IS_LINKED = "SELECT COUNT(*) FROM oidc_identity WHERE member_id = $1";
    IS_LINKED_AT = "SELECT COUNT(*) FROM oidc_identity WHERE member_id = $1 AND issuer = $2";
    SET_ROLE = "UPDATE member SET role = $1 WHERE id = $2 AND role <> $3 AND role <> $4";
    GROUP_BY_NAME = "SELECT id FROM member_group WHERE name = $1";
    MAKE_GROUP = "INSERT INTO member_group (id, name, created_ms) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO NOTHING";
    JOINED = "SELECT group_id FROM group_member WHERE member_id = $1 AND source = $2 ORDER BY group_id";
    JOIN = "INSERT INTO group_member (group_id, member_id, source) VALUES ($1, $2, $3)
        ON CONFLICT (group_id, member_id) DO NOTHING";
    LEAVE = "DELETE FROM group_member WHERE group_id = $1 AND member_id = $2 AND source = $3";
}

/// The member that a provider knows by this name.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(conn: &mut Conn, issuer: &str, subject: &str) -> Result<Option<MemberId>, StoreError> {
    conn.find(FIND, params![issuer, subject]).await?.map(|mut row| row.take()).transpose()
}

/// Links a member with the provider's name for them.
///
/// # Errors
/// `Duplicate` when that name is linked.
pub async fn link(
    conn: &mut Conn,
    issuer: &str,
    subject: &str,
    member: MemberId,
    now: Instant,
) -> Result<(), StoreError> {
    conn.execute(LINK, params![issuer, subject, member, now]).await.map(drop)
}

/// Whether any provider knows this member.
///
/// # Errors
/// See [`StoreError`].
pub async fn is_linked(conn: &mut Conn, member: MemberId) -> Result<bool, StoreError> {
    Ok(conn.value::<i64>(IS_LINKED, params![member]).await? > 0)
}

/// Whether this provider knows this member, by whatever name.
///
/// # Errors
/// See [`StoreError`].
pub async fn is_linked_at(conn: &mut Conn, member: MemberId, issuer: &str) -> Result<bool, StoreError> {
    Ok(conn.value::<i64>(IS_LINKED_AT, params![member, issuer]).await? > 0)
}

/// Gives a member the role that a provider decides; site administrators keep theirs. Answers whether it changed.
///
/// # Errors
/// See [`StoreError`].
pub async fn set_role(conn: &mut Conn, member: MemberId, role: SiteRole) -> Result<bool, StoreError> {
    let values = params![role, member, SiteRole::SiteAdministrator, role];
    Ok(conn.execute(SET_ROLE, values).await? == 1)
}

/// The group with this name, made with `id` when there is none.
///
/// # Errors
/// See [`StoreError`].
pub async fn group(conn: &mut Conn, name: &str, id: GroupId, now: Instant) -> Result<GroupId, StoreError> {
    conn.execute(MAKE_GROUP, params![id, name, now]).await?;
    conn.value(GROUP_BY_NAME, params![name]).await
}

/// Puts a member into these groups and takes them out of all others that `source` put them in. Memberships from
/// elsewhere stay.
///
/// # Errors
/// See [`StoreError`].
pub async fn set_groups(
    conn: &mut Conn,
    member: MemberId,
    source: &str,
    groups: &[GroupId],
) -> Result<(), StoreError> {
    for mut row in conn.query(JOINED, params![member, source]).await? {
        let group: GroupId = row.take()?;
        if !groups.contains(&group) {
            conn.execute(LEAVE, params![group, member, source]).await?;
        }
    }
    for group in groups {
        conn.execute(JOIN, params![group, member, source]).await?;
    }
    Ok(())
}
