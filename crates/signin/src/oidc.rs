//! Signing in at another site that vouches for people: OpenID Connect, code flow with PKCE, several providers.
//!
//! A provider is asked for nothing before somebody signs in by it, so one that is down delays nobody else.

mod claims;
mod jwt;
mod outward;
mod tenants;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

use claims::Expected;
pub use claims::{EmailProof, Identity};
use jwt::{BadToken, Keys};
pub use tenants::is_of_many_tenants;

/// What a provider said about itself is believed for this long.
const DISCOVERY_LASTS_S: i64 = 3_600;

/// All questions of one half of a sign-in together.
const WITHIN: Duration = Duration::from_secs(20);

/// Why a sign-in by a provider did not come about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OidcError {
    /// It does not answer, or not as a provider would.
    #[error("the provider cannot be reached: {0}")]
    Unreachable(String),
    /// It did not take the code.
    #[error("the provider did not take the code: {0}")]
    CodeRefused(String),
    /// What it said is signed by nobody we trust, or was not said to us.
    #[error("the provider's token is wrong: {0}")]
    Lies(&'static str),
    /// It calls itself otherwise than the settings do, by a slash perhaps: the two must be the same to the letter.
    #[error("the provider calls itself {said:?}, and the settings call it {expected:?}")]
    Misnamed {
        /// What it says.
        said: String,
        /// What is set.
        expected: String,
    },
    /// Its token is another's.
    #[error("the provider's token is wrong: it is of {said}, and not of {expected:?}")]
    Foreign {
        /// As it stands in the token.
        said: String,
        /// Whose it must be.
        expected: String,
    },
    /// Its token is not good now: the clocks differ, or it is old.
    #[error("the provider's token is not good at this time")]
    WrongTime,
}

/// How the site is known to a provider.
#[derive(Clone)]
pub struct Client {
    /// The provider's exact name.
    pub issuer: String,
    /// Our name there.
    pub client_id: String,
    /// Our secret there; public clients have none.
    pub client_secret: Option<String>,
    /// What is asked for, beside `openid`.
    pub scopes: Vec<String>,
    /// The claim that lists somebody's groups.
    pub groups_claim: Option<String>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// Checks the address of a provider.
///
/// # Errors
/// A sentence when it is not https, nor http on this machine.
pub fn check_issuer(issuer: &str) -> Result<(), String> {
    outward::checked(issuer).map(drop)
}

/// What one sign-in remembers until its person comes back. To be kept from everybody.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Journey {
    /// Comes back in the address: the answer belongs to this request.
    pub state: String,
    nonce: String,
    verifier: String,
}

impl Journey {
    /// As text, to be sealed.
    pub fn to_text(&self) -> String {
        serde_json::json!(self).to_string()
    }

    /// Reads what [`Self::to_text`] wrote.
    pub fn from_text(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

#[derive(Debug, Clone, Deserialize)]
struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
}

struct Known {
    discovery: Discovery,
    keys: Keys,
    at_s: i64,
}

/// One provider, with what it said about itself.
pub struct Provider {
    client: Client,
    known: Mutex<Option<Arc<Known>>>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    access_token: Option<String>,
}

async fn fetch<T: serde::de::DeserializeOwned>(url: &Url, bearer: Option<&str>) -> Result<T, OidcError> {
    let authorization = bearer.map(|token| format!("Bearer {token}"));
    let answer = outward::ask(url, authorization.as_deref(), None).await.map_err(OidcError::Unreachable)?;
    if !answer.status.is_success() {
        return Err(OidcError::Unreachable(format!("{url} answered {}", answer.status)));
    }
    serde_json::from_slice(&answer.body).map_err(|error| OidcError::Unreachable(format!("{url}: {error}")))
}

fn endpoint(text: &str) -> Result<Url, OidcError> {
    outward::checked(text).map_err(OidcError::Unreachable)
}

impl Provider {
    /// A provider that is asked for nothing yet.
    pub fn new(client: Client) -> Self {
        Self { client, known: Mutex::new(None) }
    }

    /// Its exact name.
    pub fn issuer(&self) -> &str {
        &self.client.issuer
    }

