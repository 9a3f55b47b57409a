//! Members, for site administrators.

pub(crate) mod import;

use app::accounts::OneTimeLink as Handed;
use app::domain::{Instant, JobId, MemberId};
use app::members::{AddedMember, Address as Proved, Group as Named, Matching, MemberQuery, ShownMember};
use app::store::session::Session as Row;
use axum::Json;
use axum::extract::{Path, Query, State};
use http::StatusCode;
use protocol::{
    Address, AddressProof, Group, Member, MemberChange, Members, NewMember, NewMemberAnswer, OneTimeLink,
    Session, Sessions,
};
use serde::Deserialize;

use super::{Body, id};
use crate::error::ApiError;
use crate::state::AppState;
use crate::who::{Speaks, Who};

/// Members on a page when the caller does not say.
const PAGE: i64 = 50;

pub(crate) fn group(group: &Named) -> Group {
    Group { id: group.id.to_string(), name: group.name.clone(), members: group.members }
}

pub(crate) fn address(address: &Proved) -> Address {
    Address {
        email: address.email.clone(),
        verified_ms: address.verified_at.map(Instant::as_ms),
        verified_by: address.verified_by.clone(),
    }
}

fn member(shown: &ShownMember) -> Member {
    let (listed, found) = (&shown.listed, &shown.listed.member);
    Member {
        id: found.facts.id.to_string(),
        email: found.email.clone(),
        name: found.name.clone(),
        role: found.facts.role.into(),
        disabled: !found.facts.enabled,
        state: listed.state().into(),
        has_password: listed.has_password,
        created_ms: listed.created_at.as_ms(),
        seen_ms: listed.seen_at.map(Instant::as_ms),
        groups: shown.groups.iter().map(group).collect(),
        addresses: shown.addresses.iter().map(address).collect(),
    }
}

pub(crate) fn sessions(rows: Vec<Row>, own: Option<[u8; 32]>) -> Sessions {
    let session = |row: Row| Session {
        id: JobId::from_bytes(app::accounts::session_name(&row.hash)).to_string(),
        current: own == Some(row.hash),
        device: row.device,
        way: row.way,
        created_ms: row.created_at.as_ms(),
        seen_ms: row.seen_at.map(Instant::as_ms),
    };
    Sessions { sessions: rows.into_iter().map(session).collect() }
}

fn handed(link: Handed) -> OneTimeLink {
    match link {
        Handed::Mailed => OneTimeLink { mailed: true, url: None },
        Handed::Shown(url) => OneTimeLink { mailed: false, url: Some(url) },
    }
}

/// Which members.
#[derive(Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
pub(crate) struct MembersQuery {
    /// From the page before.
    cursor: Option<String>,
    /// Matches anywhere in address or name.
    q: String,
    /// Id of a group.
    group: Option<String>,
    /// Site role.
    role: Option<String>,
    /// `invited`, `active` or `disabled`.
    state: Option<String>,
    /// 1 to 100, default 50.
    limit: Option<i64>,
}

/// Members, newest first.
#[utoipa::path(get, path = "/api/members", tag = "members", params(MembersQuery),
    responses((status = 200, body = Members), (status = 403, body = protocol::ErrorBody)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    who: Who,
    Query(query): Query<MembersQuery>,
) -> Result<Json<Members>, ApiError> {
    let unknown = |field, code| move |_| app::Error::invalid(field, code);
    let matching = Matching {
        text: query.q,
        role: query.role.map(|role| role.parse()).transpose().map_err(unknown("role", "role_unknown"))?,
        state: query
            .state
            .map(|state| state.parse())
            .transpose()
            .map_err(unknown("state", "state_unknown"))?,
        group: query.group.as_deref().map(id).transpose()?,
    };
    let query = MemberQuery {
        before: query.cursor.as_deref().and_then(|cursor| cursor.parse().ok()),
        matching,
        limit: query.limit.unwrap_or(PAGE),
    };
    let page = state.app.list_members(&who.caller, query).await?;
    Ok(Json(Members {
        members: page.members.iter().map(member).collect(),
        total: page.total,
        next_cursor: page.next.map(|next| next.to_string()),
        mails: state.app.mail_is_on(),
    }))
}

async fn shown(state: &AppState, who: &Who, found: MemberId) -> Result<Member, ApiError> {
    Ok(member(&state.app.get_member(&who.caller, found).await?))
}

