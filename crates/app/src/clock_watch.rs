//! Watches the clock: a process whose time and the wall's clock are far apart, or whose time differs from the
//! database's, says that it is not ready, because ends of links are compared with it. Ready again once that is mended.

use std::sync::Mutex;

use domain::{Instant, Span};

/// A step larger than this is no correction any more.
const STEP: Span = Span::from_minutes(5);
/// Clocks of two nodes may differ by this.
const SKEW: Span = Span::from_secs(1);

/// What was wrong with the clock when it was looked at last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The wall's clock is ahead of this process's time by this much, in milliseconds; less than 0: behind.
    Stepped(i64),
    /// It differs from the database's clock by this much, in milliseconds.
    Skewed(i64),
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stepped(ms) => {
                write!(f, "the clock stepped by {ms} ms; set it right, or restart if it is right now")
            }
            Self::Skewed(ms) => write!(f, "the clock differs from the database's by {ms} ms; set it right"),
        }
    }
}

#[derive(Default)]
pub(crate) struct ClockWatch {
    trouble: Mutex<Option<Trouble>>,
}

impl ClockWatch {
    /// Judges how far the wall's clock is apart, and the database's if it has one of its own.
    pub(crate) fn look(&self, apart_ms: i64, now: Instant, database: Option<Instant>) {
        let found = judge(apart_ms).or_else(|| database.and_then(|database| compare(now, database)));
        let mut trouble = self.trouble.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let is_news =
            trouble.as_ref().map(std::mem::discriminant) != found.as_ref().map(std::mem::discriminant);
        match &found {
            Some(found) if is_news => tracing::error!(%found, "not ready"),
            None if is_news => tracing::info!("the clock is right again"),
            _ => {}
        }
        *trouble = found;
    }

    pub(crate) fn trouble(&self) -> Option<Trouble> {
        self.trouble.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }
}

fn judge(apart_ms: i64) -> Option<Trouble> {
    (apart_ms.abs() > STEP.as_ms()).then_some(Trouble::Stepped(apart_ms))
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
        assert_eq!(judge(300_000), None);
        assert_eq!(judge(400_000), Some(Trouble::Stepped(400_000)));
        assert_eq!(judge(-300_001), Some(Trouble::Stepped(-300_001)));
    }

    #[test]
    fn a_skew_and_a_step_heal_when_they_are_mended() {
        let at = Instant::from_ms;
        let watch = ClockWatch::default();
        watch.look(0, at(0), Some(at(1_500)));
        assert_eq!(watch.trouble(), Some(Trouble::Skewed(-1_500)));
        watch.look(0, at(0), Some(at(200)));
        assert_eq!(watch.trouble(), None);
        watch.look(Span::from_days(2).as_ms(), at(0), None);
        assert!(matches!(watch.trouble(), Some(Trouble::Stepped(_))));
        watch.look(0, at(0), None);
        assert_eq!(watch.trouble(), None);
    }
}
