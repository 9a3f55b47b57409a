//! The golden matrix: subject x action x state as a table for reviews. A change of any rule shows here as a change
//! of cells. `UPDATE_GOLDEN=1 cargo test -p anteroom-domain` writes it anew.

use std::fmt::Write;

use domain::access::Action;
use domain::{Capability, Scope};

use crate::case::{Case, NOW, in_words};
use crate::invite_matrix::invited;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/access-matrix.txt");

/// A subject: its name, its words for `who` and for `seat`.
const SUBJECTS: &[(&str, &str, &str)] = &[
    ("stranger", "-", "-"),
    ("guest", "-", "own"),
    ("guest, shared computer", "-", "shared"),
    ("guest, away for 31 min", "-", "seen 31m ago"),
    ("guest, blocked", "-", "blocked"),
    ("guest of another item", "-", "at another item"),
    ("guest by another link", "-", "by another link"),
    ("viewer on the site", "viewer", "-"),
    ("member", "member", "-"),
    ("member with a seat", "member", "own"),
    ("site administrator", "site_administrator", "-"),
    ("co-viewer", "co_viewer", "-"),
    ("webcast moderator", "webcast_moderator", "-"),
    ("co-publisher", "co_publisher", "-"),
    ("co-editor", "co_editor", "-"),
    ("co-owner", "co_owner", "-"),
    ("owner", "owner", "-"),
    ("owner, viewer on the site", "owner, viewer", "-"),
    ("owner, disabled", "owner, disabled", "-"),
];

/// A state: its name, then (column, words).
const STATES: &[(&str, &[(&str, &str)])] = &[
    ("everything is open", &[]),
    ("the link ends now", &[("link", "ends now")]),
    ("the link is used up", &[("link", "used 50 of 50")]),
    ("the link was deleted", &[("link", "deleted 1h ago")]),
    ("the link was deleted with everybody inside", &[("link", "deleted 1m ago, cut 1m ago")]),
    ("guest access is off, they may finish", &[("item", "off 1h ago")]),
    ("guest access is off, until in 5 minutes", &[("item", "off 1h ago, cut in 5m")]),
    ("guest access is off, since three hours", &[("item", "off 3h ago")]),
    ("the item is still processing", &[("item", "processing")]),
    ("the item did not become playable", &[("item", "failed")]),
    ("the item is unlisted", &[("item", "unlisted")]),
    ("the item was deleted", &[("item", "deleted 1m ago")]),
    ("there is no such item", &[("item", "unknown"), ("link", "unknown")]),
    ("the module is off", &[("site", "module off")]),
    ("links only from admins", &[("site", "links from admin")]),
];

const DOORS: &[Action] = &[
    Action::OpenGuestLink,
    Action::EnterGuestLink,
    Action::OpenItem,
    Action::OpenViewing,
    Action::RenewViewing,
];

fn case(who: &str, seat: &str, state: &[(&str, &str)]) -> Case {
    let mut case = Case::default();
    let viewing = [("viewing", "opened 10m ago")];
    let words = [("who", who), ("seat", seat)].into_iter().chain(viewing).chain(state.iter().copied());
    for (column, cell) in words {
        case.say(column, cell).expect("the matrix speaks the words of the vectors");
    }
    case
}

/// Rows of cells, each column as wide as its widest cell.
pub(crate) fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|at| width(at).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        writeln!(text, "  {}", line.trim_end()).expect("a String takes everything");
    }
    text
}

fn table(state: &[(&str, &str)], actions: &[Action]) -> String {
    let head = std::iter::once(String::new()).chain(actions.iter().map(|action| action.code().to_owned()));
    let mut rows = vec![head.collect::<Vec<_>>()];
    for (name, who, seat) in SUBJECTS {
        let case = case(who, seat, state);
        let answers = actions.iter().map(|action| in_words(&case.decide(*action, NOW)));
        rows.push(std::iter::once((*name).to_owned()).chain(answers).collect());
    }
    aligned(&rows)
}

fn tokens() -> String {
    let head = ["".to_owned(), "no scope".to_owned()].into_iter();
    let mut rows =
        vec![head.chain(Scope::ALL.iter().map(|scope| scope.code().to_owned())).collect::<Vec<_>>()];
    let scopes: Vec<_> = std::iter::once("").chain(Scope::ALL.iter().map(|scope| scope.code())).collect();
    for action in Action::ALL {
        let answers = scopes.iter().map(|scope| {
            let who = format!("owner, site_administrator, token {scope}");
            in_words(&case(&who, "-", &[]).decide(*action, NOW))
        });
        rows.push(std::iter::once(action.code().to_owned()).chain(answers).collect());
    }
    aligned(&rows)
}

fn capabilities() -> String {
    let mut rows = Vec::new();
    for (name, who, seat) in SUBJECTS {
        let decision = case(who, seat, &[]).decide(Action::OpenItem, NOW);
        let held = decision
            .granted()
            .map(|grant| grant.capabilities().iter().map(Capability::code).collect::<Vec<_>>().join(" "));
        rows.push(vec![(*name).to_owned(), held.unwrap_or_else(|reason| format!("({reason})"))]);
    }
    aligned(&rows)
}

fn matrix() -> String {
    let at_item = Action::ALL.iter().copied().filter(|action| !DOORS.contains(action));
    let (with_item, on_site): (Vec<_>, Vec<_>) = at_item.partition(|action| action.needs_at_item().is_some());
    let mut text = String::from(
        "Subject x action x state, as the decision answers it. Generated; read it in every review.\n\
         UPDATE_GOLDEN=1 cargo test -p anteroom-domain writes it anew.\n",
    );
    let mut add = |title: &str, table: String| text += &format!("\n== {title}\n{table}");
    for (name, state) in STATES {
        add(&format!("Doors: {name}"), table(state, DOORS));
    }
    for (name, state) in STATES {
        let kind = state.first().map_or("", |(column, _)| column);
        if kind != "link" && *name != "the item is unlisted" {
            add(&format!("The item's menus: {name}"), table(state, &with_item));
        }
    }
    for (name, table) in invited() {
        add(&name, table);
    }
    add("On the site", table(&[], &on_site));
    add("API tokens of an owner who is site administrator", tokens());
    add("Capabilities on the item's page", capabilities());
    text
}

#[test]
fn the_matrix_is_as_reviewed() {
    hold(FILE, &matrix());
}

/// Holds a golden file against what the code makes of it now; writes it when the tester says so.
pub(crate) fn hold(file: &str, made: &str) {
    #[expect(
        clippy::disallowed_methods,
        reason = "the tester says by the environment that the change is meant"
    )]
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(file, made).expect("the golden file can be written");
    }
    let kept = std::fs::read_to_string(file).unwrap_or_default();
    let changed = kept.lines().zip(made.lines()).enumerate().find(|(_, (kept, made))| kept != made);
    let first = changed.map_or("one of them is longer".to_owned(), |(at, (kept, made))| {
        format!("line {}:\n  kept {kept}\n  made {made}", at + 1)
    });
    assert!(
        kept == made,
        "who may do what has changed, or {file} is missing; first difference: {first}\n\
         If it is meant, run UPDATE_GOLDEN=1 cargo test -p anteroom-domain and let the change be reviewed."
    );
}
