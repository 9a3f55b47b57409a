//! What happened at an item, and what a reference says.

use axum::Json;
use axum::extract::{Path, Query, State};
use protocol::{Activity, ActivityEntry, Explained, Lookup, RefusalCount};
use serde::Deserialize;

use super::{Body, id};
use crate::error::ApiError;
use crate::state::AppState;
use crate::who::Who;

/// Which page of activity.
#[derive(Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
pub(crate) struct ActivityQuery {
    /// From the page before.
    cursor: Option<String>,
}

/// What happened at an item, newest first.
#[utoipa::path(get, path = "/api/items/{item}/activity", tag = "activity", params(ActivityQuery),
    responses((status = 200, body = Activity), (status = 404, body = protocol::ErrorBody)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    Path(item): Path<String>,
    who: Who,
    Query(query): Query<ActivityQuery>,
) -> Result<Json<Activity>, ApiError> {
    // Rows page by an id of the same form as all others.
    let before = query.cursor.as_deref().map(id::<app::domain::JobId>).transpose()?.map(|id| *id.as_bytes());
    let page = state.app.list_activity(&who.caller, id(&item)?, before).await?;
    Ok(Json(Activity {
        entries: page
            .entries
            .into_iter()
            .map(|row| ActivityEntry {
                at_ms: row.at.as_ms(),
                what: row.what,
                actor: row.actor,
                detail: row.detail,
                link: row.link_name,
            })
            .collect(),
        refusals: page
            .refusals
            .into_iter()
            .map(|row| RefusalCount {
                at_ms: row.minute * 60_000,
                cause: row.cause.code(),
                count: row.count,
                link: row.link_name,
            })
            .collect(),
        next_cursor: page.next.map(|id| app::domain::JobId::from_bytes(id).to_string()),
    }))
}

/// The exact cause behind a reference that a guest read out.
#[utoipa::path(post, path = "/api/items/{item}/refusals/lookup", tag = "activity", request_body = Lookup,
    responses((status = 200, body = Explained), (status = 404, body = protocol::ErrorBody)))]
pub(crate) async fn explain(
    State(state): State<AppState>,
    Path(item): Path<String>,
    who: Who,
    Body(typed): Body<Lookup>,
) -> Result<Json<Explained>, ApiError> {
    let found = state.app.explain(&who.caller, id(&item)?, &typed.reference).await?;
    Ok(Json(Explained { cause: found.cause.code(), at_ms: found.at.as_ms(), link: found.link_name }))
}
