//! Site policy: the "invite to media" module (access.md 2).

use crate::coded::coded;
use crate::{GroupId, ItemKind, MemberFacts, MemberId, SiteRole};

/// Who may make links of one sort: everybody from a role on, or named people and groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Permission {
    /// Members with this site role or a higher one.
    From(SiteRole),
    /// These members, and the members of these groups.
    Named {
        /// Members by themselves.
        members: Vec<MemberId>,
        /// Everybody in these.
        groups: Vec<GroupId>,
    },
}

impl Permission {
    /// Whether `member`, who is in `groups`, is among them.
    pub fn includes(&self, member: &MemberFacts, groups: &[GroupId]) -> bool {
        match self {
            Self::From(role) => member.role >= *role,
            Self::Named { members, groups: named } => {
                members.contains(&member.id) || groups.iter().any(|group| named.contains(group))
            }
        }
    }
}

coded! {
    /// Kinds of items that the door table keeps apart.
    pub enum KindClass {
        /// Videos, audio, documents, quizzes.
        Media = "media",
        /// Live events.
        Live = "live",
        /// Rooms.
        Room = "room",
    }
}

impl From<ItemKind> for KindClass {
    fn from(kind: ItemKind) -> Self {
        match kind {
            ItemKind::Video | ItemKind::Audio | ItemKind::Document | ItemKind::Quiz => Self::Media,
            ItemKind::LiveEvent => Self::Live,
            ItemKind::Room => Self::Room,
        }
    }
}

/// Whether a signed-in, verified invitee is asked for the address all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LobbyRule {
    /// Nobody is.
    Never,
    /// Everybody is.
    Always,
    /// Members with one of these site roles are.
    ForRoles(Vec<SiteRole>),
}

impl LobbyRule {
    /// Whether a member with this role is asked.
    pub fn asks(&self, role: SiteRole) -> bool {
        match self {
            Self::Never => false,
            Self::Always => true,
            Self::ForRoles(roles) => roles.contains(&role),
        }
    }

    /// Whether the browser that holds the seat is asked in each session anew; `role` of who is signed in there.
    pub fn asks_again(&self, role: Option<SiteRole>) -> bool {
        role.map_or(*self == Self::Always, |role| self.asks(role))
    }
}

/// One row of the door table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoorRules {
    /// The lobby for signed-in invitees.
    pub lobby: LobbyRule,
    /// Whether invites open items of this class.
    pub invites_allowed: bool,
    /// Whether guest links do.
    pub guest_links_allowed: bool,
    /// Whether an invite leads to the recording when the session is over.
    pub invites_to_recording: bool,
    /// Whether an owner may let guests see the recording when the session is over (their switch, off when new);
    /// without it no guest sees it.
    pub owners_show_recording: bool,
}

/// The door table: one row a class of kinds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoorTable {
    /// Videos, audio, documents, quizzes.
    pub media: DoorRules,
    /// Live events.
    pub live: DoorRules,
    /// Rooms.
    pub room: DoorRules,
    /// Whether guest links open rooms of channels and galleries too; else only standalone ones.
    pub guests_in_containers: bool,
}

impl DoorTable {
    /// The row for an item of this kind.
    pub fn of(&self, kind: ItemKind) -> &DoorRules {
        match KindClass::from(kind) {
            KindClass::Media => &self.media,
            KindClass::Live => &self.live,
            KindClass::Room => &self.room,
        }
    }
}

impl Default for DoorTable {
    fn default() -> Self {
        let row = |lobby| DoorRules {
            lobby,
            invites_allowed: true,
            guest_links_allowed: true,
            invites_to_recording: true,
            owners_show_recording: true,
        };
        Self {
            media: row(LobbyRule::Never),
            live: row(LobbyRule::Never),
            room: row(LobbyRule::Always),
            guests_in_containers: false,
        }
    }
}

coded! {
    /// Whom members find while they type a name or an address.
    pub enum Findable {
        /// Every member.
        Everybody = "everybody",
        /// Members of the groups that one is in oneself; everybody where the site has no groups.
        OwnGroups = "own_groups",
        /// No member.
        Nobody = "nobody",
    }
}

impl Findable {
    /// Whom somebody with this site role finds; `has_groups`: the site has any. Whoever manages members finds all of
    /// them in any case.
    pub fn finds(self, role: SiteRole, has_groups: bool) -> Self {
        let manages_members = role == SiteRole::SiteAdministrator;
        match self {
            _ if manages_members => Self::Everybody,
            Self::OwnGroups if !has_groups => Self::Everybody,
            set => set,
        }
    }
}

