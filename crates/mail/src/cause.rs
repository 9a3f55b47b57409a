//! Why a mail did not get through, as a code, from the words that stand with it. A mail server's answer begins with its
//! code (RFC 5321, 4.2.3) and mostly a finer one (RFC 3463); where no server spoke the words are our own.

use crate::smtp;

/// What whoever sent the mail can do something about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Nobody has this address.
    NoSuchAddress,
    /// The mailbox takes no more.
    MailboxFull,
    /// The mail server wants no such mail, or none from us.
    Refused,
    /// The address has letters that this mail server does not take.
    LatinOnly,
    /// The mail server asks to be tried later.
    PutOff,
    /// No mail server was reached, or it lets this site in no further.
    NotReached,
    /// Nobody knows.
    Unknown,
}

impl Cause {
    /// The cause that an answer tells.
    #[must_use]
    pub fn of(answer: &str) -> Self {
        match answer {
            "" => Self::Unknown,
            smtp::LATIN_ONLY => Self::LatinOnly,
            smtp::NO_ADDRESS => Self::NoSuchAddress,
            _ => Said::read(answer).map_or(Self::NotReached, |said| said.cause()),
        }
    }
}

/// A mail server's code, and the subject and detail of its finer one.
struct Said<'a> {
    code: &'a str,
    finer: Option<(&'a str, &'a str)>,
}

impl<'a> Said<'a> {
    fn read(answer: &'a str) -> Option<Self> {
        let (code, rest) = answer.split_at_checked(3)?;
        let is_code = code.starts_with(['2', '3', '4', '5']) && is_number(code);
        if !is_code || rest.starts_with(|next: char| next.is_ascii_digit()) {
            return None;
        }
        let first = rest.trim_start_matches([' ', '-']).split([' ', ':', ';']).next().unwrap_or_default();
        let mut parts = first.split('.');
        let finer = match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some("2" | "4" | "5"), Some(subject), Some(detail), None)
                if is_number(subject) && is_number(detail) =>
            {
                Some((subject, detail))
            }
            _ => None,
        };
        Some(Self { code, finer })
    }

    fn cause(&self) -> Cause {
        match (self.finer, self.code) {
            (Some(("2", "2")), _) => Cause::MailboxFull,
            (Some(("1", _) | ("2", "1")), _) => Cause::NoSuchAddress,
            (Some(("7", _)), _) => Cause::Refused,
            (_, "452" | "552") => Cause::MailboxFull,
            (_, code) if code.starts_with('4') => Cause::PutOff,
            (_, "550" | "551" | "553") => Cause::NoSuchAddress,
            _ => Cause::Refused,
        }
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_finer_code_tells_first() {
        for (answer, cause) in [
            ("550 5.1.1 No such person here", Cause::NoSuchAddress),
            ("550-5.7.26 This mail is unauthenticated", Cause::Refused),
            ("552 5.2.2 Over quota", Cause::MailboxFull),
            ("550 5.2.1 Mailbox disabled", Cause::NoSuchAddress),
            ("452 4.2.2 Over quota", Cause::MailboxFull),
            ("451 4.7.1: Greylisted", Cause::Refused),
        ] {
            assert_eq!(Cause::of(answer), cause, "{answer}");
        }
    }

    #[test]
    fn the_plain_code_tells_else() {
        for (answer, cause) in [
            ("550 who?", Cause::NoSuchAddress),
            ("550 5.1 who?", Cause::NoSuchAddress),
            ("552 too much", Cause::MailboxFull),
            ("451 later", Cause::PutOff),
            ("421", Cause::PutOff),
            ("554 no", Cause::Refused),
        ] {
            assert_eq!(Cause::of(answer), cause, "{answer}");
        }
    }

    #[test]
    fn without_a_code_nobody_was_reached() {
        for answer in [
            "no answer within 30 s",
            "the server refuses the password: 535 5.7.8 no",
            "5501 apples",
            "Ünreachable",
        ] {
            assert_eq!(Cause::of(answer), Cause::NotReached, "{answer}");
        }
        assert_eq!(Cause::of(smtp::LATIN_ONLY), Cause::LatinOnly);
        assert_eq!(Cause::of(smtp::NO_ADDRESS), Cause::NoSuchAddress);
        assert_eq!(Cause::of(""), Cause::Unknown);
    }
}
