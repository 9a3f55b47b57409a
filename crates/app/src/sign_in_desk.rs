//! What a process keeps for signing people in beside passwords.

use signin::Passkeys;
use signin::oidc::Provider;

use crate::Config;
use crate::config::ProviderSettings;

/// Everything that signs people in beside passwords.
pub(crate) struct SignInDesk {
    pub(crate) passkeys: Option<Passkeys>,
    pub(crate) providers: Vec<Provided>,
}

/// A site that vouches, and how it is asked.
pub(crate) struct Provided {
    pub(crate) settings: ProviderSettings,
    pub(crate) provider: Provider,
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
