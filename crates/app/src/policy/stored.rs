//! Every setting of the policy with its stored form: plain text that can be read with any shell.

use std::str::FromStr;

use domain::{DoorRules, KindClass, LobbyRule, Permission, SitePolicy};
use store::setting::LOCK_KEY;

/// How long an invite may last.
pub(super) const MINUTES: std::ops::RangeInclusive<u32> = 5..=5_256_000;

/// One setting. Those of the door table stand once for each class of kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// The module.
    Enabled,
    /// The media page of the theme.
    MediaPage,
    /// Who may make guest links.
    GuestLinksBy,
    /// How many an item may have.
    GuestLinksPerItem,
    /// Who may invite.
    InvitesBy,
    /// How long an invite lasts.
    InviteMinutes,
    /// How many devices it may bind.
    InviteUses,
    /// The template of its mail.
    InviteTemplate,
    /// Whom members find while they type.
    TypeAhead,
    /// The lobby for signed-in invitees.
    Lobby(KindClass),
    /// Whether invites open items of the class.
    InvitesAllowed(KindClass),
    /// Whether guest links do.
    GuestLinksAllowed(KindClass),
    /// Whether an invite leads to the recording.
    InvitesToRecording(KindClass),
    /// Whether owners may show it to guests.
    OwnersShowRecording(KindClass),
    /// Guest links in channel and gallery rooms.
    GuestsInContainers,
    /// Days after which guests' data is erased.
    RetentionDays,
    /// Whether the domain lists hold for guests.
    DomainsForGuests,
    /// Refused domains.
    BlockedDomains,
    /// The only admitted ones.
    AllowedDomains,
}

impl Setting {
    /// Every setting.
    pub fn all() -> Vec<Self> {
        let mut all = vec![
            Self::Enabled,
            Self::MediaPage,
            Self::GuestLinksBy,
            Self::GuestLinksPerItem,
            Self::InvitesBy,
            Self::InviteMinutes,
            Self::InviteUses,
            Self::InviteTemplate,
            Self::TypeAhead,
        ];
        for class in KindClass::ALL {
            all.extend([
                Self::Lobby(*class),
                Self::InvitesAllowed(*class),
                Self::GuestLinksAllowed(*class),
                Self::InvitesToRecording(*class),
                Self::OwnersShowRecording(*class),
            ]);
        }
        all.extend([
            Self::GuestsInContainers,
            Self::RetentionDays,
            Self::DomainsForGuests,
            Self::BlockedDomains,
            Self::AllowedDomains,
        ]);
        all
    }

    /// The key it is stored and logged under.
    pub fn key(self) -> String {
        let of = |class: KindClass, what: &str| format!("{class}.{what}");
        match self {
            Self::Enabled => "enabled".into(),
            Self::MediaPage => "media_page".into(),
            Self::GuestLinksBy => "guest_links_by".into(),
            Self::GuestLinksPerItem => "guest_links_per_item".into(),
            Self::InvitesBy => "invites_by".into(),
            Self::InviteMinutes => "invite_minutes".into(),
            Self::InviteUses => "invite_uses".into(),
            Self::InviteTemplate => "invite_template".into(),
            Self::TypeAhead => "type_ahead".into(),
            Self::Lobby(class) => of(class, "lobby"),
            Self::InvitesAllowed(class) => of(class, "invites_allowed"),
            Self::GuestLinksAllowed(class) => of(class, "guest_links_allowed"),
            Self::InvitesToRecording(class) => of(class, "invites_to_recording"),
            Self::OwnersShowRecording(class) => of(class, "owners_show_recording"),
            Self::GuestsInContainers => "guests_in_containers".into(),
            Self::RetentionDays => "retention_days".into(),
            Self::DomainsForGuests => "domains_for_guests".into(),
            Self::BlockedDomains => "blocked_domains".into(),
            Self::AllowedDomains => "allowed_domains".into(),
        }
    }

    /// Its value as stored.
    pub fn write(self, policy: &SitePolicy) -> String {
        match self {
            Self::Enabled => policy.enabled.to_string(),
            Self::MediaPage => policy.media_page.to_string(),
            Self::GuestLinksBy => write_permission(&policy.guest_links_by),
            Self::GuestLinksPerItem => policy.guest_links_per_item.to_string(),
            Self::InvitesBy => write_permission(&policy.invites_by),
            Self::InviteMinutes => policy.invite_minutes.to_string(),
            Self::InviteUses => policy.invite_uses.unwrap_or(-1).to_string(),
            Self::InviteTemplate => policy.invite_template.clone().unwrap_or_else(|| "none".into()),
            Self::TypeAhead => policy.type_ahead.to_string(),
            Self::Lobby(class) => write_lobby(&door(policy, class).lobby),
            Self::InvitesAllowed(class) => door(policy, class).invites_allowed.to_string(),
            Self::GuestLinksAllowed(class) => door(policy, class).guest_links_allowed.to_string(),
            Self::InvitesToRecording(class) => door(policy, class).invites_to_recording.to_string(),
            Self::OwnersShowRecording(class) => door(policy, class).owners_show_recording.to_string(),
            Self::GuestsInContainers => policy.doors.guests_in_containers.to_string(),
            Self::RetentionDays => policy.retention_days.to_string(),
            Self::DomainsForGuests => policy.domains_for_guests.to_string(),
            Self::BlockedDomains => policy.blocked_domains.join(" "),
            Self::AllowedDomains => policy.allowed_domains.join(" "),
        }
    }

