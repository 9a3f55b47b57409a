//! The rights of members at an item.

use app::Error;
use app::domain::{Capabilities, Instant, ItemId};
use app::rights::{Card, Holder, Kept, Rights as Found, Whom};
use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use protocol::{NewRight, RightCard, RightChange, RightHolder, Rights, Transfer};

use super::{Body, id};
use crate::error::ApiError;
use crate::state::AppState;
use crate::who::Who;

fn holder(holder: &Holder, now: Instant) -> Option<RightHolder> {
    let lent = holder.held.is_lent(now);
    Some(RightHolder {
        member: holder.member.to_string(),
        name: holder.name.clone(),
        email: holder.email.clone(),
        disabled: !holder.enabled,
        right: holder.held.at(now)?.into(),
        since_ms: holder.since.map(Instant::as_ms),
        until_ms: holder.held.until.filter(|_| lent).map(Instant::as_ms),
        base_right: holder.held.base.filter(|_| lent).map(Into::into),
    })
}

fn shown(found: &Found) -> Rights {
    let codes = |all: Capabilities| all.iter().map(Into::into).collect();
    let card = |card: &Card| RightCard {
        right: card.right.into(),
        capabilities: codes(card.given),
        lent_capabilities: codes(card.lent),
    };
    Rights {
        holders: found.holders.iter().filter_map(|one| holder(one, found.now)).collect(),
        rights: found.cards.iter().map(card).collect(),
        may_transfer: found.may_transfer,
        now_ms: found.now.as_ms(),
    }
}

async fn now_shown(state: &AppState, who: &Who, item: ItemId) -> Result<Json<Rights>, ApiError> {
    Ok(Json(shown(&state.app.list_rights(&who.caller, item).await?)))
}

/// Everybody with a right at an item.
#[utoipa::path(get, path = "/api/items/{item}/rights", tag = "rights",
    responses((status = 200, body = Rights), (status = 404, body = protocol::ErrorBody)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    Path(item): Path<String>,
    who: Who,
) -> Result<Json<Rights>, ApiError> {
    now_shown(&state, &who, id(&item)?).await
}

/// Gives or lends a right to the member with an address.
#[utoipa::path(post, path = "/api/items/{item}/rights", tag = "rights", request_body = NewRight,
    responses((status = 200, body = Rights), (status = 422, body = protocol::ErrorBody), (status = 429, body = protocol::ErrorBody)))]
pub(crate) async fn add(
    State(state): State<AppState>,
    Path(item): Path<String>,
    who: Who,
    Body(new): Body<NewRight>,
) -> Result<Json<Rights>, ApiError> {
    let item = id(&item)?;
    state.app.give_right(&who.caller, item, Whom::Email(new.email), &new.right, new.minutes).await?;
    now_shown(&state, &who, item).await
}

/// Gives or lends a right to a member; a lent one falls back by itself.
#[utoipa::path(put, path = "/api/items/{item}/rights/{member}", tag = "rights", request_body = RightChange,
    responses((status = 200, body = Rights), (status = 409, body = protocol::ErrorBody), (status = 422, body = protocol::ErrorBody)))]
pub(crate) async fn give(
    State(state): State<AppState>,
    Path((item, member)): Path<(String, String)>,
    who: Who,
    Body(change): Body<RightChange>,
) -> Result<Json<Rights>, ApiError> {
    let (item, whom) = (id(&item)?, Whom::Member(id(&member)?));
    state.app.give_right(&who.caller, item, whom, &change.right, change.minutes).await?;
    now_shown(&state, &who, item).await
}

/// Takes a member's right away.
#[utoipa::path(delete, path = "/api/items/{item}/rights/{member}", tag = "rights",
    responses((status = 204), (status = 409, body = protocol::ErrorBody)))]
pub(crate) async fn take(
    State(state): State<AppState>,
    Path((item, member)): Path<(String, String)>,
    who: Who,
) -> Result<StatusCode, ApiError> {
    state.app.take_right(&who.caller, id(&item)?, id(&member)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives the item to another owner.
#[utoipa::path(post, path = "/api/items/{item}/transfer", tag = "rights", request_body = Transfer,
    responses((status = 204), (status = 422, body = protocol::ErrorBody)))]
pub(crate) async fn transfer(
    State(state): State<AppState>,
    Path(item): Path<String>,
    who: Who,
    Body(asked): Body<Transfer>,
) -> Result<StatusCode, ApiError> {
    let kept = match asked.keep.as_str() {
        "co_owner" => Kept::CoOwner,
        "none" => Kept::Nothing,
        _ => return Err(Error::invalid("keep", "keep_unknown").into()),
    };
    state.app.transfer_item(&who.caller, id(&item)?, id(&asked.member)?, kept).await?;
    Ok(StatusCode::NO_CONTENT)
}
