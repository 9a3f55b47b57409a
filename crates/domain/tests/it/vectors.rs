//! Runs `vectors.txt`: a table of cases that anyone can read.

use domain::access::Action;

use crate::case::{Case, NOW, in_words};

const COLUMNS: [&str; 8] = ["action", "who", "seat", "item", "link", "viewing", "site", "answer"];
const TABLE: &str = include_str!("../vectors.txt");

struct Vector<'a> {
    line: usize,
    heading: &'a str,
    cells: Vec<&'a str>,
}

fn vectors() -> Vec<Vector<'static>> {
    let mut heading = "";
    let mut found = Vec::new();
    for (number, line) in TABLE.lines().enumerate() {
        if let Some(text) = line.strip_prefix("## ") {
            heading = text;
        } else if !line.is_empty() && !line.starts_with('#') {
            let cells = line.split('|').map(str::trim).collect();
            found.push(Vector { line: number + 1, heading, cells });
        }
    }
    found
}

fn run(vector: &Vector<'_>) -> Result<(), String> {
    if vector.cells.len() != COLUMNS.len() {
        return Err(format!("{} columns instead of {}", vector.cells.len(), COLUMNS.len()));
    }
    let mut case = Case::default();
    for (column, cell) in COLUMNS.iter().zip(&vector.cells) {
        if !matches!(*column, "action" | "answer") {
            case.say(column, cell)?;
        }
    }
    let action: Action = vector.cells[0].parse().map_err(|e: domain::UnknownCode| e.to_string())?;
    let (given, expected) = (in_words(&case.decide(action, NOW)), vector.cells[7]);
    if given == expected { Ok(()) } else { Err(format!("expected {expected:?}, decided {given:?}")) }
}

#[test]
fn every_vector_is_decided_as_written() {
    let vectors = vectors();
    let wrong: Vec<String> = vectors
        .iter()
        .filter_map(|vector| {
            let error = run(vector).err()?;
            Some(format!("vectors.txt:{}: {}\n    {error}", vector.line, vector.heading))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} vectors are wrong\n{}", wrong.len(), vectors.len(), wrong.join("\n"));
}

#[test]
fn the_vectors_ask_every_action_and_hear_every_kind_of_answer() {
    let vectors = vectors();
    for action in Action::ALL {
        assert!(vectors.iter().any(|vector| vector.cells[0] == action.code()), "no vector asks {action}");
    }
    // Causes that the decision itself can give today; the others come from doors that are not built yet.
    for answer in [
        "deny unknown_link",
        "deny module_off",
        "deny guest_access_off",
        "deny link_deleted",
        "deny expired",
        "deny used_up",
        "deny item_gone",
        "deny blocked",
        "deny no_right",
        "deny scope_missing",
        "deny policy_refused",
        "ask enter",
        "ask continue as",
        "ask not ready",
        "ask sign in",
    ] {
        assert!(vectors.iter().any(|vector| vector.cells[7] == answer), "no vector expects {answer:?}");
    }
}
