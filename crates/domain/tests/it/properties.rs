//! What holds over arbitrary facts: the decision answers everything, closing never opens, proofs name what was
//! asked, guests watch and no more.

use domain::access::{Action, As, Decision, Subject};
use domain::{
    Capabilities, Capability, Instant, ItemFacts, ItemId, ItemKind, ItemRight, ItemState, LinkFacts, LinkId,
    MemberFacts, MemberId, Permission, Privacy, Scope, Scopes, SeatFacts, SeatHold, SeatId, SitePolicy,
    SiteRole, Span, Switches, ViewingFacts,
};
use proptest::option;
use proptest::prelude::*;

use crate::case::Case;

const DAY: i64 = 86_400_000;

/// Mostly within two days, so that ends and limits meet; sometimes anything at all.
pub(crate) fn instants() -> impl Strategy<Value = Instant> {
    prop_oneof![8 => 0..2 * DAY, 1 => any::<i64>()].prop_map(Instant::from_ms)
}

/// Two of each id, so that things fit together about as often as not.
pub(crate) fn id() -> impl Strategy<Value = [u8; 16]> {
    prop_oneof![3 => Just([1; 16]), 1 => Just([2; 16])]
}

pub(crate) fn one_of<T: Copy + std::fmt::Debug>(all: &'static [T]) -> impl Strategy<Value = T> {
    (0..all.len()).prop_map(move |at| all[at])
}

pub(crate) fn scopes() -> impl Strategy<Value = Scopes> {
    proptest::collection::vec(one_of(Scope::ALL), 0..4)
        .prop_map(|list| list.into_iter().fold(Scopes::NONE, Scopes::with))
}

prop_compose! {
    pub(crate) fn items()(
        id in id(), kind in one_of(ItemKind::ALL), state in prop_oneof![Just(ItemState::Ready), one_of(ItemState::ALL)],
        privacy in one_of(Privacy::ALL), deleted_at in option::weighted(0.1, instants()),
        guest_access in prop::bool::weighted(0.8), off_at in option::of(instants()), cut_at in option::weighted(0.2, instants()),
        duration in option::of(0..20 * 3_600_000_i64),
    ) -> ItemFacts {
        ItemFacts {
            id: ItemId::from_bytes(id), kind, state, privacy, deleted_at, guest_access,
            guest_access_off_at: off_at, guest_access_cut_at: cut_at, duration: duration.map(Span::from_ms),
            switches: Switches::of_new(kind),
        }
    }
}

prop_compose! {
    fn links()(
        id in id(), max_uses in option::of(0..5_i64), uses in 0..5_i64, end in option::of(instants()),
        deleted_at in option::weighted(0.1, instants()), cut_at in option::weighted(0.1, instants()),
    ) -> LinkFacts {
        LinkFacts { id: LinkId::from_bytes(id), max_uses, uses, end, deleted_at, cut_at }
    }
}

prop_compose! {
    fn seats()(
        id in id(), item in id(), link in id(), shared in any::<bool>(), seen_at in option::of(instants()),
        created_at in instants(), blocked_at in option::weighted(0.1, instants()),
        removed_at in option::weighted(0.1, instants()),
    ) -> SeatFacts {
        SeatFacts {
            id: SeatId::from_bytes(id), item: ItemId::from_bytes(item), link: LinkId::from_bytes(link),
            hold: if shared { SeatHold::Shared } else { SeatHold::Own }, seen_at, created_at, blocked_at,
            removed_at,
        }
    }
}

prop_compose! {
    pub(crate) fn members()(role in one_of(SiteRole::ALL), enabled in prop::bool::weighted(0.9)) -> MemberFacts {
        MemberFacts { id: MemberId::from_bytes([4; 16]), role, enabled }
    }
}

prop_compose! {
    fn policies()(enabled in prop::bool::weighted(0.8), from in one_of(SiteRole::ALL)) -> SitePolicy {
        SitePolicy { enabled, guest_links_by: Permission::From(from), ..SitePolicy::default() }
    }
}

prop_compose! {
    fn cases()(
        member in option::of(members()), token in option::weighted(0.3, scopes()), seat in option::of(seats()),
        policy in policies(), item in option::weighted(0.95, items()), right in option::of(one_of(ItemRight::ALL)),
        link in option::weighted(0.95, links()), opened in instants(), ticket_end in instants(), viewed in any::<bool>(),
    ) -> Case {
        let viewing = viewed.then_some(ViewingFacts { opened_at: opened, ticket_end });
        // A token is always somebody's.
        let token = token.filter(|_| member.is_some());
        Case {
            subject: Subject { member, token, seat, invitee: None },
            policy, item, right, link, viewing,
            ..Case::default()
        }
    }
}

