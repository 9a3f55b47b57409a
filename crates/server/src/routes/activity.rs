//! What happened at an item, and what a reference says.

use app::activity::{ActivityQuery as Asked, Happened, NamedDoor, Place, Sort};
use app::domain::{JobId, LinkId};
use axum::Json;
use axum::extract::{Path, Query, State};
use protocol::{
    Activity, ActivityDoor, ActivityDoors, ActivityEntry, ActivityPerson, DoorKind, Explained, Lookup,
};
use serde::Deserialize;

use super::{Body, id};
use crate::error::ApiError;
use crate::state::AppState;
use crate::who::Who;

/// Which page of activity, and of what.
#[derive(Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct ActivityQuery {
    /// From the page before.
    cursor: Option<String>,
    /// Only about this link or invite.
    door: Option<String>,
    /// `all` (default), `entered`, `refused` or `changes`.
    kind: Option<String>,
}

fn sort(kind: Option<&str>) -> Result<Sort, ApiError> {
    match kind.unwrap_or_default() {
        "" | "all" => Ok(Sort::All),
        "entered" => Ok(Sort::Entered),
        "refused" => Ok(Sort::Refused),
        "changes" => Ok(Sort::Changes),
        _ => Err(app::Error::invalid("kind", "activity_kind_unknown").into()),
    }
}

/// `r-ID`, `e-MINUTE-LINK` or `x-MINUTE-LINK-CAUSE`.
fn cursor(place: Place) -> String {
    match place {
        Place::Row(id) => format!("r-{}", JobId::from_bytes(id)),
        Place::Entered(minute, link) => format!("e-{minute}-{link}"),
        Place::Refused(minute, link, cause) => format!("x-{minute}-{link}-{cause}"),
    }
}

fn place(text: &str) -> Option<Place> {
    let parts: Vec<&str> = text.split('-').collect();
    let minute = |text: &str| text.parse().ok().filter(|minute| (0..1 << 40).contains(minute));
    match parts[..] {
        ["r", id] => Some(Place::Row(*id.parse::<JobId>().ok()?.as_bytes())),
        ["e", at, link] => Some(Place::Entered(minute(at)?, link.parse().ok()?)),
        ["x", at, link, cause] => Some(Place::Refused(minute(at)?, link.parse().ok()?, cause.parse().ok()?)),
        _ => None,
    }
}

fn door(door: NamedDoor) -> ActivityDoor {
    let kind = if door.is_invite { DoorKind::Invite } else { DoorKind::GuestLink };
    ActivityDoor { id: door.id.to_string(), name: door.name, kind }
}

fn entry(line: Happened) -> ActivityEntry {
    let (cause, detail) = match line.place {
        Place::Refused(_, _, cause) => (Some(cause.into()), String::new()),
        _ => (None, line.detail),
    };
    ActivityEntry {
        at_ms: line.at.as_ms(),
        what: line.what,
        actor: line.actor,
        detail,
        cause,
        count: line.count,
        door: line.door.map(door),
        person: line.person.map(|person| ActivityPerson { id: person.seat.to_string(), name: person.name }),
    }
}

/// What happened at an item, over both doors, newest first.
#[utoipa::path(get, path = "/api/items/{item}/activity", tag = "activity", params(ActivityQuery),
    responses((status = 200, body = Activity), (status = 404, body = protocol::ErrorBody)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    Path(item): Path<String>,
    who: Who,
    Query(query): Query<ActivityQuery>,
) -> Result<Json<Activity>, ApiError> {
    let asked = Asked {
        after: query.cursor.as_deref().map(|text| place(text).ok_or_else(ApiError::not_found)).transpose()?,
        door: query.door.as_deref().map(id::<LinkId>).transpose()?,
        sort: sort(query.kind.as_deref())?,
    };
    let page = state.app.list_activity(&who.caller, id(&item)?, asked).await?;
    Ok(Json(Activity {
        entries: page.lines.into_iter().map(entry).collect(),
        next_cursor: page.next.map(cursor),
    }))
}

/// Which links and invites.
#[derive(Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct DoorQuery {
    /// Anywhere in the name or the invited address; empty: the newest.
    text: String,
}

/// Links and invites that the item has or had, to filter its activity by.
#[utoipa::path(get, path = "/api/items/{item}/activity/doors", tag = "activity", params(DoorQuery),
    responses((status = 200, body = ActivityDoors), (status = 404, body = protocol::ErrorBody)))]
pub(crate) async fn doors(
    State(state): State<AppState>,
    Path(item): Path<String>,
    who: Who,
    Query(query): Query<DoorQuery>,
) -> Result<Json<ActivityDoors>, ApiError> {
    let found = state.app.find_doors(&who.caller, id(&item)?, &query.text).await?;
    Ok(Json(ActivityDoors { doors: found.doors.into_iter().map(door).collect(), has_more: found.has_more }))
}

/// The exact cause behind a reference that a guest or an invitee read out.
#[utoipa::path(post, path = "/api/items/{item}/refusals/lookup", tag = "activity", request_body = Lookup,
    responses((status = 200, body = Explained), (status = 404, body = protocol::ErrorBody)))]
pub(crate) async fn explain(
    State(state): State<AppState>,
    Path(item): Path<String>,
    who: Who,
    Body(typed): Body<Lookup>,
) -> Result<Json<Explained>, ApiError> {
    let found = state.app.explain(&who.caller, id(&item)?, &typed.reference).await?;
    Ok(Json(Explained { cause: found.cause.into(), at_ms: found.at.as_ms(), link: found.link_name }))
}

#[cfg(test)]
mod tests {
    use app::domain::Reason;

    use super::*;

    #[test]
    fn a_cursor_leads_back_to_its_place() {
        let link = LinkId::from_bytes([7; 16]);
        for one in
            [Place::Row([3; 16]), Place::Entered(5, link), Place::Refused(9, link, Reason::EmailMismatch)]
        {
            assert_eq!(place(&cursor(one)), Some(one));
        }
        for wrong in ["", "r-", "e-x-y", "x--1-2", "e-99999999999999-0", "q-1"] {
            assert_eq!(place(wrong), None, "{wrong}");
        }
    }
}
