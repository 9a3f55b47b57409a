//! The site's policy between its stored settings and the decision.

use domain::{Permission, SitePolicy};
use store::{Conn, StoreError, setting};

use crate::App;

impl App {
    /// Reads the settings anew; what another process changed holds here from then on.
    pub(crate) async fn load_policy(&self) -> Result<(), StoreError> {
        let settings = self.inner.store.read(async |conn: &mut Conn| setting::list(conn).await).await?;
        let policy = read(&settings);
        let mut held = self.inner.policy.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        if **held != policy {
            *held = policy.into();
        }
        Ok(())
    }
}

/// Stored settings over the defaults; a value that is none of its kind leaves the default and is logged.
fn read(settings: &[(String, String)]) -> SitePolicy {
    let mut policy = SitePolicy::default();
    for (key, value) in settings {
        let understood = match key.as_str() {
            "enabled" => value.parse().map(|on| policy.enabled = on).is_ok(),
            "guest_links_from" => {
                value.parse().map(|role| policy.guest_links_by = Permission::From(role)).is_ok()
            }
            "guest_links_per_item" => match value.parse() {
                Ok(most @ 1..=3) => {
                    policy.guest_links_per_item = most;
                    true
                }
                _ => false,
            },
            "retention_days" => value.parse().map(|days| policy.retention_days = days).is_ok(),
            "domains_for_guests" => value.parse().map(|on| policy.domains_for_guests = on).is_ok(),
            "blocked_domains" => {
                policy.blocked_domains = list(value);
                true
            }
            "allowed_domains" => {
                policy.allowed_domains = list(value);
                true
            }
            _ => false,
        };
        if !understood {
            tracing::warn!(key, "a stored setting is not understood; its default holds");
        }
    }
    policy
}

fn list(value: &str) -> Vec<String> {
    value.split_whitespace().map(str::to_lowercase).collect()
}
