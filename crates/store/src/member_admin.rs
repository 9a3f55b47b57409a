//! Members as administrators see and change them.

use domain::{GroupId, Instant, MemberId, MemberState, SiteRole};

use crate::account::{Member, member, member_columns};
use crate::db::{params, row, statements};
use crate::{Conn, Row, StoreError, Value};

macro_rules! listed {
    ($where:expr) => {
        concat!(
            "SELECT ",
            member_columns!(),
            ", m.created_ms, m.password_hash, m.seen_ms FROM member m WHERE ",
            $where
        )
    };
}

/// Which members: matching in address or name, of a role, in a state, in a group; empty: all.
macro_rules! matching {
    () => {
        "(m.email LIKE $1 ESCAPE '\\' OR LOWER(m.name) LIKE $2 ESCAPE '\\')
            AND ($3 = '' OR m.role = $4)
            AND ($5 = '' OR $6 = CASE WHEN m.disabled_ms IS NOT NULL THEN 'disabled'
                WHEN m.seen_ms IS NULL AND m.password_hash = '-' THEN 'invited' ELSE 'active' END)
            AND (CAST($7 AS BIGINT) = 0 OR EXISTS (SELECT 1 FROM group_member g WHERE g.member_id = m.id AND g.group_id = $8))"
    };
}

statements! {
    PAGE = listed!(concat!(matching!(), " AND m.id < $9 ORDER BY m.id DESC LIMIT $10"));
    COUNT_MATCHING = concat!("SELECT COUNT(*) FROM member m WHERE ", matching!());
    ONE = listed!("m.id = $1");
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

impl Listed {
    /// Invited until they take the account up, closed when it is closed.
    pub const fn state(&self) -> MemberState {
        if !self.member.facts.enabled {
            MemberState::Disabled
        } else if self.seen_at.is_none() && !self.has_password {
            MemberState::Invited
        } else {
            MemberState::Active
        }
    }
}

fn listed(row: &mut Row) -> Result<Listed, StoreError> {
    let member = member(row)?;
    let created_at = row.take()?;
    let has_password = row.take::<String>()?.starts_with('$');
    Ok(Listed { member, created_at, has_password, seen_at: row.take()? })
}

/// Which members.
#[derive(Debug, Clone, Default)]
pub struct Matching {
    /// Anywhere in address or name.
    pub text: String,
    /// Of this site role.
    pub role: Option<SiteRole>,
    /// In this state.
    pub state: Option<MemberState>,
    /// In this group.
    pub group: Option<GroupId>,
}

impl Matching {
    fn values(&self) -> Vec<Value> {
        let like = crate::like::holding(self.text.trim());
        let role = self.role.map_or("", SiteRole::code);
        let state = self.state.map_or("", MemberState::code);
        let group = self.group.unwrap_or(GroupId::from_bytes([0; 16]));
        row![like, like, role, role, state, state, i64::from(self.group.is_some()), group]
    }
}

/// Members, newest first, before `before`.
///
/// # Errors
/// See [`StoreError`].
pub async fn page(
    conn: &mut Conn,
    matching: &Matching,
    before: Option<MemberId>,
    limit: i64,
) -> Result<Vec<Listed>, StoreError> {
    let before = before.unwrap_or(MemberId::from_bytes([0xff; 16]));
    let values = [matching.values(), row![before, limit]].concat();
    conn.query(PAGE, &values).await?.into_iter().map(|mut row| listed(&mut row)).collect()
}

/// How many match.
///
/// # Errors
/// See [`StoreError`].
pub async fn count_matching(conn: &mut Conn, matching: &Matching) -> Result<i64, StoreError> {
    conn.value(COUNT_MATCHING, &matching.values()).await
}

/// One member.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(conn: &mut Conn, id: MemberId) -> Result<Option<Listed>, StoreError> {
    conn.find(ONE, params![id]).await?.map(|mut row| listed(&mut row)).transpose()
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
