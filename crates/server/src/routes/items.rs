//! Items.

use app::domain::access::As as Who_;
use app::domain::{Capability, ItemId, ItemState, Span, Stage};
use app::items::{Asked, Card, Cards, Page as Found, Sort, Whose};
use app::{Error, processing};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use protocol::{As, AsKind, Failure, ItemCard, ItemChange, ItemPage, ItemView, Processing, Rendition};
use serde::Deserialize;

use super::{Body, id};
use crate::error::ApiError;
use crate::state::AppState;
use crate::who::Who;

/// Items on a page when the caller does not say.
const PAGE: i64 = 24;

fn standing(state: &AppState, card: &Card) -> Option<processing::Standing> {
    let facts = &card.item.facts;
    match facts.state {
        ItemState::Queued => {
            Some(processing::Standing { stage: Stage::Waiting, percent: 0, eta_seconds: None })
        }
        ItemState::Processing => Some(state.app.processing(facts.id).unwrap_or(processing::Standing {
            stage: Stage::Encoding,
            percent: 0,
            eta_seconds: None,
        })),
        _ => None,
    }
}

/// An item in a grid.
pub(crate) fn card(state: &AppState, card: &Card) -> ItemCard {
    let item = &card.item;
    let facts = &item.facts;
    let poster_url =
        item.has_poster().then(|| format!("/api/items/{}/poster?v={}", facts.id, item.media_version));
    // Signs of the ways in are for those who manage them.
    let manages = card.capabilities.has(Capability::ManageGuestAccess);
    let invites = card.capabilities.has(Capability::ManageInvites);
    let only = |may: bool, count: i64| if may { count } else { 0 };
    ItemCard {
        id: facts.id.to_string(),
        title: item.title.clone(),
        kind: facts.kind.into(),
        state: facts.state.into(),
        progress_percent: standing(state, card).map(|standing| standing.percent),
        failure: item.failure.clone().map(|(code, detail)| Failure {
            can_retry: processing::can_retry(&code),
            code,
            detail: Some(detail).filter(|detail| !detail.is_empty()),
        }),
        duration_ms: facts.duration.map(|duration| duration.as_ms()),
        width: item.width,
        height: item.height,
        size_bytes: Some(item.size_bytes),
        poster_url,
        created_ms: item.created_at.as_ms(),
        owner_name: item.owner_name.clone(),
        capabilities: card.capabilities.iter().map(Into::into).collect(),
        right: card.right.map(Into::into),
        shares: state.app.policy().enabled,
        guest_access: manages && facts.guest_access,
        guest_links: only(manages, card.signs.guest_links),
        invites: only(invites, card.signs.invites),
        waiting: only(invites, card.signs.waiting),
        inside: only(manages, card.inside),
    }
}

/// An item on its page. A guest is told what the page needs and no more.
pub(crate) fn view(state: &AppState, found: &Found) -> ItemView {
    let item = &found.card.item;
    let kind = match found.grant.who() {
        Who_::Owner(_) => AsKind::Owner,
        Who_::Preview(_) => AsKind::Preview,
        Who_::Member(_) => AsKind::Member,
        Who_::Invitee { .. } | Who_::NewInvitee { .. } => AsKind::Invitee,
        Who_::Guest { .. } | Who_::NewGuest => AsKind::Guest,
    };
    let view = ItemView {
        card: card(state, &found.card),
        description: item.description.clone(),
        seen_as: As {
            kind,
            name: found.seat_name.clone(),
            coming_back: found.seat.map(|seat| seat.coming_back.into()),
            hand_over: found.hand_over.clone(),
            right: found.card.right.map(Into::into),
            right_left_ms: found.right_left.map(Span::as_ms),
        },
        renditions: found
            .renditions
            .iter()
            .map(|r| Rendition {
                name: r.name.clone(),
                width: r.width,
                height: r.height,
                bandwidth: r.bandwidth,
            })
            .collect(),
        processing: standing(state, &found.card).map(|standing| Processing {
            percent: standing.percent,
            stage: standing.stage.into(),
            eta_seconds: standing.eta_seconds,
        }),
    };
    if matches!(kind, AsKind::Guest | AsKind::Invitee) { without_owners_facts(view) } else { view }
}

/// An owner's page as guests see it; everybody else's stays as it is.
pub(crate) fn as_guests_see(view: ItemView) -> ItemView {
    if view.seen_as.kind != AsKind::Owner {
        return view;
    }
    let seen_as = As {
        kind: AsKind::Preview,
        name: None,
        coming_back: None,
        hand_over: None,
        right: None,
        right_left_ms: None,
    };
    let mut view = without_owners_facts(view);
    (view.card.capabilities, view.card.right) = (vec![Capability::Watch.into()], None);
    ItemView { seen_as, ..view }
}

fn without_owners_facts(mut view: ItemView) -> ItemView {
    let card = &mut view.card;
    (card.guest_access, card.guest_links, card.inside) = (false, 0, 0);
    (card.invites, card.waiting) = (0, 0);
    (card.size_bytes, card.poster_url) = (None, None);
    view
}

/// Which page of items.
#[derive(Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
pub(crate) struct ItemsQuery {
    /// From the page before.
    cursor: Option<String>,
    /// 1 to 60, default 24.
    limit: Option<i64>,
    /// Matches anywhere in the title.
    q: String,
    /// `own` (default), or `shared`: others' items at which the caller has a right.
    whose: String,
    /// `newest` (default), `oldest` or `title`.
    sort: String,
}

