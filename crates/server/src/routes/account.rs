//! The member: who am I, signing in and out, the first administrator.

use app::accounts::TypedMember;
use app::domain::MemberFacts;
use app::domain::access::Action;
use app::{App, Secret};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{AppendHeaders, IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use protocol::{
    AccountChange, AddressCode, Me, NewAddress, OwnAccount, PasswordChange, ProvingAddress, SetUp, SignIn,
    Site, UseAccountLink,
};

use super::Body;
use crate::cookies;
use crate::error::ApiError;
use crate::language::Language;
use crate::state::AppState;
use crate::who::{Speaks, Visits, Who};

/// A member as they see themselves.
pub(crate) fn me(member: &app::accounts::Member) -> Me {
    let MemberFacts { id, role, .. } = member.facts;
    Me {
        id: id.to_string(),
        email: member.email.clone(),
        name: member.name.clone(),
        role: role.into(),
        capabilities: role.on_site().iter().map(Into::into).collect(),
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
        has_members: state.app.has_members(),
        passkeys: state.app.has_passkeys(),
        providers: state
            .app
            .sign_in_providers()
            .map(|(name, label)| protocol::SignInProvider { name: name.into(), label: label.into() })
            .collect(),
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
    Visits(visitor): Visits,
    Body(typed): Body<SignIn>,
) -> Result<Response, ApiError> {
    let (secret, member) = state.app.sign_in(&typed.email, typed.password, &visitor).await?;
    Ok(signed_in(secret, &member))
}

fn signed_in(secret: Secret, member: &app::accounts::Member) -> Response {
    (AppendHeaders(cookies_of(secret).map(|cookie| (header::SET_COOKIE, cookie))), Json(me(member)))
        .into_response()
}

/// What a browser gets when somebody signed in there, whichever way: the session, and what outlasts it.
pub(crate) fn cookies_of(session: Secret) -> [HeaderValue; 2] {
    [
        cookies::set_session(session, App::session_lasts()),
        cookies::set_known(session, App::known_browser_lasts()),
    ]
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
    Visits(visitor): Visits,
    Body(typed): Body<SetUp>,
) -> Result<Response, ApiError> {
    let secret = Secret::from_text(&typed.token).ok_or(app::Error::from(app::Conflict::SetupOver))?;
    let member = TypedMember { email: typed.email, name: typed.name, password: typed.password };
    let (session, member) = state.app.set_up(secret, member, &visitor).await?;
    Ok(signed_in(session, &member))
}

/// Sets a password by a one-time link and signs in.
#[utoipa::path(post, path = "/api/account-link", tag = "account", request_body = UseAccountLink,
    responses((status = 200, body = Me), (status = 409, body = protocol::ErrorBody), (status = 422, body = protocol::ErrorBody)))]
pub(crate) async fn use_link(
    State(state): State<AppState>,
    Visits(visitor): Visits,
    Body(typed): Body<UseAccountLink>,
) -> Result<Response, ApiError> {
    let secret = link_secret(&typed.token)?;
    let (session, member) = state.app.use_account_link(secret, typed.password, &visitor).await?;
    Ok(signed_in(session, &member))
}

fn link_secret(text: &str) -> Result<Secret, app::Error> {
    Secret::from_text(text).ok_or(app::Error::from(app::Conflict::LinkSpent))
}

/// The own account.
#[utoipa::path(get, path = "/api/account", tag = "account", responses((status = 200, body = OwnAccount)))]
pub(crate) async fn show_own(
    State(state): State<AppState>,
    headers: HeaderMap,
    who: Who,
) -> Result<Json<OwnAccount>, ApiError> {
    let own = state.app.get_own_account(&who.caller, cookies::session(&headers)).await?;
    Ok(Json(OwnAccount {
        me: me(&own.member),
        addresses: own.addresses.iter().map(super::members::address).collect(),
        has_password: own.has_password,
        proving: own.proving.map(proving),
        mails_codes: own.mails_codes,
        mails_refusals: own.wishes_refusals,
    }))
}

fn proving(proving: app::accounts::Proving) -> ProvingAddress {
    ProvingAddress { email: proving.email, until_ms: proving.until.as_ms() }
}

/// Changes the own name, the address to sign in with, or whether a daily mail tells of refusals.
#[utoipa::path(patch, path = "/api/account", tag = "account", request_body = AccountChange,
    responses((status = 200, body = OwnAccount), (status = 422, body = protocol::ErrorBody)))]
