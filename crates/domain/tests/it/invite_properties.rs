//! What holds over arbitrary facts for invites: closing never opens, only the invited address enters, a wrong address
//! learns nothing, powers go at once, grants name the seat's item.

use domain::access::{Action, As, Decision, Step, Subject};
use domain::{
    Capabilities, Capability, DeviceCost, Email, Instant, InviteFacts, InviteRole, InviteSeatFacts, ItemId,
    ItemRight, LentRole, LinkId, LobbyRule, LobbyTries, Proof, Reason, SeatId, SitePolicy, ViewingFacts,
};
use proptest::option;
use proptest::prelude::*;

use crate::case::Case;
use crate::invite_case::{Lobby, address};
use crate::properties::{config, id, instants, is_yes, items, members, one_of, scopes};

const DOORS: &[Action] = &[
    Action::OpenInviteLink,
    Action::EnterInviteLink,
    Action::OpenItem,
    Action::OpenViewing,
    Action::RenewViewing,
];

fn addresses() -> impl Strategy<Value = Email> {
    prop_oneof![4 => Just("anna@example.org"), 1 => Just("eve@example.org"), 1 => Just("bob@bad.example")]
        .prop_map(address)
}

prop_compose! {
    fn invites()(
        id in id(), email in prop::bool::weighted(0.9), role in one_of(InviteRole::ALL), lent in option::of((one_of(InviteRole::ALL), instants())),
        max_uses in option::of(0..4_i64), uses in 0..4_i64, end in instants(), revoked_at in option::weighted(0.3, instants()),
        cut_at in option::weighted(0.2, instants()), proves_by_code in any::<bool>(),
    ) -> InviteFacts {
        InviteFacts {
            id: LinkId::from_bytes(id), item: ItemId::from_bytes([1; 16]), role, max_uses, uses, end, revoked_at,
            email: address(if email { "anna@example.org" } else { "bob@bad.example" }),
            lent: lent.map(|(role, until)| LentRole { role, until }),
            cut_at: cut_at.filter(|_| revoked_at.is_some()), proves_by_code,
        }
    }
}

prop_compose! {
    fn invite_seats()(
        id in id(), item in id(), is_bound in any::<bool>(), proved_at in instants(),
        blocked_at in option::weighted(0.1, instants()), proof in one_of(Proof::ALL), seen_at in option::of(instants()),
        removed_at in option::weighted(0.1, instants()),
    ) -> InviteSeatFacts {
        InviteSeatFacts {
            id: SeatId::from_bytes(id), item: ItemId::from_bytes(item), is_bound, proved_at, proof, seen_at, blocked_at, removed_at,
        }
    }
}

prop_compose! {
    fn lobbies()(
        invites in prop::collection::vec(invites(), 1..4), seat in option::of(invite_seats()),
        verified in prop::collection::vec(addresses(), 0..3), typed in option::weighted(0.8, addresses()),
        shown in option::weighted(0.3, prop_oneof![Just(Proof::Code), Just(Proof::Allowed)]),
        has_moves_left in any::<bool>(), comes_back in prop::bool::weighted(0.1), mails_codes in any::<bool>(), from_here in 0..7_u32, in_all in 0..25_u32,
    ) -> Lobby {
        Lobby { invites, seat, verified, typed, shown, comes_back, has_moves_left, mails_codes, tries: LobbyTries { from_here, in_all } }
    }
}