impl ItemsQuery {
    fn read(&self) -> Result<Asked, Error> {
        let whose = match self.whose.as_str() {
            "" | "own" => Whose::Own,
            "shared" => Whose::Shared,
            _ => return Err(Error::invalid("whose", "whose_unknown")),
        };
        let sort = match self.sort.as_str() {
            "" | "newest" => Sort::Newest,
            "oldest" => Sort::Oldest,
            "title" => Sort::Title,
            _ => return Err(Error::invalid("sort", "sort_unknown")),
        };
        let after: Option<ItemId> = self.cursor.as_deref().and_then(|cursor| cursor.parse().ok());
        let limit = self.limit.unwrap_or(PAGE).clamp(1, app::items::PAGE_MOST);
        Ok(Asked { whose, sort, after, query: self.q.clone(), limit })
    }
}

async fn page(state: &AppState, who: &Who, query: &ItemsQuery) -> Result<ItemPage, Error> {
    let asked = query.read()?;
    let limit = asked.limit;
    let Cards { cards, total } = state.app.list_items(&who.caller, asked).await?;
    let full = cards.len() as i64 == limit;
    let next_cursor = cards.last().filter(|_| full).map(|card| card.item.facts.id.to_string());
    Ok(ItemPage { items: cards.iter().map(|found| card(state, found)).collect(), total, next_cursor })
}

/// The first page, for the document.
pub(crate) async fn first_page(state: &AppState, who: &Who) -> Result<ItemPage, Error> {
    page(state, who, &ItemsQuery::default()).await
}

/// The same of what others share with the caller.
pub(crate) async fn first_shared(state: &AppState, who: &Who) -> Result<ItemPage, Error> {
    page(state, who, &ItemsQuery { whose: "shared".into(), ..ItemsQuery::default() }).await
}

/// The caller's own items, or those that others share with them.
#[utoipa::path(get, path = "/api/items", tag = "items", params(ItemsQuery), responses((status = 200, body = ItemPage)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    who: Who,
    Query(query): Query<ItemsQuery>,
) -> Result<Json<ItemPage>, ApiError> {
    Ok(Json(page(&state, &who, &query).await?))
}

/// One item.
#[utoipa::path(get, path = "/api/items/{item}", tag = "items",
    responses((status = 200, body = ItemView), (status = 404, body = protocol::ErrorBody), (status = 409, body = protocol::ErrorBody)))]
pub(crate) async fn show(
    State(state): State<AppState>,
    Path(item): Path<String>,
    who: Who,
) -> Result<Json<ItemView>, ApiError> {
    match state.app.open_item(&who.caller, id(&item)?).await? {
        app::items::Opened::Page(found) => Ok(Json(view(&state, &found))),
        app::items::Opened::NotReady { .. } => Err(Error::NotReady.into()),
    }
}

/// Changes title or description.
#[utoipa::path(patch, path = "/api/items/{item}", tag = "items", request_body = ItemChange,
    responses((status = 200, body = ItemView), (status = 422, body = protocol::ErrorBody)))]
pub(crate) async fn change(
    State(state): State<AppState>,
    Path(item): Path<String>,
    who: Who,
    Body(change): Body<ItemChange>,
) -> Result<Json<ItemView>, ApiError> {
    let found = state.app.edit_item(&who.caller, id(&item)?, change.title, change.description).await?;
    Ok(Json(view(&state, &found)))
}

/// Deletes an item; everything of it ends now, for everybody.
#[utoipa::path(delete, path = "/api/items/{item}", tag = "items", responses((status = 204)))]
pub(crate) async fn delete(
    State(state): State<AppState>,
    Path(item): Path<String>,
    who: Who,
) -> Result<StatusCode, ApiError> {
    state.app.delete_item(&who.caller, id(&item)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Stops processing.
#[utoipa::path(post, path = "/api/items/{item}/processing/cancel", tag = "items",
    responses((status = 200, body = ItemCard), (status = 409, body = protocol::ErrorBody)))]
pub(crate) async fn cancel(
    State(state): State<AppState>,
    Path(item): Path<String>,
    who: Who,
) -> Result<Json<ItemCard>, ApiError> {
    let found = state.app.cancel_processing(&who.caller, id(&item)?).await?;
    Ok(Json(card(&state, &found.card)))
}

/// Begins processing anew.
#[utoipa::path(post, path = "/api/items/{item}/processing/retry", tag = "items",
    responses((status = 200, body = ItemCard), (status = 409, body = protocol::ErrorBody)))]
pub(crate) async fn retry(
    State(state): State<AppState>,
    Path(item): Path<String>,
    who: Who,
) -> Result<Json<ItemCard>, ApiError> {
    let found = state.app.retry_processing(&who.caller, id(&item)?).await?;
    Ok(Json(card(&state, &found.card)))
}

/// The small poster.
#[utoipa::path(get, path = "/api/items/{item}/poster", tag = "items",
    responses((status = 200, content_type = "image/jpeg"), (status = 404, body = protocol::ErrorBody)))]
pub(crate) async fn poster(
    State(state): State<AppState>,
    Path(item): Path<String>,
    who: Who,
) -> Result<Response, ApiError> {
    let path = state.app.get_poster(&who.caller, id(&item)?).await?;
    let bytes = tokio::fs::read(path).await.map_err(|_| ApiError::not_found())?;
    let headers = [(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, "private, max-age=60")];
    Ok((headers, bytes).into_response())
}
