//! What an administrator typed, checked against what is allowed: every wrong field is told at once.

use std::ops::RangeInclusive;

use domain::{Email, GroupId, KindClass, LobbyRule, MemberId, Permission, SitePolicy, SiteRole};
use store::{Conn, StoreError, account, group};

use super::stored::{MINUTES, door_mut};
use crate::FieldError;
use crate::address_owner::find_by_sure_address;
use crate::mail::TemplateName;

/// Domains in one list.
const DOMAINS_MOST: usize = 1_000;
/// Members or groups that a permission may name.
const NAMED_MOST: usize = 500;

/// Changes of the policy, as typed. Absent: stays.
#[derive(Debug, Clone, Default)]
pub struct TypedPolicy {
    /// The module.
    pub enabled: Option<bool>,
    /// The media page.
    pub media_page: Option<bool>,
    /// Who may make guest links.
    pub guest_links_by: Option<TypedPermission>,
    /// How many an item may have, 1 to 3.
    pub guest_links_per_item: Option<i64>,
    /// Who may invite.
    pub invites_by: Option<TypedPermission>,
    /// Minutes, 5 to 5,256,000.
    pub invite_minutes: Option<i64>,
    /// 1 to 1,000, or -1 for unlimited.
    pub invite_uses: Option<i64>,
    /// The template's name; `Some(None)`: none.
    pub invite_template: Option<Option<String>>,
    /// `everybody`, `own_groups` or `nobody`.
    pub type_ahead: Option<String>,
    /// Rows of the door table.
    pub doors: Vec<TypedDoor>,
    /// Guest links in channel and gallery rooms.
    pub guests_in_containers: Option<bool>,
    /// Days, 1 to 3,650.
    pub retention_days: Option<i64>,
    /// Whether the domain lists hold for guests.
    pub domains_for_guests: Option<bool>,
    /// Refused domains.
    pub blocked_domains: Option<Vec<String>>,
    /// The only admitted ones.
    pub allowed_domains: Option<Vec<String>>,
}

/// Who may, as typed: a role, or names.
#[derive(Debug, Clone, Default)]
pub struct TypedPermission {
    /// The lowest site role; then nobody is named.
    pub from: Option<String>,
    /// Members, by id or by the address they sign in with.
    pub members: Vec<String>,
    /// Ids of groups.
    pub groups: Vec<String>,
}

/// A row of the door table, as typed.
#[derive(Debug, Clone, Default)]
pub struct TypedDoor {
    /// `media`, `live` or `room`.
    pub class: String,
    /// The lobby.
    pub lobby: Option<TypedLobby>,
    /// Whether invites open items of the class.
    pub invites_allowed: Option<bool>,
    /// Whether guest links do.
    pub guest_links_allowed: Option<bool>,
    /// Whether an invite leads to the recording.
    pub invites_to_recording: Option<bool>,
    /// Whether owners may show it to guests.
    pub owners_show_recording: Option<bool>,
}

/// A lobby's rule, as typed.
#[derive(Debug, Clone, Default)]
pub struct TypedLobby {
    /// `never`, `always` or `roles`.
    pub mode: String,
    /// With `roles`.
    pub roles: Vec<String>,
}

type Wrong = Vec<FieldError>;

