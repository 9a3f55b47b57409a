//! Signing in by a passkey or by another site that vouches. What a sign-in remembers between its two requests lies
//! sealed in the database, for the one browser with the flow's cookie, once.

mod flow;
mod oidc;
mod passkeys;
mod person;
#[cfg(test)]
mod tests;

use domain::Span;

pub use crate::config::ProviderSettings;
pub use oidc::{OidcCallback, OidcFailure};
pub use passkeys::PasskeyBegun;
pub use signin::oidc::{Client, check_issuer};
pub use store::passkey::Passkey;

use crate::accounts::open_session;

/// The other half of a sign-in must follow within this.
pub const FLOW_LASTS: Span = Span::from_minutes(5);
