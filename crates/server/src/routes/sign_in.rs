//! Passkeys, and the way to a provider. The way back is `pages/sign_in.rs`.

use app::sign_in::{FLOW_COOKIE_LASTS, FLOW_LASTS, OidcFailure};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use protocol::{
    BeginProvider, NewPasskey, Passkey, PasskeyOptions, PasskeySignIn, Passkeys, ProviderAddress,
};

use url::Url;

use super::{Body, account, id};
use crate::cookies;
use crate::error::ApiError;
use crate::state::AppState;
use crate::who::{From, Visits, Who};

fn begun(options: &str, cookie: HeaderValue) -> Result<Response, ApiError> {
    let options = serde_json::from_str(options);
    let options = options.map_err(|error| app::Error::Bug(format!("passkey options: {error}")))?;
    Ok(([(header::SET_COOKIE, cookie)], Json(PasskeyOptions { options })).into_response())
}

fn passkey(passkey: app::sign_in::Passkey) -> Passkey {
    Passkey {
        id: passkey.id.to_string(),
        name: passkey.name,
        created_ms: passkey.created_at.as_ms(),
        used_ms: passkey.used_at.map(|at| at.as_ms()),
    }
}

/// The member's passkeys.
#[utoipa::path(get, path = "/api/passkeys", tag = "account",
    responses((status = 200, body = Passkeys), (status = 401, body = protocol::ErrorBody)))]
pub(crate) async fn list(State(state): State<AppState>, who: Who) -> Result<Json<Passkeys>, ApiError> {
    let passkeys = state.app.list_passkeys(&who.caller).await?;
    let passkeys = passkeys.into_iter().map(passkey).collect();
    Ok(Json(Passkeys { available: state.app.has_passkeys(), passkeys }))
}

/// Begins to register a passkey. Belongs to this browser, for five minutes.
#[utoipa::path(post, path = "/api/passkeys/begin", tag = "account",
    responses((status = 200, body = PasskeyOptions), (status = 401, body = protocol::ErrorBody), (status = 422, body = protocol::ErrorBody)))]
pub(crate) async fn begin(State(state): State<AppState>, who: Who) -> Result<Response, ApiError> {
    let made = state.app.begin_passkey(&who.caller).await?;
    begun(&made.options, cookies::set_flow(made.browser, FLOW_LASTS))
}

/// Keeps the passkey that the browser made.
#[utoipa::path(post, path = "/api/passkeys", tag = "account", request_body = NewPasskey,
    responses((status = 201, body = Passkey), (status = 401, body = protocol::ErrorBody), (status = 422, body = protocol::ErrorBody)))]
pub(crate) async fn finish(
    State(state): State<AppState>,
    who: Who,
    headers: HeaderMap,
    Body(new): Body<NewPasskey>,
) -> Result<Response, ApiError> {
    let (browser, answer) = (cookies::flow(&headers), new.answer.to_string());
    let made = state.app.finish_passkey(&who.caller, browser, &new.name, &answer).await?;
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookies::clear_flow())], Json(passkey(made)))
        .into_response())
}

/// Forgets a passkey.
#[utoipa::path(delete, path = "/api/passkeys/{passkey}", tag = "account", params(("passkey" = String, Path)),
    responses((status = 204), (status = 404, body = protocol::ErrorBody)))]
pub(crate) async fn delete(
    State(state): State<AppState>,
    Path(passkey): Path<String>,
    who: Who,
) -> Result<StatusCode, ApiError> {
    state.app.delete_passkey(&who.caller, id(&passkey)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Begins to sign in by a passkey, whoever it is.
#[utoipa::path(post, path = "/api/sign-in/passkey", tag = "account",
    responses((status = 200, body = PasskeyOptions), (status = 429, body = protocol::ErrorBody)))]
pub(crate) async fn begin_sign_in(
    State(state): State<AppState>,
    From(address): From,
) -> Result<Response, ApiError> {
    let made = state.app.begin_passkey_sign_in(address)?;
    begun(&made.options, cookies::set_passkey(&made.browser, FLOW_LASTS))
}

