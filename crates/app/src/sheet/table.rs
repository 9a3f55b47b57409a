//! Tables with a head that says what their columns mean.

use csv::StringRecord;

use super::columns::read_head;
use super::mailboxes;
use super::mailboxes::is_address_like;
use super::{Cells, Column, FoundColumn, Kind, Piece, Pieces, delimiter};
use crate::Error;

/// Reads a table; none when the text does not begin with a head.
pub(super) fn read(
    text: &str,
    first_line: u64,
    mark: Option<u8>,
    kind: &Kind,
) -> Result<Option<Pieces>, Error> {
    let first = text.lines().find(|line| !line.trim().is_empty());
    let mark = mark.unwrap_or_else(|| delimiter(first.into_iter()));
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(mark)
        .from_reader(text.as_bytes());
    let unreadable = |_| Error::invalid("text", "text_unreadable");
    let records: Vec<StringRecord> = reader.records().collect::<Result<_, _>>().map_err(unreadable)?;
    let mut filled = records.iter().filter(|record| record.iter().any(|cell| !cell.trim().is_empty()));
    let (Some(head), Some(next)) = (filled.next(), filled.next()) else { return Ok(None) };
    let Some(columns) = read_head(head, next, kind) else { return Ok(None) };
    let mut lines = Lines { text, at: 0, line: first_line };
    let (mut people, mut begins) = (Vec::new(), records.iter().map(begin).skip(1));
    let mut is_below = false;
    for record in &records {
        let end = begins.next().unwrap_or(text.len());
        let row = lines.line_at(begin(record));
        let is_empty = record.iter().all(|cell| cell.trim().is_empty());
        if is_below && !is_empty {
            // A quote that nobody closed swallows the lines after it.
            let quotes = text.get(begin(record)..end).unwrap_or_default().matches('"').count();
            if quotes % 2 == 1 {
                people.push(Piece { row, part: None, cells: Err(vec![("row", "quote_open")]) });
            } else {
                people.extend(people_of(record, &columns, row));
            }
        }
        is_below |= !is_empty;
    }
    Ok(Some(Pieces { people, columns }))
}

fn begin(record: &StringRecord) -> usize {
    record.position().map_or(0, |position| usize::try_from(position.byte()).unwrap_or(usize::MAX))
}

/// Whoever stands in a record: one person, and one more for each further address in the place of an address or a name.
fn people_of(record: &StringRecord, columns: &[FoundColumn], row: u64) -> Vec<Piece> {
    let (mut cells, mut more) = (Cells::default(), Vec::new());
    for (cell, column) in record.iter().zip(columns) {
        let cell = cell.trim();
        match column.meaning {
            Some(Column::Email) => {
                let mut all = mailboxes::read(cell).into_iter();
                if let Some(first) = all.next() {
                    cells.email = first.email;
                    if cells.name.is_empty() {
                        cells.name = first.name;
                    }
                }
                more.extend(all.map(|one| (one.text.clone(), one.into_cells())));
            }
            Some(Column::FirstName | Column::LastName | Column::Name) if is_address_like(cell) => {
                more.push((cell.to_owned(), Cells { email: cell.to_owned(), ..Cells::default() }));
            }
            Some(Column::FirstName) => cells.first_name = cell.to_owned(),
            Some(Column::LastName) => cells.last_name = cell.to_owned(),
            // A column of names says more than what stands beside an address.
            Some(Column::Name) if !cell.is_empty() => cells.name = cell.to_owned(),
            Some(Column::Role) => cells.role = cell.to_owned(),
            Some(Column::Groups) => cells.groups = cell.to_owned(),
            Some(Column::Name) | None => {}
        }
    }
    let own = (!more.is_empty()).then(|| cells.email.clone());
    let first = Piece { row, part: own, cells: Ok(cells) };
    let others = more.into_iter().map(|(text, cells)| Piece { row, part: Some(text), cells: Ok(cells) });
    std::iter::once(first).chain(others).collect()
}

/// Counts lines as a reader of the sheet does; the reader's own count leaves out empty ones and halves CRLF.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the record that begins at or right behind this byte. Asked in rising order.
    fn line_at(&mut self, byte: usize) -> u64 {
        let bytes = self.text.as_bytes();
        let mut begin = byte.clamp(self.at, bytes.len());
        while bytes.get(begin).is_some_and(|byte| matches!(byte, b'\r' | b'\n')) {
            begin += 1;
        }
        self.line += bytes[self.at..begin].iter().filter(|byte| **byte == b'\n').count() as u64;
        self.at = begin;
        self.line
    }
}
