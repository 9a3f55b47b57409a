//! Pages that set cookies are shown only where browsers keep them (quality.md T5).

use axum::extract::FromRequestParts;
use axum::response::Response;
use http::StatusCode;
use http::request::Parts;
use minijinja::context;

use super::Page;
use crate::address;
use crate::state::AppState;

/// The request came over https, or to a name that browsers trust without it. Anything else is answered with a
/// page that says why cookies would be lost here and where to go instead; no redirect, so no loop.
pub(crate) struct Trustworthy;

impl FromRequestParts<AppState> for Trustworthy {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        if state.proxies.is_trustworthy(parts) {
            return Ok(Self);
        }
        let host = address::host(&parts.headers).to_owned();
        let name = host.split(':').next().unwrap_or_default();
        let https_url = format!("https://{name}{}", parts.uri.path());
        let Ok(page) = Page::from_request_parts(parts, state).await;
        let values = context! { host => &host, https_url => https_url };
        Err(page.show(StatusCode::BAD_REQUEST, "plain_http.html", values))
    }
}
