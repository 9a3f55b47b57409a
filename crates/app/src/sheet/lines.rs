//! Lines without a head: one person each, their address and then what else is known of them; or several people, as mail
//! programs list them.

use std::ops::Range;

use csv::StringRecord;

use super::mailboxes;
use super::{Cells, Column, Kind, Piece, Pieces, Wrong, delimiter};

pub(super) fn read(text: &str, first_line: u64, mark: Option<u8>, kind: &Kind) -> Pieces {
    let mark = mark.unwrap_or_else(|| delimiter(text.lines().take(200)));
    let lines = text.lines().zip(first_line..).filter(|(line, _)| !line.trim().is_empty());
    let people = lines.flat_map(|(line, row)| people_of(line, row, mark, kind)).collect();
    Pieces { people, columns: Vec::new() }
}

fn people_of(line: &str, row: u64, mark: u8, kind: &Kind) -> Vec<Piece> {
    let alone = |cells| vec![Piece { row, part: None, cells }];
    let addresses = addresses(line);
    if is_list(line, &addresses) {
        let list = mailboxes::read(line);
        let several = list.len() > 1;
        let piece = |one: mailboxes::Mailbox| {
            let part = several.then(|| one.text.clone());
            Piece { row, part, cells: Ok(one.into_cells()) }
        };
        return list.into_iter().map(piece).collect();
    }
    if line.matches('"').count() % 2 == 1 {
        return alone(Err(vec![("row", "quote_open")]));
    }
    if addresses.len() > 1 {
        let part = |part: &str| Piece {
            row,
            part: Some(part.to_owned()),
            cells: in_order(&record(part, mark), kind),
        };
        return one_each(line, &addresses).into_iter().map(part).collect();
    }
    let record = record(line, mark);
    if record.iter().all(|cell| cell.trim().is_empty()) { Vec::new() } else { alone(in_order(&record, kind)) }
}

const BETWEEN: [char; 3] = [';', ',', '\t'];

/// Where addresses stand in a line.
fn addresses(line: &str) -> Vec<Range<usize>> {
    let (mut found, mut from) = (Vec::new(), 0);
    for word in line.split_inclusive(|c: char| BETWEEN.contains(&c) || c.is_whitespace()) {
        let bare = mailboxes::bare(word);
        if mailboxes::is_address_like(bare) {
            let at = from + word.find(bare).unwrap_or_default();
            found.push(at..at + bare.len());
        }
        from += word.len();
    }
    found
}

/// Whether a line is as mail programs write it and no row of a table: an address in angle brackets, one with words
/// beside it and nothing between, or nothing but addresses.
fn is_list(line: &str, addresses: &[Range<usize>]) -> bool {
    let in_brackets = line.split_once('<').is_some_and(|(_, rest)| rest.contains('@') && rest.contains('>'));
    let words = |cell: &str| cell.split_whitespace().count();
    let has_words = |cell: &str| cell.contains('@') && words(cell) > 1;
    let cells = || line.split(BETWEEN);
    let is_mixed = !addresses.is_empty() && !line.contains('"') && cells().any(has_words);
    in_brackets || is_mixed || (!addresses.is_empty() && cells().map(words).sum::<usize>() == addresses.len())
}

/// Cuts a line into one part for each address: with what stands behind it, or with what stands before it when the line
/// does not begin with one.
fn one_each<'a>(line: &'a str, addresses: &[Range<usize>]) -> Vec<&'a str> {
    let around = |c: char| c.is_whitespace() || BETWEEN.contains(&c);
    let begins = addresses.first().is_some_and(|first| line[..first.start].trim_matches(around).is_empty());
    let mut cuts: Vec<usize> = if begins {
        addresses.iter().map(|address| address.start).collect()
    } else {
        std::iter::once(0).chain(addresses.iter().map(|address| address.end)).collect()
    };
    if begins {
        cuts.push(line.len());
    } else if let Some(last) = cuts.last_mut() {
        *last = line.len();
    }
    cuts.windows(2).map(|pair| line[pair[0]..pair[1]].trim_matches(around)).collect()
}

fn record(line: &str, mark: u8) -> StringRecord {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(mark)
        .from_reader(line.as_bytes());
    reader.records().next().and_then(Result::ok).unwrap_or_default()
}

/// The cells of a row in the order that a kind of sheet has without a head. The address may stand elsewhere.
fn in_order(record: &StringRecord, kind: &Kind) -> Result<Cells, Wrong> {
    let mut texts: Vec<&str> = record.iter().map(str::trim).collect();
    if texts.iter().skip(kind.plain.len()).any(|cell| !cell.is_empty()) {
        return Err(vec![("row", "too_many_cells")]);
    }
    if let Some(at) = texts.iter().position(|cell| mailboxes::is_address_like(mailboxes::bare(cell))) {
        let email = texts.remove(at);
        texts.insert(0, email);
    }
    let mut cells = Cells::default();
    for (text, column) in texts.into_iter().zip(kind.plain) {
        let place = match column {
            Column::Email => &mut cells.email,
            Column::FirstName => &mut cells.first_name,
            Column::LastName => &mut cells.last_name,
            Column::Name => &mut cells.name,
            Column::Role => &mut cells.role,
            Column::Groups => &mut cells.groups,
        };
        *place = text.to_owned();
    }
    cells.email = mailboxes::bare(&cells.email).to_owned();
    if cells.last_name.is_empty() && cells.first_name.contains(char::is_whitespace) {
        cells.name = std::mem::take(&mut cells.first_name);
    }
    Ok(cells)
}
