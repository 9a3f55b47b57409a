//! The ids by which the log and an error's page name one request. They are no secret: a counter, stirred so that
//! ids of processes and of starts do not look alike, asks the system for randomness once.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// Names one request in the log and in its error: sixteen hexadecimal digits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct RequestId(u64);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Gives out the ids of one process, each once.
#[derive(Debug)]
pub(crate) struct RequestIds(AtomicU64);

impl RequestIds {
    /// Begins at a random number.
    pub(crate) fn new(seed: [u8; 8]) -> Self {
        Self(AtomicU64::new(u64::from_le_bytes(seed)))
    }

    pub(crate) fn next(&self) -> RequestId {
        RequestId(stir(self.0.fetch_add(1, Ordering::Relaxed)))
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): every step can be undone, so different numbers stay different.
const fn stir(number: u64) -> u64 {
    let number = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ_and_have_sixteen_digits() {
        let ids = RequestIds::new([0xff; 8]);
        let given: std::collections::HashSet<_> = (0..10_000).map(|_| ids.next().to_string()).collect();
        assert_eq!(given.len(), 10_000);
        assert!(given.iter().all(|id| id.len() == 16 && id.bytes().all(|b| b.is_ascii_hexdigit())));
        let other = RequestIds::new([1; 8]);
        assert!(!given.contains(&other.next().to_string()));
    }
}
