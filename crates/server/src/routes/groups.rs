//! Groups of members, for site administrators.

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use protocol::{Group, GroupName, Groups};

use super::members::group;
use super::{Body, id};
use crate::error::ApiError;
use crate::state::AppState;
use crate::who::Who;

/// Every group, by name.
#[utoipa::path(get, path = "/api/groups", tag = "members",
    responses((status = 200, body = Groups), (status = 403, body = protocol::ErrorBody)))]
pub(crate) async fn list(State(state): State<AppState>, who: Who) -> Result<Json<Groups>, ApiError> {
    let groups = state.app.list_groups(&who.caller).await?;
    Ok(Json(Groups { groups: groups.iter().map(group).collect() }))
}

/// Makes a group.
#[utoipa::path(post, path = "/api/groups", tag = "members", request_body = GroupName,
    responses((status = 201, body = Group), (status = 409, body = protocol::ErrorBody), (status = 422, body = protocol::ErrorBody)))]
pub(crate) async fn create(
    State(state): State<AppState>,
    who: Who,
    Body(new): Body<GroupName>,
) -> Result<(StatusCode, Json<Group>), ApiError> {
    let made = state.app.make_group(&who.caller, &new.name).await?;
    Ok((StatusCode::CREATED, Json(group(&made))))
}

/// Renames a group.
#[utoipa::path(patch, path = "/api/groups/{group}", tag = "members", request_body = GroupName,
    responses((status = 204), (status = 409, body = protocol::ErrorBody), (status = 422, body = protocol::ErrorBody)))]
pub(crate) async fn rename(
    State(state): State<AppState>,
    Path(group): Path<String>,
    who: Who,
    Body(change): Body<GroupName>,
) -> Result<StatusCode, ApiError> {
    state.app.rename_group(&who.caller, id(&group)?, &change.name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes a group; its members stay.
#[utoipa::path(delete, path = "/api/groups/{group}", tag = "members", responses((status = 204)))]
pub(crate) async fn delete(
    State(state): State<AppState>,
    Path(group): Path<String>,
    who: Who,
) -> Result<StatusCode, ApiError> {
    state.app.delete_group(&who.caller, id(&group)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts a member into a group.
#[utoipa::path(put, path = "/api/groups/{group}/members/{member}", tag = "members", responses((status = 204)))]
pub(crate) async fn join(
    State(state): State<AppState>,
    Path((group, member)): Path<(String, String)>,
    who: Who,
) -> Result<StatusCode, ApiError> {
    state.app.set_in_group(&who.caller, id(&group)?, id(&member)?, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a member out of a group.
#[utoipa::path(delete, path = "/api/groups/{group}/members/{member}", tag = "members", responses((status = 204)))]
pub(crate) async fn leave(
    State(state): State<AppState>,
    Path((group, member)): Path<(String, String)>,
    who: Who,
) -> Result<StatusCode, ApiError> {
    state.app.set_in_group(&who.caller, id(&group)?, id(&member)?, false).await?;
    Ok(StatusCode::NO_CONTENT)
}
