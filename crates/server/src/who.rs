//! Extractors: who asks, from where.

use std::net::IpAddr;

use app::accounts::Visitor;
use app::{Caller, Credentials, Secret};
use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, header};

use crate::cookies::HeldKeys;
use crate::error::ApiError;
use crate::language::Language;
use crate::state::AppState;
use crate::{cookies, device};

/// Who asks.
pub(crate) struct Who {
    pub(crate) caller: Caller,
    /// The keys in the browser's cookies.
    pub(crate) held: HeldKeys,
}

impl FromRequestParts<AppState> for Who {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let caller = state.app.know(credentials(&parts.headers)?).await?;
        Ok(Self { caller, held: HeldKeys::of(&parts.headers) })
    }
}

fn credentials(headers: &HeaderMap) -> Result<Credentials, ApiError> {
    Ok(Credentials {
        session: cookies::session(headers),
        token: bearer(headers)?,
        keys: HeldKeys::of(headers).newest_first(),
        device: device::kind(headers),
    })
}

/// Who asks to renew what they have open: when the database does not say who they are, the browser alone.
pub(crate) struct Watching(pub(crate) Caller);

impl FromRequestParts<AppState> for Watching {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let credentials = credentials(&parts.headers)?;
        let recognised = state.app.recognise(&credentials);
        match state.app.know(credentials).await {
            Err(app::Error::Unavailable(_)) => Ok(Self(recognised)),
            known => Ok(Self(known?)),
        }
    }
}

/// The API token, if the request came with an Authorization header; one that is none of ours opens nothing.
fn bearer(headers: &HeaderMap) -> Result<Option<Secret>, ApiError> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let secret =
        value.to_str().ok().and_then(|text| text.strip_prefix("Bearer ")).and_then(Secret::from_text);
    secret.map(Some).ok_or(ApiError::from(app::Error::SignInFirst))
}

/// The client's address.
pub(crate) struct From(pub(crate) IpAddr);

impl FromRequestParts<AppState> for From {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        Ok(Self(state.proxies.client(parts)))
    }
}

/// Whoever comes to sign in.
pub(crate) struct Visits(pub(crate) Visitor);

impl FromRequestParts<AppState> for Visits {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let address = state.proxies.client(parts);
        let known = cookies::known(&parts.headers);
        Ok(Self(Visitor { address, device: device::of(&parts.headers), known }))
    }
}

/// The language that an answer, or a mail because of it, is written in.
pub(crate) struct Speaks(pub(crate) Language);

impl FromRequestParts<AppState> for Speaks {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Self::Rejection> {
        Ok(Self(Language::of(parts.uri.query(), &parts.headers)))
    }
}