/// Everything that closes a door, in access.md's words.
#[derive(Debug, Clone, Copy)]
enum Close {
    DeleteItem,
    SwitchOff,
    CutGuestAccess,
    DeleteLink,
    CutLink,
    EndLink,
    SpendUses,
    BlockSeat,
    ModuleOff,
    DisableMember,
    TakeRight,
    TakeScopes,
    RaiseThePolicy,
    LoseTheSeat,
}

const CLOSINGS: &[Close] = &[
    Close::DeleteItem,
    Close::SwitchOff,
    Close::CutGuestAccess,
    Close::DeleteLink,
    Close::CutLink,
    Close::EndLink,
    Close::SpendUses,
    Close::BlockSeat,
    Close::ModuleOff,
    Close::DisableMember,
    Close::TakeRight,
    Close::TakeScopes,
    Close::RaiseThePolicy,
    Close::LoseTheSeat,
];

fn close(case: &mut Case, how: Close, now: Instant) {
    match (how, &mut case.item, &mut case.link) {
        (Close::DeleteItem, Some(item), _) => item.deleted_at = Some(now),
        (Close::SwitchOff, Some(item), _) if item.guest_access => {
            (item.guest_access, item.guest_access_off_at) = (false, Some(now));
        }
        (Close::CutGuestAccess, Some(item), _) if item.guest_access => {
            (item.guest_access, item.guest_access_off_at) = (false, Some(now));
            item.guest_access_cut_at = Some(now);
        }
        (Close::DeleteLink, _, Some(link)) if link.deleted_at.is_none() => link.deleted_at = Some(now),
        (Close::CutLink, _, Some(link)) if link.deleted_at.is_none() => {
            (link.deleted_at, link.cut_at) = (Some(now), Some(link.cut_at.map_or(now, |cut| cut.min(now))));
        }
        (Close::EndLink, _, Some(link)) => link.end = Some(link.end.map_or(now, |end| end.min(now))),
        (Close::SpendUses, _, Some(link)) => link.max_uses = Some(link.uses),
        (Close::ModuleOff, ..) => case.policy.enabled = false,
        (Close::TakeRight, ..) => case.right = None,
        (Close::RaiseThePolicy, ..) => {
            case.policy.guest_links_by = Permission::From(SiteRole::SiteAdministrator)
        }
        _ => close_subject(&mut case.subject, how, now),
    }
}

fn close_subject(subject: &mut Subject, how: Close, now: Instant) {
    match (how, &mut subject.seat, &mut subject.member) {
        (Close::BlockSeat, Some(seat), _) => seat.blocked_at = Some(now),
        (Close::DisableMember, _, Some(member)) => member.enabled = false,
        (Close::TakeScopes, ..) => subject.token = subject.token.map(|_| Scopes::NONE),
        (Close::LoseTheSeat, ..) => subject.seat = None,
        _ => {}
    }
}

pub(crate) fn is_yes(decision: &Decision) -> bool {
    matches!(decision, Decision::Allow(_))
}

/// What happens at a door may still end in a new seat; giving one up is no refusal of entering again.
fn enters_anew(decision: &Decision) -> bool {
    matches!(decision, Decision::Allow(grant) if grant.who() == As::NewGuest)
}

/// Losing the seat makes a member of a subject that had both: what is renewed then is another viewing, by their own
/// right.
fn is_another_viewing(action: Action, how: Close) -> bool {
    action == Action::RenewViewing && matches!(how, Close::LoseTheSeat)
}

/// The most that a guest has at an item as it was made: at media watching (and a quiz's answers), where people meet
/// what the table of access.md 4 leaves to its owner.
fn guests_may(kind: Option<ItemKind>) -> Capabilities {
    let watch = Capabilities::of(&[Capability::Watch]);
    match kind {
        Some(ItemKind::LiveEvent | ItemKind::Room) => watch.union(Capabilities::of(&[
            Capability::Chat,
            Capability::React,
            Capability::RaiseHand,
            Capability::Ask,
            Capability::AnswerInteractions,
        ])),
        Some(ItemKind::Quiz) => watch.union(Capabilities::of(&[Capability::AnswerInteractions])),
        _ => watch,
    }
}

