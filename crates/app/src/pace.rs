//! So many requests a minute for each of many, a few at once: a bucket of tokens that fills by itself.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Mutex;

use domain::{Instant, Span};

/// Requests that may come at once.
const AT_ONCE: i64 = 30;
/// One more after this long: 30 a minute.
const EVERY: Span = Span::from_secs(2);
/// So many are remembered before those who asked nothing lately are forgotten.
const REMEMBERED: usize = 10_000;

/// Until when each one's bucket is in use: an instant that every request moves on.
pub(crate) struct Pace<Key> {
    busy: Mutex<Busy<Key>>,
}

struct Busy<Key> {
    until: HashMap<Key, Instant>,
    /// At this size it is time to forget: twice what was left the last time, so that a crowd does not pay each time.
    full_at: usize,
}

impl<Key> Default for Pace<Key> {
    fn default() -> Self {
        Self { busy: Mutex::new(Busy { until: HashMap::new(), full_at: REMEMBERED }) }
    }
}

impl<Key: Eq + Hash> Pace<Key> {
    /// Takes a token, or answers how many seconds to wait for the next.
    pub(crate) fn take(&self, who: Key, now: Instant) -> Result<(), u64> {
        let mut busy = self.busy.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if busy.until.len() >= busy.full_at {
            busy.until.retain(|_, until| now < *until);
            busy.full_at = REMEMBERED.max(2 * busy.until.len());
        }
        let until = busy.until.entry(who).or_insert(now);
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
    use domain::MemberId;

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

    #[test]
    fn those_who_asked_nothing_lately_are_forgotten() {
        let (pace, at) = (Pace::<usize>::default(), |ms: i64| Instant::from_ms(1_000_000 + ms));
        for who in 0..REMEMBERED {
            assert_eq!(pace.take(who, at(0)), Ok(()));
        }
        assert_eq!(pace.take(REMEMBERED, at(10_000)), Ok(()));
        assert_eq!(pace.busy.lock().expect("free").until.len(), 1);
    }
}
