//! The guest door: the table of access.md 3, row by row.

use crate::{
    Capabilities, Capability, Instant, ItemFacts, ItemState, LinkFacts, Reason, SeatFacts, SitePolicy,
    Standing, powers,
};

use super::{Action, As, Decision, Facts, Grant, Step, Subject};

/// Why a link does not open, its uses aside; none when it does.
fn shut(policy: &SitePolicy, item: Option<&ItemFacts>, link: &LinkFacts, now: Instant) -> Option<Reason> {
    let Some(item) = item.filter(|item| item.deleted_at.is_none()) else { return Some(Reason::ItemGone) };
    if !policy.enabled {
        Some(Reason::ModuleOff)
    } else if !policy.doors.of(item.kind).guest_links_allowed {
        Some(Reason::ContainerRefused)
    } else if link.deleted_at.is_some() {
        Some(Reason::LinkDeleted)
    } else if !item.guest_access {
        Some(Reason::GuestAccessOff)
    } else if link.is_expired(now) {
        Some(Reason::Expired)
    } else {
        None
    }
}

fn guest(action: Action, seat: &SeatFacts, item: &ItemFacts) -> Grant {
    let who = As::Guest { seat: seat.id, link: seat.link };
    Grant::new(action, who, Some(seat.item), powers(Standing::Guest, item))
}

/// The seat, if this browser holds it at this item.
fn living_seat<'a>(subject: &'a Subject, item: &ItemFacts, now: Instant) -> Option<&'a SeatFacts> {
    subject.seat.as_ref().filter(|seat| seat.item == item.id && seat.is_held(now))
}

/// Opening a guest link and sending its entry form: "first row that fits".
pub(super) fn door(subject: &Subject, action: Action, facts: &Facts<'_>, now: Instant) -> Decision {
    let Some(link) = facts.link else { return Decision::Deny(Reason::UnknownLink) };
    if let Some(reason) = shut(facts.policy, facts.item, link, now) {
        return Decision::Deny(reason);
    }
    let Some(item) = facts.item else { return Decision::Deny(Reason::ItemGone) };
    if let Some(member) = subject.member.filter(|member| member.enabled && subject.token.is_none())
        && let Some((who, capabilities)) = super::own::at_item(facts, &member, item)
        && capabilities.has(Capability::Watch)
    {
        let who = if let As::Owner(id) = who { As::Preview(id) } else { who };
        return Decision::Allow(Grant::new(action, who, Some(item.id), capabilities));
    }
    if let Some(allowed @ Decision::Allow(_)) = super::invite::seated(subject, action, facts, now) {
        return allowed;
    }
    // Whoever was put out is shown no new form at this browser.
    if let Some(reason) =
        subject.seat.filter(|seat| seat.item == item.id).and_then(|seat| seat.put_out(item.kind))
    {
        return Decision::Deny(reason);
    }
    let own_link = facts.seat_link.unwrap_or(link);
    let own_door_open = shut(facts.policy, facts.item, own_link, now).is_none();
    if let Some(seat) = living_seat(subject, item, now).filter(|_| own_door_open) {
        let asks = action == Action::OpenGuestLink && seat.asks_who(now);
        return if asks {
            Decision::Challenge(Step::ContinueAs)
        } else {
            Decision::Allow(guest(action, seat, item))
        };
    }
    new_guest(action, item, link)
}

/// The rows for somebody without a seat: wait, enter, or used up.
fn new_guest(action: Action, item: &ItemFacts, link: &LinkFacts) -> Decision {
    match item.state {
        ItemState::Ready => {}
        ItemState::Uploading | ItemState::Queued | ItemState::Processing => {
            return Decision::Challenge(Step::NotReady);
        }
        ItemState::Failed | ItemState::Cancelled => return Decision::Deny(Reason::ItemGone),
    }
    if !link.has_uses_left() {
        return Decision::Deny(Reason::UsedUp);
    }
    if action == Action::EnterGuestLink {
        Decision::Allow(Grant::new(action, As::NewGuest, Some(item.id), Capabilities::NONE))
    } else {
        Decision::Challenge(Step::Enter)
    }
}

/// A page load or new viewing by a seat: the link must be open, its uses aside.
pub(super) fn seated(subject: &Subject, action: Action, facts: &Facts<'_>, now: Instant) -> Option<Decision> {
    let seat = subject.seat.as_ref()?;
    let Some(item) = facts.item else { return Some(Decision::Deny(Reason::ItemGone)) };
    if seat.item != item.id {
        return None;
    }
    let Some(link) = facts.link.filter(|link| link.id == seat.link) else {
        return Some(Decision::Deny(Reason::UnknownLink));
    };
    if let Some(reason) = seat.put_out(item.kind) {
        return Some(Decision::Deny(reason));
    }
    if let Some(reason) = shut(facts.policy, facts.item, link, now) {
        return Some(Decision::Deny(reason));
    }
    if !seat.is_held(now) {
        return Some(Decision::Deny(Reason::NoRight));
    }
    Some(match item.state {
        ItemState::Ready => Decision::Allow(guest(action, seat, item)),
        ItemState::Failed | ItemState::Cancelled => Decision::Deny(Reason::ItemGone),
        _ => Decision::Challenge(Step::NotReady),
    })
}

/// Renewing: the door may be shut by now; what counts is how long ago, and how.
pub(super) fn renewing(subject: &Subject, facts: &Facts<'_>, now: Instant) -> Decision {
    let (Some(seat), Some(viewing)) = (subject.seat.as_ref(), facts.viewing) else {
        return Decision::Deny(Reason::NoRight);
    };
    let (Some(item), Some(link)) = (facts.item, facts.link) else { return Decision::Deny(Reason::ItemGone) };
    if seat.item != item.id || seat.link != link.id {
        return Decision::Deny(Reason::NoRight);
    }
    if item.deleted_at.is_some() {
        return Decision::Deny(Reason::ItemGone);
    }
    if !facts.policy.enabled {
        return Decision::Deny(Reason::ModuleOff);
    }
    if !facts.policy.doors.of(item.kind).guest_links_allowed {
        return Decision::Deny(Reason::ContainerRefused);
    }
    if let Some(reason) = seat.put_out(item.kind) {
        return Decision::Deny(reason);
    }
    let limit = viewing.limit(crate::ViewingFacts::door_limit(item, link));
    if now >= limit {
        return Decision::Deny(Reason::Expired);
    }
    Decision::Allow(guest(Action::RenewViewing, seat, item).ending(Some(limit)))
}
