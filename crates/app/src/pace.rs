//! So many requests a minute for each member, a few at once: a bucket of tokens that fills by itself.

use std::collections::HashMap;
use std::sync::Mutex;

use domain::{Instant, MemberId, Span};

/// Requests that may come at once.
const AT_ONCE: i64 = 30;
/// One more after this long: 30 a minute.
const EVERY: Span = Span::from_secs(2);
/// Members remembered; those who asked nothing lately need no memory.
const REMEMBERED: usize = 10_000;

/// Until when each member's bucket is in use: an instant that every request moves on.
#[derive(Default)]
pub(crate) struct Pace {
    busy_until: Mutex<HashMap<MemberId, Instant>>,
}

impl Pace {
    /// Takes a token, or answers how many seconds to wait for the next.
    pub(crate) fn take(&self, member: MemberId, now: Instant) -> Result<(), u64> {
        let mut busy_until = self.busy_until.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if busy_until.len() >= REMEMBERED {
            busy_until.retain(|_, until| now < *until);
        }
        let until = busy_until.entry(member).or_insert(now);
        let next = (*until).max(now).plus(EVERY);
        let ahead = next.since(now).as_ms() - EVERY.times(AT_ONCE).as_ms();
        if ahead > 0 {
            return Err((ahead as u64).div_ceil(1_000));
        }
        *until = next;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_at_once_then_one_every_two_seconds() {
        let (pace, at) = (Pace::default(), |ms: i64| Instant::from_ms(1_000_000 + ms));
        let (anna, ben) = (MemberId::from_bytes([1; 16]), MemberId::from_bytes([2; 16]));
        for _ in 0..30 {
            assert_eq!(pace.take(anna, at(0)), Ok(()));
        }
        assert_eq!(pace.take(anna, at(0)), Err(2));
        assert_eq!(pace.take(ben, at(0)), Ok(()), "each member has a bucket of their own");
        assert_eq!(pace.take(anna, at(1_999)), Err(1));
        assert_eq!(pace.take(anna, at(2_000)), Ok(()));
        assert_eq!(pace.take(anna, at(2_000)), Err(2));
        for _ in 0..30 {
            assert_eq!(pace.take(anna, at(600_000)), Ok(()), "and fills again");
        }
        assert!(pace.take(anna, at(600_000)).is_err());
    }
}
