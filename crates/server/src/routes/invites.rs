//! Invites of an item.

use app::domain::{Instant, JobId, LinkId};
use app::invites::{
    Asking, BulkDone, GoodRow as AppGoodRow, InvitePage, InviteQuery, MadeInvite, ShownInvite, TypedBulk,
    TypedInvite, TypedInviteChange, TypedLend, TypedTerms,
};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use http::StatusCode;
use protocol::{
    AllowDevice, BulkAnswer, BulkInvite, BulkInvites, FoundMember, FoundMembers, GoodRow, Invite,
    InviteChange, InvitePolicy, InviteRoleCard, Invites, LentInviteRole, LinkUrl, NewInvite, NewInviteAnswer,
    RevokedInvite, WaitingDevice, WaitingPerson,
};
use serde::Deserialize;

use super::closing::{ClosingQuery, closed, qr_code};
use super::{Body, id, sheet};
use crate::error::ApiError;
use crate::state::AppState;
use crate::who::Who;

/// Invites on a page when the caller does not say.
const PAGE: i64 = 50;

fn device(asking: &Asking) -> WaitingDevice {
    WaitingDevice {
        id: JobId::from_bytes(asking.id).to_string(),
        reference: asking.reference.clone(),
        asked_ms: asking.asked_at.as_ms(),
    }
}

fn person(asking: &Asking) -> WaitingPerson {
    WaitingPerson {
        invite: asking.invite.to_string(),
        email: asking.email.clone(),
        first_name: asking.first_name.clone(),
        last_name: asking.last_name.clone(),
        device: device(asking),
    }
}

fn invite(shown: &ShownInvite) -> Invite {
    let (row, facts) = (&shown.row.invite, &shown.row.invite.facts);
    let lent = facts.lent.map(|lent| LentInviteRole { role: lent.role.into(), until_ms: lent.until.as_ms() });
    Invite {
        id: facts.id.to_string(),
        email: facts.email.as_str().to_owned(),
        first_name: row.first_name.clone(),
        last_name: row.last_name.clone(),
        role: facts.role.into(),
        role_now: shown.role_now.into(),
        lent,
        state: shown.state.into(),
        mail: shown.mail.as_ref().map(super::mail::outcome),
        uses: facts.uses,
        max_uses: facts.max_uses,
        created_ms: row.created_at.as_ms(),
        end_ms: facts.end.as_ms(),
        revoked_ms: facts.revoked_at.map(Instant::as_ms),
        made_by: shown.row.made_by_name.clone(),
        inside: shown.is_inside,
        bound: shown.row.is_bound,
        proves_by_code: facts.proves_by_code,
        waiting: shown.asking.iter().map(device).collect(),
    }
}

fn made(made: &MadeInvite) -> NewInviteAnswer {
    let hint = made.hint.map(app::invites::Hint::code);
    NewInviteAnswer { invite: invite(&made.invite), url: made.url.clone(), hint }
}

fn page(found: &InvitePage) -> Invites {
    let roles = found.roles.iter().map(|(role, capabilities)| InviteRoleCard {
        role: (*role).into(),
        capabilities: capabilities.iter().map(Into::into).collect(),
    });
    Invites {
        invites: found.invites.iter().map(invite).collect(),
        next_cursor: found.next.map(|next| next.to_string()),
        total: found.total,
        waiting: found.asking.iter().map(person).collect(),
        may_invite: found.making_refused.is_none(),
        reason: found.making_refused,
        roles: roles.collect(),
        policy: InvitePolicy {
            minutes_most: found.limits.minutes_most,
            uses_most: found.limits.uses_most,
            mail: found.limits.mails,
        },
        now_ms: found.now.as_ms(),
    }
}

fn bulk_answer(done: BulkDone) -> BulkAnswer {
    let good = |rows: Vec<AppGoodRow>| {
        let row = |row: AppGoodRow| GoodRow {
            row: row.row,
            email: row.email,
            first_name: row.first_name,
            last_name: row.last_name,
            role: row.role.into(),
        };
        rows.into_iter().map(row).collect()
    };
    let created = done.made.into_iter().map(|made| BulkInvite {
        row: made.row,
        id: made.id.to_string(),
        email: made.email,
        first_name: made.first_name,
        last_name: made.last_name,
        url: made.url,
    });
    BulkAnswer {
        rows: done.rows,
        good: done.good,
        bad_rows: crate::error::bad_rows(done.bad),
        waiting_rows: done.waiting.into_iter().map(sheet::waiting).collect(),
        columns: done.columns.into_iter().map(sheet::column).collect(),
        known_columns: app::invites::sheet_columns().map(app::sheet::Column::code).collect(),
        invited_rows: done.invited,
        preview: good(done.preview),
        unusual: good(done.unusual),
        created: created.collect(),
    }
}

/// Which page of invites.
#[derive(Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
pub(crate) struct InvitesQuery {
    /// From the page before.
    cursor: Option<String>,
    /// Matches anywhere in address and names.
    q: String,
    /// 1 to 100, default 50.
    limit: Option<i64>,
}

