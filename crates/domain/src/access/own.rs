//! What a member may do by their own right.

use crate::{
    Capabilities, Capability, ItemFacts, ItemKind, ItemRight, ItemState, MemberFacts, Privacy, Standing,
    Switch, powers,
};

use super::{As, Facts};

/// What every right that may share gives beside its powers inside.
const SHARER: Capabilities = Capabilities::of(&[
    Capability::Edit,
    Capability::CancelProcessing,
    Capability::ManageGuestAccess,
    Capability::ShareWithGuests,
    Capability::MakeGuestLinks,
    Capability::Invite,
    Capability::ManageInvites,
    Capability::SeeActivity,
    Capability::SeePeople,
    Capability::Download,
]);

/// What only who made the item, or was given it, may do.
const fn of_owner(right: ItemRight) -> Capabilities {
    match right {
        ItemRight::Owner => {
            Capabilities::of(&[Capability::Delete, Capability::ManageRights, Capability::Transfer])
        }
        ItemRight::CoOwner => Capabilities::of(&[Capability::Delete, Capability::ManageRights]),
        _ => Capabilities::NONE,
    }
}

/// What a right gives at an item, before the site's policy has its say.
pub fn of_right(right: ItemRight, item: &ItemFacts) -> Capabilities {
    match right {
        right if right.may_share() => SHARER.union(of_owner(right)).union(powers(Standing::Owner, item)),
        ItemRight::WebcastModerator if item.kind == ItemKind::LiveEvent => powers(Standing::Moderator, item),
        _ => powers(Standing::Viewer, item),
    }
}

/// The same while it is lent: it gives no say over rights, so that nobody makes a loan last.
pub fn of_lent_right(right: ItemRight, item: &ItemFacts) -> Capabilities {
    of_right(right, item).without(Capability::ManageRights)
}

/// The capabilities of `member` at `item`, and as whom; none without any right.
pub(super) fn at_item(
    facts: &Facts<'_>,
    member: &MemberFacts,
    item: &ItemFacts,
) -> Option<(As, Capabilities)> {
    let by_right = match facts.right {
        Some(right) if facts.is_right_lent => of_lent_right(right, item),
        Some(right) => of_right(right, item),
        None if item.privacy == Privacy::Unlisted && item.state == ItemState::Ready => {
            powers(Standing::Viewer, item)
        }
        None => Capabilities::NONE,
    };
    let all = by_policy(facts, member, item, by_right.union(member.role.at_foreign_item()));
    if all == Capabilities::NONE {
        return None;
    }
    let shares = facts.right.is_some_and(ItemRight::may_share);
    Some((if shares { As::Owner(member.id) } else { As::Member(member.id) }, all))
}

/// Making links needs the item right and the site's leave; closing them needs the right alone.
fn by_policy(facts: &Facts<'_>, member: &MemberFacts, item: &ItemFacts, all: Capabilities) -> Capabilities {
    let policy = facts.policy;
    let rules = policy.doors.of(item.kind);
    // Nobody is invited to a room where people cannot meet; who was before goes on as a viewer.
    let meets = item.kind != ItemKind::Room || item.switches.has(Switch::Collaboration);
    let guests = policy.enabled && rules.guest_links_allowed;
    let invites = policy.enabled && rules.invites_allowed && meets;
    let keep = |all: Capabilities, capability, kept: bool| if kept { all } else { all.without(capability) };
    let by_name = |permission: &crate::Permission| permission.includes(member, facts.groups);
    let all = keep(all, Capability::MakeGuestLinks, guests && by_name(&policy.guest_links_by));
    let all = keep(all, Capability::Invite, invites && by_name(&policy.invites_by));
    keep(all, Capability::ShareWithGuests, policy.enabled)
}
