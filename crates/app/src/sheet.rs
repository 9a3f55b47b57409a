//! Pasted lines or a CSV file of people, read as far as it can be: every bad row is told, none stops the rest.
//!
//! What spreadsheets do is forgiven (BOM, semicolons or tabs, quotes, CRLF, a header row, empty rows); what would
//! hurt whoever opens a list of names in one later, formulas, is refused.

use std::collections::HashSet;

use domain::Email;

use crate::Error;
use crate::error::BadRow;

/// Rows at most.
pub(crate) const ROWS_MOST: usize = 10_000;

/// What is wrong with a row: field and code.
pub(crate) type Wrong = Vec<(&'static str, &'static str)>;

/// The columns of a kind of sheet: what a header may call each, in plain letters. The first is the address; without
/// a header the columns stand in this order.
pub(crate) struct Columns<const N: usize> {
    pub(crate) names: [&'static [&'static str]; N],
    /// Columns that sheets without a header have; the rest are found by their names alone.
    pub(crate) plain: usize,
}

/// What a header may call the address.
pub(crate) const EMAIL: &[&str] =
    &["email", "emailaddress", "mail", "address", "אימייל", "דואל", "כתובתדואל"];
/// What a header may call the first name.
pub(crate) const FIRST_NAME: &[&str] = &["first", "firstname", "givenname", "forename", "שםפרטי"];
/// What a header may call the last name.
pub(crate) const LAST_NAME: &[&str] = &["last", "lastname", "surname", "familyname", "שםמשפחה"];
/// What a header may call the role.
pub(crate) const ROLE: &[&str] = &["role", "siterole", "תפקיד"];

/// One person of a sheet.
#[derive(Debug, Clone)]
pub(crate) struct Row<P> {
    /// The line it begins on, counted from 1.
    pub(crate) row: u64,
    pub(crate) person: P,
}

/// A whole sheet, checked.
#[derive(Debug)]
pub(crate) struct Sheet<P> {
    pub(crate) good: Vec<Row<P>>,
    pub(crate) bad: Vec<BadRow>,
    /// Rows with somebody on them, good or bad.
    pub(crate) rows: usize,
}

/// The cells of one row, by column.
pub(crate) struct Cells<'a, const N: usize> {
    record: &'a csv::StringRecord,
    places: &'a [Option<usize>; N],
}

impl<const N: usize> Cells<'_, N> {
    /// What stands there, without the space around it; nothing where the sheet has no such column.
    pub(crate) fn get(&self, column: usize) -> &str {
        self.places[column].and_then(|at| self.record.get(at)).unwrap_or_default().trim()
    }
}

/// Whether a spreadsheet would take a cell for a formula.
pub(crate) fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@'])
}

/// Reads and checks a sheet. Whose address comes twice is told at the second.
pub(crate) fn read<P, const N: usize>(
    text: &str,
    columns: &Columns<N>,
    check: impl Fn(&Cells<'_, N>) -> Result<P, Wrong>,
    email: impl Fn(&P) -> &Email,
) -> Result<Sheet<P>, Error> {
    let text = without_preamble(text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    let mut sheet = Sheet { good: Vec::new(), bad: Vec::new(), rows: 0 };
    let (mut seen, mut places) = (HashSet::new(), None);
    let mut lines = Lines { text, at: 0, line: 1 };
    for record in reader.records() {
        let record = record.map_err(|_| Error::invalid("text", "text_unreadable"))?;
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let places = match &places {
            Some(places) => places,
            None => match columns.named_by(&record) {
                Some(found) => {
                    places = Some(Places { found, by_header: true });
                    continue;
                }
                None => places.insert(Places { found: columns.in_order(), by_header: false }),
            },
        };
        sheet.rows += 1;
        if sheet.rows > ROWS_MOST {
            return Err(Error::invalid("text", "too_many_rows"));
        }
        let row = lines.line_at(record.position().map_or(0, csv::Position::byte));
        let fits = places.fits(&record, columns.plain);
        match fits.and_then(|()| check(&Cells { record: &record, places: &places.found })) {
            Err(wrong) => {
                sheet.bad.extend(wrong.into_iter().map(|(field, code)| BadRow { row, field, code }));
            }
            Ok(person) if !seen.insert(email(&person).clone()) => {
                sheet.bad.push(BadRow { row, field: "email", code: "duplicate" });
            }
            Ok(person) => sheet.good.push(Row { row, person }),
        }
    }
    if sheet.rows == 0 { Err(Error::invalid("text", "text_required")) } else { Ok(sheet) }
}

/// Where each column stands in a row.
struct Places<const N: usize> {
    found: [Option<usize>; N],
    by_header: bool,
}

impl<const N: usize> Places<N> {
    /// Whether a row has the shape of one.
    fn fits(&self, record: &csv::StringRecord, plain: usize) -> Result<(), Wrong> {
        // A quote that nobody closed swallows the lines after it.
        if record.iter().any(|cell| cell.contains('\n')) {
            return Err(vec![("row", "quote_open")]);
        }
        let over = !self.by_header && record.iter().skip(plain).any(|cell| !cell.trim().is_empty());
        if over { Err(vec![("row", "too_many_cells")]) } else { Ok(()) }
    }
}

impl<const N: usize> Columns<N> {
    fn in_order(&self) -> [Option<usize>; N] {
        std::array::from_fn(|column| (column < self.plain).then_some(column))
    }

    /// The columns that a header row names; none when the row is no header.
    fn named_by(&self, record: &csv::StringRecord) -> Option<[Option<usize>; N]> {
        if record.iter().any(|cell| cell.contains('@')) {
            return None;
        }
        let names: Vec<String> = record.iter().map(plain_letters).collect();
        let find = |known: &[&str]| names.iter().position(|name| known.contains(&&**name));
        let found = self.names.map(find);
        found[0].is_some().then_some(found)
    }
}

/// Counts lines as a reader of the sheet does; the reader's own count leaves out empty ones and halves CRLF.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the record that begins at or right behind this byte. Asked in rising order.
    fn line_at(&mut self, byte: u64) -> u64 {
        let bytes = self.text.as_bytes();
        let mut begin = usize::try_from(byte).unwrap_or(usize::MAX).clamp(self.at, bytes.len());
        while bytes.get(begin).is_some_and(|byte| matches!(byte, b'\r' | b'\n')) {
            begin += 1;
        }
        self.line += bytes[self.at..begin].iter().filter(|byte| **byte == b'\n').count() as u64;
        self.at = begin;
        self.line
    }
}

/// Without a byte order mark.
fn without_preamble(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// What stands between the cells of the first line that has any; commas when there is but one cell.
fn delimiter(text: &str) -> u8 {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let (mut counts, mut quoted) = ([(b'\t', 0), (b';', 0), (b',', 0)], false);
    for byte in line.bytes() {
        quoted ^= byte == b'"';
        if let Some((_, count)) = counts.iter_mut().find(|(mark, _)| *mark == byte && !quoted) {
            *count += 1;
        }
    }
    // Of equals the last one wins: a comma.
    counts.into_iter().max_by_key(|(_, count)| *count).map_or(b',', |(mark, _)| mark)
}

fn plain_letters(cell: &str) -> String {
    cell.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