/// 1,000 cases each; a hundred times that when there is time.
pub(crate) fn config() -> ProptestConfig {
    #[expect(clippy::disallowed_methods, reason = "the long rounds are asked for by the environment")]
    let cases = if std::env::var_os("ANTEROOM_TEST_LONG").is_some() { 100_000 } else { 1_000 };
    // What a property does not speak of is passed over, as often as there are cases.
    ProptestConfig {
        cases,
        max_global_rejects: cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_decision_is_total(case in cases(), action in one_of(Action::ALL), now in instants()) {
        case.decide(action, now);
    }

    #[test]
    fn closing_never_turns_a_no_into_a_yes(
        case in cases(), action in one_of(Action::ALL), how in one_of(CLOSINGS), now in instants(),
    ) {
        prop_assume!(!is_another_viewing(action, how));
        let mut closed = case.clone();
        close(&mut closed, how, now);
        let (before, after) = (case.decide(action, now), closed.decide(action, now));
        prop_assert!(is_yes(&before) || !is_yes(&after) || enters_anew(&after), "{how:?}: {before:?} became {after:?}");
    }

    #[test]
    fn closing_never_lets_a_renewal_last_longer(case in cases(), how in one_of(CLOSINGS), now in instants()) {
        prop_assume!(!is_another_viewing(Action::RenewViewing, how));
        let mut closed = case.clone();
        close(&mut closed, how, now);
        let end = |case: &Case| match case.decide(Action::RenewViewing, now) {
            Decision::Allow(grant) => grant.ends_at(),
            _ => Some(now),
        };
        if let (Some(before), Some(after)) = (end(&case), end(&closed)) {
            prop_assert!(after <= before, "{how:?}: {before:?} became {after:?}");
        }
    }

    #[test]
    fn a_grant_names_the_item_that_was_asked(case in cases(), action in one_of(Action::ALL), now in instants()) {
        if let Decision::Allow(grant) = case.decide(action, now) {
            let asked = case.item.as_ref().map(|item| item.id);
            prop_assert!(grant.item().is_none() || grant.item() == asked);
            let on_site = matches!(
                action,
                Action::ListOwnItems | Action::Upload | Action::ManageOwnTokens | Action::ManageOwnAccount
                    | Action::FindMembers | Action::ManageSite | Action::ManageMembers | Action::ErasePeople
            );
            prop_assert_eq!(grant.item().is_none(), on_site);
            prop_assert_eq!(grant.action(), action);
            prop_assert!(grant.media().is_none_or(|media| Some(media.item()) == asked));
        }
    }

    #[test]
    fn w4_a_guest_watches_and_no_more(case in cases(), action in one_of(Action::ALL), now in instants()) {
        if let Decision::Allow(grant) = case.decide(action, now)
            && matches!(grant.who(), As::Guest { .. } | As::NewGuest)
        {
            let kind = case.item.as_ref().map(|item| item.kind);
            prop_assert!(guests_may(kind).contains(grant.capabilities()), "{kind:?}: {:?}", grant.capabilities());
            prop_assert!(matches!(
                action,
                Action::OpenGuestLink | Action::EnterGuestLink | Action::OpenItem | Action::OpenViewing
                    | Action::RenewViewing
            ));
        }
    }

    #[test]
    fn w4_a_seat_at_another_item_changes_nothing(case in cases(), action in one_of(Action::ALL), now in instants()) {
        prop_assume!(action != Action::RenewViewing);
        if let (Some(item), Some(seat)) = (&case.item, &case.subject.seat) && item.id != seat.item {
            let mut without = case.clone();
            without.subject.seat = None;
            prop_assert_eq!(case.decide(action, now), without.decide(action, now));
        }
    }

    #[test]
    fn no_token_goes_outside_its_scopes(case in cases(), action in one_of(Action::ALL), now in instants()) {
        if let (Some(scopes), true) = (case.subject.token, is_yes(&case.decide(action, now))) {
            prop_assert!(action.scope().is_some_and(|scope| scopes.has(scope)));
        }
    }

    #[test]
    fn no_token_does_more_than_its_member(case in cases(), action in one_of(Action::ALL), now in instants()) {
        let mut signed_in = case.clone();
        signed_in.subject.token = None;
        if is_yes(&case.decide(action, now)) {
            prop_assert!(is_yes(&signed_in.decide(action, now)));
        }
    }

    #[test]
    fn time_only_closes_for_who_holds_a_seat(
        case in cases(), opens_link in any::<bool>(), a in instants(), b in instants(),
    ) {
        let mut case = case;
        case.subject.seat = case.subject.seat.map(|seat| SeatFacts { hold: SeatHold::Own, ..seat });
        let action = if opens_link { Action::OpenGuestLink } else { Action::OpenItem };
        let (early, late) = (a.min(b), a.max(b));
        if is_yes(&case.decide(action, late)) {
            prop_assert!(is_yes(&case.decide(action, early)));
        }
    }

    #[test]
    fn time_only_closes_for_renewals(case in cases(), a in instants(), b in instants()) {
        let (early, late) = (a.min(b), a.max(b));
        if is_yes(&case.decide(Action::RenewViewing, late)) {
            prop_assert!(is_yes(&case.decide(Action::RenewViewing, early)));
        }
    }
}