/// An item's invites, newest first, and what the caller may do about them.
#[utoipa::path(get, path = "/api/items/{item}/invites", tag = "invites", params(InvitesQuery),
    responses((status = 200, body = Invites), (status = 404, body = protocol::ErrorBody)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    Path(item): Path<String>,
    who: Who,
    Query(query): Query<InvitesQuery>,
) -> Result<Json<Invites>, ApiError> {
    let before: Option<LinkId> = query.cursor.as_deref().map(id).transpose()?;
    let query = InviteQuery { before, text: query.q, limit: query.limit.unwrap_or(PAGE) };
    Ok(Json(page(&state.app.list_invites(&who.caller, id(&item)?, query).await?)))
}

/// Invites a person.
#[utoipa::path(post, path = "/api/items/{item}/invites", tag = "invites", request_body = NewInvite,
    responses((status = 201, body = NewInviteAnswer), (status = 409, body = protocol::ErrorBody), (status = 422, body = protocol::ErrorBody)))]
pub(crate) async fn create(
    State(state): State<AppState>,
    Path(item): Path<String>,
    who: Who,
    Body(typed): Body<NewInvite>,
) -> Result<(StatusCode, Json<NewInviteAnswer>), ApiError> {
    let typed = TypedInvite {
        email: typed.email,
        first_name: typed.first_name,
        last_name: typed.last_name,
        terms: TypedTerms {
            role: typed.role,
            minutes: typed.minutes,
            max_uses: typed.max_uses,
            proves_by_code: typed.proves_by_code,
            send_mail: typed.send_mail,
            language: typed.language,
        },
    };
    let done = state.app.make_invite(&who.caller, id(&item)?, typed).await?;
    Ok((StatusCode::CREATED, Json(made(&done))))
}

/// Invites everybody on a sheet, or says what would happen. One bad row, and nobody is invited.
#[utoipa::path(post, path = "/api/items/{item}/invites/bulk", tag = "invites", request_body = BulkInvites,
    responses((status = 200, body = BulkAnswer, description = "A dry run"), (status = 201, body = BulkAnswer),
        (status = 422, body = protocol::ErrorBody)))]
pub(crate) async fn bulk(
    State(state): State<AppState>,
    Path(item): Path<String>,
    who: Who,
    Body(typed): Body<BulkInvites>,
) -> Result<(StatusCode, Json<BulkAnswer>), ApiError> {
    let (item, dry_run) = (id(&item)?, typed.dry_run);
    let terms = TypedTerms {
        role: typed.role,
        minutes: typed.minutes,
        max_uses: typed.max_uses,
        proves_by_code: typed.proves_by_code,
        send_mail: typed.send_mail,
        language: typed.language,
    };
    let names = typed.names.into_iter().map(sheet::typed_name).collect();
    let typed = TypedBulk { text: typed.text, names, terms };
    if dry_run {
        let done = state.app.try_bulk(&who.caller, item, typed).await?;
        return Ok((StatusCode::OK, Json(bulk_answer(done))));
    }
    let done = state.app.make_bulk(&who.caller, item, typed).await?;
    Ok((StatusCode::CREATED, Json(bulk_answer(done))))
}

/// Changes an invite. People inside keep their page; what they may do follows at once.
#[utoipa::path(patch, path = "/api/items/{item}/invites/{invite}", tag = "invites", request_body = InviteChange,
    responses((status = 200, body = Invite), (status = 409, body = protocol::ErrorBody), (status = 422, body = protocol::ErrorBody)))]
pub(crate) async fn change(
    State(state): State<AppState>,
    Path((item, asked)): Path<(String, String)>,
    who: Who,
    Body(typed): Body<InviteChange>,
) -> Result<Json<Invite>, ApiError> {
    let lend = |lend: protocol::LendRole| TypedLend { role: lend.role, minutes: lend.minutes };
    let typed = TypedInviteChange {
        role: typed.role,
        lend: typed.lend.map(|typed| typed.map(lend)),
        max_uses: typed.max_uses,
        extend_minutes: typed.extend_minutes,
        proves_by_code: typed.proves_by_code,
        first_name: typed.first_name,
        last_name: typed.last_name,
    };
    let done = state.app.change_invite(&who.caller, id(&item)?, id(&asked)?, typed).await?;
    Ok(Json(invite(&done)))
}

/// Revokes an invite. Powers above watching are gone at once; with `now` the answer comes when every process has
/// obeyed, or says by when.
#[utoipa::path(delete, path = "/api/items/{item}/invites/{invite}", tag = "invites", params(ClosingQuery),
    responses((status = 200, body = RevokedInvite), (status = 404, body = protocol::ErrorBody), (status = 422, body = protocol::ErrorBody)))]
pub(crate) async fn revoke(
    State(state): State<AppState>,
    Path((item, asked)): Path<(String, String)>,
    who: Who,
    Query(query): Query<ClosingQuery>,
) -> Result<Json<RevokedInvite>, ApiError> {
    let done = state.app.revoke_invite(&who.caller, id(&item)?, id(&asked)?, query.read()?).await?;
    Ok(Json(RevokedInvite { invite: invite(&done.invite), closed: closed(done.closed) }))
}

