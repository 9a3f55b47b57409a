//! One case for the decision, written in words: who asks, what is known, at an instant called "now".
//!
//! What is not said is ordinary: a ready private video of ten minutes with guest access on, an open link with
//! 3 of 50 uses, the default policy.

use domain::access::{Action, As, Decision, Facts, Step, Subject, decide};
use domain::{
    Instant, InviteFacts, ItemFacts, ItemId, ItemKind, ItemRight, ItemState, LinkFacts, LinkId, MemberFacts,
    MemberId, Permission, Privacy, Scopes, SeatFacts, SeatHold, SeatId, SitePolicy, SiteRole, Span, Switches,
    ViewingFacts,
};

use crate::invite_case::Lobby;

/// Far enough from zero that everything may have happened before it.
pub(crate) const NOW: Instant = Instant::from_ms(1_800_000_000_000);
pub(crate) const ITEM: ItemId = ItemId::from_bytes([1; 16]);
pub(crate) const LINK: LinkId = LinkId::from_bytes([2; 16]);
pub(crate) const SEAT: SeatId = SeatId::from_bytes([3; 16]);
pub(crate) const MEMBER: MemberId = MemberId::from_bytes([4; 16]);

/// Everything that one question to the decision depends on.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) subject: Subject,
    pub(crate) policy: SitePolicy,
    pub(crate) item: Option<ItemFacts>,
    pub(crate) right: Option<ItemRight>,
    pub(crate) is_right_lent: bool,
    pub(crate) link: Option<LinkFacts>,
    pub(crate) viewing: Option<ViewingFacts>,
    /// The invites of the seat that asks.
    pub(crate) invites: Vec<InviteFacts>,
    pub(crate) lobby: Option<Lobby>,
}

impl Default for Case {
    fn default() -> Self {
        Self {
            subject: Subject::default(),
            policy: SitePolicy::default(),
            item: Some(item()),
            right: None,
            is_right_lent: false,
            link: Some(link()),
            viewing: None,
            invites: Vec::new(),
            lobby: None,
        }
    }
}

fn item() -> ItemFacts {
    ItemFacts {
        id: ITEM,
        kind: ItemKind::Video,
        state: ItemState::Ready,
        privacy: Privacy::Private,
        deleted_at: None,
        guest_access: true,
        guest_access_off_at: None,
        guest_access_cut_at: None,
        duration: Some(Span::from_minutes(10)),
        switches: Switches::of_new(ItemKind::Video),
    }
}

fn link() -> LinkFacts {
    LinkFacts { id: LINK, max_uses: Some(50), uses: 3, end: None, deleted_at: None, cut_at: None }
}

fn seat() -> SeatFacts {
    SeatFacts {
        id: SEAT,
        item: ITEM,
        link: LINK,
        hold: SeatHold::Own,
        seen_at: Some(NOW.minus(Span::from_minutes(1))),
        created_at: NOW.minus(Span::from_hours(1)),
        blocked_at: None,
        removed_at: None,
    }
}

fn member(role: SiteRole) -> MemberFacts {
    MemberFacts { id: MEMBER, role, enabled: true }
}

impl Case {
    /// Asks the decision at `now`.
    pub(crate) fn decide(&self, action: Action, now: Instant) -> Decision {
        let facts = Facts {
            item: self.item.as_ref(),
            right: self.right,
            is_right_lent: self.is_right_lent,
            link: self.link.as_ref(),
            viewing: self.viewing,
            invites: &self.invites,
            lobby: self.lobby.as_ref().and_then(Lobby::facts),
            ..Facts::of(&self.policy)
        };
        decide(&self.subject, action, &facts, now)
    }

