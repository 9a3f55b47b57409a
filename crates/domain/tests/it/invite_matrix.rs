//! The golden tables of invites: subject x invite state at the doors, and the powers of access.md 4 as standing x kind
//! x capability, with the owner's switches that turn a cell over.

use domain::access::Action;
use domain::{Capability, ItemKind, Standing, Switch, Switches, powers};

use crate::case::{Case, NOW};
use crate::invite_case::invited_in_words;
use crate::matrix::{aligned, hold};

const POWERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/powers.txt");

const DOORS: &[Action] = &[
    Action::OpenInviteLink,
    Action::EnterInviteLink,
    Action::OpenItem,
    Action::OpenViewing,
    Action::RenewViewing,
];

/// A subject: its name, then (column, words). "typed" is said by all who have something to type.
const SUBJECTS: &[(&str, &[(&str, &str)])] = &[
    ("stranger, right address", &[("lobby", "right")]),
    ("stranger, wrong address", &[("lobby", "wrong")]),
    ("stranger, with a code", &[("lobby", "a code")]),
    ("verified member", &[("who", "member"), ("lobby", "verified")]),
    ("unverified member, right address", &[("who", "member"), ("lobby", "right")]),
    ("invitee", &[("invitee", "own")]),
    ("invitee, blocked", &[("invitee", "own, blocked")]),
    ("invitee of another item", &[("invitee", "own, at another item")]),
    ("second device, right address", &[("invitee", "elsewhere"), ("lobby", "right")]),
    ("second device, with a code", &[("invitee", "elsewhere"), ("lobby", "a code")]),
    ("second device, with leave", &[("invitee", "elsewhere"), ("lobby", "right, leave")]),
    ("co-viewer with a seat", &[("who", "co_viewer"), ("invitee", "own")]),
    ("owner", &[("who", "owner")]),
];

/// A state: its name, the kind it is shown for, then (column, words).
const STATES: &[(&str, &[(&str, &str)])] = &[
    ("a viewer's invite to a video", &[]),
    ("a moderator's invite to a live event", &[("item", "live_event"), ("invites", "moderator")]),
    ("a speaker's invite to a room", &[("item", "room"), ("invites", "speaker")]),
    (
        "a moderator's invite to a room without collaboration",
        &[("item", "room, without collaboration"), ("invites", "moderator")],
    ),
    ("one use, spent", &[("invites", "used 1 of 1")]),
    ("proven by code", &[("invites", "by code")]),
    ("ends now", &[("item", "live_event"), ("invites", "moderator, ends now")]),
    ("revoked, they may finish", &[("item", "live_event"), ("invites", "moderator, revoked 1m ago")]),
    (
        "revoked, until in 1 minute",
        &[("item", "live_event"), ("invites", "moderator, revoked 1m ago, cut in 1m")],
    ),
    ("revoked now", &[("item", "live_event"), ("invites", "moderator, revoked now, cut now")]),
    (
        "revoked, and another invite left",
        &[("item", "live_event"), ("invites", "moderator, revoked 1m ago + viewer")],
    ),
    ("locked after 5 tries from here", &[("lobby", "5 from here")]),
    ("locked after 20 tries in all", &[("lobby", "20 in all")]),
    ("lobby always", &[("site", "lobby always")]),
    ("the domain is blocked", &[("site", "blocks example.org")]),
    ("the door table refuses invites", &[("site", "refuses invites")]),
    ("the module is off", &[("site", "module off")]),
    ("the item was deleted", &[("item", "deleted 1m ago")]),
];

/// One table a state: its title and its rows.
pub(crate) fn invited() -> Vec<(String, String)> {
    let tables = STATES.iter().map(|(name, state)| {
        let head = std::iter::once(String::new()).chain(DOORS.iter().map(|action| action.code().to_owned()));
        let mut rows = vec![head.collect::<Vec<_>>()];
        for (subject, words) in SUBJECTS {
            let mut case = Case::of_invite();
            for (column, cell) in state.iter().chain(*words) {
                case.say(column, cell).expect("the matrix speaks the words of the vectors");
            }
            let answer = |action: &Action| invited_in_words(&case.decide(*action, NOW), case.item.as_ref());
            rows.push(std::iter::once((*subject).to_owned()).chain(DOORS.iter().map(answer)).collect());
        }
        (format!("Invites: {name}"), aligned(&rows))
    });
    tables.collect()
}

/// Yes or no for an item as it is made, and the switches that turn the cell over by themselves.
fn cell(standing: Standing, kind: ItemKind, capability: Capability) -> String {
    let mut item = Case::default().item.expect("an ordinary item");
    item.kind = kind;
    let mut has = |switches| {
        item.switches = switches;
        powers(standing, &item).has(capability)
    };
    let made = Switches::of_new(kind);
    let now = has(made);
    let turning = Switch::ALL.iter().filter(|switch| has(made.with(**switch, !made.has(**switch))) != now);
    let turning: Vec<_> = turning.map(|switch| switch.code()).collect();
    let word = if now { "yes" } else { "no" };
    if turning.is_empty() { word.to_owned() } else { format!("{word} ({})", turning.join(", ")) }
}

#[test]
fn the_powers_are_as_reviewed() {
    let mut text = String::from(
        "Powers inside (access.md 4): standing x kind x capability for an item as it is made; in brackets the owner's\n\
         switches each of which turns the cell over. Generated; read it in every review.\n",
    );
    for kind in ItemKind::ALL {
        let head =
            std::iter::once(String::new()).chain(Standing::ALL.iter().map(|standing| standing.to_string()));
        let mut rows = vec![head.collect::<Vec<_>>()];
        for capability in Capability::ALL {
            let cells: Vec<_> =
                Standing::ALL.iter().map(|standing| cell(*standing, *kind, *capability)).collect();
            if cells.iter().any(|cell| cell != "no") {
                rows.push(std::iter::once(capability.to_string()).chain(cells).collect());
            }
        }
        text += &format!("\n== {kind}\n{}", aligned(&rows));
    }
    hold(POWERS, &text);
}

#[test]
fn a_higher_standing_never_has_less() {
    for kind in ItemKind::ALL {
        for bits in 0..1_u32 << Switch::ALL.len() {
            let on = |all: Switches, switch: &Switch| all.with(*switch, bits & (1 << *switch as u32) != 0);
            let mut item = Case::default().item.expect("an ordinary item");
            (item.kind, item.switches) = (*kind, Switch::ALL.iter().fold(Switches::of_new(*kind), on));
            for pair in Standing::ALL.windows(2) {
                let (lower, higher) = (powers(pair[0], &item), powers(pair[1], &item));
                assert!(
                    higher.contains(lower),
                    "{kind}, {:?}: {} has more than {}",
                    item.switches,
                    pair[0],
                    pair[1]
                );
            }
        }
    }
}
