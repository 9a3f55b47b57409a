//! The words for invites: whose seat this browser holds, which invites the person has, what is known at the lobby.
//!
//! What is not said is ordinary: one invite to anna@example.org as viewer with one use, unspent, for one more day,
//! without a code; nobody has entered; nothing was typed. A seat was proven an hour ago by the address.

use domain::access::{As, Decision, LobbyFacts};
use domain::{
    Capability, DeviceCost, Email, InviteFacts, InviteRole, InviteSeatFacts, ItemFacts, ItemId, LentRole,
    LinkId, LobbyRule, LobbyTries, Proof, SeatId, Span, Standing, ViewingFacts, powers,
};

use crate::case::{Case, ITEM, NOW, in_words, when};

pub(crate) const INVITEE_SEAT: SeatId = SeatId::from_bytes([5; 16]);
const ANNA: &str = "anna@example.org";

/// What is known at the door of an invite link, with everything it points at.
#[derive(Debug, Clone)]
pub(crate) struct Lobby {
    pub(crate) invites: Vec<InviteFacts>,
    pub(crate) seat: Option<InviteSeatFacts>,
    pub(crate) verified: Vec<Email>,
    pub(crate) typed: Option<Email>,
    pub(crate) shown: Option<Proof>,
    pub(crate) comes_back: bool,
    pub(crate) has_moves_left: bool,
    pub(crate) mails_codes: bool,
    pub(crate) tries: LobbyTries,
}

impl Default for Lobby {
    fn default() -> Self {
        Self {
            invites: vec![invite(0)],
            seat: None,
            verified: Vec::new(),
            typed: None,
            shown: None,
            comes_back: false,
            has_moves_left: true,
            mails_codes: true,
            tries: LobbyTries::default(),
        }
    }
}

impl Lobby {
    /// The facts; the first invite is the URL's. None without one.
    pub(crate) fn facts(&self) -> Option<LobbyFacts<'_>> {
        Some(LobbyFacts {
            invite: self.invites.first()?,
            invites: &self.invites,
            seat: self.seat.as_ref(),
            verified: &self.verified,
            typed: self.typed.as_ref(),
            shown: self.shown,
            comes_back: self.comes_back,
            has_moves_left: self.has_moves_left,
            mails_codes: self.mails_codes,
            tries: self.tries,
        })
    }
}

pub(crate) fn address(text: &str) -> Email {
    Email::new(text).expect("the tests type addresses")
}

fn invite(number: u8) -> InviteFacts {
    InviteFacts {
        id: LinkId::from_bytes([20 + number; 16]),
        item: ITEM,
        email: address(ANNA),
        role: InviteRole::Viewer,
        lent: None,
        max_uses: Some(1),
        uses: 0,
        end: NOW.plus(Span::from_days(1)),
        revoked_at: None,
        cut_at: None,
        proves_by_code: false,
    }
}

fn seat(is_bound: bool) -> InviteSeatFacts {
    InviteSeatFacts {
        id: INVITEE_SEAT,
        item: ITEM,
        is_bound,
        proved_at: NOW.minus(Span::from_hours(1)),
        proof: Proof::Address,
        seen_at: None,
        blocked_at: None,
        removed_at: None,
    }
}

impl Case {
    /// A case at the door of an invite link.
    pub(crate) fn of_invite() -> Self {
        let lobby = Lobby::default();
        let viewing = ViewingFacts {
            opened_at: NOW.minus(Span::from_minutes(10)),
            ticket_end: NOW.plus(Span::from_secs(40)),
        };
        Self { viewing: Some(viewing), invites: lobby.invites.clone(), lobby: Some(lobby), ..Self::default() }
    }

    /// The person's invites, `+` between them, the URL's first; `unknown`: no such link.
    pub(crate) fn say_invites(&mut self, cell: &str) -> Result<(), String> {
        if cell == "unknown" {
            self.lobby.get_or_insert_default().invites.clear();
            return Ok(());
        }
        let mut invites = Vec::new();
        for (number, words) in (0..).zip(cell.split('+')) {
            let mut invite = invite(number);
            for word in words.split(',').map(str::trim).filter(|word| *word != "-") {
                say_invite(&mut invite, word).ok_or_else(|| format!("invite: {word:?} is not understood"))?;
            }
            invites.push(invite);
        }
        self.lobby.get_or_insert_default().invites.clone_from(&invites);
        self.invites = invites;
        Ok(())
    }

