//! Signing in by a passkey or by another site that vouches. What a sign-in remembers between its two requests lies
//! sealed in the database, for the one browser with the flow's cookie, once.

mod flow;
mod oidc;
mod passkeys;
mod person;
#[cfg(test)]
mod tests;

use domain::{MemberId, Span};
use store::{Conn, StoreError, account, session};

pub use crate::config::ProviderSettings;
pub use oidc::{OidcCallback, OidcFailure};
pub use passkeys::PasskeyBegun;
pub use signin::oidc::{Client, check_issuer};
pub use store::passkey::Passkey;

use crate::Secret;
use crate::accounts::SESSION_LASTS;

/// The other half of a sign-in must follow within this.
pub const FLOW_LASTS: Span = Span::from_minutes(5);

/// Opens a session in the transaction that proved who it is for.
async fn open_session(
    conn: &mut Conn,
    secret: Secret,
    member: MemberId,
    device: &str,
    way: &str,
) -> Result<(), StoreError> {
    let now = conn.now().await?;
    account::open_session(conn, secret.hash(), member, now, now.plus(SESSION_LASTS)).await?;
    session::describe(conn, secret.hash(), device, way, now).await
}
