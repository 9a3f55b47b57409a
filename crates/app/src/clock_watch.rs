//! Watches the clock: a process whose clock stepped, or whose clock differs from the database's, says that it is
//! not ready, because ends of links are compared with it.

use std::sync::Mutex;

use domain::{Instant, Span};
use tokio::time::Instant as Steady;

/// A step larger than this is no correction any more.
const STEP: Span = Span::from_minutes(5);
/// Clocks of two nodes may differ by this.
const SKEW: Span = Span::from_secs(1);

/// What was wrong with the clock when it was looked at last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It moved by this much more or less than time did, in milliseconds.
    Stepped(i64),
    /// It differs from the database's clock by this much, in milliseconds.
    Skewed(i64),
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stepped(ms) => write!(f, "the clock stepped by {ms} ms; set it right and restart"),
            Self::Skewed(ms) => write!(f, "the clock differs from the database's by {ms} ms; set it right"),
        }
    }
}

pub(crate) struct ClockWatch {
    begun: (Instant, Steady),
    trouble: Mutex<Option<Trouble>>,
}

impl ClockWatch {
    #[expect(clippy::disallowed_methods, reason = "steady time is what the clock is held against")]
    pub(crate) fn new(now: Instant) -> Self {
        Self { begun: (now, Steady::now()), trouble: Mutex::new(None) }
    }

    /// Compares the clock with steady time, and with the database's if it has one of its own.
    pub(crate) fn look(&self, now: Instant, database: Option<Instant>) {
        let found = judge(now.as_ms() - self.begun.0.as_ms(), self.begun.1.elapsed().as_millis() as i64)
            .or_else(|| database.and_then(|database| compare(now, database)));
        let mut trouble = self.trouble.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // A step does not heal by itself: links were judged by two different clocks.
        if matches!(*trouble, Some(Trouble::Stepped(_))) {
            return;
        }
        if *trouble != found
            && let Some(found) = &found
        {
            tracing::error!(%found, "not ready");
        }
        *trouble = found;
    }

    pub(crate) fn trouble(&self) -> Option<Trouble> {
        self.trouble.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }
}

fn judge(clock_ms: i64, steady_ms: i64) -> Option<Trouble> {
    let step = clock_ms - steady_ms;
    (step.abs() > STEP.as_ms()).then_some(Trouble::Stepped(step))
}

fn compare(now: Instant, database: Instant) -> Option<Trouble> {
    let skew = now.as_ms() - database.as_ms();
    (skew.abs() > SKEW.as_ms()).then_some(Trouble::Skewed(skew))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corrections_pass_and_steps_do_not() {
        assert_eq!(judge(1_000, 1_400), None);
        assert_eq!(judge(400_000, 0), Some(Trouble::Stepped(400_000)));
        assert_eq!(judge(0, 300_001), Some(Trouble::Stepped(-300_001)));
    }

    #[tokio::test]
    async fn a_step_stays_and_a_skew_heals() {
        let at = Instant::from_ms;
        let watch = ClockWatch::new(at(0));
        watch.look(at(0), Some(at(1_500)));
        assert_eq!(watch.trouble(), Some(Trouble::Skewed(-1_500)));
        watch.look(at(0), Some(at(200)));
        assert_eq!(watch.trouble(), None);
        watch.look(at(3_600_000), None);
        watch.look(at(0), None);
        assert!(matches!(watch.trouble(), Some(Trouble::Stepped(_))));
    }
}
