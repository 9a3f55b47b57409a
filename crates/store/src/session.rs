//! Members' sessions: what a list of devices shows, and how they end. Only the hash of a session's secret is known.

use domain::{Instant, MemberId};

use crate::account::Hash;
use crate::db::{params, row, statements};
use crate::{Conn, Row, StoreError};

statements! {
    DESCRIBE = "UPDATE session SET device = $1, way = $2, seen_ms = $3 WHERE token_hash = $4";
    DESCRIBE_MEMBER = "UPDATE member SET seen_ms = $1 WHERE id = (SELECT member_id FROM session WHERE token_hash = $2)";
    SEE = "UPDATE session SET seen_ms = $1 WHERE member_id = $2 AND substr(token_hash, 1, 8) = $3";
    SEE_MEMBER = "UPDATE member SET seen_ms = $1 WHERE id = $2";
    LIVES = "SELECT COUNT(*) FROM session WHERE member_id = $1 AND substr(token_hash, 1, 8) = $2 AND expires_ms > $3";
    FIND_MEMBER = "SELECT member_id FROM session WHERE token_hash = $1";
    LIST = "SELECT token_hash, created_ms, seen_ms, device, way FROM session
        WHERE member_id = $1 AND expires_ms > $2 ORDER BY created_ms DESC, token_hash";
    END_ALL = "DELETE FROM session WHERE member_id = $1";
    END_OTHERS = "DELETE FROM session WHERE member_id = $1 AND token_hash <> $2";
    END = "DELETE FROM session WHERE member_id = $1 AND token_hash = $2";
    VIEWINGS = "SELECT id FROM viewing WHERE id >= $1 AND member_id = $2 AND ended_ms IS NULL AND seen_ms > $3 ORDER BY id";
}

/// One place where a member is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The secret's hash.
    pub hash: Hash,
    /// When they signed in.
    pub created_at: Instant,
    /// When it was heard of last, to the minute.
    pub seen_at: Option<Instant>,
    /// Browser and system in short words, may be empty.
    pub device: String,
    /// How they signed in, as a code such as `password`; may be empty.
    pub way: String,
}

/// Notes where and how a session was opened.
///
/// # Errors
/// See [`StoreError`].
pub async fn describe(
    conn: &mut Conn,
    hash: Hash,
    device: &str,
    way: &str,
    now: Instant,
) -> Result<(), StoreError> {
    conn.execute(DESCRIBE, params![device, way, now, hash]).await?;
    conn.execute(DESCRIBE_MEMBER, params![now, hash]).await.map(drop)
}

/// The first bytes of a session's hash: the session as open pages and their marks know it.
pub type Browser = [u8; 8];

/// Notes when members were heard of at their sessions.
///
/// # Errors
/// See [`StoreError`].
pub async fn mark_seen(conn: &mut Conn, heard: &[(MemberId, Browser, Instant)]) -> Result<(), StoreError> {
    let sessions: Vec<_> = heard.iter().map(|(member, browser, at)| row![at, member, browser]).collect();
    conn.execute_many(SEE, &sessions).await?;
    let members: Vec<_> = heard.iter().map(|(member, _, at)| row![at, member]).collect();
    conn.execute_many(SEE_MEMBER, &members).await.map(drop)
}

/// Whether a member is still signed in there.
///
/// # Errors
/// See [`StoreError`].
pub async fn lives(
    conn: &mut Conn,
    member: MemberId,
    browser: Browser,
    now: Instant,
) -> Result<bool, StoreError> {
    Ok(conn.value::<i64>(LIVES, params![member, browser, now]).await? > 0)
}

/// Whose session it is.
///
/// # Errors
/// See [`StoreError`].
pub async fn find_member(conn: &mut Conn, hash: Hash) -> Result<Option<MemberId>, StoreError> {
    conn.find(FIND_MEMBER, params![hash]).await?.map(|mut row| row.take()).transpose()
}

/// A member's living sessions, newest first.
///
/// # Errors
/// See [`StoreError`].
pub async fn list(conn: &mut Conn, member: MemberId, now: Instant) -> Result<Vec<Session>, StoreError> {
    let rows = conn.query(LIST, params![member, now]).await?;
    let session = |mut row: Row| {
        Ok(Session {
            hash: row.take()?,
            created_at: row.take()?,
            seen_at: row.take()?,
            device: row.take::<Option<String>>()?.unwrap_or_default(),
            way: row.take::<Option<String>>()?.unwrap_or_default(),
        })
    };
    rows.into_iter().map(session).collect()
}

/// Ends all of a member's sessions, but `kept`. Answers how many.
///
/// # Errors
/// See [`StoreError`].
pub async fn end_all(conn: &mut Conn, member: MemberId, kept: Option<Hash>) -> Result<u64, StoreError> {
    match kept {
        Some(kept) => conn.execute(END_OTHERS, params![member, kept]).await,
        None => conn.execute(END_ALL, params![member]).await,
    }
}

/// Ends one of a member's sessions; answers whether there was one.
///
/// # Errors
/// See [`StoreError`].
pub async fn end(conn: &mut Conn, member: MemberId, hash: Hash) -> Result<bool, StoreError> {
    Ok(conn.execute(END, params![member, hash]).await? == 1)
}

/// The open pages of a member that were heard of after `since`.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_viewings(
    conn: &mut Conn,
    member: MemberId,
    since: Instant,
) -> Result<Vec<domain::ViewingId>, StoreError> {
    // Ids begin with the time of opening, and nothing lives longer than a day: the past is not read.
    let first = domain::ViewingId::new(since.minus(domain::ViewingFacts::DECIDED_FOR), [0; 10]);
    let rows = conn.query(VIEWINGS, params![first, member, since]).await?;
    rows.into_iter().map(|mut row| row.take()).collect()
}