    /// `own`: this browser holds the person's seat; `elsewhere`: another does; `free`: nobody does.
    pub(crate) fn invitee_word(&mut self, word: &str) -> Option<()> {
        let lobby = self.lobby.get_or_insert_default();
        let mut held = lobby.seat.unwrap_or(seat(true));
        match word {
            "own" => self.subject.invitee = Some(held),
            "elsewhere" => {}
            "free" => held.is_bound = false,
            "blocked" => held.blocked_at = Some(NOW.minus(Span::from_minutes(5))),
            "removed" => {
                held.removed_at = Some(NOW.minus(Span::from_minutes(5)));
                held.is_bound = false;
            }
            "at another item" => held.item = ItemId::from_bytes([9; 16]),
            "somebody else's" => {
                let other = InviteSeatFacts { id: SeatId::from_bytes([6; 16]), ..held };
                self.subject.invitee = Some(other);
                return Some(());
            }
            _ => match word.split_once(' ')? {
                ("proved", at) => held.proved_at = when(at)?,
                ("seen", at) => held.seen_at = Some(when(at)?),
                ("by", proof) => held.proof = proof.parse().ok()?,
                _ => return None,
            },
        }
        self.subject.invitee = self.subject.invitee.map(|_| held);
        lobby.seat = Some(held);
        Some(())
    }

    pub(crate) fn lobby_word(&mut self, word: &str) -> Option<()> {
        let lobby = self.lobby.as_mut()?;
        match word {
            "right" => lobby.typed = Some(address(ANNA)),
            "wrong" => lobby.typed = Some(address("eve@example.org")),
            "a code" => lobby.shown = Some(Proof::Code),
            "leave" => lobby.shown = Some(Proof::Allowed),
            "verified" => lobby.verified.push(address(ANNA)),
            "verified another" => lobby.verified.push(address("anna@example.com")),
            "comes back" => lobby.comes_back = true,
            "moved thrice" => lobby.has_moves_left = false,
            "no mail" => lobby.mails_codes = false,
            _ => match word.split_once(' ')? {
                ("typed", text) => lobby.typed = Some(Email::new(text).ok()?),
                (tries, "from here") => lobby.tries.from_here = tries.parse().ok()?,
                (tries, "in all") => lobby.tries.in_all = tries.parse().ok()?,
                _ => return None,
            },
        }
        Some(())
    }

    pub(crate) fn lobby_rule(&mut self, rule: &str) -> Option<()> {
        let rule = match rule {
            "never" => LobbyRule::Never,
            "always" => LobbyRule::Always,
            _ => LobbyRule::ForRoles(vec![rule.strip_prefix("for ")?.parse().ok()?]),
        };
        let doors = &mut self.policy.doors;
        for row in [&mut doors.media, &mut doors.live, &mut doors.room] {
            row.lobby = rule.clone();
        }
        Some(())
    }
}

fn say_invite(invite: &mut InviteFacts, word: &str) -> Option<()> {
    if let Ok(role) = word.parse() {
        invite.role = role;
        return Some(());
    }
    match word {
        "unlimited" => invite.max_uses = None,
        "by code" => invite.proves_by_code = true,
        "to another item" => invite.item = ItemId::from_bytes([9; 16]),
        _ => match word.split_once(' ')? {
            ("to", text) => invite.email = Email::new(text).ok()?,
            ("ends" | "ended", at) => invite.end = when(at)?,
            ("revoked", at) => invite.revoked_at = Some(when(at)?),
            ("cut", at) => invite.cut_at = Some(when(at)?),
            ("lent", words) => {
                let (role, until) = words.split_once(" until ")?;
                invite.lent = Some(LentRole { role: role.parse().ok()?, until: when(until)? });
            }
            ("used", uses) => {
                let (uses, most) = uses.split_once(" of ")?;
                (invite.uses, invite.max_uses) = (uses.parse().ok()?, Some(most.parse().ok()?));
            }
            _ => return None,
        },
    }
    Some(())
}

/// A decision in words, with what an invitee is told beside it: `allow invitee as moderator`,
/// `allow new invitee by code, a move`, `allow invitee to watch only`.
pub(crate) fn invited_in_words(decision: &Decision, item: Option<&ItemFacts>) -> String {
    let words = in_words(decision);
    let (Decision::Allow(grant), Some(item)) = (decision, item) else { return words };
    let (who, until) = words.split_once(" until ").map_or((&*words, ""), |(who, until)| (who, until));
    let until = if until.is_empty() { String::new() } else { format!(" until {until}") };
    match grant.who() {
        As::NewInvitee { proof, cost } => {
            let cost = match cost {
                DeviceCost::Use => "a use",
                DeviceCost::Move => "a move",
                DeviceCost::Nothing => "no use",
            };
            format!("{who} by {proof}, {cost}{until}")
        }
        As::Invitee { .. } | As::Member(_)
            if grant.item().is_some() && grant.capabilities().has(Capability::Watch) =>
        {
            format!("{who} {}{until}", standing_word(grant.capabilities(), item))
        }
        _ => words,
    }
}

/// The highest standing whose powers are held; where roles differ in nothing, the lowest of them.
fn standing_word(held: domain::Capabilities, item: &ItemFacts) -> String {
    let mut found: Option<Standing> = None;
    for standing in [Standing::Viewer, Standing::Speaker, Standing::Moderator] {
        let all = powers(standing, item);
        if held.contains(all) && found.is_none_or(|lower| powers(lower, item) != all) {
            found = Some(standing);
        }
    }
    found.map_or("to watch only".to_owned(), |standing| format!("as {standing}"))
}
