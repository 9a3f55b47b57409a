//! Links as they arrive after mail programs, chats and people had them: with a slash, a full stop, a bracket, a space
//! or an invisible mark behind the token, or in front of it. Tokens have one length and one alphabet, so what was meant
//! is certain, and the browser is sent there.

use http::request::Parts;
use http::{Method, StatusCode};

/// Where an address of this kind begins, and how many characters the part has that matters.
const KINDS: [(&str, usize); 6] =
    [("/g/", 27), ("/i/", 27), ("/move/", 27), ("/setup/", 43), ("/account/", 43), ("/media/", 26)];

/// Bytes of a path that may still be a link with something behind it.
const WORN_MOST: usize = 512;

/// The address that was meant, if it is another one than this. Whether it counts is said by what the answer would be:
/// pages may lie below a link's own.
pub(crate) fn mend(parts: &Parts) -> Option<String> {
    if !matches!(parts.method, Method::GET | Method::HEAD) {
        return None;
    }
    let clean = mend_path(parts.uri.path())?;
    Some(parts.uri.query().map_or_else(|| clean.clone(), |query| format!("{clean}?{query}")))
}

/// The answer says that there is no page.
pub(crate) fn leads_nowhere(status: StatusCode) -> bool {
    matches!(status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::BAD_REQUEST)
}

fn mend_path(path: &str) -> Option<String> {
    if path.len() > WORN_MOST {
        return None;
    }
    // Two slashes come of an address that was put together.
    let from_root = path.trim_start_matches('/');
    let (kind, length) = KINDS.into_iter().find(|(kind, _)| from_root.starts_with(&kind[1..]))?;
    let rest = decoded(&from_root[kind.len() - 1..]);
    let token: String = rest
        .iter()
        .skip_while(|byte| !is_of_token(**byte))
        .take_while(|byte| is_of_token(**byte))
        .take(length)
        .map(|byte| char::from(*byte))
        .collect();
    let clean = format!("{kind}{token}");
    (token.len() == length && clean != path).then_some(clean)
}

const fn is_of_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digits =
            after.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "aB3-_aB3-_aB3-_aB3-_aB3-_aB";

    #[test]
    fn what_hangs_on_a_link_is_cut_off() {
        for door in ["/g/", "/i/", "/move/"] {
            let clean = format!("{door}{TOKEN}");
            assert_eq!(mend_path(&clean), None, "{clean}");
            for worn in [
                "/",
                "//",
                ".",
                "...",
                ",",
                ")",
                ").",
                "]",
                ";",
                ":",
                "!",
                "'",
                "\"",
                "*",
                "&gt;",
                "%20",
                "%20.",
                "%3E",
                "%22",
                "%E2%80%8B",
                "%E2%80%A6",
                "%C2%A0",
                "%0D%0A",
                "%00",
                "=",
                "=20",
                "/.",
                "/enter",
                "-",
                "_",
                "and",
                "%",
                "%2",
                "%zz",
                "|",
                "~",
                "@",
                "\\",
            ] {
                assert_eq!(mend_path(&format!("{clean}{worn}")).as_ref(), Some(&clean), "{worn}");
            }
            for worn in ["%20", "%E2%80%8B", "%3C", "(", "/", "%22"] {
                assert_eq!(mend_path(&format!("{door}{worn}{TOKEN}")).as_ref(), Some(&clean), "{worn}");
            }
            assert_eq!(mend_path(&format!("/{clean}")).as_ref(), Some(&clean));
            for other in ["", "short", "short.", "aB3-_aB3-_.aB3-_aB3-_aB3-_aB"] {
                assert_eq!(mend_path(&format!("{door}{other}")), None, "{other}");
            }
        }
        let secret = "s".repeat(43);
        for (door, part) in
            [("/setup/", &*secret), ("/account/", &secret), ("/media/", "01m7y0e52bb2qsnvhhtcvx4rr2")]
        {
            let clean = format!("{door}{part}");
            assert_eq!((mend_path(&clean), mend_path(&format!("{clean}."))), (None, Some(clean.clone())));
        }
        for other in
            ["/", "//evil.example/x", "/gg/x", "/media", "/api/items/01m7y0e52bb2qsnvhhtcvx4rr2.", "/account"]
        {
            assert_eq!(mend_path(other), None, "{other}");
        }
    }
}
