//! The invite door: the table of access.md 4, row by row. Opening a good invite shows the lobby, whatever sending
//! its form will come to. There, what the typed address can change comes last, so that until then the answer tells
//! nothing about the address.

use crate::invite::highest_role;
use crate::{
    Capabilities, DeviceCost, Instant, InviteFacts, InviteSeatFacts, ItemFacts, ItemState, Proof, Reason,
    SitePolicy, Standing, ViewingFacts, powers,
};

use super::{Action, As, Decision, Facts, Grant, LobbyFacts, Step, Subject};

/// Why no invite opens this item now; none when invites do.
fn item_shut(policy: &SitePolicy, item: Option<&ItemFacts>) -> Option<Reason> {
    let Some(item) = item.filter(|item| item.deleted_at.is_none()) else { return Some(Reason::ItemGone) };
    if !policy.enabled {
        Some(Reason::ModuleOff)
    } else if !policy.doors.of(item.kind).invites_allowed {
        Some(Reason::ContainerRefused)
    } else {
        None
    }
}

/// Why this invite gives nothing; none when it is good.
fn invite_shut(policy: &SitePolicy, invite: &InviteFacts, now: Instant) -> Option<Reason> {
    if invite.revoked_at.is_some() {
        Some(Reason::InviteRevoked)
    } else if invite.is_expired(now) {
        Some(Reason::Expired)
    } else if !policy.admits_domain(invite.email.domain()) {
        Some(Reason::DomainRefused)
    } else {
        None
    }
}

const fn not_ready(state: ItemState) -> Option<Decision> {
    match state {
        ItemState::Ready => None,
        ItemState::Failed | ItemState::Cancelled => Some(Decision::Deny(Reason::ItemGone)),
        ItemState::Uploading | ItemState::Queued | ItemState::Processing => {
            Some(Decision::Challenge(Step::NotReady))
        }
    }
}

fn invitee(action: Action, seat: &InviteSeatFacts, capabilities: Capabilities) -> Grant {
    Grant::new(action, As::Invitee { seat: seat.id }, Some(seat.item), capabilities)
}

/// Opening an invite link and sending its lobby form: "first row that fits".
pub(super) fn door(subject: &Subject, action: Action, facts: &Facts<'_>, now: Instant) -> Decision {
    let Some(lobby) = &facts.lobby else { return Decision::Deny(Reason::UnknownLink) };
    let shut = item_shut(facts.policy, facts.item).or_else(|| invite_shut(facts.policy, lobby.invite, now));
    let item = match (shut, facts.item) {
        (Some(reason), _) => return Decision::Deny(reason),
        (None, None) => return Decision::Deny(Reason::ItemGone),
        (None, Some(item)) if lobby.invite.item != item.id => return Decision::Deny(Reason::UnknownLink),
        (None, Some(item)) => item,
    };
    if let Some(grant) = by_own_right(subject, action, facts, item, lobby, now) {
        return Decision::Allow(grant);
    }
    if let Some(reason) = lobby.seat.and_then(|seat| seat.put_out(item.kind)) {
        return Decision::Deny(reason);
    }
    let is_theirs = |held: &InviteSeatFacts| lobby.seat.is_some_and(|seat| seat.id == held.id);
    let holds = |held: &InviteSeatFacts| held.item == item.id && is_theirs(held);
    // Where all that is good asks for a code, who came in by the address alone passes the lobby like anybody.
    let gives = |held: &InviteSeatFacts| highest_role(lobby.invites, held.proof, now).is_some();
    if let Some(seat) = subject.invitee.filter(|held| holds(held) && gives(held)) {
        return lobby_again(subject, action, facts, lobby, now).unwrap_or_else(|| {
            Decision::Allow(invitee(action, &seat, powers_of(item, lobby.invites, &seat, now)))
        });
    }
    not_ready(item.state).unwrap_or_else(|| newcomer(subject, action, facts, lobby, item))
}