    /// Takes a stored value over; false when it is none of its kind.
    fn read(self, policy: &mut SitePolicy, value: &str) -> bool {
        match self {
            Self::Enabled => take(value, &mut policy.enabled),
            Self::MediaPage => take(value, &mut policy.media_page),
            Self::GuestLinksBy => set(read_permission(value), &mut policy.guest_links_by),
            Self::GuestLinksPerItem => set(in_range(value, 1..=3), &mut policy.guest_links_per_item),
            Self::InvitesBy => set(read_permission(value), &mut policy.invites_by),
            Self::InviteMinutes => set(in_range(value, MINUTES), &mut policy.invite_minutes),
            Self::InviteUses if value == "-1" => set(Some(None), &mut policy.invite_uses),
            Self::InviteUses => set(in_range(value, 1..=1_000).map(Some), &mut policy.invite_uses),
            Self::InviteTemplate => {
                let named = Some(value.to_owned()).filter(|name| name != "none" && !name.is_empty());
                set(Some(named), &mut policy.invite_template)
            }
            Self::TypeAhead => take(value, &mut policy.type_ahead),
            Self::Lobby(class) => set(read_lobby(value), &mut door_mut(policy, class).lobby),
            Self::InvitesAllowed(class) => take(value, &mut door_mut(policy, class).invites_allowed),
            Self::GuestLinksAllowed(class) => take(value, &mut door_mut(policy, class).guest_links_allowed),
            Self::InvitesToRecording(class) => take(value, &mut door_mut(policy, class).invites_to_recording),
            Self::OwnersShowRecording(class) => {
                take(value, &mut door_mut(policy, class).owners_show_recording)
            }
            Self::GuestsInContainers => take(value, &mut policy.doors.guests_in_containers),
            Self::RetentionDays => set(in_range(value, 1..=3_650), &mut policy.retention_days),
            Self::DomainsForGuests => take(value, &mut policy.domains_for_guests),
            Self::BlockedDomains => set(Some(list(value)), &mut policy.blocked_domains),
            Self::AllowedDomains => set(Some(list(value)), &mut policy.allowed_domains),
        }
    }
}

pub(super) fn door(policy: &SitePolicy, class: KindClass) -> &DoorRules {
    match class {
        KindClass::Media => &policy.doors.media,
        KindClass::Live => &policy.doors.live,
        KindClass::Room => &policy.doors.room,
    }
}

pub(super) fn door_mut(policy: &mut SitePolicy, class: KindClass) -> &mut DoorRules {
    match class {
        KindClass::Media => &mut policy.doors.media,
        KindClass::Live => &mut policy.doors.live,
        KindClass::Room => &mut policy.doors.room,
    }
}

/// Stored settings over the defaults; a value that is none of its kind leaves the default and is logged.
pub(super) fn read(settings: &[(String, String)]) -> SitePolicy {
    let mut policy = SitePolicy::default();
    let all = Setting::all();
    let has = |key: &str| settings.iter().any(|(stored, _)| stored == key);
    for (key, value) in settings.iter().filter(|(key, _)| key != LOCK_KEY) {
        let understood = match all.iter().find(|setting| setting.key() == *key) {
            Some(setting) => setting.read(&mut policy, value),
            // What the first release wrote.
            None if key == "guest_links_from" && has("guest_links_by") => true,
            None if key == "guest_links_from" => {
                set(value.parse().ok().map(Permission::From), &mut policy.guest_links_by)
            }
            None => false,
        };
        if !understood {
            tracing::warn!(key, "a stored setting is not understood; its default holds");
        }
    }
    // Nobody can make this by the API; whoever did by hand gets the closed door.
    if policy.enabled && !policy.media_page {
        tracing::warn!("the module is on without its media page; it counts as off");
        policy.enabled = false;
    }
    policy
}

fn take<T: FromStr>(value: &str, to: &mut T) -> bool {
    set(value.parse().ok(), to)
}

fn set<T>(value: Option<T>, to: &mut T) -> bool {
    value.map(|value| *to = value).is_some()
}

fn in_range<T: FromStr + PartialOrd>(value: &str, range: std::ops::RangeInclusive<T>) -> Option<T> {
    value.parse().ok().filter(|number| range.contains(number))
}