    /// Where the person is sent, and what must be remembered of it. The three secrets are random bytes.
    ///
    /// # Errors
    /// `Unreachable`.
    pub async fn begin(
        &self,
        redirect_uri: &str,
        [state, nonce, verifier]: [[u8; 32]; 3],
        now_s: i64,
    ) -> Result<(String, Journey), OidcError> {
        let discovery = &in_time(self.known(now_s)).await?.discovery;
        let [state, nonce, verifier] = [state, nonce, verifier].map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let mut scopes = vec!["openid"];
        scopes.extend(self.client.scopes.iter().map(String::as_str).filter(|scope| *scope != "openid"));
        let mut url = endpoint(&discovery.authorization_endpoint)?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client.client_id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("scope", &scopes.join(" "))
            .append_pair("state", &state)
            .append_pair("nonce", &nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        Ok((url.into(), Journey { state, nonce, verifier }))
    }

    /// Who came back with this code.
    ///
    /// # Errors
    /// See [`OidcError`].
    pub async fn finish(
        &self,
        journey: &Journey,
        code: &str,
        redirect_uri: &str,
        now_s: i64,
    ) -> Result<Identity, OidcError> {
        in_time(self.identify(journey, code, redirect_uri, now_s)).await
    }

    async fn identify(
        &self,
        journey: &Journey,
        code: &str,
        redirect_uri: &str,
        now_s: i64,
    ) -> Result<Identity, OidcError> {
        let known = self.known(now_s).await?;
        let discovery = &known.discovery;
        let tokens = self.redeem(discovery, journey, code, redirect_uri).await?;
        let claims = self.open(&tokens.id_token, &known, now_s).await?;
        let Client { issuer, client_id, groups_claim, .. } = &self.client;
        Expected { issuer, client_id, nonce: &journey.nonce, now_s }.check(&claims)?;
        let groups_claim = groups_claim.as_deref();
        let more = match (&discovery.userinfo_endpoint, &tokens.access_token) {
            (Some(url), Some(token)) if Identity::lacks(&claims, groups_claim) => {
                let more: Value = fetch(&endpoint(url)?, Some(token)).await?;
                if more.get("sub") != claims.get("sub") {
                    return Err(OidcError::Lies("subject"));
                }
                Some(more)
            }
            _ => None,
        };
        Ok(Identity::read(&claims, more.as_ref(), groups_claim))
    }

    /// The header that names us, unless the form does, and the form.
    fn request_of_tokens(
        &self,
        discovery: &Discovery,
        journey: &Journey,
        code: &str,
        redirect_uri: &str,
    ) -> (Option<String>, String) {
        let Client { client_id, client_secret, .. } = &self.client;
        let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let methods = &discovery.token_endpoint_auth_methods_supported;
        // Basic is the default where a provider does not say.
        let by_basic = methods.is_empty() || methods.iter().any(|method| method == "client_secret_basic");
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("code_verifier", &journey.verifier);
        let authorization = match client_secret {
            Some(secret) if by_basic => {
                let pair = format!("{}:{}", encoded(client_id), encoded(secret));
                Some(format!("Basic {}", STANDARD.encode(pair)))
            }
            Some(secret) => {
                form.append_pair("client_id", client_id).append_pair("client_secret", secret);
                None
            }
            None => {
                form.append_pair("client_id", client_id);
                None
            }
        };
        (authorization, form.finish())
    }

    async fn redeem(
        &self,
        discovery: &Discovery,
        journey: &Journey,
        code: &str,
        redirect_uri: &str,
    ) -> Result<Tokens, OidcError> {
        let (authorization, form) = self.request_of_tokens(discovery, journey, code, redirect_uri);
        let url = endpoint(&discovery.token_endpoint)?;
        let answer = outward::ask(&url, authorization.as_deref(), Some(form)).await;
        let answer = answer.map_err(OidcError::Unreachable)?;
        if answer.status.is_server_error() {
            return Err(OidcError::Unreachable(format!("{url} answered {}", answer.status)));
        }
        if !answer.status.is_success() {
            let said: Option<Value> = serde_json::from_slice(&answer.body).ok();
            let said =
                said.as_ref().and_then(|said| said.get("error")?.as_str()).unwrap_or("no reason given");
            return Err(OidcError::CodeRefused(said.chars().take(100).collect()));
        }
        serde_json::from_slice(&answer.body).map_err(|_| OidcError::Lies("no token"))
    }

    /// The claims of a token; a signature by an unknown key makes the list of keys be fetched anew, once.
    async fn open(&self, token: &str, known: &Known, now_s: i64) -> Result<Value, OidcError> {
        let opened = match known.keys.open(token) {
            Err(BadToken::NoKey) => self.learn(now_s).await?.keys.open(token),
            opened => opened,
        };
        opened.map_err(|_| OidcError::Lies("signature"))
    }

    /// What the provider says about itself, asked when it is unknown or old. An old word is better than none.
    async fn known(&self, now_s: i64) -> Result<Arc<Known>, OidcError> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match known {
            Some(known) if (0..DISCOVERY_LASTS_S).contains(&(now_s - known.at_s)) => Ok(known),
            Some(old) => Ok(self.learn(now_s).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "a provider's discovery could not be refreshed");
                old
            })),
            None => self.learn(now_s).await,
        }
    }

    async fn learn(&self, at_s: i64) -> Result<Arc<Known>, OidcError> {
        let issuer = &self.client.issuer;
        let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let discovery: Discovery = fetch(&endpoint(&url)?, None).await?;
        if discovery.issuer != *issuer {
            let said = claims::shown(&discovery.issuer);
            return Err(OidcError::Misnamed { said, expected: issuer.clone() });
        }
        let keys = fetch(&endpoint(&discovery.jwks_uri)?, None).await?;
        let learnt = Arc::new(Known { discovery, keys, at_s });
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(learnt.clone());
        Ok(learnt)
    }
}

async fn in_time<T>(work: impl Future<Output = Result<T, OidcError>>) -> Result<T, OidcError> {
    let late = |_| Err(OidcError::Unreachable(format!("no answer within {} s", WITHIN.as_secs())));
    tokio::time::timeout(WITHIN, work).await.unwrap_or_else(late)
}