    /// Adds what the words of one column say; `-` says nothing. Answers what it did not understand.
    pub(crate) fn say(&mut self, column: &str, cell: &str) -> Result<(), String> {
        if column == "invites" && cell != "-" {
            return self.say_invites(cell);
        }
        for word in cell.split(',').map(str::trim).filter(|word| *word != "-" && !word.is_empty()) {
            let understood = match column {
                "who" => self.who(word),
                "seat" => self.seat(word),
                "item" => self.item_word(word),
                "link" => self.link_word(word),
                "viewing" => self.viewing_word(word),
                "site" => self.site(word),
                "invitee" => self.invitee_word(word),
                "lobby" => self.lobby_word(word),
                _ => None,
            };
            understood.ok_or_else(|| format!("{column}: {word:?} is not understood"))?;
        }
        Ok(())
    }

    fn who(&mut self, word: &str) -> Option<()> {
        let known = self.subject.member.unwrap_or(member(SiteRole::PrivateOnly));
        match word {
            "stranger" => return Some(()),
            "member" => self.subject.member = Some(known),
            "lent" => self.is_right_lent = true,
            "disabled" => self.subject.member = Some(MemberFacts { enabled: false, ..known }),
            _ => {
                if let Some(scopes) = word.strip_prefix("token") {
                    self.subject.token = Some(Scopes::from_text(scopes).ok()?);
                } else if let Ok(right) = word.parse() {
                    (self.right, self.subject.member) = (Some(right), Some(known));
                } else {
                    self.subject.member = Some(MemberFacts { role: word.parse().ok()?, ..known });
                }
            }
        }
        Some(())
    }

    fn seat(&mut self, word: &str) -> Option<()> {
        let seat = self.subject.seat.get_or_insert_with(seat);
        match word {
            "own" => seat.hold = SeatHold::Own,
            "shared" => seat.hold = SeatHold::Shared,
            "never seen" => seat.seen_at = None,
            "blocked" => seat.blocked_at = Some(NOW.minus(Span::from_minutes(5))),
            "removed" => seat.removed_at = Some(NOW.minus(Span::from_minutes(5))),
            "at another item" => seat.item = ItemId::from_bytes([9; 16]),
            "by another link" => seat.link = LinkId::from_bytes([9; 16]),
            _ => match word.split_once(' ')? {
                ("seen", at) => seat.seen_at = Some(when(at)?),
                ("made", at) => seat.created_at = when(at)?,
                _ => return None,
            },
        }
        Some(())
    }

    fn item_word(&mut self, word: &str) -> Option<()> {
        if word == "unknown" {
            self.item = None;
            return Some(());
        }
        let item = self.item.as_mut()?;
        if let Ok(kind) = word.parse() {
            (item.kind, item.switches) = (kind, Switches::of_new(kind));
        } else if let Some(switch) = word.strip_prefix("with ") {
            item.switches = item.switches.with(switch.parse().ok()?, true);
        } else if let Some(switch) = word.strip_prefix("without ") {
            item.switches = item.switches.with(switch.parse().ok()?, false);
        } else if let Ok(state) = word.parse() {
            item.state = state;
        } else if let Ok(privacy) = word.parse() {
            item.privacy = privacy;
        } else {
            match word.split_once(' ')? {
                ("deleted", at) => item.deleted_at = Some(when(at)?),
                ("off", at) => (item.guest_access, item.guest_access_off_at) = (false, Some(when(at)?)),
                ("cut", at) => item.guest_access_cut_at = Some(when(at)?),
                ("lasts", span) => item.duration = Some(span_of(span)?),
                _ => return None,
            }
        }
        Some(())
    }

    fn link_word(&mut self, word: &str) -> Option<()> {
        if word == "unknown" {
            self.link = None;
            return Some(());
        }
        let link = self.link.as_mut()?;
        match word {
            "unlimited" => link.max_uses = None,
            "another" => link.id = LinkId::from_bytes([8; 16]),
            _ => match word.split_once(' ')? {
                ("ends" | "ended", at) => link.end = Some(when(at)?),
                ("deleted", at) => link.deleted_at = Some(when(at)?),
                ("cut", at) => link.cut_at = Some(when(at)?),
                ("used", uses) => {
                    let (uses, most) = uses.split_once(" of ")?;
                    (link.uses, link.max_uses) = (uses.parse().ok()?, Some(most.parse().ok()?));
                }
                _ => return None,
            },
        }
        Some(())
    }

