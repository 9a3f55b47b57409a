//! Ids: 16 bytes each, written as 26 lower-case characters (Crockford's base 32, so no i, l, o, u).
//!
//! The first six bytes are the millisecond of making: rows that are made together lie together on disk. An id
//! is a name, never a secret: knowing one opens nothing.

use crate::Instant;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const TEXT_LEN: usize = 26;

/// A text that is not an id: wrong length or a character outside the alphabet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadId;

impl std::fmt::Display for BadId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not an id: 26 characters of 0-9 and a-z without i, l, o, u")
    }
}

impl std::error::Error for BadId {}

fn write_base32(bytes: &[u8; 16]) -> [u8; TEXT_LEN] {
    let number = u128::from_be_bytes(*bytes);
    let mut text = [0_u8; TEXT_LEN];
    for (place, character) in text.iter_mut().enumerate() {
        let shift = 5 * (TEXT_LEN - 1 - place);
        *character = ALPHABET[((number >> shift) & 31) as usize];
    }
    text
}

fn read_base32(text: &str) -> Result<[u8; 16], BadId> {
    let bytes = text.as_bytes();
    // 26 characters hold 130 bits: the first may carry only three.
    if bytes.len() != TEXT_LEN || !(b'0'..=b'7').contains(&bytes[0]) {
        return Err(BadId);
    }
    let mut number = 0_u128;
    for byte in bytes {
        let digit = ALPHABET.iter().position(|a| a == byte).ok_or(BadId)?;
        number = (number << 5) | digit as u128;
    }
    Ok(number.to_be_bytes())
}

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident,)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// A fresh id: the millisecond of `now`, then ten random bytes.
            pub fn new(now: Instant, random: [u8; 10]) -> Self {
                let mut bytes = [0_u8; 16];
                bytes[..6].copy_from_slice(&now.as_ms().to_be_bytes()[2..]);
                bytes[6..].copy_from_slice(&random);
                Self(bytes)
            }

            /// The id with exactly these bytes (from a row or a ticket).
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The 16 bytes, as stored.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let text = write_base32(&self.0);
                f.write_str(std::str::from_utf8(&text).map_err(|_| std::fmt::Error)?)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl std::str::FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                read_base32(text).map(Self)
            }
        }
    )+};
}

ids! {
    /// One media entry.
    ItemId,
    /// Somebody with an account.
    MemberId,
    /// One guest link or invite link.
    LinkId,
    /// One entered person at one item.
    SeatId,
    /// One open page.
    ViewingId,
    /// One resumable upload.
    UploadId,
    /// One piece of background work.
    JobId,
    /// One API token (its name, not its secret).
    TokenId,
    /// One running server process.
    ProcessId,
    /// A group of members.
    GroupId,
    /// A member's passkey.
    PasskeyId,
    /// One mail in the queue.
    MailId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_bytes_agree_both_ways() {
        for bytes in [[0_u8; 16], [0xff; 16], *b"0123456789abcdef"] {
            let id = ItemId::from_bytes(bytes);
            assert_eq!(id.to_string().len(), 26);
            assert_eq!(id.to_string().parse(), Ok(id));
        }
    }

    #[test]
    fn later_ids_sort_later() {
        let early = LinkId::new(Instant::from_ms(1_000), [0xff; 10]);
        let late = LinkId::new(Instant::from_ms(1_001), [0; 10]);
        assert!(early < late);
        assert!(early.to_string() < late.to_string());
    }

    #[test]
    fn bad_texts_are_refused() {
        for text in [
            "",
            "0",
            "8zzzzzzzzzzzzzzzzzzzzzzzzz",
            "0000000000000000000000000i",
            "../../etc/passwd0000000000",
        ] {
            assert_eq!(text.parse::<ItemId>(), Err(BadId), "{text}");
        }
    }
}
