//! What a member may do by their own right.

use crate::{Capabilities, Capability, ItemFacts, ItemRight, ItemState, MemberFacts, Privacy, SitePolicy};

use super::As;

const SHARER: Capabilities = Capabilities::of(&[
    Capability::Watch,
    Capability::Edit,
    Capability::Delete,
    Capability::ManageGuestAccess,
    Capability::ShareWithGuests,
    Capability::MakeGuestLinks,
    Capability::SeeActivity,
    Capability::Download,
]);
const WATCHER: Capabilities = Capabilities::of(&[Capability::Watch]);

/// The capabilities of `member` at `item`, and as whom; none without any right.
pub(super) fn at_item(
    policy: &SitePolicy,
    member: &MemberFacts,
    item: &ItemFacts,
    right: Option<ItemRight>,
) -> Option<(As, Capabilities)> {
    let by_right = match right {
        Some(right) if right.may_share() => SHARER,
        Some(_) => WATCHER,
        None if item.privacy == Privacy::Unlisted && item.state == ItemState::Ready => WATCHER,
        None => Capabilities::NONE,
    };
    let deletes = right.is_none_or(|right| matches!(right, ItemRight::Owner | ItemRight::CoOwner));
    let by_right = if deletes { by_right } else { by_right.without(Capability::Delete) };
    let by_policy = |all: Capabilities| {
        let may_make = policy.enabled && member.role >= policy.guest_links_from;
        let all = if may_make { all } else { all.without(Capability::MakeGuestLinks) };
        if policy.enabled { all } else { all.without(Capability::ShareWithGuests) }
    };
    let all = by_policy(by_right.union(member.role.at_foreign_item()));
    if all == Capabilities::NONE {
        return None;
    }
    let who =
        if right.is_some_and(ItemRight::may_share) { As::Owner(member.id) } else { As::Member(member.id) };
    Some((who, all))
}