fn list(value: &str) -> Vec<String> {
    value.split_whitespace().map(str::to_lowercase).collect()
}

/// `from private_only`, or `named m:ID g:ID`.
fn write_permission(permission: &Permission) -> String {
    match permission {
        Permission::From(role) => format!("from {role}"),
        Permission::Named { members, groups } => {
            let members = members.iter().map(|id| format!(" m:{id}"));
            let groups = groups.iter().map(|id| format!(" g:{id}"));
            format!("named{}", members.chain(groups).collect::<String>())
        }
    }
}

fn read_permission(value: &str) -> Option<Permission> {
    let mut words = value.split_whitespace();
    match words.next()? {
        "from" => words.next()?.parse().ok().map(Permission::From),
        "named" => {
            let (mut members, mut groups) = (Vec::new(), Vec::new());
            for word in words {
                match word.split_once(':')? {
                    ("m", id) => members.push(id.parse().ok()?),
                    ("g", id) => groups.push(id.parse().ok()?),
                    _ => return None,
                }
            }
            Some(Permission::Named { members, groups })
        }
        _ => None,
    }
}

/// `never`, `always`, or `roles viewer admin`.
fn write_lobby(rule: &LobbyRule) -> String {
    match rule {
        LobbyRule::Never => "never".into(),
        LobbyRule::Always => "always".into(),
        LobbyRule::ForRoles(roles) => {
            format!("roles{}", roles.iter().map(|role| format!(" {role}")).collect::<String>())
        }
    }
}

fn read_lobby(value: &str) -> Option<LobbyRule> {
    let mut words = value.split_whitespace();
    match words.next()? {
        "never" => Some(LobbyRule::Never),
        "always" => Some(LobbyRule::Always),
        "roles" => words.map(|word| word.parse().ok()).collect::<Option<_>>().map(LobbyRule::ForRoles),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use domain::{DoorTable, Findable, GroupId, MemberId, SiteRole};

    use super::*;

    fn stored(policy: &SitePolicy) -> Vec<(String, String)> {
        Setting::all().into_iter().map(|setting| (setting.key(), setting.write(policy))).collect()
    }

    fn one(key: &str, value: &str) -> SitePolicy {
        read(&[(key.into(), value.into())])
    }

    #[test]
    fn what_is_written_is_read_back() {
        let row = |lobby| DoorRules {
            lobby,
            invites_allowed: false,
            guest_links_allowed: false,
            invites_to_recording: false,
            owners_show_recording: false,
        };
        let other = SitePolicy {
            enabled: false,
            media_page: false,
            guest_links_by: Permission::Named {
                members: vec![MemberId::from_bytes([1; 16])],
                groups: vec![GroupId::from_bytes([2; 16])],
            },
            guest_links_per_item: 2,
            invites_by: Permission::From(SiteRole::Admin),
            invite_minutes: 60,
            invite_uses: None,
            invite_template: Some("invite".into()),
            type_ahead: Findable::Nobody,
            doors: DoorTable {
                media: row(LobbyRule::Always),
                live: row(LobbyRule::ForRoles(vec![SiteRole::Viewer, SiteRole::Admin])),
                room: row(LobbyRule::Never),
                guests_in_containers: true,
            },
            retention_days: 30,
            domains_for_guests: true,
            blocked_domains: vec!["bad.example".into(), "xn--bcher-kva.example".into()],
            allowed_domains: vec!["good.example".into()],
        };
        for policy in [SitePolicy::default(), other.clone()] {
            assert_eq!(read(&stored(&policy)), policy);
        }
        // Every setting differs, so none is read into another's place or left out.
        for ((key, new), (_, old)) in stored(&other).into_iter().zip(stored(&SitePolicy::default())) {
            assert_ne!(new, old, "{key}");
        }
    }

    #[test]
    fn what_is_no_value_leaves_the_default() {
        for (key, value) in [
            ("enabled", "maybe"),
            ("guest_links_per_item", "4"),
            ("invite_minutes", "4"),
            ("invite_uses", "0"),
            ("invites_by", "named x:1"),
            ("room.lobby", "roles king"),
            ("type_ahead", "strangers"),
            ("retention_days", "0"),
            ("no_setting", "1"),
        ] {
            assert_eq!(one(key, value), SitePolicy::default(), "{key}");
        }
    }

    #[test]
    fn the_first_releases_key_counts_until_the_new_one_is_there() {
        let from = |role| Permission::From(role);
        assert_eq!(one("guest_links_from", "admin").guest_links_by, from(SiteRole::Admin));
        let both = [("guest_links_by", "from viewer"), ("guest_links_from", "admin")];
        let both = both.map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(read(&both).guest_links_by, from(SiteRole::Viewer));
    }

    #[test]
    fn the_impossible_state_is_a_closed_door() {
        assert!(!one("media_page", "false").enabled);
    }
}
