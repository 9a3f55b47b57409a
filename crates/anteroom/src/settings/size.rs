//! Sizes as people write them: a number of bytes, or one with its unit.

use serde::Deserializer;
use serde::de::{Error, Visitor};

/// Longer names first: every one of them ends in a B.
const UNITS: &[(&str, u64)] = &[
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("B", 1),
    ("", 1),
];

/// Reads `10485760`, `"10 MiB"`, `"1.5 GB"`.
pub(super) fn read<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    from.deserialize_any(Size)
}

struct Size;

impl Visitor<'_> for Size {
    type Value = u64;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a number of bytes, or a text like \"500 MB\" or \"10 GiB\"")
    }

    fn visit_u64<E: Error>(self, bytes: u64) -> Result<u64, E> {
        Ok(bytes)
    }

    fn visit_i64<E: Error>(self, bytes: i64) -> Result<u64, E> {
        u64::try_from(bytes).map_err(|_| E::invalid_value(serde::de::Unexpected::Signed(bytes), &self))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<u64, E> {
        from_text(text).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
    }
}

fn from_text(text: &str) -> Option<u64> {
    let text = text.trim();
    let (number, unit) = text.split_at(text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len()));
    let (_, bytes) = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?;
    let number = number.trim_end();
    if let Ok(whole) = number.parse::<u64>() {
        return whole.checked_mul(*bytes);
    }
    let (whole, part) = number.split_once('.')?;
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    // More digits than these would say less than a byte.
    if !is_digits(whole) || !is_digits(part) || part.len() > 6 || *bytes == 1 {
        return None;
    }
    let (whole, part, tenth): (u64, u64, u64) =
        (whole.parse().ok()?, part.parse().ok()?, 10_u64.pow(part.len() as u32));
    whole.checked_mul(*bytes)?.checked_add(part.checked_mul(*bytes)? / tenth)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, bytes) in [
            ("0", 0),
            ("1000", 1_000),
            ("10 GB", 10_000_000_000),
            ("10GB", 10_000_000_000),
            ("10 gib", 10 << 30),
            (" 512 MiB ", 512 << 20),
            ("1.5 GiB", 3 << 29),
            ("7 B", 7),
        ] {
            assert_eq!(from_text(text), Some(bytes), "{text}");
        }
        for text in ["", "GB", "-1", "1,5 GB", "10 G B", "1.5", "ten MB", "99999999999 TB", "1. GB", "10 PB"]
        {
            assert_eq!(from_text(text), None, "{text}");
        }
    }
}
