//! Guest access of an item and its guest links.

use app::domain::{Closing, Instant};
use app::guest_access::StoredLink;
use app::guest_access::{Closed as AppClosed, GuestAccess as Found, TypedChange, TypedLink};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use http::StatusCode;
use protocol::{
    ClosingChoice, FinishingLink, GuestAccess, GuestAccessAnswer, GuestLink, LinkChange, LinkMaking, LinkUrl,
    NewLink, NewLinkAnswer, Switch,
};

use super::closing::{ClosingQuery, closed, qr_code};
use super::{Body, id};
use crate::error::ApiError;
use crate::state::AppState;
use crate::who::Who;

fn link(link: &StoredLink, inside: i64, enabled: bool, now: Instant) -> GuestLink {
    GuestLink {
        id: link.facts.id.to_string(),
        name: link.name.clone(),
        state: link.facts.state(enabled, now).into(),
        uses: link.facts.uses,
        max_uses: link.facts.max_uses,
        created_ms: link.created_at.as_ms(),
        end_ms: link.facts.end.map(Instant::as_ms),
        inside,
    }
}

fn finishing((row, inside): &(StoredLink, i64)) -> FinishingLink {
    FinishingLink { id: row.facts.id.to_string(), name: row.name.clone(), inside: *inside }
}

fn access(found: &Found) -> GuestAccess {
    GuestAccess {
        enabled: found.enabled,
        links: found.links.iter().map(|(row, inside)| link(row, *inside, found.enabled, found.now)).collect(),
        finishing: found.finishing.iter().map(finishing).collect(),
        inside: found.inside(),
        waiting: 0,
        max_links: found.max_links,
        policy: LinkMaking {
            may_create: found.making_refused.is_none(),
            reason: found.making_refused.map(Into::into),
        },
        now_ms: found.now.as_ms(),
    }
}

fn answer((found, done): (Found, AppClosed), closing: bool) -> Json<GuestAccessAnswer> {
    Json(GuestAccessAnswer { guest_access: access(&found), closed: closing.then_some(closed(done)) })
}

fn closing(choice: ClosingChoice) -> Closing {
    match choice {
        ClosingChoice::Finish => Closing::Finish,
        ClosingChoice::Until { until_ms } => Closing::Until(Instant::from_ms(until_ms)),
        ClosingChoice::Now => Closing::Now,
    }
}

/// Guest access of an item.
#[utoipa::path(get, path = "/api/items/{item}/guest-access", tag = "guest access",
    responses((status = 200, body = GuestAccess), (status = 404, body = protocol::ErrorBody)))]
pub(crate) async fn show(
    State(state): State<AppState>,
    Path(item): Path<String>,
    who: Who,
) -> Result<Json<GuestAccess>, ApiError> {
    Ok(Json(access(&state.app.get_guest_access(&who.caller, id(&item)?).await?)))
}

/// Switches guest access on or off. With `now`, the answer comes when every process has obeyed, or says by when.
#[utoipa::path(put, path = "/api/items/{item}/guest-access", tag = "guest access", request_body = Switch,
    responses((status = 200, body = GuestAccessAnswer), (status = 422, body = protocol::ErrorBody)))]
pub(crate) async fn switch(
    State(state): State<AppState>,
    Path(item): Path<String>,
    who: Who,
    Body(typed): Body<Switch>,
) -> Result<Json<GuestAccessAnswer>, ApiError> {
    let how = closing(typed.closing);
    let done = state.app.switch_guest_access(&who.caller, id(&item)?, typed.enabled, how).await?;
    Ok(answer(done, !typed.enabled))
}

/// Makes a guest link.
#[utoipa::path(post, path = "/api/items/{item}/guest-links", tag = "guest access", request_body = NewLink,
    responses((status = 201, body = NewLinkAnswer), (status = 409, body = protocol::ErrorBody), (status = 422, body = protocol::ErrorBody)))]
pub(crate) async fn create(
    State(state): State<AppState>,
    Path(item): Path<String>,
    who: Who,
    Body(typed): Body<NewLink>,
) -> Result<(StatusCode, Json<NewLinkAnswer>), ApiError> {
    let typed = TypedLink { name: typed.name, max_uses: typed.max_uses, days: typed.days };
    let (made, url) = state.app.make_guest_link(&who.caller, id(&item)?, typed).await?;
    let link = link(&made, 0, true, state.app.now());
    Ok((StatusCode::CREATED, Json(NewLinkAnswer { link, url })))
}

/// Renames a guest link, raises or removes its clicks, extends it.
#[utoipa::path(patch, path = "/api/items/{item}/guest-links/{link}", tag = "guest access", request_body = LinkChange,
    responses((status = 200, body = GuestLink), (status = 409, body = protocol::ErrorBody), (status = 422, body = protocol::ErrorBody)))]
pub(crate) async fn change(
    State(state): State<AppState>,
    Path((item, asked)): Path<(String, String)>,
    who: Who,
    Body(typed): Body<LinkChange>,
) -> Result<Json<GuestLink>, ApiError> {
    let asked = id(&asked)?;
    let typed = TypedChange { name: typed.name, max_uses: typed.max_uses, extend_days: typed.extend_days };
    let found = state.app.change_guest_link(&who.caller, id(&item)?, asked, typed).await?;
    let row = found.links.iter().find(|(row, _)| row.facts.id == asked).ok_or_else(ApiError::not_found)?;
    Ok(Json(link(&row.0, row.1, found.enabled, found.now)))
}

/// Deletes a guest link for good.
#[utoipa::path(delete, path = "/api/items/{item}/guest-links/{link}", tag = "guest access", params(ClosingQuery),
    responses((status = 200, body = GuestAccessAnswer), (status = 404, body = protocol::ErrorBody)))]
pub(crate) async fn delete(
    State(state): State<AppState>,
    Path((item, asked)): Path<(String, String)>,
    who: Who,
    Query(query): Query<ClosingQuery>,
) -> Result<Json<GuestAccessAnswer>, ApiError> {
    Ok(answer(state.app.delete_guest_link(&who.caller, id(&item)?, id(&asked)?, query.read()?).await?, true))
}

/// A guest link's URL again. Leaves a row in the activity.
#[utoipa::path(post, path = "/api/items/{item}/guest-links/{link}/reveal", tag = "guest access",
    responses((status = 200, body = LinkUrl), (status = 404, body = protocol::ErrorBody)))]
pub(crate) async fn reveal(
    State(state): State<AppState>,
    Path((item, asked)): Path<(String, String)>,
    who: Who,
) -> Result<Json<LinkUrl>, ApiError> {
    let url = state.app.reveal_guest_link(&who.caller, id(&item)?, id(&asked)?).await?;
    Ok(Json(LinkUrl { url }))
}

/// A guest link's URL as a QR code. Leaves a row in the activity.
#[utoipa::path(post, path = "/api/items/{item}/guest-links/{link}/qr", tag = "guest access",
    responses((status = 200, content_type = "image/svg+xml"), (status = 404, body = protocol::ErrorBody)))]
pub(crate) async fn qr(
    State(state): State<AppState>,
    Path((item, asked)): Path<(String, String)>,
    who: Who,
) -> Result<Response, ApiError> {
    let url = state.app.reveal_guest_link(&who.caller, id(&item)?, id(&asked)?).await?;
    qr_code(url)
}
