//! Members as administrators see and change them.

use domain::{GroupId, Instant, MemberId, SiteRole};

use crate::account::{Member, member, member_columns};
use crate::db::{params, statements};
use crate::{Conn, Row, StoreError};

macro_rules! listed {
    ($where:literal) => {
        concat!(
            "SELECT ",
            member_columns!(),
            ", m.created_ms, m.password_hash,
                (SELECT MAX(COALESCE(s.seen_ms, s.created_ms)) FROM session s WHERE s.member_id = m.id)
             FROM member m WHERE ",
            $where
        )
    };
}

statements! {
    PAGE = listed!("m.id < $1 AND (m.email LIKE $2 ESCAPE '\\' OR LOWER(m.name) LIKE $3 ESCAPE '\\')
        ORDER BY m.id DESC LIMIT $4");
    PAGE_OF_GROUP = listed!("m.id < $1 AND (m.email LIKE $2 ESCAPE '\\' OR LOWER(m.name) LIKE $3 ESCAPE '\\')
            AND EXISTS (SELECT 1 FROM group_member g WHERE g.member_id = m.id AND g.group_id = $4)
        ORDER BY m.id DESC LIMIT $5");
    ONE = listed!("m.id = $1");
    COUNT = "SELECT COUNT(*) FROM member";
    RENAME = "UPDATE member SET name = $1 WHERE id = $2";
    SET_ROLE = "UPDATE member SET role = $1 WHERE id = $2";
    SET_DISABLED = "UPDATE member SET disabled_ms = $1 WHERE id = $2";
    SET_EMAIL = "UPDATE member SET email = $1 WHERE id = $2";
    LOCK_ADMINISTRATORS = "UPDATE member SET role = role WHERE role = 'site_administrator'";
    COUNT_ADMINISTRATORS = "SELECT COUNT(*) FROM member
        WHERE role = 'site_administrator' AND disabled_ms IS NULL AND id <> $1";
    PASSWORD = "SELECT password_hash FROM member WHERE id = $1";
}

/// A member in the administrator's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Who.
    pub member: Member,
    /// Since when.
    pub created_at: Instant,
    /// Whether they can sign in by password.
    pub has_password: bool,
    /// When they were heard of last.
    pub seen_at: Option<Instant>,
}

fn listed(row: &mut Row) -> Result<Listed, StoreError> {
    let member = member(row)?;
    let created_at = row.take()?;
    let has_password = row.take::<String>()?.starts_with('$');
    Ok(Listed { member, created_at, has_password, seen_at: row.take()? })
}

/// Members, newest first, before `before`; `query` matches anywhere in address or name.
///
/// # Errors
/// See [`StoreError`].
pub async fn page(
    conn: &mut Conn,
    before: Option<MemberId>,
    query: &str,
    group: Option<GroupId>,
    limit: i64,
) -> Result<Vec<Listed>, StoreError> {
    let before = before.unwrap_or(MemberId::from_bytes([0xff; 16]));
    let escaped = query.trim().to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let like = format!("%{escaped}%");
    let rows = match group {
        Some(group) => conn.query(PAGE_OF_GROUP, params![before, like.clone(), like, group, limit]).await?,
        None => conn.query(PAGE, params![before, like.clone(), like, limit]).await?,
    };
    rows.into_iter().map(|mut row| listed(&mut row)).collect()
}

/// One member.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(conn: &mut Conn, id: MemberId) -> Result<Option<Listed>, StoreError> {
    conn.find(ONE, params![id]).await?.map(|mut row| listed(&mut row)).transpose()
}

/// How many members there are.
///
/// # Errors
/// See [`StoreError`].
pub async fn count(conn: &mut Conn) -> Result<i64, StoreError> {
    conn.value(COUNT, &[]).await
}

/// Changes a member's name.
///
/// # Errors
/// See [`StoreError`].
pub async fn rename(conn: &mut Conn, id: MemberId, name: &str) -> Result<(), StoreError> {
    conn.execute(RENAME, params![name, id]).await.map(drop)
}

/// Changes a member's site role.
///
/// # Errors
/// See [`StoreError`].
pub async fn set_role(conn: &mut Conn, id: MemberId, role: SiteRole) -> Result<(), StoreError> {
    conn.execute(SET_ROLE, params![role, id]).await.map(drop)
}

/// Disables a member, or enables them with none.
///
/// # Errors
/// See [`StoreError`].
pub async fn set_disabled(conn: &mut Conn, id: MemberId, since: Option<Instant>) -> Result<(), StoreError> {
    conn.execute(SET_DISABLED, params![since, id]).await.map(drop)
}

/// Changes the address a member signs in with.
///
/// # Errors
/// `Duplicate` when it is taken.
pub async fn set_email(conn: &mut Conn, id: MemberId, email: &str) -> Result<(), StoreError> {
    conn.execute(SET_EMAIL, params![email, id]).await.map(drop)
}

/// Enabled site administrators beside `id`. Until the transaction ends no other one can lower or disable one.
///
/// # Errors
/// See [`StoreError`].
pub async fn count_other_administrators(conn: &mut Conn, id: MemberId) -> Result<i64, StoreError> {
    conn.execute(LOCK_ADMINISTRATORS, &[]).await?;
    conn.value(COUNT_ADMINISTRATORS, params![id]).await
}

/// A member's password, as stored; none when they sign in some other way.
///
/// # Errors
/// See [`StoreError`].
pub async fn find_password(conn: &mut Conn, id: MemberId) -> Result<Option<String>, StoreError> {
    let row = conn.find(PASSWORD, params![id]).await?;
    let stored: Option<String> = row.map(|mut row| row.take()).transpose()?;
    Ok(stored.filter(|stored| stored.starts_with('$')))
}