/// One member with addresses and groups.
#[utoipa::path(get, path = "/api/members/{member}", tag = "members",
    responses((status = 200, body = Member), (status = 404, body = protocol::ErrorBody)))]
pub(crate) async fn show(
    State(state): State<AppState>,
    Path(member): Path<String>,
    who: Who,
) -> Result<Json<Member>, ApiError> {
    Ok(Json(shown(&state, &who, id(&member)?).await?))
}

/// Makes a member; without a password they get a one-time link, by mail when mail is on.
#[utoipa::path(post, path = "/api/members", tag = "members", request_body = NewMember,
    responses((status = 201, body = NewMemberAnswer), (status = 409, body = protocol::ErrorBody), (status = 422, body = protocol::ErrorBody)))]
pub(crate) async fn create(
    State(state): State<AppState>,
    who: Who,
    Speaks(language): Speaks,
    Body(new): Body<NewMember>,
) -> Result<(StatusCode, Json<NewMemberAnswer>), ApiError> {
    let address_is_right = new.address_is_right.unwrap_or(true);
    let NewMember { email, name, role, password, .. } = new;
    let added = AddedMember { email, name, role, password, address_is_right };
    let (made, link) = state.app.add_member(&who.caller, added, language.in_mail()).await?;
    let member = shown(&state, &who, made).await?;
    Ok((StatusCode::CREATED, Json(NewMemberAnswer { member, link: link.map(handed) })))
}

/// Changes name, site role or whether the account is closed. Members are never deleted.
#[utoipa::path(patch, path = "/api/members/{member}", tag = "members", request_body = MemberChange,
    responses((status = 200, body = Member), (status = 409, body = protocol::ErrorBody), (status = 422, body = protocol::ErrorBody)))]
pub(crate) async fn change(
    State(state): State<AppState>,
    Path(member): Path<String>,
    who: Who,
    Body(change): Body<MemberChange>,
) -> Result<Json<Member>, ApiError> {
    let found: MemberId = id(&member)?;
    let change =
        app::members::MemberChange { name: change.name, role: change.role, disabled: change.disabled };
    state.app.change_member(&who.caller, found, change).await?;
    Ok(Json(shown(&state, &who, found).await?))
}

/// Voids a member's password, ends their sessions and makes a one-time link for a new one.
#[utoipa::path(post, path = "/api/members/{member}/reset", tag = "members",
    responses((status = 200, body = OneTimeLink), (status = 404, body = protocol::ErrorBody)))]
pub(crate) async fn reset(
    State(state): State<AppState>,
    Path(member): Path<String>,
    who: Who,
    Speaks(language): Speaks,
) -> Result<Json<OneTimeLink>, ApiError> {
    let link = state.app.reset_member(&who.caller, id(&member)?, language.in_mail()).await?;
    Ok(Json(handed(link)))
}

/// Where a member is signed in.
#[utoipa::path(get, path = "/api/members/{member}/sessions", tag = "members",
    responses((status = 200, body = Sessions), (status = 404, body = protocol::ErrorBody)))]
pub(crate) async fn list_sessions(
    State(state): State<AppState>,
    Path(member): Path<String>,
    who: Who,
) -> Result<Json<Sessions>, ApiError> {
    Ok(Json(sessions(state.app.list_member_sessions(&who.caller, id(&member)?).await?, None)))
}

/// Signs a member out everywhere.
#[utoipa::path(delete, path = "/api/members/{member}/sessions", tag = "members", responses((status = 204)))]
pub(crate) async fn end_sessions(
    State(state): State<AppState>,
    Path(member): Path<String>,
    who: Who,
) -> Result<StatusCode, ApiError> {
    state.app.end_member_sessions(&who.caller, id(&member)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a member an address and says whether it counts as proved.
#[utoipa::path(put, path = "/api/members/{member}/addresses/{email}", tag = "members", request_body = AddressProof,
    responses((status = 200, body = Member), (status = 409, body = protocol::ErrorBody), (status = 422, body = protocol::ErrorBody)))]
pub(crate) async fn set_address(
    State(state): State<AppState>,
    Path((member, email)): Path<(String, String)>,
    who: Who,
    Body(proof): Body<AddressProof>,
) -> Result<Json<Member>, ApiError> {
    let found: MemberId = id(&member)?;
    state.app.set_member_address(&who.caller, found, &email, proof.verified).await?;
    Ok(Json(shown(&state, &who, found).await?))
}