/// The policy with the changes in it, or what is wrong with them.
pub(super) async fn apply(
    conn: &mut Conn,
    old: &SitePolicy,
    typed: &TypedPolicy,
) -> Result<Result<SitePolicy, Wrong>, StoreError> {
    let (mut new, mut wrong) = (old.clone(), Wrong::new());
    for (typed, field, to) in [
        (&typed.guest_links_by, "guest_links_by", &mut new.guest_links_by),
        (&typed.invites_by, "invites_by", &mut new.invites_by),
    ] {
        if let Some(typed) = typed {
            take(permission(conn, typed).await?, field, to, &mut wrong);
        }
    }
    numbers(typed, &mut new, &mut wrong);
    for typed in &typed.doors {
        door(typed, &mut new, &mut wrong);
    }
    if let Some(named) = &typed.invite_template {
        take(template(named.as_deref()), "invite_template", &mut new.invite_template, &mut wrong);
    }
    if let Some(typed) = &typed.type_ahead {
        take(typed.parse().map_err(|_| "type_ahead_unknown"), "type_ahead", &mut new.type_ahead, &mut wrong);
    }
    if let Some(typed) = &typed.blocked_domains {
        take(domains(typed), "blocked_domains", &mut new.blocked_domains, &mut wrong);
    }
    if let Some(typed) = &typed.allowed_domains {
        take(domains(typed), "allowed_domains", &mut new.allowed_domains, &mut wrong);
    }
    set(typed.guests_in_containers, &mut new.doors.guests_in_containers);
    set(typed.domains_for_guests, &mut new.domains_for_guests);
    set(typed.enabled, &mut new.enabled);
    set(typed.media_page, &mut new.media_page);
    if new.enabled && !new.media_page {
        // Whichever was to be switched is told of the other.
        let (field, code) = if typed.media_page == Some(false) {
            ("media_page", "module_needs_media_page")
        } else {
            ("enabled", "media_page_is_off")
        };
        wrong.push(FieldError { field, code });
    }
    Ok(if wrong.is_empty() { Ok(new) } else { Err(wrong) })
}

fn set<T>(typed: Option<T>, to: &mut T) {
    if let Some(value) = typed {
        *to = value;
    }
}

fn take<T>(checked: Result<T, &'static str>, field: &'static str, to: &mut T, wrong: &mut Wrong) {
    match checked {
        Ok(value) => *to = value,
        Err(code) => wrong.push(FieldError { field, code }),
    }
}

fn in_range<T: TryFrom<i64> + PartialOrd>(
    typed: i64,
    range: RangeInclusive<T>,
    code: &'static str,
) -> Result<T, &'static str> {
    T::try_from(typed).ok().filter(|number| range.contains(number)).ok_or(code)
}

fn numbers(typed: &TypedPolicy, new: &mut SitePolicy, wrong: &mut Wrong) {
    if let Some(most) = typed.guest_links_per_item {
        let checked = in_range(most, 1..=3, "links_per_item_range");
        take(checked, "guest_links_per_item", &mut new.guest_links_per_item, wrong);
    }
    if let Some(minutes) = typed.invite_minutes {
        let checked = in_range(minutes, MINUTES, "invite_minutes_range");
        take(checked, "invite_minutes", &mut new.invite_minutes, wrong);
    }
    if let Some(uses) = typed.invite_uses {
        let checked =
            if uses == -1 { Ok(None) } else { in_range(uses, 1..=1_000, "invite_uses_range").map(Some) };
        take(checked, "invite_uses", &mut new.invite_uses, wrong);
    }
    if let Some(days) = typed.retention_days {
        take(in_range(days, 1..=3_650, "retention_range"), "retention_days", &mut new.retention_days, wrong);
    }
}

fn door(typed: &TypedDoor, new: &mut SitePolicy, wrong: &mut Wrong) {
    let Ok(class) = typed.class.parse::<KindClass>() else {
        return wrong.push(FieldError { field: "doors", code: "class_unknown" });
    };
    let field = match class {
        KindClass::Media => "media.lobby",
        KindClass::Live => "live.lobby",
        KindClass::Room => "room.lobby",
    };
    let row = door_mut(new, class);
    if let Some(typed) = &typed.lobby {
        take(lobby(typed), field, &mut row.lobby, wrong);
    }
    set(typed.invites_allowed, &mut row.invites_allowed);
    set(typed.guest_links_allowed, &mut row.guest_links_allowed);
    set(typed.invites_to_recording, &mut row.invites_to_recording);
    set(typed.owners_show_recording, &mut row.owners_show_recording);
}

fn lobby(typed: &TypedLobby) -> Result<LobbyRule, &'static str> {
    match typed.mode.as_str() {
        "never" => Ok(LobbyRule::Never),
        "always" => Ok(LobbyRule::Always),
        "roles" if typed.roles.is_empty() => Err("lobby_roles_required"),
        "roles" => {
            let mut roles = typed.roles.iter().map(|role| role.parse()).collect::<Result<Vec<SiteRole>, _>>();
            if let Ok(roles) = &mut roles {
                roles.sort_unstable();
                roles.dedup();
            }
            roles.map(LobbyRule::ForRoles).map_err(|_| "site_role_unknown")
        }
        _ => Err("lobby_unknown"),
    }
}