/// Signs in by a passkey. The session comes as a cookie.
#[utoipa::path(post, path = "/api/sign-in/passkey/finish", tag = "account", request_body = PasskeySignIn,
    responses((status = 200, body = protocol::Me), (status = 401, body = protocol::ErrorBody), (status = 429, body = protocol::ErrorBody)))]
pub(crate) async fn finish_sign_in(
    State(state): State<AppState>,
    headers: HeaderMap,
    Visits(visitor): Visits,
    Body(typed): Body<PasskeySignIn>,
) -> Result<Response, ApiError> {
    let (browser, answer) = (cookies::passkey(&headers), typed.answer.to_string());
    let (session, member) = state.app.finish_passkey_sign_in(browser.as_ref(), &answer, &visitor).await?;
    let mut answer = Json(account::me(&member)).into_response();
    for cookie in account::cookies_of(session).into_iter().chain([cookies::clear_passkey()]) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(answer)
}

/// Begins to sign in by a provider: where to go. Belongs to this browser, for five minutes.
#[utoipa::path(post, path = "/api/sign-in/oidc/{provider}", tag = "account", request_body = BeginProvider,
    params(("provider" = String, Path)),
    responses((status = 200, body = ProviderAddress), (status = 404, body = protocol::ErrorBody),
        (status = 429, body = protocol::ErrorBody), (status = 502, body = protocol::ErrorBody)))]
pub(crate) async fn begin_oidc(
    State(state): State<AppState>,
    Path(provider): Path<String>,
    From(address): From,
    Body(wish): Body<BeginProvider>,
) -> Result<Response, ApiError> {
    let next = safe_next(wish.next.as_deref().unwrap_or_default());
    let (url, browser) = state.app.begin_oidc(&provider, &next, address).await.map_err(not_begun)?;
    let cookie: HeaderValue = cookies::set_flow(browser, FLOW_COOKIE_LASTS);
    Ok(([(header::SET_COOKIE, cookie)], Json(ProviderAddress { url })).into_response())
}

fn not_begun(failure: OidcFailure) -> ApiError {
    match failure {
        OidcFailure::Other(error) => error.into(),
        OidcFailure::TooManyFailures => {
            ApiError::new(StatusCode::TOO_MANY_REQUESTS, "too_many_failures", "Too many failures.")
        }
        OidcFailure::Misconfigured => ApiError::new(
            StatusCode::BAD_GATEWAY,
            "provider_misconfigured",
            "The provider is set up wrongly here; the log says how. Sign in in another way.",
        ),
        _ => ApiError::new(
            StatusCode::BAD_GATEWAY,
            "provider_unreachable",
            "The provider cannot be reached. Try again or sign in in another way.",
        ),
    }
}

/// A path of this site as a browser resolves it, and nothing that a browser takes for another host: `/.//host` begins
/// with two slashes only when it is resolved.
pub(crate) fn safe_next(next: &str) -> String {
    let here = "http://here.invalid";
    let is_plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let resolved = if is_plain && next.starts_with('/') && next.len() <= 500 {
        Url::parse(here).and_then(|base| base.join(next)).ok()
    } else {
        None
    };
    let path = resolved.as_ref().and_then(|url| url.as_str().strip_prefix(here));
    let is_ours = |path: &&str| !path.starts_with("//") && !path.starts_with("/sign-in");
    path.filter(is_ours).unwrap_or("/").to_owned()
}

#[cfg(test)]
mod tests {
    use super::safe_next;

    #[test]
    fn one_goes_on_within_this_site_alone() {
        for good in ["/", "/media/0000?t=1#a", "/account"] {
            assert_eq!(safe_next(good), good);
        }
        assert_eq!(safe_next("/media/../account"), "/account");
        let long = format!("/{}", "a".repeat(500));
        for bad in [
            "",
            "media",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nb: c",
            "/a\nb",
            "/sign-in",
            "/./sign-in",
            "/é",
            "/.//evil.example",
            "/..//evil.example",
            "/x/..//evil.example",
            "/%2e//evil.example",
            "/%2E/%2e//evil.example",
            "/x/%2e%2e//evil.example",
            "/x/..\\/evil.example",
            "/\t/evil.example",
            "/.\t//evil.example",
            &long,
        ] {
            assert_eq!(safe_next(bad), "/", "{bad:?}");
        }
    }
}
