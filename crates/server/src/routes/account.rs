//! The member: who am I, signing in and out, the first administrator.

use app::accounts::TypedMember;
use app::domain::access::Action;
use app::domain::{Capability, MemberFacts};
use app::{App, Secret};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use protocol::{Me, SetUp, SignIn, Site};

use super::Body;
use crate::cookies;
use crate::error::ApiError;
use crate::language::Language;
use crate::state::AppState;
use crate::who::{From, Who};

/// A member as they see themselves.
pub(crate) fn me(member: &app::accounts::Member) -> Me {
    let MemberFacts { id, role, .. } = member.facts;
    Me {
        id: id.to_string(),
        email: member.email.clone(),
        name: member.name.clone(),
        role: role.code().into(),
        capabilities: role.on_site().iter().map(Capability::code).map(Into::into).collect(),
    }
}

/// The site as pages know it.
pub(crate) fn site(state: &AppState) -> Site {
    let (config, policy) = (state.app.config(), state.app.policy());
    Site {
        name: config.site_name.clone(),
        languages: Language::ALL.into_iter().map(|language| language.code().into()).collect(),
        upload_max_bytes: config.upload_max_bytes,
        guest_links_per_item: policy.guest_links_per_item,
        retention_days: policy.retention_days,
    }
}

/// Who am I?
#[utoipa::path(get, path = "/api/me", tag = "account",
    responses((status = 200, body = Me), (status = 401, body = protocol::ErrorBody)))]
pub(crate) async fn show(State(state): State<AppState>, who: Who) -> Result<Json<Me>, ApiError> {
    state.app.decide_on_site(&who.caller, Action::ListOwnItems)?;
    Ok(Json(me(state.app.get_own_member(&who.caller)?)))
}

/// Facts about the site.
#[utoipa::path(get, path = "/api/site", tag = "account", responses((status = 200, body = Site)))]
pub(crate) async fn show_site(State(state): State<AppState>) -> Json<Site> {
    Json(site(&state))
}

/// Signs in. The session comes as a cookie.
#[utoipa::path(post, path = "/api/sign-in", tag = "account", request_body = SignIn,
    responses((status = 200, body = Me), (status = 401, body = protocol::ErrorBody), (status = 429, body = protocol::ErrorBody)))]
pub(crate) async fn sign_in(
    State(state): State<AppState>,
    From(address): From,
    Body(typed): Body<SignIn>,
) -> Result<Response, ApiError> {
    let (secret, member) = state.app.sign_in(&typed.email, typed.password, address).await?;
    Ok(signed_in(secret, &member))
}

fn signed_in(secret: Secret, member: &app::accounts::Member) -> Response {
    let cookie = cookies::set_session(secret, App::session_lasts());
    ([(header::SET_COOKIE, cookie)], Json(me(member))).into_response()
}

/// Signs out.
#[utoipa::path(post, path = "/api/sign-out", tag = "account", responses((status = 204)))]
pub(crate) async fn sign_out(
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if let Some(session) = cookies::session(&headers) {
        state.app.sign_out(session).await?;
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookies::clear_session())]).into_response())
}

/// Makes the first administrator by the one-time link that the server printed.
#[utoipa::path(post, path = "/api/setup", tag = "account", request_body = SetUp,
    responses((status = 200, body = Me), (status = 409, body = protocol::ErrorBody), (status = 422, body = protocol::ErrorBody)))]
pub(crate) async fn set_up(
    State(state): State<AppState>,
    Body(typed): Body<SetUp>,
) -> Result<Response, ApiError> {
    let secret = Secret::from_text(&typed.token).ok_or(app::Error::from(app::Conflict::SetupOver))?;
    let member = TypedMember { email: typed.email, name: typed.name, password: typed.password };
    let (session, member) = state.app.set_up(secret, member).await?;
    Ok(signed_in(session, &member))
}
