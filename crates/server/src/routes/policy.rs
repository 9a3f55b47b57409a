//! The site's policy and the log of its changes.

use app::domain::{DoorRules, KindClass, LobbyRule, Permission};
use app::policy::{Named, ShownPolicy, TypedDoor, TypedLobby, TypedPermission, TypedPolicy};
use axum::Json;
use axum::extract::{Query, State};
use protocol::{
    DoorChange, DoorRow, InsideByDoor, LobbyChoice, NamedId, PermissionChoice, Policy, PolicyAnswer,
    PolicyChange, SiteLog, SiteLogEntry,
};
use serde::Deserialize;

use super::{Body, closing, id};
use crate::error::ApiError;
use crate::state::AppState;
use crate::who::Who;

fn permission(permission: &Permission) -> PermissionChoice {
    match permission {
        Permission::From(role) => {
            PermissionChoice { from: Some(role.code().into()), ..PermissionChoice::default() }
        }
        Permission::Named { members, groups } => PermissionChoice {
            from: None,
            members: members.iter().map(ToString::to_string).collect(),
            groups: groups.iter().map(ToString::to_string).collect(),
        },
    }
}

fn door(class: KindClass, rules: &DoorRules) -> DoorRow {
    let (mode, roles) = match &rules.lobby {
        LobbyRule::Never => ("never", &[][..]),
        LobbyRule::Always => ("always", &[][..]),
        LobbyRule::ForRoles(roles) => ("roles", &roles[..]),
    };
    let roles = roles.iter().map(|role| role.code().to_owned()).collect();
    DoorRow {
        class: class.into(),
        lobby: LobbyChoice { mode: mode.into(), roles },
        invites_allowed: rules.invites_allowed,
        guest_links_allowed: rules.guest_links_allowed,
        invites_to_recording: rules.invites_to_recording,
        owners_show_recording: rules.owners_show_recording,
    }
}

fn named<Id: ToString>(named: Vec<Named<Id>>) -> Vec<NamedId> {
    named
        .into_iter()
        .map(|named| NamedId { id: named.id.to_string(), name: named.name, email: named.email })
        .collect()
}

fn shown(shown: ShownPolicy) -> Policy {
    let policy = shown.policy;
    let inside = shown.inside.iter().map(|inside| InsideByDoor {
        class: inside.class.into(),
        door: if inside.by_invite { "invites" } else { "guest_links" },
        viewings: inside.viewings,
        people: inside.people,
    });
    Policy {
        enabled: policy.enabled,
        media_page: policy.media_page,
        guest_links_by: permission(&policy.guest_links_by),
        guest_links_per_item: policy.guest_links_per_item,
        invites_by: permission(&policy.invites_by),
        invite_minutes: policy.invite_minutes,
        invite_uses: policy.invite_uses.unwrap_or(-1),
        invite_template: policy.invite_template,
        type_ahead: policy.type_ahead.into(),
        doors: vec![
            door(KindClass::Media, &policy.doors.media),
            door(KindClass::Live, &policy.doors.live),
            door(KindClass::Room, &policy.doors.room),
        ],
        guests_in_containers: policy.doors.guests_in_containers,
        retention_days: policy.retention_days,
        domains_for_guests: policy.domains_for_guests,
        blocked_domains: policy.blocked_domains,
        allowed_domains: policy.allowed_domains,
        members: named(shown.members),
        groups: named(shown.groups),
        inside: inside.collect(),
        mail_is_on: shown.mail_is_on,
    }
}

fn typed_permission(typed: PermissionChoice) -> TypedPermission {
    TypedPermission { from: typed.from, members: typed.members, groups: typed.groups }
}

fn typed_door(typed: DoorChange) -> TypedDoor {
    TypedDoor {
        class: typed.class,
        lobby: typed.lobby.map(|lobby| TypedLobby { mode: lobby.mode, roles: lobby.roles }),
        invites_allowed: typed.invites_allowed,
        guest_links_allowed: typed.guest_links_allowed,
        invites_to_recording: typed.invites_to_recording,
        owners_show_recording: typed.owners_show_recording,
    }
}

/// The site's policy.
#[utoipa::path(get, path = "/api/site/policy", tag = "site",
    responses((status = 200, body = Policy), (status = 403, body = protocol::ErrorBody)))]
pub(crate) async fn show(State(state): State<AppState>, who: Who) -> Result<Json<Policy>, ApiError> {
    Ok(Json(shown(state.app.get_policy(&who.caller).await?)))
}

/// Changes the policy. When a door is shut, the answer comes when every process has put out whom it lets in no more,
/// or says by when.
#[utoipa::path(patch, path = "/api/site/policy", tag = "site", request_body = PolicyChange,
    responses((status = 200, body = PolicyAnswer), (status = 403, body = protocol::ErrorBody), (status = 422, body = protocol::ErrorBody)))]
pub(crate) async fn change(
    State(state): State<AppState>,
    who: Who,
    Body(typed): Body<PolicyChange>,
) -> Result<Json<PolicyAnswer>, ApiError> {
    let typed = TypedPolicy {
        enabled: typed.enabled,
        media_page: typed.media_page,
        guest_links_by: typed.guest_links_by.map(typed_permission),
        guest_links_per_item: typed.guest_links_per_item,
        invites_by: typed.invites_by.map(typed_permission),
        invite_minutes: typed.invite_minutes,
        invite_uses: typed.invite_uses,
        invite_template: typed.invite_template,
        type_ahead: typed.type_ahead,
        doors: typed.doors.into_iter().map(typed_door).collect(),
        guests_in_containers: typed.guests_in_containers,
        retention_days: typed.retention_days,
        domains_for_guests: typed.domains_for_guests,
        blocked_domains: typed.blocked_domains,
        allowed_domains: typed.allowed_domains,
    };
    let changed = state.app.change_policy(&who.caller, typed).await?;
    let closed = changed.closed.map(closing::closed);
    Ok(Json(PolicyAnswer { policy: shown(changed.policy), closed }))
}

/// Which page of the log.
#[derive(Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct LogQuery {
    /// From the page before.
    cursor: Option<String>,
}

/// What was changed on the site, newest first.
#[utoipa::path(get, path = "/api/site/log", tag = "site", params(LogQuery),
    responses((status = 200, body = SiteLog), (status = 403, body = protocol::ErrorBody)))]
pub(crate) async fn log(
    State(state): State<AppState>,
    who: Who,
    Query(query): Query<LogQuery>,
) -> Result<Json<SiteLog>, ApiError> {
    // Rows page by an id of the same form as all others.
    let before = query.cursor.as_deref().map(id::<app::domain::JobId>).transpose()?.map(|id| *id.as_bytes());
    let page = state.app.list_site_log(&who.caller, before).await?;
    let entry = |change: app::store::site_log::SiteChange| SiteLogEntry {
        at_ms: change.at.as_ms(),
        actor: change.actor,
        what: change.what,
        detail: change.detail,
    };
    Ok(Json(SiteLog {
        entries: page.changes.into_iter().map(entry).collect(),
        next_cursor: page.next.map(|id| app::domain::JobId::from_bytes(id).to_string()),
    }))
}
