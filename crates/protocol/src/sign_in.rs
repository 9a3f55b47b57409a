//! Passkeys, and signing in by another site.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A site that one may sign in by.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SignInProvider {
    /// Part of its addresses here.
    pub name: String,
    /// What its button says.
    pub label: String,
}

/// The first half of a ceremony with an authenticator.
#[derive(Debug, Serialize, ToSchema)]
pub struct PasskeyOptions {
    /// For `navigator.credentials`.
    #[schema(value_type = Object)]
    pub options: serde_json::Value,
}

/// Signing in by a passkey.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PasskeySignIn {
    /// What the browser answered.
    #[schema(value_type = Object)]
    pub answer: serde_json::Value,
}

/// A passkey to be kept.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewPasskey {
    /// Name, 1 to 80 characters.
    pub name: String,
    /// What the browser answered.
    #[schema(value_type = Object)]
    pub answer: serde_json::Value,
}

/// One of the member's passkeys.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Passkey {
    /// Id.
    pub id: String,
    /// The member's own name for it.
    pub name: String,
    /// When it was registered.
    pub created_ms: i64,
    /// When it signed in last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_ms: Option<i64>,
}

/// All of the member's passkeys.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Passkeys {
    /// Whether browsers have passkeys for this site's address.
    pub available: bool,
    /// In the order of their making.
    pub passkeys: Vec<Passkey>,
}

/// Signing in by another site.
#[derive(Debug, Deserialize, ToSchema)]
pub struct BeginProvider {
    /// Where to go afterwards: a path of this site.
    pub next: Option<String>,
}

/// Where to go for it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProviderAddress {
    /// The other site's page.
    pub url: String,
}
