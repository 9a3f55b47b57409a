//! Who came to an item; and, for administrators, what is kept of one address.

use app::domain::SeatId;
use app::people::{
    CameBy, ExportFormat, FoundAddress as AppFound, PeopleQuery as Asked, PersonAct, Place, ShownPerson,
    Through,
};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::header;
use protocol::{
    ErasedAddress, FoundAddress, People, PeopleExport, Person, PersonAddress, PersonAnswer, PersonDevice,
    PersonKind, PersonLink,
};
use serde::Deserialize;

use super::closing::closed;
use super::{Body, id};
use crate::error::ApiError;
use crate::state::AppState;
use crate::who::Who;

/// People on a page when the caller does not say.
const PAGE: i64 = 50;

fn person(shown: ShownPerson) -> Person {
    let ShownPerson { row, email, is_inside, role } = shown;
    let (kind, link, proof) = match row.by {
        CameBy::Link(id, name) => (PersonKind::Guest, Some(PersonLink { id: id.to_string(), name }), None),
        CameBy::Invites(proof) => (PersonKind::Invitee, None, Some(proof.into())),
    };
    Person {
        id: row.seat.to_string(),
        kind,
        name: row.name,
        email,
        link,
        role: role.map(Into::into),
        proof,
        entered_ms: row.entered_at.as_ms(),
        seen_ms: row.seen_at.map(|at| at.as_ms()),
        inside: is_inside,
        device: row
            .device
            .map(|device| PersonDevice { kind: device.kind.into(), browser: device.browser.into() }),
        removed_ms: row.removed_at.map(|at| at.as_ms()),
        blocked_ms: row.blocked_at.map(|at| at.as_ms()),
    }
}

/// `MS-SEAT`.
fn cursor(place: Place) -> String {
    format!("{}-{}", place.at.as_ms(), place.seat)
}

fn place(text: &str) -> Option<Place> {
    let (at, seat) = text.split_once('-')?;
    let at = app::domain::Instant::from_ms(at.parse().ok()?);
    Some(Place { at, seat: seat.parse().ok()? })
}

fn through(by: Option<&str>) -> Result<Through, ApiError> {
    match by {
        None | Some("") => Ok(Through::Any),
        Some("invites") => Ok(Through::Invites),
        Some(link) => Ok(Through::Link(id(link)?)),
    }
}

/// Which page of people.
#[derive(Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct PeopleQuery {
    /// From the page before.
    cursor: Option<String>,
    /// Matches anywhere in name and address.
    q: String,
    /// Only who came through this guest link; `invites`: only invitees.
    by: Option<String>,
    /// Only who is inside now.
    inside: bool,
    /// 1 to 100, default 50.
    limit: Option<i64>,
}

/// Who came to an item, guests and invitees, whoever entered last first. Needs the scope `people`.
#[utoipa::path(get, path = "/api/items/{item}/people", tag = "people", params(PeopleQuery),
    responses((status = 200, body = People), (status = 404, body = protocol::ErrorBody)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    Path(item): Path<String>,
    who: Who,
    Query(query): Query<PeopleQuery>,
) -> Result<Json<People>, ApiError> {
    let asked = Asked {
        through: through(query.by.as_deref())?,
        text: query.q,
        only_inside: query.inside,
        after: query.cursor.as_deref().map(|text| place(text).ok_or_else(ApiError::not_found)).transpose()?,
        limit: query.limit.unwrap_or(PAGE),
    };
    let page = state.app.list_people(&who.caller, id(&item)?, asked).await?;
    Ok(Json(People {
        title: page.title,
        people: page.people.into_iter().map(person).collect(),
        next_cursor: page.next.map(cursor),
        total: page.total,
        inside: page.inside,
        now_ms: page.now.as_ms(),
    }))
}

/// Takes the list away as a file; the item's activity says so. In the sheet no cell is computed by a spreadsheet.
#[utoipa::path(post, path = "/api/items/{item}/people/export", tag = "people", request_body = PeopleExport,
    responses((status = 200, description = "The file", content_type = "text/csv"),
        (status = 404, body = protocol::ErrorBody)))]
