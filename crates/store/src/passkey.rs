//! The passkeys of members.

use domain::{Instant, MemberId, PasskeyId};

use crate::db::{params, statements};
use crate::{Conn, Row, StoreError};

statements! {
    LOCK_OWNER = "UPDATE member SET role = role WHERE id = $1";
    COUNT_OF = "SELECT COUNT(*) FROM passkey WHERE member_id = $1";
    INSERT = "INSERT INTO passkey (id, member_id, credential_id, credential, name, created_ms)
        VALUES ($1, $2, $3, $4, $5, $6)";
    LIST = "SELECT id, name, created_ms, used_ms FROM passkey WHERE member_id = $1 ORDER BY id";
    CREDENTIALS = "SELECT credential_id FROM passkey WHERE member_id = $1 ORDER BY id";
    FIND = "SELECT id, credential FROM passkey WHERE credential_id = $1 AND member_id = $2";
    NOTE_USE = "UPDATE passkey SET credential = $1, used_ms = $2 WHERE id = $3 AND credential = $4";
    DELETE = "DELETE FROM passkey WHERE id = $1 AND member_id = $2";
    DELETE_ALL = "DELETE FROM passkey WHERE member_id = $1";
}

/// A passkey as its member sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// Id.
    pub id: PasskeyId,
    /// The member's own name for it.
    pub name: String,
    /// When it was registered.
    pub created_at: Instant,
    /// When it signed in last.
    pub used_at: Option<Instant>,
}

/// A passkey to be kept.
#[derive(Debug, Clone)]
pub struct NewPasskey<'a> {
    /// What its member sees.
    pub passkey: &'a Passkey,
    /// The authenticator's name for it.
    pub credential_id: &'a [u8],
    /// All that is needed to recognise it.
    pub credential: &'a str,
}

/// Keeps a passkey unless the member has `most` already; answers whether it did.
///
/// # Errors
/// `Duplicate` for a credential that is kept already.
pub async fn insert(
    conn: &mut Conn,
    member: MemberId,
    new: &NewPasskey<'_>,
    most: i64,
) -> Result<bool, StoreError> {
    // Whoever counts takes the member's row first, so that two at once do not both find room.
    conn.execute(LOCK_OWNER, params![member]).await?;
    if conn.value::<i64>(COUNT_OF, params![member]).await? >= most {
        return Ok(false);
    }
    let Passkey { id, name, created_at, .. } = new.passkey;
    let values = params![id, member, new.credential_id, new.credential, name, created_at];
    conn.execute(INSERT, values).await?;
    Ok(true)
}

/// A member's passkeys in the order of their making.
///
/// # Errors
/// See [`StoreError`].
pub async fn list(conn: &mut Conn, member: MemberId) -> Result<Vec<Passkey>, StoreError> {
    let passkey = |mut row: Row| {
        Ok(Passkey { id: row.take()?, name: row.take()?, created_at: row.take()?, used_at: row.take()? })
    };
    conn.query(LIST, params![member]).await?.into_iter().map(passkey).collect()
}

/// The authenticators' names for a member's passkeys.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_credential_ids(conn: &mut Conn, member: MemberId) -> Result<Vec<Vec<u8>>, StoreError> {
    conn.query(CREDENTIALS, params![member]).await?.into_iter().map(|mut row| row.take()).collect()
}

/// The passkey of this member with this name, and all that is needed to recognise it.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(
    conn: &mut Conn,
    member: MemberId,
    credential_id: &[u8],
) -> Result<Option<(PasskeyId, String)>, StoreError> {
    let row = conn.find(FIND, params![credential_id, member]).await?;
    row.map(|mut row| Ok((row.take()?, row.take()?))).transpose()
}

/// Records that a passkey signed in, unless another sign-in was recorded since `before` was read.
///
/// # Errors
/// See [`StoreError`].
pub async fn note_use(
    conn: &mut Conn,
    id: PasskeyId,
    before: &str,
    after: &str,
    now: Instant,
) -> Result<bool, StoreError> {
    Ok(conn.execute(NOTE_USE, params![after, now, id, before]).await? == 1)
}

/// Forgets one of a member's passkeys; answers whether there was one.
///
/// # Errors
/// See [`StoreError`].
pub async fn delete(conn: &mut Conn, member: MemberId, id: PasskeyId) -> Result<bool, StoreError> {
    Ok(conn.execute(DELETE, params![id, member]).await? == 1)
}

/// Ends all of a member's passkeys.
///
/// # Errors
/// See [`StoreError`].
pub async fn delete_all(conn: &mut Conn, member: MemberId) -> Result<(), StoreError> {
    conn.execute(DELETE_ALL, params![member]).await.map(drop)
}
