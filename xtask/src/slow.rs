//! Tests that take long, as libtest tells while they run: a test that waits for ever is named and ended, not waited for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::counts::without_colours;

/// Since when which tests are called slow; shared by the reader of a runner's lines and whoever waits for the runner.
#[derive(Clone, Default)]
pub(crate) struct Slow {
    since: Arc<Mutex<HashMap<String, Instant>>>,
}

impl Slow {
    /// Reads one line of a runner.
    pub(crate) fn read_line(&self, line: &str) {
        let plain = without_colours(line);
        let Some(rest) = plain.trim().strip_prefix("test ") else { return };
        let mut since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((name, _)) = rest.split_once(" has been running for over ") {
            since.insert(name.to_owned(), Instant::now());
        } else if let Some((name, _)) = rest.split_once(" ... ") {
            since.remove(name);
        }
    }

    /// # Errors
    /// A test has been slow for longer than `limit`.
    pub(crate) fn none_over(&self, limit: Duration) -> Result<()> {
        let since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        match since.iter().find(|(_, since)| since.elapsed() > limit) {
            Some((name, _)) => bail!("the test {name} took longer than {} minutes", limit.as_secs() / 60),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_test_is_named_until_it_ends() {
        let slow = Slow::default();
        slow.read_line("test door::waits ... ok");
        slow.read_line("test door::hangs has been running for over 60 seconds");
        assert!(slow.none_over(Duration::from_secs(60)).is_ok());
        std::thread::sleep(Duration::from_millis(2));
        let reason = slow.none_over(Duration::ZERO).unwrap_err().to_string();
        assert!(reason.contains("door::hangs"), "{reason}");
        slow.read_line("test door::hangs ... FAILED");
        assert!(slow.none_over(Duration::ZERO).is_ok());
    }
}
