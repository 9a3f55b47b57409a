//! Pasted lines or a CSV file of people, read as far as it can be: every bad row is told, none stops the rest.
//!
//! One reader for everything that lists people: tables with a head or without, and the lists of mail programs, which may
//! hold many people on one line. What spreadsheets do is forgiven (BOM, `sep=;`, semicolons or tabs, quotes, CRLF, empty
//! rows); what would hurt whoever opens a list of names in one later, formulas, is refused.

mod columns;
mod lines;
mod mailboxes;
mod names;
mod table;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use domain::Email;

pub use columns::{Column, FoundColumn};
pub(crate) use names::split_name;

use crate::Error;
use crate::error::BadRow;

/// People at most.
pub(crate) const ROWS_MOST: usize = 10_000;

/// What is wrong with a row: field and code.
pub(crate) type Wrong = Vec<(&'static str, &'static str)>;

/// What a kind of sheet knows.
pub(crate) struct Kind {
    /// In the order in which a table without a head has them.
    pub(crate) plain: &'static [Column],
    /// Those that only a head can name.
    pub(crate) named: &'static [Column],
}

impl Kind {
    /// Every column that it knows.
    pub(crate) fn all(&self) -> impl Iterator<Item = Column> {
        self.plain.iter().chain(self.named).copied()
    }
}

/// What stands about one person, trimmed; empty: nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cells {
    pub(crate) email: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) name: String,
    pub(crate) role: String,
    pub(crate) groups: String,
}

/// One person of a sheet.
#[derive(Debug, Clone)]
pub(crate) struct Row<P> {
    /// The line it begins on, counted from 1.
    pub(crate) row: u64,
    pub(crate) person: P,
}

/// Somebody whose name is not whole: nothing is made of a sheet until it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingRow {
    /// The line it begins on, counted from 1.
    pub row: u64,
    /// What of the line is theirs, where it holds several people.
    pub part: Option<String>,
    /// The address as it will be compared.
    pub email: String,
    /// First name, as far as it is known.
    pub first_name: String,
    /// Last name, as far as it is known.
    pub last_name: String,
}

/// Names typed for those who wait, by address as it is compared.
pub(crate) type Names = HashMap<String, (String, String)>;

/// A name that was typed for somebody who waits.
#[derive(Debug, Clone, Default)]
pub struct TypedName {
    /// Whose.
    pub email: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
}

/// Those names by their addresses; an address that is none is nobody's.
pub(crate) fn typed_names(typed: Vec<TypedName>) -> Names {
    let names = typed.into_iter().filter_map(|one| {
        let email = Email::new(&one.email).ok()?;
        Some((email.as_str().to_owned(), (one.first_name, one.last_name)))
    });
    names.collect()
}

/// A whole sheet, checked.
#[derive(Debug)]
pub(crate) struct Sheet<P> {
    pub(crate) good: Vec<Row<P>>,
    pub(crate) waiting: Vec<WaitingRow>,
    pub(crate) bad: Vec<BadRow>,
    /// People, good or not.
    pub(crate) rows: usize,
    /// The columns of its head; none: it has no head.
    pub(crate) columns: Vec<FoundColumn>,
}

/// What a check makes of somebody.
pub(crate) enum Checked<P> {
    Good(P),
    /// All is well but the name: first and last, as far as they are known.
    NoName(Email, String, String),
}

/// Somebody as they stand in a sheet.
struct Piece {
    row: u64,
    /// What of the line is theirs, where it holds several people.
    part: Option<String>,
    cells: Result<Cells, Wrong>,
}

/// What was read before anything is checked.
struct Pieces {
    people: Vec<Piece>,
    columns: Vec<FoundColumn>,
}

/// Whether a spreadsheet would take a cell for a formula.
pub(crate) fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@'])
}

impl Piece {
    fn bad(&self, field: &'static str, code: &'static str) -> BadRow {
        BadRow { row: self.row, field, code, part: self.part.clone() }
    }
}

