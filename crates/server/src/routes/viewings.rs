//! Viewings: open, renew, leave.

use app::domain::{ViewingFacts, ViewingId};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use protocol::{OpenViewing, Viewing, ViewingEnded};

use super::{Body, id};
use crate::cookies;
use crate::error::ApiError;
use crate::state::AppState;
use crate::who::{Watching, Who};

/// Opens a viewing of an item. Its ticket comes as a cookie for `/m/{viewing}/` alone.
#[utoipa::path(post, path = "/api/viewings", tag = "viewings", request_body = OpenViewing,
    responses((status = 201, body = Viewing), (status = 404, body = protocol::ErrorBody), (status = 409, body = protocol::ErrorBody)))]
pub(crate) async fn open(
    State(state): State<AppState>,
    who: Who,
    Body(typed): Body<OpenViewing>,
) -> Result<Response, ApiError> {
    let opened = state.app.open_viewing(&who.caller, id(&typed.item)?).await?;
    let viewing = opened.id;
    let body = Viewing {
        viewing: viewing.to_string(),
        media_url: format!("/m/{viewing}/master.m3u8"),
        poster_url: opened.has_poster.then(|| format!("/m/{viewing}/poster.jpg")),
        renew_every_ms: ViewingFacts::RENEW_EVERY.as_ms(),
        socket_url: format!("/m/{viewing}/socket"),
    };
    let cookie = cookies::set_ticket(viewing, &opened.ticket);
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookie)], Json(body)).into_response())
}

/// Renews a viewing's ticket.
#[utoipa::path(post, path = "/m/{viewing}/renew", tag = "viewings",
    responses((status = 204), (status = 404, body = ViewingEnded)))]
pub(crate) async fn renew(
    State(state): State<AppState>,
    Path(viewing): Path<String>,
    Watching(caller): Watching,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let viewing: ViewingId = id(&viewing)?;
    let renewed = state.app.renew_viewing(&caller, viewing, cookies::ticket(&headers).as_bytes()).await;
    Ok(match renewed {
        Ok(ticket) => {
            let cookie = cookies::set_ticket(viewing, &ticket);
            (StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response()
        }
        Err(reason) => {
            let body = ViewingEnded { code: "ended", reason: reason.into() };
            let cookie = cookies::clear_ticket(viewing);
            (StatusCode::NOT_FOUND, [(header::SET_COOKIE, cookie)], Json(body)).into_response()
        }
    })
}

/// The page was left.
#[utoipa::path(post, path = "/m/{viewing}/leave", tag = "viewings", responses((status = 204)))]
pub(crate) async fn leave(
    State(state): State<AppState>,
    Path(viewing): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let viewing: ViewingId = id(&viewing)?;
    state.app.leave_viewing(viewing, cookies::ticket(&headers).as_bytes());
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookies::clear_ticket(viewing))]).into_response())
}
