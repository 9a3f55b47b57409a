//! The addresses of members. Only verified ones prove anything.

use domain::{Email, MemberId};

use crate::db::{params, statements};
use crate::{Conn, StoreError};

statements! {
    VERIFIED = "SELECT email FROM member_address WHERE member_id = $1 AND verified_ms IS NOT NULL ORDER BY email";
}

/// The addresses that a member has verified.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_verified(conn: &mut Conn, member: MemberId) -> Result<Vec<Email>, StoreError> {
    let rows = conn.query(VERIFIED, params![member]).await?;
    let email = |text: String| {
        Email::new(&text).map_err(|_| StoreError::Corrupt("a member's address is none".into()))
    };
    rows.into_iter().map(|mut row| email(row.take()?)).collect()
}
