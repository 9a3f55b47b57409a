//! Reading Rust source without a parser: what is code, what is a test, where a block ends.
//!
//! [`code_only`] replaces comments and the contents of literals by spaces, byte for byte, so that offsets and line
//! numbers stay true and a brace in a string cannot mislead anyone afterwards.

/// The source with comments and the contents of string and character literals turned into spaces.
pub(crate) fn code_only(source: &str) -> String {
    let bytes = source.as_bytes();
    let mut code = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = skip_length(bytes, at);
        if end > at {
            blank(&mut code[at..end]);
            at = end;
        } else {
            at += 1;
        }
    }
    // Whole comments and literals were replaced, and those begin and end at ASCII bytes.
    String::from_utf8(code).unwrap_or_default()
}

/// The end of the comment or literal that begins at `at`; `at` itself when there is none.
fn skip_length(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at..];
    match rest {
        [b'/', b'/', ..] => at + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len()),
        [b'/', b'*', ..] => at + block_comment(rest),
        [b'"', ..] => at + quoted(rest),
        [b'r', ..] if !follows_word(bytes, at) || is_prefix_letter(bytes, at) => at + raw_string(rest),
        [b'\'', ..] => at + character(rest),
        _ => at,
    }
}

fn follows_word(bytes: &[u8], at: usize) -> bool {
    at > 0 && is_word(bytes[at - 1])
}

/// `br"` and `cr"`: the letter before `r` belongs to the literal and not to a name.
fn is_prefix_letter(bytes: &[u8], at: usize) -> bool {
    at > 0 && matches!(bytes[at - 1], b'b' | b'c') && !follows_word(bytes, at - 1)
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut at, mut depth) = (2, 1);
    while at < rest.len() && depth > 0 {
        match &rest[at..] {
            [b'/', b'*', ..] => (at, depth) = (at + 2, depth + 1),
            [b'*', b'/', ..] => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
    }
    at
}

fn quoted(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// `r"..."`, `r##"..."##`; 0 when it is a raw identifier or just the letter r.
fn raw_string(rest: &[u8]) -> usize {
    let hashes = rest[1..].iter().take_while(|byte| **byte == b'#').count();
    if rest.get(1 + hashes) != Some(&b'"') {
        return 0;
    }
    let mut close = vec![b'"'];
    close.extend(std::iter::repeat_n(b'#', hashes));
    let body = 2 + hashes;
    let found = rest[body..].windows(close.len()).position(|window| window == close);
    found.map_or(rest.len(), |position| body + position + close.len())
}

/// `'x'`, `'\n'`, `'\u{1b}'`; 0 when it is a lifetime.
fn character(rest: &[u8]) -> usize {
    if rest.get(1) == Some(&b'\\') {
        let after = rest.get(3..).unwrap_or_default();
        return after.iter().position(|byte| *byte == b'\'').map_or(0, |position| position + 4);
    }
    // One character of up to four bytes, then the closing quote.
    let close = (2..=5).find(|at| rest.get(*at) == Some(&b'\''));
    let one =
        |close: &usize| std::str::from_utf8(&rest[1..*close]).is_ok_and(|text| text.chars().count() == 1);
    close.filter(one).map_or(0, |close| close + 1)
}

fn blank(bytes: &mut [u8]) {
    bytes.iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
}

/// The code with every item under `#[cfg(test)]` turned into spaces. Takes what [`code_only`] returned.
pub(crate) fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut kept = code.as_bytes().to_vec();
    let mut from = 0;
    while let Some(found) = code[from..].find(MARK) {
        let start = from + found;
        let end = item_end(code.as_bytes(), start + MARK.len());
        blank(&mut kept[start..end]);
        from = end;
    }
    String::from_utf8(kept).unwrap_or_default()
}

/// Where the item that begins at `at` ends: after its block, or after its semicolon.
pub(crate) fn item_end(code: &[u8], at: usize) -> usize {
    match body_start(code, at) {
        Some(open) => block_end(code, open),
        None => {
            code[at..].iter().position(|byte| *byte == b';').map_or(code.len(), |position| at + position + 1)
        }
    }
}

/// The opening brace of the item that begins at `at`; `None` when a semicolon comes first.
pub(crate) fn body_start(code: &[u8], at: usize) -> Option<usize> {
    let mut depth = 0_i32;
    for (offset, byte) in code[at..].iter().enumerate() {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth -= 1,
            b'{' if depth == 0 => return Some(at + offset),
            b';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// The offset after the brace that closes the one at `open`.
pub(crate) fn block_end(code: &[u8], open: usize) -> usize {
    let mut depth = 0_u32;
    for (offset, byte) in code[open..].iter().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return open + offset + 1,
            b'}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

/// Every place where `word` stands as a whole word.
pub(crate) fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let bytes = code.as_bytes();
    code.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let after = bytes.get(at + word.len()).copied().unwrap_or(b' ');
        !follows_word(bytes, *at) && !is_word(after)
    })
}

/// The identifier that begins at or after the blanks at `at`; empty when something else stands there.
pub(crate) fn identifier(code: &str, at: usize) -> &str {
    let rest = code[at..].trim_start();
    let rest = rest.strip_prefix("r#").unwrap_or(rest);
    &rest[..rest.bytes().take_while(|byte| is_word(*byte)).count()]
}

/// The number of the line at an offset, from 1.
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset].iter().filter(|byte| **byte == b'\n').count() + 1
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_become_spaces_of_the_same_length() {
        let source = "let a = \"{\\\"\"; // }\nlet b = '{'; /* { /* } */ */ let c = r#\"\"{\"#;";
        let code = code_only(source);
        assert_eq!(code.len(), source.len());
        assert!(!code.contains(['{', '}']), "{code}");
        assert_eq!(code.lines().count(), 2);
        assert!(code.contains("let b =") && code.contains("let c ="));
    }

    #[test]
    fn lifetimes_and_raw_names_stay_code() {
        let source = "fn f<'a>(r#type: &'a str, x: [char; 2]) -> Option<&'a str> { g('\\'', 'é', b'}') }";
        let code = code_only(source);
        assert!(code.contains("fn f<'a>(r#type: &'a str"));
        assert_eq!(code.matches('}').count(), 1, "{code}");
    }

    #[test]
    fn words_of_other_languages_survive() {
        assert_eq!(code_only("let größe = 1; // ×"), "let größe = 1;      ");
    }

    #[test]
    fn test_items_are_taken_out() {
        let code = "fn kept() {}\n#[cfg(test)]\nmod tests { fn gone() { if a {} } }\nfn also_kept() {}\n#[cfg(test)] mod far;\nmod near;";
        let left = without_tests(code);
        assert!(left.contains("also_kept") && left.contains("mod near"));
        assert!(!left.contains("gone") && !left.contains("far"));
    }

    #[test]
    fn a_semicolon_in_an_array_type_does_not_end_an_item() {
        let code = "fn f(a: [u8; 4]) { g(); } fn h() {}";
        assert_eq!(&code[..item_end(code.as_bytes(), 0)], "fn f(a: [u8; 4]) { g(); }");
    }
}
