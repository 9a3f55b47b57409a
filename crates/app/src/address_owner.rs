//! Whose an address surely is.

use domain::{Email, MemberId};
use store::{Conn, StoreError, account, address, oidc_identity};

/// The member who proved this address, or was given it by an administrator. One that a provider's account came with,
/// unproved, is nobody's yet.
pub(crate) async fn find_by_sure_address(
    conn: &mut Conn,
    email: &Email,
) -> Result<Option<MemberId>, StoreError> {
    if let Some(id) = address::find_verified(conn, email.as_str()).await? {
        return Ok(Some(id));
    }
    let Some((_, member)) = account::find_by_email(conn, email.as_str()).await? else { return Ok(None) };
    let is_sure = !oidc_identity::is_linked(conn, member.facts.id).await?;
    Ok(is_sure.then_some(member.facts.id))
}
