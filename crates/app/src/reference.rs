//! The short reference on a denied page. It needs no row: which link, which cause and which minute stand inside
//! it, encrypted, in ten letters that cannot be confused.

use domain::{Instant, LinkId, Reason};
use sha2::{Digest, Sha256};

use crate::keys::{Keys, mac};

/// No I, O, 0, 1: nothing that could be read as something else. 32 letters.
const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const HALF_BITS: u32 = 25;
const HALF_MASK: u64 = (1 << HALF_BITS) - 1;
/// Minutes wrap after this many: four years.
const MINUTES: i64 = 1 << 21;

/// What stands in a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    /// 24 bits that tell the links of one item apart; 0 for an unknown link.
    pub link_mark: u32,
    /// Why.
    pub reason: Reason,
    /// The minute, counted from the epoch.
    pub minute: i64,
}

/// The mark of a link in references.
pub(crate) fn link_mark(link: Option<LinkId>) -> u32 {
    let Some(link) = link else { return 0 };
    let digest = Sha256::digest(link.as_bytes());
    u32::from_be_bytes([0, digest[0], digest[1], digest[2]]).max(1)
}

impl Reference {
    /// The reference of a refusal at `now`.
    pub fn new(link: Option<LinkId>, reason: Reason, now: Instant) -> Self {
        Self { link_mark: link_mark(link), reason, minute: now.minute() }
    }

    /// Ten letters in two groups.
    pub fn to_text(self, keys: &Keys) -> String {
        let minute = self.minute.rem_euclid(MINUTES) as u64;
        let plain = u64::from(self.link_mark) << 26 | u64::from(self.reason.number() & 31) << 21 | minute;
        let sealed = shuffle(plain, &keys.purpose("reference"), [0, 1, 2, 3]);
        let letter = |place: u32| LETTERS[(sealed >> (5 * place) & 31) as usize] as char;
        let text: String = (0..10).rev().map(letter).collect();
        format!("{}-{}", &text[..5], &text[5..])
    }

    /// Reads what an owner pasted, near `now`. Any text of ten letters reads as something; whether it is one of
    /// ours shows in the link's mark.
    pub fn from_text(text: &str, keys: &Keys, now: Instant) -> Option<Self> {
        let letters: Vec<u8> =
            text.trim().to_ascii_uppercase().bytes().filter(|b| *b != b'-' && *b != b' ').collect();
        if letters.len() != 10 {
            return None;
        }
        let mut sealed = 0_u64;
        for letter in letters {
            sealed = sealed << 5 | LETTERS.iter().position(|l| *l == letter)? as u64;
        }
        let plain = unshuffle(sealed, &keys.purpose("reference"));
        let reason = Reason::from_number((plain >> 21 & 31) as u8)?;
        let minute = newest_minute((plain & (MINUTES as u64 - 1)) as i64, now.minute());
        Some(Self { link_mark: (plain >> 26) as u32, reason, minute })
    }
}

/// The latest minute up to the next hour that leaves this remainder.
fn newest_minute(remainder: i64, now: i64) -> i64 {
    let latest = now + 60;
    latest - (latest - remainder).rem_euclid(MINUTES)
}

fn round(half: u64, key: &[u8; 32], number: u8) -> u64 {
    let mut message = [number; 9];
    message[1..].copy_from_slice(&half.to_be_bytes());
    let digest = mac(key, &message);
    u64::from(u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])) & HALF_MASK
}

/// A Feistel network over 50 bits.
fn shuffle(number: u64, key: &[u8; 32], rounds: [u8; 4]) -> u64 {
    let (mut left, mut right) = (number >> HALF_BITS, number & HALF_MASK);
    for number in rounds {
        (left, right) = (right, left ^ round(right, key, number));
    }
    left << HALF_BITS | right
}

fn unshuffle(number: u64, key: &[u8; 32]) -> u64 {
    let (mut left, mut right) = (number >> HALF_BITS, number & HALF_MASK);
    for number in [3, 2, 1, 0] {
        (left, right) = (right ^ round(left, key, number), left);
    }
    left << HALF_BITS | right
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Outside;

    #[test]
    fn a_reference_leads_back_to_link_cause_and_minute() {
        let folder = tempfile::tempdir().expect("a folder");
        let outside = Outside::new(|| Instant::from_ms(0), |bytes| bytes.fill(5));
        let keys = Keys::open(folder.path(), &outside).expect("keys");
        let now = Instant::from_ms(1_795_000_000_000);
        for reason in Reason::ALL {
            let made = Reference::new(Some(LinkId::from_bytes([4; 16])), *reason, now);
            let text = made.to_text(&keys);
            assert_eq!(text.len(), 11, "{text}");
            let later = now.plus(domain::Span::from_days(300));
            assert_eq!(Reference::from_text(&text.to_lowercase(), &keys, later), Some(made));
        }
        let texts: std::collections::HashSet<_> = (0..500)
            .map(|m| Reference::new(None, Reason::Expired, Instant::from_ms(m * 60_000)).to_text(&keys))
            .collect();
        assert_eq!(texts.len(), 500);
    }
}
