//! Lists of mail programs: `"Levi, Anna" <anna@x.example>; Ben <ben@x.example>`, with or without names (RFC 5322, 3.4,
//! and what Outlook and others make of it).

use std::ops::Range;

use super::{Cells, split_name};

/// One address with the name beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mailbox {
    pub(super) email: String,
    pub(super) name: String,
    /// As it stands in the list.
    pub(super) text: String,
}

impl Mailbox {
    pub(super) fn into_cells(self) -> Cells {
        let (first_name, last_name) = split_name(&self.name);
        Cells { email: self.email, first_name, last_name, ..Cells::default() }
    }
}

/// Whether a cell would be an address: one word with an at sign, right or wrong, that is no formula.
pub(super) fn is_address_like(cell: &str) -> bool {
    let cell = cell.trim();
    cell.contains('@') && !cell.contains(char::is_whitespace) && !cell.starts_with(['=', '+', '-', '@'])
}

/// Reads a list. What holds no address is one too, so that it is told.
pub(super) fn read(text: &str) -> Vec<Mailbox> {
    let mut all = Vec::new();
    // With semicolons between people, a comma belongs to a name. With commas, what has no address goes with the next.
    let mut begun = None;
    for piece in pieces(text) {
        let from = begun.take().unwrap_or(piece.start);
        let has_comma = text[piece.end..].trim_start().starts_with(',');
        if has_comma && !text[piece.clone()].contains('@') {
            begun = Some(from);
        } else {
            all.push(mailbox(&text[from..piece.end]));
        }
    }
    all.extend(begun.map(|from| mailbox(text[from..].trim_end_matches([',', ' ']))));
    all
}

/// Cuts a list where people end: at semicolons and tabs, behind `>`, and at commas where there are no semicolons; never
/// within quotes or brackets.
fn pieces(text: &str) -> Vec<Range<usize>> {
    let by_semicolon = outside_quotes(text).any(|(_, letter)| letter == ';');
    let (mut ends, mut in_brackets) = (Vec::new(), false);
    for (at, letter) in outside_quotes(text) {
        let is_end = match letter {
            ';' | '\t' | '\n' => !in_brackets,
            ',' => !by_semicolon && !in_brackets,
            _ => false,
        };
        in_brackets = (in_brackets || letter == '<') && letter != '>';
        if is_end {
            ends.push((at, at + 1));
        } else if letter == '>' {
            ends.push((at + 1, at + 1));
        }
    }
    ends.push((text.len(), text.len()));
    let mut from = 0;
    let cut = ends.into_iter().map(|(end, next)| std::mem::replace(&mut from, next)..end);
    cut.flat_map(|piece| by_space(text, piece)).collect()
}

/// Without the space around it; addresses with nothing but space or commas between them are one piece each.
fn by_space(text: &str, piece: Range<usize>) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    let between = |c: char| c == ',' || c.is_whitespace();
    for word in text[piece.clone()].split(between).filter(|word| !word.is_empty()) {
        let from = words.last().map_or(piece.start, |before| before.end);
        let at = from + text[from..].find(word).unwrap_or_default();
        words.push(at..at + word.len());
    }
    let is_address = |word: &Range<usize>| is_address_like(bare(&text[word.clone()]));
    let are_addresses = !text[piece.clone()].contains('<') && words.iter().all(is_address);
    let whole = text[piece.clone()].trim();
    let at = piece.start + text[piece].find(whole).unwrap_or_default();
    if !are_addresses && !whole.is_empty() {
        words.clear();
        words.push(at..at + whole.len());
    }
    words
}

fn outside_quotes(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut quoted = false;
    text.char_indices().filter(move |(_, letter)| {
        quoted ^= *letter == '"';
        !quoted
    })
}

/// An address without what is written around it.
pub(super) fn bare(word: &str) -> &str {
    let word = word.trim_matches(|c: char| c.is_whitespace() || "<>()[]\"'`,;:".contains(c));
    match word.get(..7) {
        Some(begin) if begin.eq_ignore_ascii_case("mailto:") => &word[7..],
        _ => word,
    }
}

fn mailbox(text: &str) -> Mailbox {
    let in_brackets = text.rsplit_once('<').filter(|(_, rest)| rest.contains('@'));
    let (name, email) = match in_brackets {
        Some((name, rest)) => (name.to_owned(), bare(rest.split('>').next().unwrap_or(rest))),
        None => match text.split_whitespace().find(|word| word.contains('@')) {
            Some(word) => (text.replacen(word, " ", 1), bare(word)),
            None => (String::new(), text),
        },
    };
    // "To:" and names of groups stand before a list.
    let name = name.rsplit(':').next().unwrap_or_default();
    let name = name.trim_matches(|c: char| c.is_whitespace() || "\"'()[],".contains(c)).replace('"', "");
    // Programs put the address in the name's place when they know no name.
    let name = if name.contains('@') { String::new() } else { name };
    Mailbox { email: email.to_owned(), name, text: text.to_owned() }
}
