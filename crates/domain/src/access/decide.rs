//! The entry to the rules: sorts actions to the rules that speak on them.

use crate::{Capabilities, Capability, Instant, ItemFacts, MemberFacts, Reason};

use super::{Action, As, Decision, Facts, Grant, Step, Subject, guest, invite, own};

/// May `subject` do `action`, given `facts`, at `now`?
///
/// Total: every combination has an answer, and the answer to what no rule knows is no.
pub fn decide(subject: &Subject, action: Action, facts: &Facts<'_>, now: Instant) -> Decision {
    if let Some(reason) = refused_token(subject, action) {
        return Decision::Deny(reason);
    }
    match action {
        Action::OpenGuestLink | Action::EnterGuestLink => guest::door(subject, action, facts, now),
        Action::OpenInviteLink | Action::EnterInviteLink => invite::door(subject, action, facts, now),
        Action::OpenItem | Action::OpenViewing => open(subject, action, facts, now),
        Action::RenewViewing => renew(subject, facts, now),
        _ if action.needs_at_item().is_some() => at_item(subject, action, facts),
        _ => on_site(subject, action),
    }
}

fn refused_token(subject: &Subject, action: Action) -> Option<Reason> {
    let scopes = subject.token?;
    match action.scope() {
        Some(scope) if scopes.has(scope) => None,
        _ => Some(Reason::ScopeMissing),
    }
}

fn enabled_member(subject: &Subject) -> Option<MemberFacts> {
    subject.member.filter(|member| member.enabled)
}

/// A page or a viewing of an item: the highest of own right, invites and guest link. Who may do something by a lower
/// one keeps it.
fn open(subject: &Subject, action: Action, facts: &Facts<'_>, now: Instant) -> Decision {
    let invited = invite::seated(subject, action, facts, now);
    if let Some(decision) = own_right(subject, action, facts) {
        return match (decision, invited) {
            (Decision::Allow(own), Some(Decision::Allow(invited))) => {
                Decision::Allow(own.also(invited.capabilities()))
            }
            (decision, _) => decision,
        };
    }
    match (invited, guest::seated(subject, action, facts, now)) {
        (Some(allowed @ Decision::Allow(_)), _) => allowed,
        (_, Some(allowed @ Decision::Allow(_))) => allowed,
        (Some(other), _) | (None, Some(other)) => other,
        (None, None) if enabled_member(subject).is_some() => Decision::Deny(Reason::NoRight),
        (None, None) => Decision::Challenge(Step::SignIn),
    }
}

/// The answer by a member's own right; none when there is no such right and the seat must speak.
fn own_right(subject: &Subject, action: Action, facts: &Facts<'_>) -> Option<Decision> {
    let member = enabled_member(subject)?;
    let item = facts.item?;
    let (who, capabilities) = own::at_item(facts, &member, item)?;
    if item.deleted_at.is_some() {
        return Some(Decision::Deny(Reason::ItemGone));
    }
    let watches = capabilities.has(Capability::Watch);
    // A site administrator without an item right sees the page with its links, not the media.
    let allowed = match action {
        Action::OpenViewing => watches && item.state == crate::ItemState::Ready,
        _ => watches || capabilities.has(Capability::ManageGuestAccess),
    };
    allowed.then(|| Decision::Allow(Grant::new(action, who, Some(item.id), capabilities)))
}

fn renew(subject: &Subject, facts: &Facts<'_>, now: Instant) -> Decision {
    let Some(viewing) = facts.viewing else { return Decision::Deny(Reason::NoRight) };
    let limit = viewing.limit(None);
    if now >= limit {
        return Decision::Deny(Reason::Expired);
    }
    // A guest's viewing lives on its seat alone; any other has the highest of own right and invites.
    let invited = subject.invitee.as_ref().map(|seat| invite::renewing(seat, facts, now));
    if invited.is_some() || subject.seat.is_none() {
        let own = own_right(subject, Action::RenewViewing, facts);
        return match (own, invited) {
            (Some(Decision::Allow(own)), invited) if own.capabilities().has(Capability::Watch) => {
                let more = match invited {
                    Some(Decision::Allow(grant)) => grant.capabilities(),
                    _ => Capabilities::NONE,
                };
                Decision::Allow(own.also(more).ending(Some(limit)))
            }
            (_, Some(invited)) => invited,
            (Some(Decision::Deny(reason)), None) => Decision::Deny(reason),
            _ => Decision::Deny(Reason::NoRight),
        };
    }
    guest::renewing(subject, facts, now)
}

fn at_item(subject: &Subject, action: Action, facts: &Facts<'_>) -> Decision {
    let Some(member) = enabled_member(subject) else { return Decision::Challenge(Step::SignIn) };
    let Some(item) = facts.item else { return Decision::Deny(Reason::NoRight) };
    let Some((who, capabilities)) = own::at_item(facts, &member, item) else {
        return Decision::Deny(Reason::NoRight);
    };
    if item.deleted_at.is_some() {
        return Decision::Deny(Reason::ItemGone);
    }
    match action.needs_at_item() {
        // Site administrators see and close every door; letting people in is not theirs.
        _ if action == Action::LetIn && !matches!(who, As::Owner(_)) => Decision::Deny(Reason::NoRight),
        Some(needed) if capabilities.has(needed) => {
            Decision::Allow(Grant::new(action, who, Some(item.id), capabilities))
        }
        // Who has the item right but not the site's leave is told what is in the way.
        Some(Capability::MakeGuestLinks | Capability::ShareWithGuests | Capability::Invite)
            if matches!(who, As::Owner(_)) =>
        {
            Decision::Deny(link_refused(action, facts, item))
        }
        _ => Decision::Deny(Reason::NoRight),
    }
}

/// Why whoever has the item right makes no link.
fn link_refused(action: Action, facts: &Facts<'_>, item: &ItemFacts) -> Reason {
    let rules = facts.policy.doors.of(item.kind);
    let is_admitted = match action {
        Action::Invite => rules.invites_allowed,
        Action::MakeGuestLink => rules.guest_links_allowed,
        _ => true,
    };
    match (facts.policy.enabled, is_admitted) {
        (false, _) => Reason::ModuleOff,
        (true, false) => Reason::ContainerRefused,
        (true, true) => Reason::PolicyRefused,
    }
}

fn on_site(subject: &Subject, action: Action) -> Decision {
    let Some(member) = enabled_member(subject) else { return Decision::Challenge(Step::SignIn) };
    let capabilities = member.role.on_site();
    match action.needs_on_site() {
        Some(needed) if !capabilities.has(needed) => Decision::Deny(Reason::NoRight),
        _ => Decision::Allow(Grant::new(action, As::Member(member.id), None, capabilities)),
    }
}
