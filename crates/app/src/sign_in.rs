//! Signing in by a passkey or by another site that vouches. What a sign-in remembers between its two requests lies
//! sealed in the database, for the one browser with the flow's cookie, once.

mod flow;
mod oidc;
mod passkeys;
mod person;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use domain::{MemberId, SiteRole, Span};
use signin::Passkeys;
use signin::oidc::Provider;
use store::{Conn, StoreError, account, session};

pub use oidc::{OidcCallback, OidcFailure};
pub use passkeys::PasskeyBegun;
pub use signin::oidc::{Client, check_issuer};
pub use store::passkey::Passkey;

use crate::accounts::SESSION_LASTS;
use crate::{Config, Secret};

/// The other half of a sign-in must follow within this.
pub const FLOW_LASTS: Span = Span::from_minutes(5);

/// A site that vouches for people, and what its word counts for here.
#[derive(Debug, Clone)]
pub struct ProviderSettings {
    /// Short name: part of addresses.
    pub name: String,
    /// What its button says.
    pub label: String,
    /// How the site is known there.
    pub client: Client,
    /// Domains for whose addresses its word counts; none given: all.
    pub trusted_domains: Vec<String>,
    /// Groups here by what its claim says.
    pub groups: BTreeMap<String, String>,
    /// Site roles by what its claim says. With any, it decides its people's role.
    pub roles: BTreeMap<String, SiteRole>,
    /// Whether somebody without an account gets one.
    pub create_members: bool,
}

/// Everything that signs people in beside passwords.
pub(crate) struct SignInDesk {
    passkeys: Option<Passkeys>,
    providers: Vec<Provided>,
}

struct Provided {
    settings: ProviderSettings,
    provider: Provider,
}

impl SignInDesk {
    pub(crate) fn new(config: &Config) -> Self {
        let passkeys = Passkeys::new(&config.public_url, &config.site_name);
        let passkeys = passkeys.inspect_err(|error| tracing::info!(%error, "passkeys are off")).ok();
        let provided = |settings: &ProviderSettings| Provided {
            settings: settings.clone(),
            provider: Provider::new(settings.client.clone()),
        };
        Self { passkeys, providers: config.oidc.iter().map(provided).collect() }
    }
}

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
