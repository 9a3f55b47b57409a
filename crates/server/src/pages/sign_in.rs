//! The way back from a provider. Its redirect is a GET, which changes nothing here: it gets a page whose form brings
//! the code back to us by POST, by itself or by a press.

use app::sign_in::{OidcCallback, OidcFailure};
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode, header};
use minijinja::context;
use serde::Deserialize;

use super::see_other;
use super::{Page, Trustworthy};
use crate::cookies;
use crate::routes::account;
use crate::state::AppState;
use crate::who::Visits;

/// Characters of one thing that a provider may send.
const MOST: usize = 4_096;

/// What a provider sends along with the person.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Callback {
    code: String,
    state: String,
    iss: Option<String>,
    error: Option<String>,
}

/// `GET /sign-in/oidc/{provider}/callback`.
pub(crate) async fn callback(
    _: Trustworthy,
    State(state): State<AppState>,
    Path(provider): Path<String>,
    page: Page,
    Query(sent): Query<Callback>,
) -> Response {
    let Some((_, label)) = state.app.sign_in_providers().find(|(name, _)| *name == provider) else {
        return page.refuse("page", app::Error::NotFound);
    };
    let fits = |text: &str| text.len() <= MOST;
    let all = [&sent.code, &sent.state].into_iter().chain(&sent.iss).chain(&sent.error);
    if !all.into_iter().all(|text| fits(text)) {
        return failed(&OidcFailure::Untrusted, None);
    }
    let form = context! {
        action => format!("/sign-in/oidc/{provider}/finish"),
        code => sent.code,
        state => sent.state,
        iss => sent.iss,
        error => sent.error,
    };
    page.show(StatusCode::OK, "signing_in.html", context! { form => form, provider => label })
}

/// `POST /sign-in/oidc/{provider}/finish`.
pub(crate) async fn finish(
    State(state): State<AppState>,
    Path(provider): Path<String>,
    Visits(visitor): Visits,
    page: Page,
    headers: HeaderMap,
    Form(sent): Form<Callback>,
) -> Response {
    let callback = OidcCallback {
        code: sent.code,
        state: sent.state,
        issuer: sent.iss.filter(|text| !text.is_empty()),
        error: sent.error.filter(|text| !text.is_empty()),
    };
    let browser = cookies::flow(&headers);
    let (finished, next) = state.app.finish_oidc(&provider, browser, &callback, &visitor).await;
    let (mut answer, session) = match finished {
        // The whole address: a path alone could name a host.
        Ok(session) => {
            let public = &state.app.config().public_url;
            (see_other(&format!("{public}{}", next.as_deref().unwrap_or("/"))), Some(session))
        }
        Err(OidcFailure::Other(error)) => return page.refuse("page", error),
        Err(failure) => (failed(&failure, next.as_deref()), None),
    };
    let cookies = session.map(account::cookies_of);
    for cookie in cookies.into_iter().flatten().chain([cookies::clear_flow()]) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}

/// Back to the sign-in page, which has the words for the code and still knows where to go from there.
fn failed(failure: &OidcFailure, next: Option<&str>) -> Response {
    let code = failure.code().unwrap_or_default();
    let next = next.filter(|next| *next != "/").map(|next| format!("&next={}", in_query(next)));
    see_other(&format!("/sign-in?failed={code}{}", next.unwrap_or_default()))
}

/// A value as it stands in a query.
fn in_query(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    text.bytes().fold(String::new(), |mut written, byte| {
        if plain(byte) {
            written.push(byte.into());
        } else {
            written.push_str(&format!("%{byte:02X}"));
        }
        written
    })
}