/// An invite's URL again. Leaves a row in the activity.
#[utoipa::path(post, path = "/api/items/{item}/invites/{invite}/reveal", tag = "invites",
    responses((status = 200, body = LinkUrl), (status = 404, body = protocol::ErrorBody), (status = 409, body = protocol::ErrorBody)))]
pub(crate) async fn reveal(
    State(state): State<AppState>,
    Path((item, asked)): Path<(String, String)>,
    who: Who,
) -> Result<Json<LinkUrl>, ApiError> {
    let url = state.app.reveal_invite(&who.caller, id(&item)?, id(&asked)?).await?;
    Ok(Json(LinkUrl { url }))
}

/// An invite's URL as a QR code. Leaves a row in the activity.
#[utoipa::path(post, path = "/api/items/{item}/invites/{invite}/qr", tag = "invites",
    responses((status = 200, content_type = "image/svg+xml"), (status = 404, body = protocol::ErrorBody), (status = 409, body = protocol::ErrorBody)))]
pub(crate) async fn qr(
    State(state): State<AppState>,
    Path((item, asked)): Path<(String, String)>,
    who: Who,
) -> Result<Response, ApiError> {
    let url = state.app.reveal_invite(&who.caller, id(&item)?, id(&asked)?).await?;
    qr_code(url)
}

/// Gives an invite another URL; the old one is dead at once. Seats stay.
#[utoipa::path(post, path = "/api/items/{item}/invites/{invite}/token", tag = "invites",
    responses((status = 200, body = NewInviteAnswer), (status = 404, body = protocol::ErrorBody), (status = 409, body = protocol::ErrorBody)))]
pub(crate) async fn replace(
    State(state): State<AppState>,
    Path((item, asked)): Path<(String, String)>,
    who: Who,
) -> Result<Json<NewInviteAnswer>, ApiError> {
    Ok(Json(made(&state.app.replace_invite_link(&who.caller, id(&item)?, id(&asked)?).await?)))
}

/// How an invite is mailed.
#[derive(Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
pub(crate) struct SendQuery {
    /// The mail's language, `en` or `he`; absent: English.
    language: Option<String>,
}

/// Sends an invite by e-mail, again if it was sent before: the same link.
#[utoipa::path(post, path = "/api/items/{item}/invites/{invite}/send", tag = "invites", params(SendQuery),
    responses((status = 200, body = Invite), (status = 404, body = protocol::ErrorBody), (status = 409, body = protocol::ErrorBody)))]
pub(crate) async fn send(
    State(state): State<AppState>,
    Path((item, asked)): Path<(String, String)>,
    who: Who,
    Query(query): Query<SendQuery>,
) -> Result<Json<Invite>, ApiError> {
    let language = query.language.as_deref();
    Ok(Json(invite(&state.app.send_invite(&who.caller, id(&item)?, id(&asked)?, language).await?)))
}

/// Lets an invite's person in on one more device: one that waits, or whichever comes next.
#[utoipa::path(post, path = "/api/items/{item}/invites/{invite}/devices", tag = "invites", request_body = AllowDevice,
    responses((status = 200, body = Invite), (status = 404, body = protocol::ErrorBody), (status = 409, body = protocol::ErrorBody),
        (status = 422, body = protocol::ErrorBody)))]
pub(crate) async fn allow(
    State(state): State<AppState>,
    Path((item, asked)): Path<(String, String)>,
    who: Who,
    Body(typed): Body<AllowDevice>,
) -> Result<Json<Invite>, ApiError> {
    let done = state.app.allow_device(&who.caller, id(&item)?, id(&asked)?, typed.waiting).await?;
    Ok(Json(invite(&done)))
}

/// Turns a waiting device away.
#[utoipa::path(delete, path = "/api/items/{item}/invites/{invite}/devices/{device}", tag = "invites",
    responses((status = 200, body = Invite), (status = 404, body = protocol::ErrorBody)))]
pub(crate) async fn decline(
    State(state): State<AppState>,
    Path((item, asked, device)): Path<(String, String, String)>,
    who: Who,
) -> Result<Json<Invite>, ApiError> {
    Ok(Json(invite(&state.app.decline_device(&who.caller, id(&item)?, id(&asked)?, &device).await?)))
}

/// What is typed so far.
#[derive(Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
pub(crate) struct FindQuery {
    /// From three characters on.
    q: String,
}

/// Members whose name or address begins so, for the form in which an invite is typed.
#[utoipa::path(get, path = "/api/members/find", tag = "invites", params(FindQuery),
    responses((status = 200, body = FoundMembers), (status = 429, body = protocol::ErrorBody)))]
pub(crate) async fn find(
    State(state): State<AppState>,
    who: Who,
    Query(query): Query<FindQuery>,
) -> Result<Json<FoundMembers>, ApiError> {
    let found = state.app.find_members(&who.caller, &query.q).await?;
    let member = |found: app::invites::FoundMember| FoundMember {
        name: found.name,
        email: found.email,
        first_name: found.first_name,
        last_name: found.last_name,
    };
    Ok(Json(FoundMembers { members: found.into_iter().map(member).collect() }))
}
