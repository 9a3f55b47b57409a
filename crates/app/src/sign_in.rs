//! Signing in by a passkey or by another site that vouches. What a sign-in remembers between its two requests lies
//! sealed in the database, for the one browser with the flow's cookie, once; that of a passkey in the cookie itself.

mod flow;
mod oidc;
mod passkeys;
mod person;
mod sealed_flow;
#[cfg(test)]
mod tests;

use domain::Span;

pub use crate::config::ProviderSettings;
pub use oidc::{OidcCallback, OidcFailure};
pub use passkeys::{PasskeyBegun, PasskeySignIn};
pub use sealed_flow::SealedFlow;
pub use signin::oidc::{Client, check_issuer, is_of_many_tenants};
pub use store::passkey::Passkey;

use crate::accounts::open_session;

/// The other half of a sign-in must follow within this.
pub const FLOW_LASTS: Span = Span::from_minutes(5);
/// So long after that it is still known where somebody wanted to go who comes back too late.
const REMEMBERED: Span = Span::from_minutes(60);
/// How long the cookie of a sign-in by another site lasts: whoever comes back with it is known, in time or not.
pub const FLOW_COOKIE_LASTS: Span = Span::from_minutes(65);
