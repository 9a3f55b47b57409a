//! Names and addresses that people type. An address here is never proof of anything.

use crate::NameLook;
use crate::text::{cut, is_unseen, visible_text};

/// What is wrong with a person's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonNameError {
    /// Nothing that can be seen.
    Required,
    /// Over 80 characters.
    TooLong,
    /// Control marks.
    Control,
}

/// The name a person goes by: 1 to 80 characters, cut, NFC, something to see. Hides itself in Debug.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonName(String);

impl PersonName {
    /// Cleans and checks `text`.
    ///
    /// # Errors
    /// What is wrong, for the field beside it.
    pub fn new(text: &str) -> Result<Self, PersonNameError> {
        let clean = visible_text(text).ok_or(PersonNameError::Control)?;
        match clean.chars().count() {
            0 => Err(PersonNameError::Required),
            1..=80 => Ok(Self(clean)),
            _ => Err(PersonNameError::TooLong),
        }
    }

    /// The cleaned name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What a reader sees of it.
    pub fn look(&self) -> NameLook {
        NameLook::of(&self.0)
    }
}

impl std::fmt::Debug for PersonName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonName(..)")
    }
}

/// What is wrong with an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailError {
    /// Nothing but space.
    Required,
    /// Over 254 characters.
    TooLong,
    /// Not of the form local@domain, or a domain that cannot exist.
    Invalid,
}

/// An e-mail address, trimmed, lower-cased, its domain in IDNA ASCII form: the form in which addresses are
/// compared (access.md 4.1), with no other folding. Hides itself in Debug.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

impl Email {
    /// Normalises and checks `text`.
    ///
    /// # Errors
    /// What is wrong, for the field beside it.
    pub fn new(text: &str) -> Result<Self, EmailError> {
        let trimmed = cut(text);
        if trimmed.is_empty() {
            return Err(EmailError::Required);
        }
        if trimmed.chars().count() > 254 {
            return Err(EmailError::TooLong);
        }
        let (local, domain) = trimmed.rsplit_once('@').ok_or(EmailError::Invalid)?;
        let local = local.to_lowercase();
        if !is_local_part(&local) {
            return Err(EmailError::Invalid);
        }
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| EmailError::Invalid)?;
        if !is_host_name(&domain) {
            return Err(EmailError::Invalid);
        }
        let whole = format!("{local}@{domain}");
        if whole.len() > 254 { Err(EmailError::TooLong) } else { Ok(Self(whole)) }
    }

    /// The normalised address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether letters beyond ASCII are in it, so that another address may look the same.
    pub fn has_unusual_letters(&self) -> bool {
        !self.0.is_ascii() || self.domain().split('.').any(|label| label.starts_with("xn--"))
    }

    /// The part behind the at sign, in ASCII.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl std::fmt::Debug for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Email(..)")
    }
}

/// A dot-atom of RFC 5322 with the letters of RFC 6531; quoted strings are not accepted.
fn is_local_part(local: &str) -> bool {
    let is_atom = |atom: &str| {
        !atom.is_empty()
            && atom.chars().all(|c| {
                c.is_alphanumeric() && !is_unseen(c) || "!#$%&'*+-/=?^_`{|}~".contains(c) || is_combining(c)
            })
    };
    local.len() <= 64 && local.split('.').all(is_atom)
}

fn is_combining(character: char) -> bool {
    unicode_normalization::char::is_combining_mark(character)
}

/// At least two labels of letters, digits and inner hyphens; the last is no number.
fn is_host_name(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let mut labels = domain.split('.');
    domain.len() <= 253
        && domain.contains('.')
        && labels.all(is_label)
        && domain.rsplit('.').next().is_some_and(|last| !last.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_composed() {
        assert_eq!(PersonName::new("  Ame\u{301}lie ").expect("valid").as_str(), "Am\u{e9}lie");
        assert_eq!(PersonName::new("שרה לוי").expect("valid").as_str(), "שרה לוי");
        assert_eq!(PersonName::new(" \u{a0} "), Err(PersonNameError::Required));
        assert_eq!(PersonName::new(&"x".repeat(81)), Err(PersonNameError::TooLong));
    }

    #[test]
    fn names_show_something_and_hide_nothing() {
        assert_eq!(PersonName::new("\u{2068}An\u{202e}na\u{2069}").expect("valid").as_str(), "Anna");
        assert_eq!(PersonName::new("An\nna"), Err(PersonNameError::Control));
        for blank in ["\u{200d}", "\u{ad}", "\u{3164}", "\u{2800}"] {
            assert_eq!(PersonName::new(blank), Err(PersonNameError::Required), "{blank:?}");
        }
    }

    #[test]
    fn addresses_are_normalised() {
        let same = |a: &str, b: &str| assert_eq!(Email::new(a).expect(a).as_str(), b);
        same(" Anna.K@Example.ORG ", "anna.k@example.org");
        same("anna@bücher.example", "anna@xn--bcher-kva.example");
        same("o'brien+x@a-b.example", "o'brien+x@a-b.example");
        for mark in ["\u{200b}", "\u{202a}", "\u{2068}", "\u{feff}", "\u{a0}", "\u{200f}\n"] {
            same(&format!("{mark}anna@example.org{mark}"), "anna@example.org");
        }
    }

    #[test]
    fn letters_that_may_look_like_others_are_told() {
        let unusual = |text: &str| Email::new(text).expect(text).has_unusual_letters();
        // The first letter is Cyrillic, before the at sign and behind it.
        assert!(unusual("\u{430}nna@example.org") && unusual("anna@\u{430}pple.com"));
        assert!(unusual("anna@xn--pple-43d.com") && !unusual("Anna.K+x@a-b.example"));
    }

    #[test]
    fn broken_addresses_are_refused() {
        for text in [
            "anna",
            "@example.org",
            "anna@",
            "anna@localhost",
            "a b@example.org",
            "anna@-x.example",
            "a@b..example",
            "a..b@example.org",
            ".a@example.org",
            "anna@example.123",
            "a\u{202e}b@example.org",
            "<x>@example.org",
        ] {
            assert_eq!(Email::new(text), Err(EmailError::Invalid), "{text}");
        }
        assert_eq!(Email::new(&format!("a@{}.example", "x".repeat(260))), Err(EmailError::TooLong));
        assert_eq!(Email::new(" "), Err(EmailError::Required));
    }
}