prop_compose! {
    fn cases()(
        member in option::of(members()), token in option::weighted(0.2, scopes()), invitee in option::of(invite_seats()),
        item in option::weighted(0.95, items()), right in option::weighted(0.3, one_of(ItemRight::ALL)), lobby in option::weighted(0.95, lobbies()),
        opened_at in instants(), ticket_end in instants(), enabled in prop::bool::weighted(0.9), blocks in any::<bool>(), asks in any::<bool>(),
    ) -> Case {
        let mut policy = SitePolicy { enabled, ..SitePolicy::default() };
        policy.blocked_domains = if blocks { vec!["bad.example".to_owned()] } else { Vec::new() };
        policy.doors.media.lobby = if asks { LobbyRule::Always } else { LobbyRule::Never };
        let invites = lobby.as_ref().map(|lobby| lobby.invites.clone()).unwrap_or_default();
        let token = token.filter(|_| member.is_some());
        Case {
            subject: Subject { member, token, seat: None, invitee }, policy, item,
            right: right.filter(|_| member.is_some()), is_right_lent: false, link: None,
            viewing: Some(ViewingFacts { opened_at, ticket_end }), invites, lobby,
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Close {
    Revoke,
    RevokeNow,
    End,
    SpendUses,
    BlockSeat,
    BlockDomain,
    RefuseInvites,
    ModuleOff,
    DeleteItem,
    LockOut,
    SpendMoves,
    MailOff,
    Unverify,
}

const CLOSINGS: &[Close] = &[
    Close::Revoke,
    Close::RevokeNow,
    Close::End,
    Close::SpendUses,
    Close::BlockSeat,
    Close::BlockDomain,
    Close::RefuseInvites,
    Close::ModuleOff,
    Close::DeleteItem,
    Close::LockOut,
    Close::SpendMoves,
    Close::MailOff,
    Close::Unverify,
];

/// Closes all invites of the person, everywhere the case knows them.
fn close_invites(case: &mut Case, change: impl Fn(&mut InviteFacts)) {
    case.invites.iter_mut().for_each(&change);
    if let Some(lobby) = &mut case.lobby {
        lobby.invites.iter_mut().for_each(&change);
    }
}

fn revoke(invite: &mut InviteFacts, now: Instant) {
    invite.revoked_at = Some(invite.revoked_at.map_or(now, |at| at.min(now)));
}

fn close(case: &mut Case, how: Close, now: Instant) {
    match how {
        Close::Revoke => close_invites(case, |invite| revoke(invite, now)),
        Close::RevokeNow => close_invites(case, |invite| {
            revoke(invite, now);
            invite.cut_at = Some(invite.cut_at.map_or(now, |at| at.min(now)));
        }),
        Close::End => close_invites(case, |invite| invite.end = invite.end.min(now)),
        Close::SpendUses => close_invites(case, |invite| invite.max_uses = Some(invite.uses)),
        Close::BlockSeat => {
            let seats =
                [case.subject.invitee.as_mut(), case.lobby.as_mut().and_then(|lobby| lobby.seat.as_mut())];
            seats.into_iter().flatten().for_each(|seat| seat.blocked_at = Some(now));
        }
        Close::BlockDomain => case.policy.blocked_domains.push("example.org".to_owned()),
        Close::RefuseInvites => {
            let doors = &mut case.policy.doors;
            for row in [&mut doors.media, &mut doors.live, &mut doors.room] {
                row.invites_allowed = false;
            }
        }
        Close::ModuleOff => case.policy.enabled = false,
        Close::DeleteItem => case.item.iter_mut().for_each(|item| item.deleted_at = Some(now)),
        Close::LockOut => case.lobby.iter_mut().for_each(|lobby| lobby.tries.in_all = 20),
        Close::SpendMoves => case.lobby.iter_mut().for_each(|lobby| lobby.has_moves_left = false),
        Close::MailOff => case.lobby.iter_mut().for_each(|lobby| lobby.mails_codes = false),
        Close::Unverify => case.lobby.iter_mut().for_each(|lobby| lobby.verified.clear()),
    }
}

fn held(decision: &Decision) -> Capabilities {
    if let Decision::Allow(grant) = decision { grant.capabilities() } else { Capabilities::NONE }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn invites_are_always_answered(case in cases(), action in one_of(Action::ALL), now in instants()) {
        case.decide(action, now);
    }

    #[test]
    fn closing_an_invite_never_turns_a_no_into_a_yes_or_gives_more(
        case in cases(), action in one_of(Action::ALL), how in one_of(CLOSINGS), now in instants(),
    ) {
        let mut closed = case.clone();
        close(&mut closed, how, now);
        let (before, after) = (case.decide(action, now), closed.decide(action, now));
        prop_assert!(is_yes(&before) || !is_yes(&after), "{how:?}: {before:?} became {after:?}");
        // A member who needs no invite any more comes by their own right instead of being bound.
        let is_bound_anew = matches!(&before, Decision::Allow(grant) if matches!(grant.who(), As::NewInvitee { .. }));
        prop_assert!(is_bound_anew || held(&before).contains(held(&after)), "{how:?}: {before:?} became {after:?}");
    }

    #[test]
    fn no_address_but_the_invited_one_ever_enters(case in cases(), now in instants()) {
        let typed = case.lobby.as_ref().and_then(|lobby| lobby.typed.as_ref().map(|typed| *typed == lobby.invites[0].email));
        if let Decision::Allow(grant) = case.decide(Action::EnterInviteLink, now)
            && let As::NewInvitee { proof, .. } = grant.who()
        {
            prop_assert!(typed != Some(false));
            prop_assert!(typed == Some(true) || proof != Proof::Address);
        }
    }

    #[test]
    fn every_wrong_address_hears_the_same(case in cases(), now in instants()) {
        let answer = |typed: &str| {
            let mut case = case.clone();
            case.lobby.iter_mut().for_each(|lobby| lobby.typed = Some(address(typed)));
            case.decide(Action::EnterInviteLink, now)
        };
        let invited_is_else = answer("anna@example.net");
        for typed in ["eve@example.org", "ann@example.org", "bob@very-bad.example"] {
            prop_assert_eq!(answer(typed), invited_is_else.clone());
        }
    }

    /// Access.md 4, table: used up and locked are told by sending the form, never by opening the link.
    #[test]
    fn opening_does_not_tell_whether_a_use_is_left_or_entry_pauses(
        case in cases(), how in one_of(&[Close::SpendUses, Close::LockOut, Close::SpendMoves]), now in instants(),
    ) {
        let mut case = case;
        case.lobby.iter_mut().for_each(|lobby| lobby.mails_codes = true);
        let mut closed = case.clone();
        close(&mut closed, how, now);
        let opened = case.decide(Action::OpenInviteLink, now);
        prop_assert_eq!(&opened, &closed.decide(Action::OpenInviteLink, now));
        let by_state = [Reason::UsedUp, Reason::OtherDevice, Reason::LockedOut, Reason::EmailMismatch];
        prop_assert!(!by_state.map(Decision::Deny).contains(&opened), "{opened:?}");
    }

    /// Access.md 4.2: a mailed code outranks knowing the address, at any time.
    #[test]
    fn a_code_always_takes_back_what_only_an_address_holds(case in cases(), now in instants()) {
        let mut case = case;
        case.subject = Subject::default();
        let Some(lobby) = &mut case.lobby else { return Ok(()) };
        lobby.shown = Some(Proof::Code);
        lobby.typed = None;
        let Some(seat) = &mut lobby.seat else { return Ok(()) };
        seat.proof = Proof::Address;
        let opened = case.decide(Action::OpenInviteLink, now);
        prop_assume!(matches!(opened, Decision::Challenge(Step::Lobby | Step::AskOwner)));
        let taken = case.decide(Action::EnterInviteLink, now);
        let Decision::Allow(grant) = taken else { return Err(TestCaseError::fail(format!("{taken:?}"))) };
        prop_assert_eq!(grant.who(), As::NewInvitee { proof: Proof::Code, cost: DeviceCost::Nothing });
    }

    #[test]
    fn revoking_and_expiry_leave_watching_at_most(case in cases(), expires in any::<bool>(), now in instants()) {
        let mut case = case;
        (case.subject.member, case.subject.token) = (None, None);
        let how = if expires { Close::End } else { Close::Revoke };
        close(&mut case, how, now);
        for action in DOORS {
            let held = held(&case.decide(*action, now));
            let most = if *action == Action::RenewViewing { &[Capability::Watch][..] } else { &[] };
            prop_assert!(Capabilities::of(most).contains(held), "{action}: {held:?}");
        }
    }

    #[test]
    fn a_grant_by_an_invite_names_the_item_of_the_seat(case in cases(), action in one_of(Action::ALL), now in instants()) {
        if let Decision::Allow(grant) = case.decide(action, now) {
            let asked = case.item.as_ref().map(|item| item.id);
            match grant.who() {
                As::Invitee { seat } => {
                    let held = case.subject.invitee.map(|held| (held.id, Some(held.item)));
                    prop_assert_eq!(held, Some((seat, asked)));
                    prop_assert_eq!(grant.item(), asked);
                    prop_assert!(DOORS.contains(&action));
                }
                As::NewInvitee { .. } => {
                    let invited = case.lobby.as_ref().map(|lobby| lobby.invites[0].item);
                    prop_assert_eq!(grant.item(), invited);
                    prop_assert_eq!(grant.capabilities(), Capabilities::NONE);
                    prop_assert_eq!(action, Action::EnterInviteLink);
                }
                _ => {}
            }
        }
    }

    #[test]
    fn no_token_passes_a_door(
        case in cases(), member in members(), scopes in scopes(), action in one_of(DOORS), now in instants(),
    ) {
        prop_assume!(action != Action::OpenItem);
        let mut case = case;
        (case.subject.member, case.subject.token) = (Some(member), Some(scopes));
        prop_assert!(!is_yes(&case.decide(action, now)));
    }
}