pub(crate) async fn export(
    State(state): State<AppState>,
    Path(item): Path<String>,
    who: Who,
    Body(typed): Body<PeopleExport>,
) -> Result<Response, ApiError> {
    let format = match typed.format.as_str() {
        "" => ExportFormat::Csv,
        text => text.parse().map_err(|_| app::Error::invalid("format", "format_unknown"))?,
    };
    let asked = Asked {
        through: through(typed.by.as_deref())?,
        text: typed.q,
        only_inside: typed.inside,
        ..Asked::default()
    };
    let file = state.app.export_people(&who.caller, id(&item)?, asked, format).await?;
    let kind = match format {
        ExportFormat::Csv => "text/csv; charset=utf-8",
        ExportFormat::Json => "application/json",
    };
    Ok(attachment(kind, &format!("people.{format}"), file.text))
}

fn attachment(kind: &'static str, name: &str, text: String) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], text)
        .into_response()
}

/// Does something about one person: `end` what they have open, `remove` them, `restore` whom you removed, `block` or
/// `unblock` them. Doing again what is done already changes nothing.
#[utoipa::path(post, path = "/api/items/{item}/people/{person}/{act}", tag = "people",
    responses((status = 200, body = PersonAnswer), (status = 404, body = protocol::ErrorBody)))]
pub(crate) async fn act(
    State(state): State<AppState>,
    Path((item, seat, act)): Path<(String, String, String)>,
    who: Who,
) -> Result<Json<PersonAnswer>, ApiError> {
    let act: PersonAct = id(&act)?;
    let changed = state.app.act_on_person(&who.caller, id(&item)?, id::<SeatId>(&seat)?, act).await?;
    Ok(Json(PersonAnswer { person: person(changed.person), closed: closed(changed.closed) }))
}

const fn found(found: AppFound) -> FoundAddress {
    FoundAddress { guest_seats: found.guest_seats, invited_items: found.invited_items, items: found.items }
}

/// How much is kept of an address, over all items. For administrators whom its person asks.
#[utoipa::path(post, path = "/api/people/find", tag = "people", request_body = PersonAddress,
    responses((status = 200, body = FoundAddress), (status = 422, body = protocol::ErrorBody)))]
pub(crate) async fn find_address(
    State(state): State<AppState>,
    who: Who,
    Body(typed): Body<PersonAddress>,
) -> Result<Json<FoundAddress>, ApiError> {
    Ok(Json(found(state.app.find_address(&who.caller, &typed.email).await?)))
}

/// Everything that is kept of an address, as a file for its person. The owners of the items read that it was taken.
#[utoipa::path(post, path = "/api/people/export", tag = "people", request_body = PersonAddress,
    responses((status = 200, description = "The file", content_type = "application/json"),
        (status = 422, body = protocol::ErrorBody)))]
pub(crate) async fn export_address(
    State(state): State<AppState>,
    who: Who,
    Body(typed): Body<PersonAddress>,
) -> Result<Response, ApiError> {
    let text = state.app.export_address(&who.caller, &typed.email).await?;
    Ok(attachment("application/json", "person.json", text))
}

/// Erases an address at all items: its person is out at once, its invites open nothing any more, counts stay. The
/// owners of the items read that it was done.
#[utoipa::path(post, path = "/api/people/erase", tag = "people", request_body = PersonAddress,
    responses((status = 200, body = ErasedAddress), (status = 422, body = protocol::ErrorBody)))]
pub(crate) async fn erase_address(
    State(state): State<AppState>,
    who: Who,
    Body(typed): Body<PersonAddress>,
) -> Result<Json<ErasedAddress>, ApiError> {
    let done = state.app.erase_address(&who.caller, &typed.email).await?;
    Ok(Json(ErasedAddress { erased: found(done.found), closed: closed(done.closed) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_back_to_its_place() {
        let one =
            Place { at: app::domain::Instant::from_ms(1_700_000_000_000), seat: SeatId::from_bytes([7; 16]) };
        assert_eq!(place(&cursor(one)), Some(one));
        for wrong in ["", "-", "5", "x-0", "5-", "99999999999999999999-0"] {
            assert_eq!(place(wrong), None, "{wrong}");
        }
    }
}
