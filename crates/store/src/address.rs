//! The addresses of members. Only verified ones prove anything.

use std::collections::HashSet;

use domain::{Email, Instant, MemberId};

use crate::db::{params, row, statements};
use crate::{Conn, Question, Row, StoreError};

statements! {
    VERIFIED = "SELECT email FROM member_address WHERE member_id = $1 AND verified_ms IS NOT NULL ORDER BY email";
    LIST = "SELECT email, verified_ms, verified_by FROM member_address WHERE member_id = $1 ORDER BY created_ms, email";
    ADD = "INSERT INTO member_address (email, member_id, created_ms) VALUES ($1, $2, $3)
        ON CONFLICT (email) DO NOTHING";
    OWNER = "SELECT member_id FROM member_address WHERE email = $1";
    VERIFIED_OWNER = "SELECT member_id FROM member_address WHERE email = $1 AND verified_ms IS NOT NULL";
    VERIFY = "UPDATE member_address SET verified_ms = $1, verified_by = $2 WHERE email = $3 AND member_id = $4";
    KNOWN = "SELECT email FROM member_address WHERE email = $1";
    PROVE = "INSERT INTO member_address (email, member_id, created_ms, verified_ms, verified_by) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (email) DO UPDATE SET member_id = excluded.member_id, verified_ms = excluded.verified_ms,
            verified_by = excluded.verified_by
        WHERE member_address.member_id = excluded.member_id
            OR (member_address.verified_ms IS NULL
                AND NOT EXISTS (SELECT 1 FROM member m WHERE m.email = excluded.email))";
    REMOVE = "DELETE FROM member_address WHERE email = $1 AND member_id = $2";
}

/// One address of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Normalised.
    pub email: String,
    /// Since when it is proved.
    pub verified_at: Option<Instant>,
    /// By what: `code`, `link`, `administrator` or the name of a sign-in provider.
    pub verified_by: Option<String>,
}

/// The addresses that a member has verified.
pub fn verified_of(member: MemberId) -> Question<Vec<Email>> {
    Question::all(VERIFIED, params![member], |mut row| {
        let none = |_| StoreError::Corrupt("a member's address is none".into());
        Email::new(&row.take::<String>()?).map_err(none)
    })
}

/// All addresses of a member, oldest first.
///
/// # Errors
/// See [`StoreError`].
pub async fn list(conn: &mut Conn, member: MemberId) -> Result<Vec<Address>, StoreError> {
    let rows = conn.query(LIST, params![member]).await?;
    let address =
        |mut row: Row| Ok(Address { email: row.take()?, verified_at: row.take()?, verified_by: row.take()? });
    rows.into_iter().map(address).collect()
}

/// Gives a member an address, not verified. Answers false when somebody else has it.
///
/// # Errors
/// See [`StoreError`].
pub async fn add(conn: &mut Conn, member: MemberId, email: &str, now: Instant) -> Result<bool, StoreError> {
    conn.execute(ADD, params![email, member, now]).await?;
    Ok(find_owner(conn, email).await? == Some(member))
}

/// Whose address it is.
///
/// # Errors
/// See [`StoreError`].
pub async fn find_owner(conn: &mut Conn, email: &str) -> Result<Option<MemberId>, StoreError> {
    conn.find(OWNER, params![email]).await?.map(|mut row| row.take()).transpose()
}

/// Who has proved this address.
///
/// # Errors
/// See [`StoreError`].
pub async fn find_verified(conn: &mut Conn, email: &str) -> Result<Option<MemberId>, StoreError> {
    conn.find(VERIFIED_OWNER, params![email]).await?.map(|mut row| row.take()).transpose()
}

/// Marks a member's address proved, or not proved with none. Answers whether it is theirs.
///
/// # Errors
/// See [`StoreError`].
pub async fn verify(
    conn: &mut Conn,
    member: MemberId,
    email: &str,
    proved: Option<(Instant, &str)>,
) -> Result<bool, StoreError> {
    let (at, by) = proved.unzip();
    Ok(conn.execute(VERIFY, params![at, by, email, member]).await? == 1)
}

/// The same for the addresses of many, all proved at once.
///
/// # Errors
/// See [`StoreError`].
pub async fn verify_all(
    conn: &mut Conn,
    addresses: &[(MemberId, &str)],
    (at, by): (Instant, &str),
) -> Result<(), StoreError> {
    let rows: Vec<_> = addresses.iter().map(|(member, email)| row![at, by, *email, *member]).collect();
    conn.execute_many(VERIFY, &rows).await.map(drop)
}

/// Gives a proved address to whoever proved it. What another member only wrote down goes over; what they proved, or
/// sign in with, stays theirs. Answers whether it is the prover's now.
///
/// # Errors
/// See [`StoreError`].
pub async fn prove(
    conn: &mut Conn,
    member: MemberId,
    email: &str,
    (now, by): (Instant, &str),
) -> Result<bool, StoreError> {
    Ok(conn.execute(PROVE, params![email, member, now, now, by]).await? == 1)
}

/// Those of these addresses that some member has, proved or not.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_known(conn: &mut Conn, emails: &[&str]) -> Result<HashSet<String>, StoreError> {
    let rows = emails.iter().map(|email| row![*email]).collect();
    Ok(conn.ask(Question::each(KNOWN, rows, |mut row| row.take())).await?.into_iter().collect())
}

/// Takes an address from a member; answers whether it was theirs.
///
/// # Errors
/// See [`StoreError`].
pub async fn remove(conn: &mut Conn, member: MemberId, email: &str) -> Result<bool, StoreError> {
    Ok(conn.execute(REMOVE, params![email, member]).await? == 1)
}
