//! Time by the machine's steady clock from the wall's time at the start, drawn to the wall's clock little by little. So
//! a step of the wall's clock ends no viewing and keeps no ticket alive, and a clock that was a little wrong gets right.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A twentieth: faster gets right sooner, slower bends what is measured less.
const DRAWN_BY: i64 = 20;
/// Farther apart than this one of the two is plainly wrong, and nobody here knows which: time goes on by itself.
const FAR_NS: i64 = 5 * 60 * 1_000_000_000;
const NS_PER_MS: i64 = 1_000_000;

/// Both clocks at one moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    pub(super) wall_ns: i64,
    /// Since the machine was started, sleep included.
    pub(super) boot_ns: i64,
}

pub(super) struct SteadyClock {
    last: Mutex<Last>,
}

/// What was told last, and when that was by the steady clock.
struct Last {
    told_ns: i64,
    boot_ns: i64,
}

impl SteadyClock {
    pub(super) fn begin(at: Reading) -> Self {
        Self { last: Mutex::new(Last { told_ns: at.wall_ns, boot_ns: at.boot_ns }) }
    }

    fn lock(&self) -> MutexGuard<'_, Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time, in UTC milliseconds. Whoever asks later is never told an earlier one.
    pub(super) fn tell(&self, at: Reading) -> i64 {
        let mut last = self.lock();
        // Whoever read the clocks before another may ask after them.
        let passed = (at.boot_ns - last.boot_ns).max(0);
        let apart = at.wall_ns - (last.told_ns + passed);
        let most = passed / DRAWN_BY;
        let drawn = if apart.abs() > FAR_NS { 0 } else { apart.clamp(-most, most) };
        last.told_ns += passed + drawn;
        last.boot_ns += passed;
        last.told_ns.div_euclid(NS_PER_MS)
    }

    /// How far the wall's clock is ahead, in milliseconds.
    pub(super) fn apart_ms(&self, at: Reading) -> i64 {
        let last = self.lock();
        (at.wall_ns - last.told_ns - (at.boot_ns - last.boot_ns)) / NS_PER_MS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000;

    /// A machine whose clocks a test moves.
    struct Machine {
        clock: SteadyClock,
        wall_ms: i64,
        boot_ms: i64,
    }

    impl Machine {
        fn started() -> Self {
            let (wall_ms, boot_ms) = (1_800_000_000_000, 7_000);
            Self { clock: SteadyClock::begin(reading(wall_ms, boot_ms)), wall_ms, boot_ms }
        }

        /// Time passes, a second at a time; answers what is told then.
        fn pass(&mut self, ms: i64) -> i64 {
            let mut told = self.now();
            for _ in 0..ms / SECOND {
                (self.wall_ms, self.boot_ms) = (self.wall_ms + SECOND, self.boot_ms + SECOND);
                let next = self.now();
                let passed = next - told;
                assert!((950..=1_050).contains(&passed), "{passed} ms in a second");
                told = next;
            }
            told
        }

        fn now(&self) -> i64 {
            self.clock.tell(reading(self.wall_ms, self.boot_ms))
        }

        fn apart(&self) -> i64 {
            self.clock.apart_ms(reading(self.wall_ms, self.boot_ms))
        }
    }

    fn reading(wall_ms: i64, boot_ms: i64) -> Reading {
        Reading { wall_ns: wall_ms * NS_PER_MS, boot_ns: boot_ms * NS_PER_MS }
    }

    #[test]
    fn a_step_of_minutes_is_caught_up_with_and_never_jumped() {
        for step in [4 * 60 * SECOND, -4 * 60 * SECOND] {
            let mut machine = Machine::started();
            let before = machine.now();
            machine.wall_ms += step;
            assert_eq!(machine.now(), before, "nothing has passed");
            assert_eq!(machine.apart(), step);
            assert_eq!(machine.pass(60 * SECOND) - before, 60 * SECOND + step.signum() * 3 * SECOND);
            machine.pass(80 * 60 * SECOND);
            assert_eq!((machine.now(), machine.apart()), (machine.wall_ms, 0));
        }
    }

    #[test]
    fn a_step_of_days_is_not_followed_until_it_is_taken_back() {
        let mut machine = Machine::started();
        let before = machine.now();
        machine.wall_ms += 2 * 86_400 * SECOND;
        assert_eq!(machine.pass(600 * SECOND) - before, 600 * SECOND);
        assert_eq!(machine.apart(), 2 * 86_400 * SECOND);
        machine.wall_ms -= 2 * 86_400 * SECOND;
        machine.pass(10 * SECOND);
        assert_eq!(machine.now(), machine.wall_ms);
    }

    #[test]
    fn readings_that_come_late_take_nothing_back() {
        let machine = Machine::started();
        let later = machine.clock.tell(reading(machine.wall_ms + 500, machine.boot_ms + 500));
        assert_eq!(machine.now(), later);
    }

    #[test]
    fn a_night_asleep_is_time_that_passed() {
        let mut machine = Machine::started();
        let (before, night) = (machine.now(), 8 * 3_600 * SECOND);
        (machine.wall_ms, machine.boot_ms) = (machine.wall_ms + night, machine.boot_ms + night);
        assert_eq!(machine.now() - before, night);
    }
}