async fn permission(
    conn: &mut Conn,
    typed: &TypedPermission,
) -> Result<Result<Permission, &'static str>, StoreError> {
    let names_any = !typed.members.is_empty() || !typed.groups.is_empty();
    match &typed.from {
        Some(_) if names_any => return Ok(Err("role_or_names")),
        Some(role) => return Ok(role.parse().map(Permission::From).map_err(|_| "site_role_unknown")),
        None if !names_any => return Ok(Err("names_required")),
        None if typed.members.len() + typed.groups.len() > NAMED_MOST => return Ok(Err("names_too_many")),
        None => {}
    }
    let (mut members, mut groups) = (Vec::new(), Vec::new());
    for text in &typed.members {
        let found = match (text.parse::<MemberId>(), Email::new(text)) {
            (Ok(id), _) => account::find(conn, id).await?.map(|member| member.facts.id),
            (_, Ok(email)) => find_by_sure_address(conn, &email).await?,
            _ => None,
        };
        let Some(member) = found else { return Ok(Err("member_unknown")) };
        members.push(member);
    }
    let known = if typed.groups.is_empty() { Vec::new() } else { group::list(conn).await? };
    for text in &typed.groups {
        let id = text.parse::<GroupId>().ok();
        let Some(id) = id.filter(|id| known.iter().any(|group| group.id == *id)) else {
            return Ok(Err("group_unknown"));
        };
        groups.push(id);
    }
    members.sort_unstable();
    members.dedup();
    groups.sort_unstable();
    groups.dedup();
    Ok(Ok(Permission::Named { members, groups }))
}

fn template(named: Option<&str>) -> Result<Option<String>, &'static str> {
    let only = TemplateName::Invite.code();
    match named {
        None => Ok(None),
        Some(name) if name == only => Ok(Some(only.to_owned())),
        Some(_) => Err("template_unknown"),
    }
}

/// Domains in ASCII, each once, in order. A leading `*.` says what holds anyway.
fn domains(typed: &[String]) -> Result<Vec<String>, &'static str> {
    let mut all = Vec::new();
    for text in typed.iter().map(|text| text.trim()).filter(|text| !text.is_empty()) {
        if text.contains('@') {
            return Err("domain_is_address");
        }
        let text = text.strip_prefix("*.").unwrap_or(text);
        // An address is checked in one place; any local part will do.
        let email = Email::new(&format!("a@{text}")).map_err(|_| "domain_invalid")?;
        all.push(email.domain().to_owned());
    }
    all.sort_unstable();
    all.dedup();
    if all.len() > DOMAINS_MOST { Err("domains_too_many") } else { Ok(all) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_normalised() {
        let typed = |list: &[&str]| domains(&list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        let same = ["bad.example".to_owned(), "xn--bcher-kva.example".to_owned()];
        let given = [" Bücher.Example ", "BAD.example", "*.bad.example", ""];
        assert_eq!(typed(&given).as_deref(), Ok(&same[..]));
        assert_eq!(typed(&["anna@bad.example"]), Err("domain_is_address"));
        for wrong in ["example", "a b.example", "-x.example", "192.0.2.1", "bad..example"] {
            assert_eq!(typed(&[wrong]), Err("domain_invalid"), "{wrong}");
        }
    }

    #[test]
    fn a_lobby_is_one_of_three() {
        let typed = |mode: &str, roles: &[&str]| {
            lobby(&TypedLobby { mode: mode.into(), roles: roles.iter().map(|role| (*role).into()).collect() })
        };
        assert_eq!(typed("never", &[]), Ok(LobbyRule::Never));
        assert_eq!(typed("always", &[]), Ok(LobbyRule::Always));
        assert_eq!(
            typed("roles", &["admin", "viewer", "admin"]),
            Ok(LobbyRule::ForRoles(vec![SiteRole::Viewer, SiteRole::Admin]))
        );
        assert_eq!(typed("roles", &[]), Err("lobby_roles_required"));
        assert_eq!(typed("roles", &["king"]), Err("site_role_unknown"));
        assert_eq!(typed("sometimes", &[]), Err("lobby_unknown"));
    }
}