    fn viewing_word(&mut self, word: &str) -> Option<()> {
        let ordinary = ViewingFacts {
            opened_at: NOW.minus(Span::from_minutes(10)),
            ticket_end: NOW.plus(Span::from_secs(40)),
        };
        let viewing = self.viewing.get_or_insert(ordinary);
        match word.split_once(' ')? {
            ("opened", at) => viewing.opened_at = when(at)?,
            ("ticket", end) => viewing.ticket_end = when(end.split_once(' ')?.1)?,
            _ => return None,
        }
        Some(())
    }

    fn site(&mut self, word: &str) -> Option<()> {
        match word {
            "module off" => self.policy.enabled = false,
            _ => match word.split_once(' ')? {
                ("links", role) => {
                    self.policy.guest_links_by = Permission::From(role.strip_prefix("from ")?.parse().ok()?);
                }
                ("invites", role) => {
                    self.policy.invites_by = Permission::From(role.strip_prefix("from ")?.parse().ok()?);
                }
                ("lobby", rule) => self.lobby_rule(rule)?,
                ("blocks", domain) => self.policy.blocked_domains.push(domain.to_owned()),
                ("admits", domain) => self.policy.allowed_domains.push(domain.to_owned()),
                ("refuses", "invites") => {
                    let doors = &mut self.policy.doors;
                    for row in [&mut doors.media, &mut doors.live, &mut doors.room] {
                        row.invites_allowed = false;
                    }
                }
                ("refuses", "guest links") => {
                    let doors = &mut self.policy.doors;
                    for row in [&mut doors.media, &mut doors.live, &mut doors.room] {
                        row.guest_links_allowed = false;
                    }
                }
                _ => return None,
            },
        }
        Some(())
    }
}

/// `now`, `in 5m` or `5m ago`.
pub(crate) fn when(text: &str) -> Option<Instant> {
    match text.strip_prefix("in ") {
        Some(span) => Some(NOW.plus(span_of(span)?)),
        None if text == "now" => Some(NOW),
        None => Some(NOW.minus(span_of(text.strip_suffix(" ago")?)?)),
    }
}

const UNITS: [(&str, i64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// `2h`, `90s`, `1ms`.
fn span_of(text: &str) -> Option<Span> {
    let (number, unit) = text.split_at(text.find(|letter: char| !letter.is_ascii_digit())?);
    let (_, ms) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
    Some(Span::from_ms(number.parse::<i64>().ok()? * ms))
}

fn span_text(span: Span) -> String {
    let (mut left, mut text) = (span.as_ms(), String::new());
    for (name, ms) in UNITS {
        if left >= ms {
            text += &format!("{}{name}", left / ms);
            left %= ms;
        }
    }
    if text.is_empty() { "0".into() } else { text }
}

/// A decision in the words of the vectors: `allow guest until 2h`, `ask enter`, `deny expired`.
pub(crate) fn in_words(decision: &Decision) -> String {
    match decision {
        Decision::Allow(grant) => {
            let who = match grant.who() {
                As::Owner(_) => "owner",
                As::Member(_) => "member",
                As::Preview(_) => "preview",
                As::Guest { .. } => "guest",
                As::NewGuest => "new guest",
                As::Invitee { .. } => "invitee",
                As::NewInvitee { .. } => "new invitee",
            };
            let until = grant.ends_at().map(|end| format!(" until {}", span_text(end.since(NOW))));
            format!("allow {who}{}", until.unwrap_or_default())
        }
        Decision::Challenge(step) => format!("ask {}", step_word(*step)),
        Decision::Deny(reason) => format!("deny {reason}"),
    }
}

const fn step_word(step: Step) -> &'static str {
    match step {
        Step::Enter => "enter",
        Step::ContinueAs => "continue as",
        Step::NotReady => "not ready",
        Step::Lobby => "lobby",
        Step::TypeCode => "type code",
        Step::EnterDirectly => "enter directly",
        Step::AskOwner => "the owner",
        Step::SignIn => "sign in",
    }
}
