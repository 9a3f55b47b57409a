//! Handing an invite's seat over to another device of the same person.

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use protocol::{HandOver, HandOverWord};

use super::{Body, id};
use crate::error::ApiError;
use crate::state::AppState;
use crate::who::Who;

/// A one-time URL, good for a minute, that takes the seat of this browser to another device.
#[utoipa::path(post, path = "/api/items/{item}/hand-over", tag = "viewings",
    responses((status = 201, body = HandOver), (status = 404, body = protocol::ErrorBody)))]
pub(crate) async fn offer(
    State(state): State<AppState>,
    Path(item): Path<String>,
    who: Who,
) -> Result<(StatusCode, Json<HandOver>), ApiError> {
    let offered = state.app.offer_seat(&who.caller, id(&item)?).await?;
    let code = qrcode::QrCode::new(&offered.url).map_err(|e| app::Error::Bug(e.to_string()))?;
    let svg = code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(240, 240).build();
    let lasts_ms = offered.expires_at.since(state.app.now()).as_ms();
    Ok((StatusCode::CREATED, Json(HandOver { url: offered.url, svg, lasts_ms })))
}

/// Lets the waiting device take the seat, or keeps it here.
#[utoipa::path(post, path = "/api/items/{item}/hand-over/answer", tag = "viewings", request_body = HandOverWord,
    responses((status = 204), (status = 404, body = protocol::ErrorBody)))]
pub(crate) async fn answer(
    State(state): State<AppState>,
    Path(item): Path<String>,
    who: Who,
    Body(word): Body<HandOverWord>,
) -> Result<StatusCode, ApiError> {
    state.app.answer_hand_over(&who.caller, id(&item)?, word.reference, word.allow).await?;
    Ok(StatusCode::NO_CONTENT)
}