/// A member whose own right gives at least what the invites give needs no seat.
fn by_own_right(
    subject: &Subject,
    action: Action,
    facts: &Facts<'_>,
    item: &ItemFacts,
    lobby: &LobbyFacts<'_>,
    now: Instant,
) -> Option<Grant> {
    let member = subject.member.filter(|member| member.enabled && subject.token.is_none())?;
    let (who, capabilities) = super::own::at_item(facts, &member, item)?;
    let role = highest_role(lobby.invites, Proof::Code, now).map_or(Standing::Viewer, Standing::from);
    capabilities.contains(powers(role, item)).then(|| Grant::new(action, who, Some(item.id), capabilities))
}

/// Where the door table asks for the lobby even of whoever needs none, the browser that holds the seat passes it once
/// in a session. It is in already, so no lock stands before it; none: nothing is asked.
fn lobby_again(
    subject: &Subject,
    action: Action,
    facts: &Facts<'_>,
    lobby: &LobbyFacts<'_>,
    now: Instant,
) -> Option<Decision> {
    let (seat, item) = (lobby.seat?, facts.item?);
    let role = subject.member.filter(|member| member.enabled).map(|member| member.role);
    if seat.is_in_session(now) || !facts.policy.doors.of(item.kind).lobby.asks_again(role) {
        return None;
    }
    match lobby.typed.filter(|_| action == Action::EnterInviteLink) {
        Some(typed) if *typed == lobby.invite.email => None,
        Some(_) => Some(Decision::Deny(Reason::EmailMismatch)),
        None => Some(Decision::Challenge(Step::Lobby)),
    }
}

/// Somebody whose browser does not hold the seat. Opening refuses nobody here; sending does, the address last.
fn newcomer(
    subject: &Subject,
    action: Action,
    facts: &Facts<'_>,
    lobby: &LobbyFacts<'_>,
    item: &ItemFacts,
) -> Decision {
    let is_straight = goes_straight_in(subject, facts, lobby, item);
    if action != Action::EnterInviteLink {
        return Decision::Challenge(if is_straight {
            Step::EnterDirectly
        } else if way_in(lobby, None, false) == Err(Reason::CodeNotMailed) {
            Step::AskOwner
        } else {
            Step::Lobby
        });
    }
    // What was shown counts when it is sent.
    let (proof, cost) = match way_in(lobby, lobby.shown, is_straight) {
        Ok(way) => way,
        Err(reason) => return Decision::Deny(reason),
    };
    match lobby.typed {
        Some(typed) if *typed != lobby.invite.email => return Decision::Deny(Reason::EmailMismatch),
        None if proof == Proof::Address => return Decision::Challenge(Step::Lobby),
        _ if proof == Proof::Address && lobby.invite.proves_by_code => {
            return Decision::Challenge(Step::TypeCode);
        }
        _ => {}
    }
    let who = As::NewInvitee { proof, cost };
    Decision::Allow(Grant::new(action, who, Some(item.id), Capabilities::NONE))
}

/// Whether the lobby is spared: signed in with the invited address, verified, where the door table asks no more.
fn goes_straight_in(subject: &Subject, facts: &Facts<'_>, lobby: &LobbyFacts<'_>, item: &ItemFacts) -> bool {
    let rules = facts.policy.doors.of(item.kind);
    subject
        .member
        .filter(|member| member.enabled && subject.token.is_none())
        .is_some_and(|member| lobby.verified.contains(&lobby.invite.email) && !rules.lobby.asks(member.role))
}

/// By which proof this browser may be bound and what that takes: everything that does not depend on what was typed.
/// A move needs a seat to move; whoever comes first spends a use, by a code too.
fn way_in(
    lobby: &LobbyFacts<'_>,
    shown: Option<Proof>,
    is_straight: bool,
) -> Result<(Proof, DeviceCost), Reason> {
    // Whoever was removed passes the lobby once more, as a stranger would; their own device spends nothing by it.
    if lobby.comes_back {
        return match shown {
            Some(shown) => Ok((shown, DeviceCost::Nothing)),
            None => unshown(lobby, is_straight).map(|proof| (proof, DeviceCost::Nothing)),
        };
    }
    let has_uses = lobby.invite.has_uses_left();
    // A mailed code outranks everything that may be in the way, and the owner's leave does the same.
    if let Some(shown @ (Proof::Code | Proof::Allowed)) = shown {
        match lobby.seat {
            Some(seat) if shown == Proof::Code && seat.proof == Proof::Address => {
                return Ok((shown, DeviceCost::Nothing));
            }
            Some(_) if lobby.has_moves_left => return Ok((shown, DeviceCost::Move)),
            _ if has_uses => return Ok((shown, DeviceCost::Use)),
            _ => {}
        }
    }
    if !has_uses {
        let is_bound = lobby.seat.is_some_and(|seat| seat.is_bound);
        return Err(if is_bound { Reason::OtherDevice } else { Reason::UsedUp });
    }
    unshown(lobby, is_straight).map(|proof| (proof, DeviceCost::Use))
}

