//! The layer around every route: request ids, the same-origin check, security headers, and the last touch on
//! errors. No URL is logged, only the pattern of its route: links carry secrets.

use std::time::Instant;

use axum::Json;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use crate::error::{ApiError, Unfinished};
use crate::pages::see_other;
use crate::request_id::RequestId;
use crate::state::AppState;
use crate::worn_link;

/// Nothing but our own files, no inline script or style, never framed (quality.md W1).
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; \
    media-src 'self' blob:; connect-src 'self'; worker-src 'self' blob:; font-src 'self'; manifest-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Wraps every route.
pub(crate) async fn layer(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let id = state.request_ids.next();
    request.extensions_mut().insert(id);
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = request.method().clone();
    let begun = std_now();
    let (parts, body) = request.into_parts();
    state.proxies.notice(&parts);
    let meant = worn_link::mend(&parts);
    let mut response = if state.origins.may_change(&parts) {
        next.run(Request::from_parts(parts, body)).await
    } else {
        ApiError::new(
            StatusCode::FORBIDDEN,
            "foreign_origin",
            "This must come from one of the site's own pages.",
        )
        .into_response()
    };
    // A page below a link's own that says no means no.
    let is_below = route.as_ref().is_some_and(|route| route.as_str().matches('/').count() > 2);
    let may_mean = !is_below || response.status() == StatusCode::METHOD_NOT_ALLOWED;
    if let Some(meant) = meant.filter(|_| may_mean && worn_link::leads_nowhere(response.status())) {
        response = see_other(&meant);
    }
    own_words(&mut response);
    finish_error(&state, id, &mut response);
    add_headers(response.headers_mut());
    let status = response.status().as_u16();
    let took_us = begun.elapsed().as_micros() as u64;
    let route = route.as_ref().map_or("-", MatchedPath::as_str);
    tracing::debug!(%method, route, status, took_us, %id, "answered");
    response
}

#[expect(clippy::disallowed_methods, reason = "how long an answer took is told to the log alone")]
fn std_now() -> Instant {
    Instant::now()
}

/// A path, query or form that the framework could not read is refused in our own words.
/// So is one that took too long.
fn own_words(response: &mut Response) {
    if response.status() == StatusCode::REQUEST_TIMEOUT {
        let text = "This took too long to arrive or to answer. Try again.";
        *response = ApiError::new(StatusCode::REQUEST_TIMEOUT, "timed_out", text).into_response();
    }
    let kind = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    if response.status().is_client_error() && kind.is_some_and(|kind| kind.starts_with(b"text/plain")) {
        let text = "The address or the body of this request cannot be read.";
        *response = ApiError::new(response.status(), "bad_request", text).into_response();
    }
}

/// Gives an error its request id and reference, and tells the log its cause, once.
fn finish_error(state: &AppState, id: RequestId, response: &mut Response) {
    let Some(Unfinished { mut body, refusal, cause }) = response.extensions_mut().remove() else { return };
    let status = response.status();
    if let Some(cause) = cause {
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!(%id, cause, "a bug");
        } else {
            tracing::warn!(%id, cause, "unavailable");
        }
    }
    body.request_id = id.to_string();
    body.reference = refusal.map(|refusal| state.app.refer(refusal));
    let retry = response.headers().get(header::RETRY_AFTER).cloned();
    *response = (status, Json(&*body)).into_response();
    if let Some(retry) = retry {
        response.headers_mut().insert(header::RETRY_AFTER, retry);
    }
}

/// On every answer, whichever way it leaves.
pub(crate) const ALWAYS: [(&str, &str); 5] = [
    ("content-security-policy", POLICY),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// Search engines find nothing here.
pub(crate) const ROBOTS: (&str, &str) = ("x-robots-tag", "noindex, nofollow");

/// What is not said to be cacheable is not.
pub(crate) const UNCACHED: (&str, &str) = ("cache-control", "no-store");

fn add_headers(headers: &mut HeaderMap) {
    headers.reserve(ALWAYS.len() + 2);
    for (name, value) in ALWAYS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    for (name, value) in [UNCACHED, ROBOTS] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}
