//! The tables `[[oidc]]`: other sites that members may sign in by. They come from the file alone.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, anyhow, bail};
use app::sign_in::{Client, ProviderSettings, check_issuer, is_of_many_tenants};
use serde::{Deserialize, Serialize};

/// One provider.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    name: String,
    label: Option<String>,
    issuer: String,
    client_id: String,
    client_secret_file: Option<PathBuf>,
    scopes: Option<Vec<String>>,
    #[serde(default)]
    trusted_domains: Vec<String>,
    #[serde(default)]
    assume_email_verified: bool,
    groups_claim: Option<String>,
    #[serde(default)]
    groups: BTreeMap<String, String>,
    #[serde(default)]
    roles: BTreeMap<String, String>,
    #[serde(default)]
    create_members: bool,
}

/// The providers, each checked.
pub(super) fn read(tables: Vec<Table>) -> anyhow::Result<Vec<ProviderSettings>> {
    let mut all: Vec<ProviderSettings> = Vec::new();
    for table in tables {
        let name = table.name.clone();
        if all.iter().any(|other| other.name == name) {
            bail!("oidc.name: two providers have the name {name:?}");
        }
        all.push(table.check().with_context(|| format!("oidc {name:?}"))?);
    }
    Ok(all)
}

impl Table {
    fn check(self) -> anyhow::Result<ProviderSettings> {
        let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if self.name.is_empty() || self.name.len() > 32 || !self.name.bytes().all(is_letter) {
            bail!("name: {:?} is not allowed; use up to 32 of a-z, 0-9 and -", self.name);
        }
        check_issuer(&self.issuer).map_err(|why| anyhow!("issuer: {why}"))?;
        if self.assume_email_verified {
            check_assuming(&self.issuer, &self.trusted_domains)?;
        }
        if self.client_id.is_empty() {
            bail!("client_id: must not be empty");
        }
        if self.groups_claim.is_none() && !(self.groups.is_empty() && self.roles.is_empty()) {
            bail!("groups_claim: is needed by groups and roles");
        }
        if let Some(name) = self.groups.values().find(|name| !(1..=80).contains(&name.chars().count())) {
            bail!("groups: {name:?} is not allowed; a group's name has 1 to 80 characters");
        }
        let roles = self.roles.into_iter().map(|(claim, role)| {
            let role = role.parse().map_err(|error| anyhow!("roles: {error}"))?;
            Ok((claim, role))
        });
        let domains = self.trusted_domains.iter().map(|domain| domain.trim().to_ascii_lowercase());
        let default_scopes = || vec!["email".to_owned(), "profile".to_owned()];
        Ok(ProviderSettings {
            label: self.label.unwrap_or_else(|| self.name.clone()),
            name: self.name,
            client: Client {
                issuer: self.issuer,
                client_id: self.client_id,
                client_secret: self.client_secret_file.map(secret).transpose()?,
                scopes: self.scopes.unwrap_or_else(default_scopes),
                groups_claim: self.groups_claim,
            },
            trusted_domains: domains.collect(),
            assume_email_verified: self.assume_email_verified,
            groups: self.groups,
            roles: roles.collect::<anyhow::Result<_>>()?,
            create_members: self.create_members,
        })
    }
}

/// Whoever may type any address into a directory of their own must not become, by that, its owner here.
fn check_assuming(issuer: &str, trusted_domains: &[String]) -> anyhow::Result<()> {
    if is_of_many_tenants(issuer) {
        bail!(
            "assume_email_verified: {issuer} speaks for many organisations, and each of them may name any address; \
             use the issuer of your own"
        );
    }
    if trusted_domains.is_empty() {
        bail!(
            "assume_email_verified: needs trusted_domains, the domains whose addresses the provider gives out"
        );
    }
    Ok(())
}

fn secret(file: PathBuf) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(&file)
        .with_context(|| format!("client_secret_file: {} cannot be read", file.display()))?;
    let secret = text.trim().to_owned();
    if secret.is_empty() {
        bail!("client_secret_file: {} is empty", file.display());
    }
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_proves_nothing_where_anybody_may_name_any_address() {
        let own = ["school.example".to_owned()];
        let tenant = "https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0";
        check_assuming(tenant, &own).expect("one organisation's");
        assert!(check_assuming(tenant, &[]).is_err(), "for which domains?");
        for directory in ["common", "organizations", "consumers"] {
            let issuer = format!("https://login.microsoftonline.com/{directory}/v2.0");
            let refused = check_assuming(&issuer, &own).expect_err(&issuer).to_string();
            assert!(refused.contains("many organisations"), "{refused}");
        }
    }
}