/// What a device that has shown nothing may be sure by.
const fn unshown(lobby: &LobbyFacts<'_>, is_straight: bool) -> Result<Proof, Reason> {
    if is_straight {
        Ok(Proof::Member)
    } else if lobby.tries.is_locked() {
        Err(Reason::LockedOut)
    } else if lobby.invite.proves_by_code && !lobby.mails_codes {
        Err(Reason::CodeNotMailed)
    } else {
        Ok(Proof::Address)
    }
}

/// What the invites of a seat give at `now`: nothing once none of them gives any role.
fn powers_of(
    item: &ItemFacts,
    invites: &[InviteFacts],
    seat: &InviteSeatFacts,
    now: Instant,
) -> Capabilities {
    highest_role(invites, seat.proof, now).map_or(Capabilities::NONE, |role| powers(role.into(), item))
}

/// A page load or new viewing by an invitee's seat: one of its invites must be good, uses aside.
pub(super) fn seated(subject: &Subject, action: Action, facts: &Facts<'_>, now: Instant) -> Option<Decision> {
    let seat = subject.invitee.as_ref()?;
    let Some(item) = facts.item else { return Some(Decision::Deny(Reason::ItemGone)) };
    if seat.item != item.id {
        return None;
    }
    if let Some(reason) = seat.put_out(item.kind) {
        return Some(Decision::Deny(reason));
    }
    if let Some(reason) = item_shut(facts.policy, facts.item) {
        return Some(Decision::Deny(reason));
    }
    let cause = |invite: &InviteFacts| {
        let shut = invite_shut(facts.policy, invite, now);
        shut.or((!invite.trusts(seat.proof)).then_some(Reason::NotProved))
    };
    let causes: Vec<_> = facts.invites.iter().map(cause).collect();
    if !causes.contains(&None) {
        let newest = causes.into_iter().flatten().next_back();
        return Some(Decision::Deny(newest.unwrap_or(Reason::InviteRevoked)));
    }
    let capabilities = powers_of(item, facts.invites, seat, now);
    Some(not_ready(item.state).unwrap_or_else(|| Decision::Allow(invitee(action, seat, capabilities))))
}

/// Renewing: every invite may be closed by now; what counts is how long ago, and how. Powers above watching are
/// gone with the last good invite.
pub(super) fn renewing(seat: &InviteSeatFacts, facts: &Facts<'_>, now: Instant) -> Decision {
    let (Some(viewing), Some(item)) = (facts.viewing, facts.item) else {
        return Decision::Deny(Reason::ItemGone);
    };
    if seat.item != item.id {
        return Decision::Deny(Reason::NoRight);
    }
    if let Some(reason) = item_shut(facts.policy, facts.item) {
        return Decision::Deny(reason);
    }
    if let Some(reason) = seat.put_out(item.kind) {
        return Decision::Deny(reason);
    }
    let limit = viewing.limit(ViewingFacts::invite_limit(item, facts.invites, seat.proof, now));
    if now >= limit {
        let is_revoked = facts.invites.last().is_none_or(|invite| invite.revoked_at.is_some());
        let is_over = now >= viewing.limit(None);
        return Decision::Deny(if is_revoked && !is_over { Reason::InviteRevoked } else { Reason::Expired });
    }
    let watching = Capabilities::of(&[crate::Capability::Watch]);
    let capabilities = powers_of(item, facts.invites, seat, now).union(watching);
    Decision::Allow(invitee(Action::RenewViewing, seat, capabilities).ending(Some(limit)))
}
