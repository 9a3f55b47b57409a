//! Signing in by a provider: off to it, and back with a code. How it may fail is a short list of codes; their words
//! stand on the sign-in page.

use std::net::IpAddr;

use signin::oidc::{Journey, OidcError};
use subtle::ConstantTimeEq;

use super::ProviderSettings;
use crate::accounts::Visitor;
use crate::sign_in_desk::Provided;
use crate::{App, Error, Secret};

const KIND: &str = "oidc";

/// What the provider sent along with the person.
#[derive(Debug, Clone, Default)]
pub struct OidcCallback {
    /// To be redeemed.
    pub code: String,
    /// Must be the one that went out.
    pub state: String,
    /// Whom it claims to be from; not every provider says.
    pub issuer: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
}

/// Why nobody was signed in.
#[derive(Debug)]
pub enum OidcFailure {
    /// The provider does not answer.
    Unreachable,
    /// It is set up wrongly here: it has another name than the settings say.
    Misconfigured,
    /// The person gave up there.
    Cancelled,
    /// The provider refused.
    Refused,
    /// What it said cannot be believed.
    Untrusted,
    /// Its token is not good at this time.
    WrongTime,
    /// Begun in this browser, too long ago.
    Late,
    /// Begun in another browser, long forgotten, or finished already.
    Stale,
    /// It told no address.
    NoEmail,
    /// Nobody here has this address, or their account is not in use.
    NoMember,
    /// Somebody here has this address, and it is not proved to be the same person.
    EmailTaken,
    /// Too many failures from here.
    TooManyFailures,
    /// Something else, with words of its own.
    Other(Error),
}

impl OidcFailure {
    /// The code whose words the sign-in page says; none for what is no matter of signing in.
    pub const fn code(&self) -> Option<&'static str> {
        Some(match self {
            Self::Unreachable => "unreachable",
            Self::Misconfigured => "misconfigured",
            Self::Cancelled => "cancelled",
            Self::Refused => "refused",
            Self::Untrusted => "untrusted",
            Self::WrongTime => "wrong_time",
            Self::Late => "late",
            Self::Stale => "stale",
            Self::NoEmail => "no_email",
            Self::NoMember => "no_member",
            Self::EmailTaken => "email_taken",
            Self::TooManyFailures => "too_many_failures",
            Self::Other(_) => return None,
        })
    }

    /// Whether it counts against the address that it came from. A way back that nobody here began does not: anybody
    /// could send people there.
    const fn counts(&self) -> bool {
        matches!(self, Self::Refused | Self::Untrusted | Self::NoMember | Self::EmailTaken)
    }
}

impl<E: Into<Error>> From<E> for OidcFailure {
    fn from(error: E) -> Self {
        Self::Other(error.into())
    }
}

fn failure(name: &str, error: &OidcError) -> OidcFailure {
    tracing::warn!(provider = name, %error, "a sign-in by a provider failed");
    match error {
        OidcError::Unreachable(_) => OidcFailure::Unreachable,
        OidcError::Misnamed { .. } => OidcFailure::Misconfigured,
        OidcError::CodeRefused(_) => OidcFailure::Refused,
        OidcError::Lies(_) | OidcError::Foreign { .. } => OidcFailure::Untrusted,
        OidcError::WrongTime => OidcFailure::WrongTime,
    }
}

impl App {
    /// The providers that one may sign in by: name and label.
    pub fn sign_in_providers(&self) -> impl Iterator<Item = (&str, &str)> {
        let settings = self.inner.sign_in.providers.iter().map(|provided| &provided.settings);
        settings.map(|ProviderSettings { name, label, .. }| (&**name, &**label))
    }

    fn provided(&self, name: &str) -> Result<&Provided, Error> {
        let mut all = self.inner.sign_in.providers.iter();
        all.find(|provided| provided.settings.name == name).ok_or(Error::NotFound)
    }

    fn redirect_uri(&self, name: &str) -> String {
        format!("{}/sign-in/oidc/{name}/callback", self.inner.config.public_url)
    }

    /// Where to send somebody who wants to sign in by this provider and then go on to `next`, and the cookie that
    /// they must come back with.
    ///
    /// # Errors
    /// See [`OidcFailure`].
    pub async fn begin_oidc(
        &self,
        name: &str,
        next: &str,
        from: IpAddr,
    ) -> Result<(String, Secret), OidcFailure> {
        let Provided { provider, .. } = self.provided(name)?;
        let now = self.now();
        self.inner.failures.check(from, now).map_err(|_| OidcFailure::TooManyFailures)?;
        let secrets = [self.random(), self.random(), self.random()];
        let begun = provider.begin(&self.redirect_uri(name), secrets, now.as_ms() / 1_000).await;
        let (url, journey) = begun.map_err(|error| failure(name, &error))?;
        let memory = format!("{name}\n{next}\n{}", journey.to_text());
        Ok((url, self.begin_flow(KIND, &memory).await?))
    }

    /// Opens a session for whoever came back from the provider; answers where they wanted to go, and so does a
    /// failure, as far as this browser's beginning is known.
    ///
    /// # Errors
    /// See [`OidcFailure`].
    pub async fn finish_oidc(
        &self,
        name: &str,
        browser: Option<Secret>,
        callback: &OidcCallback,
        visitor: &Visitor,
    ) -> (Result<Secret, OidcFailure>, Option<String>) {
        let (memory, is_good) = match self.take_flow(KIND, browser).await {
            Ok(Some((memory, is_good))) => (memory, is_good),
            Ok(None) => (String::new(), false),
            Err(error) => return (Err(error.into()), None),
        };
        let next = memory.split('\n').nth(1).map(str::to_owned);
        let is_late = !is_good && next.is_some();
        let memory = is_good.then_some(memory);
        let finished = match self.try_oidc(name, memory.as_deref(), callback, visitor).await {
            Err(OidcFailure::Stale) if is_late => Err(OidcFailure::Late),
            finished => finished,
        };
        if finished.as_ref().is_err_and(OidcFailure::counts) {
            self.inner.failures.note(visitor.address, self.now());
        }
        (finished, next)
    }

    async fn try_oidc(
        &self,
        name: &str,
        memory: Option<&str>,
        callback: &OidcCallback,
        visitor: &Visitor,
    ) -> Result<Secret, OidcFailure> {
        let provided = self.provided(name)?;
        self.inner.failures.check(visitor.address, self.now()).map_err(|_| OidcFailure::TooManyFailures)?;
        let mut lines = memory.ok_or(OidcFailure::Stale)?.splitn(3, '\n');
        let begun_by = lines.next().unwrap_or_default();
        let journey = lines.nth(1).and_then(Journey::from_text).ok_or(OidcFailure::Stale)?;
        let is_same = journey.state.as_bytes().ct_eq(callback.state.as_bytes());
        if begun_by != name || !bool::from(is_same) {
            return Err(OidcFailure::Stale);
        }
        let issuer = provided.provider.issuer();
        if let Some(said) = callback.issuer.as_deref().filter(|said| *said != issuer) {
            tracing::warn!(provider = name, said, expected = issuer, "a code came from another issuer");
            return Err(OidcFailure::Untrusted);
        }
        match callback.error.as_deref() {
            Some("access_denied") => return Err(OidcFailure::Cancelled),
            Some(_) => return Err(OidcFailure::Refused),
            None => {}
        }
        let now_s = self.now().as_ms() / 1_000;
        let found = provided.provider.finish(&journey, &callback.code, &self.redirect_uri(name), now_s).await;
        let identity = found.map_err(|error| failure(name, &error))?;
        self.welcome(&provided.settings, issuer, identity, visitor).await
    }
}
