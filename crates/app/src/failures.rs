//! Counts failures, never successes, per address block: a class behind one address enters, a guesser there is
//! slowed (quality.md B1). And per account: who guesses at one password from many addresses is slowed too. What keeps
//! the account's member from being slowed with them is that a browser in which they signed in before has a count of
//! its own, and passes these two. Who was turned away is counted nowhere.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Mutex;

use domain::{Instant, Span};

/// Failures that are free. More forgives typing, fewer slows guessing sooner.
const FREE: u32 = 10;
/// The same for one account, wherever they come from.
const FREE_AT_ACCOUNT: u32 = 100;
/// Longest wait at one account: a bound on guesses. Whoever polls fastest gets the next one, so a member in a browser
/// that is not known yet waits for long, and comes in by passkey, by provider or by a link.
const LONGEST_AT_ACCOUNT: Span = Span::from_secs(32);
/// After this long without a failure an address block starts anew.
const FORGIVEN_AFTER: Span = Span::from_minutes(15);
/// Address blocks remembered at once; the oldest go first, so a flood of addresses cannot eat the memory.
const REMEMBERED: usize = 20_000;

/// Failures of each of many.
pub(crate) struct Failures<Key> {
    free: u32,
    longest: Span,
    by_key: Mutex<HashMap<Key, (u32, Instant)>>,
}

/// By address block.
pub(crate) type AddressFailures = Failures<IpAddr>;
/// By the address of an account, whether there is one or not.
pub(crate) type AccountFailures = Failures<String>;
/// By the hash of a browser's secret and the address of the account that was signed in to there before.
pub(crate) type BrowserFailures = Failures<([u8; 32], String)>;

/// One IPv4 address, or the /64 that one IPv6 household has.
pub(crate) fn block(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => {
            let [a, b, c, d, ..] = six.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        four => four,
    }
}

impl AddressFailures {
    pub(crate) fn of_addresses() -> Self {
        Self { free: FREE, longest: FORGIVEN_AFTER, by_key: Mutex::default() }
    }

    /// Seconds to wait, when there were too many failures from this block.
    pub(crate) fn check(&self, from: IpAddr, now: Instant) -> Result<(), u64> {
        self.check_key(&block(from), now)
    }

    /// Counts one failure.
    pub(crate) fn note(&self, from: IpAddr, now: Instant) {
        self.note_key(block(from), now);
    }
}

impl AccountFailures {
    pub(crate) fn of_accounts() -> Self {
        Self { free: FREE_AT_ACCOUNT, longest: LONGEST_AT_ACCOUNT, by_key: Mutex::default() }
    }
}

impl BrowserFailures {
    pub(crate) fn of_browsers() -> Self {
        Self { free: FREE, longest: FORGIVEN_AFTER, by_key: Mutex::default() }
    }
}

impl<Key: Eq + Hash + Clone> Failures<Key> {
    /// Seconds to wait, when there were too many failures of this one.
    pub(crate) fn check_key(&self, key: &Key, now: Instant) -> Result<(), u64> {
        let by_key = self.by_key.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let Some((count, last)) = by_key.get(key) else { return Ok(()) };
        let over = count.saturating_sub(self.free);
        if over == 0 && *count < self.free {
            return Ok(());
        }
        // 2, 4, 8 ... seconds, up to the longest.
        let wait = Span::from_secs(1 << (over + 1).min(9)).min(self.longest);
        let until = last.plus(wait);
        if now >= until { Ok(()) } else { Err((until.since(now).as_ms() as u64).div_ceil(1_000)) }
    }

    /// Counts one failure.
    pub(crate) fn note_key(&self, key: Key, now: Instant) {
        let mut by_key = self.by_key.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if by_key.len() >= REMEMBERED {
            by_key.retain(|_, (_, last)| now < last.plus(FORGIVEN_AFTER));
            if by_key.len() >= REMEMBERED
                && let Some(oldest) =
                    by_key.iter().min_by_key(|(_, (_, last))| *last).map(|(key, _)| key.clone())
            {
                by_key.remove(&oldest);
            }
        }
        let entry = by_key.entry(key).or_insert((0, now));
        if now >= entry.1.plus(FORGIVEN_AFTER) {
            entry.0 = 0;
        }
        *entry = (entry.0.saturating_add(1), now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b1_failures_slow_one_block_and_time_forgives() {
        let failures = AddressFailures::of_addresses();
        let at = |secs: i64| Instant::from_ms(secs * 1_000);
        let guesser: IpAddr = "2001:db8::1".parse().expect("an address");
        let neighbour: IpAddr = "2001:db8::2".parse().expect("an address");
        let stranger: IpAddr = "192.0.2.1".parse().expect("an address");
        for _ in 0..FREE {
            assert_eq!(failures.check(guesser, at(0)), Ok(()));
            failures.note(guesser, at(0));
        }
        assert_eq!(failures.check(neighbour, at(0)), Err(2), "the same /64");
        assert_eq!(failures.check(stranger, at(0)), Ok(()));
        assert_eq!(failures.check(guesser, at(2)), Ok(()));
        failures.note(guesser, at(2));
        assert_eq!(failures.check(guesser, at(2)), Err(4));
        assert_eq!(failures.check(guesser, at(2_000)), Ok(()));
        failures.note(guesser, at(2_000));
        assert_eq!(failures.check(guesser, at(2_000)), Ok(()), "forgiven");
    }

    #[test]
    fn b1_guesses_at_one_account_are_slowed_and_others_are_not() {
        let failures = AccountFailures::of_accounts();
        let (anna, ben) = ("anna@site.example".to_owned(), "ben@site.example".to_owned());
        let at = |secs: i64| Instant::from_ms(secs * 1_000);
        for _ in 0..FREE_AT_ACCOUNT {
            assert_eq!(failures.check_key(&anna, at(0)), Ok(()));
            failures.note_key(anna.clone(), at(0));
        }
        assert_eq!(failures.check_key(&anna, at(0)), Err(2));
        assert_eq!(failures.check_key(&ben, at(0)), Ok(()));
        for _ in 0..10_000 {
            failures.note_key(anna.clone(), at(10));
        }
        assert_eq!(failures.check_key(&anna, at(10)), Err(32), "never longer");
        assert_eq!(failures.check_key(&anna, at(42)), Ok(()));
    }
}