/// The site's settings for both doors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SitePolicy {
    /// The module. Off: links lead to the denied page and open viewings end; nothing is deleted.
    pub enabled: bool,
    /// The media page of the theme, which the module needs: neither goes into the impossible state.
    pub media_page: bool,
    /// Who may make guest links.
    pub guest_links_by: Permission,
    /// How many guest links an item may have, 1 to 3.
    pub guest_links_per_item: u8,
    /// Who may invite.
    pub invites_by: Permission,
    /// How long an invite lasts; an owner may choose shorter.
    pub invite_minutes: u32,
    /// Devices an invite may bind; none: unlimited; an owner may choose fewer.
    pub invite_uses: Option<i64>,
    /// The template of invite mails; none: no invite is mailed.
    pub invite_template: Option<String>,
    /// Whom members find while they type.
    pub type_ahead: Findable,
    /// What holds at the door of each class of kinds.
    pub doors: DoorTable,
    /// Days after which guests' names and addresses are erased, counted from the end of their last right.
    pub retention_days: u16,
    /// Whether the domain lists hold for guests too.
    pub domains_for_guests: bool,
    /// Refused domains, sub-domains included.
    pub blocked_domains: Vec<String>,
    /// When not empty, the only admitted domains, sub-domains included.
    pub allowed_domains: Vec<String>,
}

impl Default for SitePolicy {
    fn default() -> Self {
        Self {
            enabled: true,
            media_page: true,
            guest_links_by: Permission::From(SiteRole::PrivateOnly),
            guest_links_per_item: 3,
            invites_by: Permission::From(SiteRole::PrivateOnly),
            invite_minutes: 1_440,
            invite_uses: Some(1),
            invite_template: None,
            type_ahead: Findable::OwnGroups,
            doors: DoorTable::default(),
            retention_days: 365,
            domains_for_guests: false,
            blocked_domains: Vec::new(),
            allowed_domains: Vec::new(),
        }
    }
}

impl SitePolicy {
    /// Whether a person with an address at `domain` (lower case, IDNA) may enter. Blocked always wins.
    pub fn admits_domain(&self, domain: &str) -> bool {
        let named = |list: &[String]| list.iter().any(|entry| is_at_or_below(domain, entry));
        !named(&self.blocked_domains) && (self.allowed_domains.is_empty() || named(&self.allowed_domains))
    }
}

fn is_at_or_below(domain: &str, entry: &str) -> bool {
    domain == entry || domain.strip_suffix(entry).is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocked_wins_and_sub_domains_count() {
        let mut policy = SitePolicy { blocked_domains: vec!["bad.example".into()], ..SitePolicy::default() };
        assert!(!policy.admits_domain("bad.example"));
        assert!(!policy.admits_domain("deep.bad.example"));
        assert!(policy.admits_domain("notbad.example"));
        policy.allowed_domains = vec!["bad.example".into(), "good.example".into()];
        assert!(!policy.admits_domain("bad.example"));
        assert!(policy.admits_domain("a.good.example"));
        assert!(!policy.admits_domain("other.example"));
    }

    #[test]
    fn a_new_site_has_the_values_of_access_md() {
        let policy = SitePolicy::default();
        assert!(policy.enabled && policy.media_page && !policy.domains_for_guests);
        assert_eq!((policy.invite_minutes, policy.invite_uses), (1_440, Some(1)));
        assert_eq!((policy.guest_links_per_item, policy.retention_days), (3, 365));
        let from = Permission::From(SiteRole::PrivateOnly);
        assert_eq!((&policy.invites_by, &policy.guest_links_by), (&from, &from));
        assert_eq!(policy.invite_template, None);
        assert!(policy.blocked_domains.is_empty() && policy.allowed_domains.is_empty());
        let doors = &policy.doors;
        assert_eq!((&doors.media.lobby, &doors.live.lobby), (&LobbyRule::Never, &LobbyRule::Never));
        assert_eq!(doors.room.lobby, LobbyRule::Always);
        assert!(!doors.guests_in_containers);
        for row in [&doors.media, &doors.live, &doors.room] {
            assert!(row.invites_allowed && row.guest_links_allowed);
            assert!(row.invites_to_recording && row.owners_show_recording);
        }
    }

    #[test]
    fn a_permission_is_a_role_or_names() {
        let member = MemberFacts { id: MemberId::from_bytes([1; 16]), role: SiteRole::Admin, enabled: true };
        let group = GroupId::from_bytes([2; 16]);
        assert!(Permission::From(SiteRole::PrivateOnly).includes(&member, &[]));
        assert!(!Permission::From(SiteRole::UnmoderatedAdmin).includes(&member, &[]));
        let named = Permission::Named { members: Vec::new(), groups: vec![group] };
        assert!(!named.includes(&member, &[]) && named.includes(&member, &[group]));
    }
}
