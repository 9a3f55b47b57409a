//! Counts failures, never successes, per address block: a class behind one address enters, a guesser there is
//! slowed (quality.md B1).

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Mutex;

use domain::{Instant, Span};

/// Failures that are free. More forgives typing, fewer slows guessing sooner.
const FREE: u32 = 10;
/// After this long without a failure an address block starts anew.
const FORGIVEN_AFTER: Span = Span::from_minutes(15);
/// Address blocks remembered at once; the oldest go first, so a flood of addresses cannot eat the memory.
const REMEMBERED: usize = 20_000;

#[derive(Default)]
pub(crate) struct Failures {
    by_block: Mutex<HashMap<IpAddr, (u32, Instant)>>,
}

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

impl Failures {
    /// Seconds to wait, when there were too many failures from this block.
    pub(crate) fn check(&self, from: IpAddr, now: Instant) -> Result<(), u64> {
        let by_block = self.by_block.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let Some((count, last)) = by_block.get(&block(from)) else { return Ok(()) };
        let over = count.saturating_sub(FREE);
        if over == 0 && *count < FREE {
            return Ok(());
        }
        // 2, 4, 8 ... seconds, at most the whole time of forgiveness.
        let wait = Span::from_secs(1 << (over + 1).min(9)).min(FORGIVEN_AFTER);
        let until = last.plus(wait);
        if now >= until { Ok(()) } else { Err((until.since(now).as_ms() as u64).div_ceil(1_000)) }
    }

    /// Counts one failure.
    pub(crate) fn note(&self, from: IpAddr, now: Instant) {
        let mut by_block = self.by_block.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if by_block.len() >= REMEMBERED {
            by_block.retain(|_, (_, last)| now < last.plus(FORGIVEN_AFTER));
            if by_block.len() >= REMEMBERED
                && let Some(oldest) =
                    by_block.iter().min_by_key(|(_, (_, last))| *last).map(|(block, _)| *block)
            {
                by_block.remove(&oldest);
            }
        }
        let entry = by_block.entry(block(from)).or_insert((0, now));
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
        let failures = Failures::default();
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
}