/// Reads and checks a sheet, with the names that were typed for those who wait. Whose address comes twice is told at
/// the second.
pub(crate) fn read<P>(
    text: &str,
    kind: &Kind,
    names: &Names,
    check: impl Fn(&Cells) -> Result<Checked<P>, Wrong>,
    email: impl Fn(&P) -> &Email,
) -> Result<Sheet<P>, Error> {
    let Pieces { people, columns } = pieces(text, kind)?;
    let rows = people.len();
    if rows == 0 {
        return Err(Error::invalid("text", "text_required"));
    }
    let mut sheet = Sheet { good: Vec::new(), waiting: Vec::new(), bad: Vec::new(), rows, columns };
    let mut seen = HashSet::new();
    for mut piece in people {
        let cells = std::mem::replace(&mut piece.cells, Ok(Cells::default()));
        let checked = cells.and_then(|cells| check(&named(cells, names)));
        let address = match &checked {
            Ok(Checked::Good(person)) => Some(email(person).clone()),
            Ok(Checked::NoName(email, ..)) => Some(email.clone()),
            Err(_) => None,
        };
        match checked {
            Err(wrong) => sheet.bad.extend(wrong.into_iter().map(|(field, code)| piece.bad(field, code))),
            Ok(_) if address.is_some_and(|address| !seen.insert(address)) => {
                sheet.bad.push(piece.bad("email", "duplicate"));
            }
            Ok(Checked::Good(person)) => sheet.good.push(Row { row: piece.row, person }),
            Ok(Checked::NoName(email, first_name, last_name)) => sheet.waiting.push(WaitingRow {
                row: piece.row,
                part: piece.part,
                email: email.as_str().to_owned(),
                first_name,
                last_name,
            }),
        }
    }
    Ok(sheet)
}

/// The same person with the name that was typed for them.
fn named(cells: Cells, names: &Names) -> Cells {
    if names.is_empty() {
        return cells;
    }
    let known = Email::new(&cells.email).ok().and_then(|email| names.get(email.as_str()));
    match known {
        Some((first, last)) => {
            let (first_name, last_name) = (first.trim().to_owned(), last.trim().to_owned());
            Cells { first_name, last_name, name: String::new(), ..cells }
        }
        None => cells,
    }
}

impl<P> Sheet<P> {
    /// Those who wait, told as errors: who carries a sheet out has looked at it before.
    pub(crate) fn unfinished(&self) -> Vec<BadRow> {
        let mut all = self.bad.clone();
        for waiting in &self.waiting {
            let WaitingRow { row, part, first_name, .. } = waiting;
            let field = if first_name.is_empty() { "first_name" } else { "last_name" };
            all.push(BadRow { row: *row, field, code: "name_required", part: part.clone() });
        }
        all.sort_by_key(|bad| bad.row);
        all
    }
}

fn pieces(text: &str, kind: &Kind) -> Result<Pieces, Error> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (text, first_line, mark) = without_separator_line(text);
    let read = match table::read(text, first_line, mark, kind)? {
        Some(table) => table,
        None => lines::read(text, first_line, mark, kind),
    };
    if read.people.len() > ROWS_MOST { Err(Error::invalid("text", "too_many_rows")) } else { Ok(read) }
}

/// Spreadsheets are told by a first line `sep=;` what stands between the cells.
fn without_separator_line(text: &str) -> (&str, u64, Option<u8>) {
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    let line = line.trim().trim_matches('"');
    let is_told = line.get(..4).is_some_and(|begin| begin.eq_ignore_ascii_case("sep="));
    match line.as_bytes() {
        [_, _, _, _, mark] if is_told => (rest, 2, Some(*mark)),
        // A tab was trimmed away.
        [_, _, _, _] if is_told => (rest, 2, Some(b'\t')),
        _ => (text, 1, None),
    }
}

/// What stands between the cells of these lines; commas when there is but one cell everywhere.
fn delimiter<'a>(lines: impl Iterator<Item = &'a str>) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for line in lines {
        let mut quoted = false;
        for byte in line.bytes() {
            quoted ^= byte == b'"';
            if let Some((_, count)) = counts.iter_mut().find(|(mark, _)| *mark == byte && !quoted) {
                *count += 1;
            }
        }
    }
    // Of equals the last one wins: a tab is never part of a name, a semicolon seldom.
    let most = counts.into_iter().max_by_key(|(_, count)| *count);
    most.filter(|(_, count)| *count > 0).map_or(b',', |(mark, _)| mark)
}