pub(crate) async fn change_own(
    State(state): State<AppState>,
    headers: HeaderMap,
    who: Who,
    Speaks(language): Speaks,
    Body(change): Body<AccountChange>,
) -> Result<Json<OwnAccount>, ApiError> {
    if let Some(name) = &change.name {
        state.app.rename_self(&who.caller, name).await?;
    }
    if let Some(email) = &change.email {
        state.app.choose_sign_in_address(&who.caller, email).await?;
    }
    if let Some(on) = change.mails_refusals {
        state.app.wish_refusals(&who.caller, on, language.in_mail()).await?;
    }
    show_own(State(state), headers, who).await
}

/// Changes the own password; all other sessions end.
#[utoipa::path(put, path = "/api/account/password", tag = "account", request_body = PasswordChange,
    responses((status = 204), (status = 422, body = protocol::ErrorBody), (status = 429, body = protocol::ErrorBody)))]
pub(crate) async fn change_password(
    State(state): State<AppState>,
    headers: HeaderMap,
    who: Who,
    Body(change): Body<PasswordChange>,
) -> Result<StatusCode, ApiError> {
    let session = cookies::session(&headers).ok_or(app::Error::SignInFirst)?;
    state.app.change_own_password(&who.caller, session, change.old, change.new).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where one is signed in.
#[utoipa::path(get, path = "/api/account/sessions", tag = "account", responses((status = 200, body = protocol::Sessions)))]
pub(crate) async fn list_sessions(
    State(state): State<AppState>,
    headers: HeaderMap,
    who: Who,
) -> Result<Json<protocol::Sessions>, ApiError> {
    let own = cookies::session(&headers).map(|session| session.hash());
    Ok(Json(super::members::sessions(state.app.list_own_sessions(&who.caller).await?, own)))
}

/// Signs out everywhere else.
#[utoipa::path(delete, path = "/api/account/sessions", tag = "account", responses((status = 204)))]
pub(crate) async fn end_other_sessions(
    State(state): State<AppState>,
    headers: HeaderMap,
    who: Who,
) -> Result<StatusCode, ApiError> {
    let session = cookies::session(&headers).ok_or(app::Error::SignInFirst)?;
    state.app.end_other_sessions(&who.caller, session).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Signs out at one other place.
#[utoipa::path(delete, path = "/api/account/sessions/{session}", tag = "account", responses((status = 204)))]
pub(crate) async fn end_session(
    State(state): State<AppState>,
    Path(session): Path<String>,
    who: Who,
) -> Result<StatusCode, ApiError> {
    let name: app::domain::JobId = super::id(&session)?;
    state.app.end_own_session(&who.caller, *name.as_bytes()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Mails a code to an address that the member says is theirs. The answer is the same whoever has it.
#[utoipa::path(post, path = "/api/account/addresses", tag = "account", request_body = NewAddress,
    responses((status = 202, body = ProvingAddress), (status = 409, body = protocol::ErrorBody),
        (status = 422, body = protocol::ErrorBody), (status = 429, body = protocol::ErrorBody)))]
pub(crate) async fn add_address(
    State(state): State<AppState>,
    headers: HeaderMap,
    who: Who,
    Speaks(language): Speaks,
    Body(new): Body<NewAddress>,
) -> Result<(StatusCode, Json<ProvingAddress>), ApiError> {
    let session = cookies::session(&headers).ok_or(app::Error::SignInFirst)?;
    let language = language.in_mail();
    let waits = state.app.ask_address_code(&who.caller, session, &new.email, language).await?;
    Ok((StatusCode::ACCEPTED, Json(proving(waits))))
}

/// Takes the code that was mailed last: its address is proved.
#[utoipa::path(post, path = "/api/account/addresses/code", tag = "account", request_body = AddressCode,
    responses((status = 200, body = OwnAccount), (status = 409, body = protocol::ErrorBody),
        (status = 422, body = protocol::ErrorBody), (status = 429, body = protocol::ErrorBody)))]
pub(crate) async fn prove_address(
    State(state): State<AppState>,
    headers: HeaderMap,
    who: Who,
    Body(typed): Body<AddressCode>,
) -> Result<Json<OwnAccount>, ApiError> {
    let session = cookies::session(&headers).ok_or(app::Error::SignInFirst)?;
    state.app.prove_address(&who.caller, session, &typed.code).await?;
    show_own(State(state), headers, who).await
}

/// Takes an own address away; not the one to sign in with.
#[utoipa::path(delete, path = "/api/account/addresses/{email}", tag = "account",
    responses((status = 204), (status = 409, body = protocol::ErrorBody)))]
pub(crate) async fn remove_address(
    State(state): State<AppState>,
    Path(email): Path<String>,
    who: Who,
) -> Result<StatusCode, ApiError> {
    state.app.remove_own_address(&who.caller, &email).await?;
    Ok(StatusCode::NO_CONTENT)
}
