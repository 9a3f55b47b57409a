//! Members, their sessions and API tokens. Secrets are stored as SHA-256 only; the caller hashes.

use domain::{Instant, MemberFacts, MemberId, Scopes, SiteRole, TokenId};

use crate::db::{params, row, statements};
use crate::{Conn, Question, Row, StoreError, setup_token};

/// A secret's SHA-256.
pub type Hash = [u8; 32];

macro_rules! member_columns {
    () => {
        "m.id, m.role, m.disabled_ms, m.email, m.name"
    };
}
pub(crate) use member_columns;

statements! {
    INSERT = "INSERT INTO member (id, email, name, role, password_hash, created_ms) VALUES ($1, $2, $3, $4, $5, $6)";
    INSERT_ADDRESS = "INSERT INTO member_address (email, member_id, created_ms) VALUES ($1, $2, $3)";
    COUNT = "SELECT COUNT(*) FROM member";
    FIND_BY_EMAIL = concat!("SELECT m.password_hash, ", member_columns!(), " FROM member m WHERE m.email = $1");
    FIND = concat!("SELECT ", member_columns!(), " FROM member m WHERE m.id = $1");
    HOLD_PASSWORD = "UPDATE member SET password_hash = password_hash
        WHERE id = $1 AND password_hash = $2 AND disabled_ms IS NULL";
    SET_PASSWORD = "UPDATE member SET password_hash = $1 WHERE id = $2";
    OPEN_SESSION = "INSERT INTO session (token_hash, member_id, created_ms, expires_ms) VALUES ($1, $2, $3, $4)";
    FIND_BY_SESSION = concat!(
        "SELECT ", member_columns!(),
        " FROM session s JOIN member m ON m.id = s.member_id WHERE s.token_hash = $1 AND s.expires_ms > $2"
    );
    CLOSE_SESSION = "DELETE FROM session WHERE token_hash = $1";
    DROP_OLD_SESSIONS = "DELETE FROM session WHERE expires_ms <= $1";
    INSERT_TOKEN = "INSERT INTO api_token (id, member_id, token_hash, name, scopes, created_ms, expires_ms)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    FIND_BY_TOKEN = concat!(
        "SELECT t.scopes, ", member_columns!(),
        " FROM api_token t JOIN member m ON m.id = t.member_id
         WHERE t.token_hash = $1 AND (t.expires_ms IS NULL OR t.expires_ms > $2)"
    );
    LIST_TOKENS = "SELECT id, name, scopes, created_ms, expires_ms FROM api_token WHERE member_id = $1 ORDER BY id DESC";
    DELETE_TOKEN = "DELETE FROM api_token WHERE id = $1 AND member_id = $2";
    DELETE_TOKENS = "DELETE FROM api_token WHERE member_id = $1";
}

/// A member as others may see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Id, role, enabled.
    pub facts: MemberFacts,
    /// Normalised address.
    pub email: String,
    /// Display name.
    pub name: String,
}

/// A member to be made.
#[derive(Debug, Clone)]
pub struct NewMember<'a> {
    /// Id.
    pub id: MemberId,
    /// Normalised address, unique.
    pub email: &'a str,
    /// Display name.
    pub name: &'a str,
    /// Site role.
    pub role: SiteRole,
    /// PHC string of the password.
    pub password_hash: &'a str,
    /// When.
    pub now: Instant,
}

/// An API token without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Id.
    pub id: TokenId,
    /// The member's own name for it.
    pub name: String,
    /// What it opens.
    pub scopes: Scopes,
    /// When it was made.
    pub created_at: Instant,
    /// From when it no longer works.
    pub expires_at: Option<Instant>,
}

pub(crate) fn member(row: &mut Row) -> Result<Member, StoreError> {
    let (id, role, disabled) = (row.take()?, row.take()?, row.take::<Option<Instant>>()?);
    let facts = MemberFacts { id, role, enabled: disabled.is_none() };
    Ok(Member { facts, email: row.take()?, name: row.take()? })
}

/// Makes a member with their first address, which nobody has proved. A link for the first administrator is over then.
///
/// # Errors
/// `Duplicate` when the address is taken.
pub async fn insert(conn: &mut Conn, new: &NewMember<'_>) -> Result<(), StoreError> {
    setup_token::clear(conn).await?;
    conn.execute(INSERT, params![new.id, new.email, new.name, new.role, new.password_hash, new.now]).await?;
    conn.execute(INSERT_ADDRESS, params![new.email, new.id, new.now]).await.map(drop)
}

