//! Members as other sites know them, and what those sites decide here: verified addresses, role, groups.

use domain::{GroupId, Instant, MemberId, SiteRole};

use crate::db::{params, statements};
use crate::{Conn, StoreError};

statements! {
    FIND = "SELECT member_id FROM oidc_identity WHERE issuer = $1 AND subject = $2";
    LINK = "INSERT INTO oidc_identity (issuer, subject, member_id, created_ms) VALUES ($1, $2, $3, $4)";
    HOLDER = "SELECT member_id, verified_ms FROM member_address WHERE email = $1";
    BY_ADDRESS = "SELECT id FROM member WHERE email = $1";
    ADD_ADDRESS = "INSERT INTO member_address (email, member_id, created_ms) VALUES ($1, $2, $3)
        ON CONFLICT (email) DO NOTHING";
    VERIFY = "UPDATE member_address SET verified_ms = $1, verified_by = $2
        WHERE email = $3 AND member_id = $4 AND verified_ms IS NULL";
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

/// Who has an address, verified or not.
///
/// # Errors
/// See [`StoreError`].
pub async fn holder(conn: &mut Conn, email: &str) -> Result<Option<MemberId>, StoreError> {
    let held = match conn.find(HOLDER, params![email]).await? {
        Some(row) => Some(row),
        None => conn.find(BY_ADDRESS, params![email]).await?,
    };
    held.map(|mut row| row.take()).transpose()
}

/// Adds an address to a member, verified when somebody is named who vouches for it.
///
/// # Errors
/// See [`StoreError`].
pub async fn add_address(
    conn: &mut Conn,
    member: MemberId,
    email: &str,
    verified_by: Option<&str>,
    now: Instant,
) -> Result<(), StoreError> {
    conn.execute(ADD_ADDRESS, params![email, member, now]).await?;
    if let Some(verified_by) = verified_by {
        conn.execute(VERIFY, params![now, verified_by, email, member]).await?;
    }
    Ok(())
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
