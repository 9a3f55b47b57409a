//! A whole name in two.

/// First and last name: "Levi, Anna" is turned round; otherwise the last word is the last name. One word alone is a
/// first name.
pub(crate) fn split_name(whole: &str) -> (String, String) {
    let whole = whole.trim();
    let (first, last) = match whole.split_once(',') {
        Some((last, first)) => (first, last),
        None => whole.rsplit_once(char::is_whitespace).unwrap_or((whole, "")),
    };
    let tidy = |part: &str| part.split_whitespace().collect::<Vec<_>>().join(" ");
    let (first, last) = (tidy(first), tidy(last));
    if first.is_empty() { (last, first) } else { (first, last) }
}