/// Makes many members with their first addresses, as [`insert`] does one.
///
/// # Errors
/// `Duplicate` when an address is taken.
pub async fn insert_all(conn: &mut Conn, new: &[NewMember<'_>]) -> Result<(), StoreError> {
    setup_token::clear(conn).await?;
    let members =
        new.iter().map(|new| row![new.id, new.email, new.name, new.role, new.password_hash, new.now]);
    conn.execute_many(INSERT, &members.collect::<Vec<_>>()).await?;
    let addresses = new.iter().map(|new| row![new.email, new.id, new.now]);
    conn.execute_many(INSERT_ADDRESS, &addresses.collect::<Vec<_>>()).await.map(drop)
}

/// How many members there are.
///
/// # Errors
/// See [`StoreError`].
pub async fn count(conn: &mut Conn) -> Result<i64, StoreError> {
    conn.value(COUNT, &[]).await
}

/// The member with this address and the PHC string of their password.
///
/// # Errors
/// See [`StoreError`].
pub async fn find_by_email(conn: &mut Conn, email: &str) -> Result<Option<(String, Member)>, StoreError> {
    let row = conn.find(FIND_BY_EMAIL, params![email]).await?;
    row.map(|mut row| Ok((row.take()?, member(&mut row)?))).transpose()
}

/// The member with this id.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(conn: &mut Conn, id: MemberId) -> Result<Option<Member>, StoreError> {
    conn.ask(by_id(id)).await
}

/// The question of [`find`].
pub fn by_id(id: MemberId) -> Question<Option<Member>> {
    Question::first(FIND, params![id], |mut row| member(&mut row))
}

/// Whether this is still the password of a member who is not closed out. Until the transaction ends nobody changes
/// that.
///
/// # Errors
/// See [`StoreError`].
pub async fn hold_password(conn: &mut Conn, id: MemberId, stored: &str) -> Result<bool, StoreError> {
    Ok(conn.execute(HOLD_PASSWORD, params![id, stored]).await? == 1)
}

/// Replaces a member's password hash.
///
/// # Errors
/// See [`StoreError`].
pub async fn set_password(conn: &mut Conn, id: MemberId, password_hash: &str) -> Result<(), StoreError> {
    conn.execute(SET_PASSWORD, params![password_hash, id]).await.map(drop)
}

/// Opens a session for a member.
///
/// # Errors
/// See [`StoreError`].
pub async fn open_session(
    conn: &mut Conn,
    token_hash: Hash,
    member: MemberId,
    now: Instant,
    expires: Instant,
) -> Result<(), StoreError> {
    conn.execute(DROP_OLD_SESSIONS, params![now]).await?;
    conn.execute(OPEN_SESSION, params![token_hash, member, now, expires]).await.map(drop)
}

/// The member of a living session.
///
/// # Errors
/// See [`StoreError`].
pub async fn find_by_session(
    conn: &mut Conn,
    token_hash: Hash,
    now: Instant,
) -> Result<Option<Member>, StoreError> {
    let row = conn.find(FIND_BY_SESSION, params![token_hash, now]).await?;
    row.map(|mut row| member(&mut row)).transpose()
}

/// Ends a session; unknown ones are none.
///
/// # Errors
/// See [`StoreError`].
pub async fn close_session(conn: &mut Conn, token_hash: Hash) -> Result<(), StoreError> {
    conn.execute(CLOSE_SESSION, params![token_hash]).await.map(drop)
}

/// Keeps a new API token.
///
/// # Errors
/// See [`StoreError`].
pub async fn insert_token(
    conn: &mut Conn,
    member: MemberId,
    token_hash: Hash,
    token: &ApiToken,
) -> Result<(), StoreError> {
    let values =
        params![token.id, member, token_hash, token.name, token.scopes, token.created_at, token.expires_at];
    conn.execute(INSERT_TOKEN, values).await.map(drop)
}

/// The scopes and the member of a living API token.
///
/// # Errors
/// See [`StoreError`].
pub async fn find_by_token(
    conn: &mut Conn,
    token_hash: Hash,
    now: Instant,
) -> Result<Option<(Scopes, Member)>, StoreError> {
    let row = conn.find(FIND_BY_TOKEN, params![token_hash, now]).await?;
    row.map(|mut row| Ok((row.take()?, member(&mut row)?))).transpose()
}

/// A member's API tokens, newest first.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_tokens(conn: &mut Conn, member: MemberId) -> Result<Vec<ApiToken>, StoreError> {
    let rows = conn.query(LIST_TOKENS, params![member]).await?;
    let token = |mut row: Row| {
        Ok(ApiToken {
            id: row.take()?,
            name: row.take()?,
            scopes: row.take()?,
            created_at: row.take()?,
            expires_at: row.take()?,
        })
    };
    rows.into_iter().map(token).collect()
}

/// Ends one of a member's API tokens; answers whether there was one.
///
/// # Errors
/// See [`StoreError`].
pub async fn delete_token(conn: &mut Conn, member: MemberId, token: TokenId) -> Result<bool, StoreError> {
    Ok(conn.execute(DELETE_TOKEN, params![token, member]).await? == 1)
}

/// Ends all of a member's API tokens.
///
/// # Errors
/// See [`StoreError`].
pub async fn delete_tokens(conn: &mut Conn, member: MemberId) -> Result<(), StoreError> {
    conn.execute(DELETE_TOKENS, params![member]).await.map(drop)
}
