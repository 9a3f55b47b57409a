//! The steps of a run with their times, and the closing lines.
//!
//! A step that reports no tests counts as one itself, so that the last line cannot say "0 failed" after a failed step.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::counts::Counts;
use crate::heard::Heard;
use crate::tree::Tree;

/// What was run so far.
#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
}

struct Row {
    name: &'static str,
    heard: Heard,
    took: Duration,
    passed: bool,
}

impl Report {
    /// Runs a step that either holds or does not, within `limit`.
    pub(crate) fn check(
        &mut self,
        tree: &Tree,
        name: &'static str,
        limit: Duration,
        work: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        self.tests(tree, name, limit, || Ok((Heard::default(), work())))
    }

    /// Runs a step that counts tests, within `limit`; a failure ends the run.
    pub(crate) fn tests(
        &mut self,
        tree: &Tree,
        name: &'static str,
        limit: Duration,
        work: impl FnOnce() -> Result<(Heard, Result<()>)>,
    ) -> Result<()> {
        tree.go_on()?;
        println!("== {name}");
        let started = Instant::now();
        let (heard, outcome) =
            tree.within(limit, work).unwrap_or_else(|error| (Heard::default(), Err(error)));
        self.rows.push(Row { name, heard, took: started.elapsed(), passed: outcome.is_ok() });
        outcome
    }

    /// The table of steps and, as the last line, `N passed, N failed`.
    pub(crate) fn close(&self) -> String {
        let mut text = String::from("\n");
        let mut total = Counts::default();
        for row in &self.rows {
            let counts = row.whole();
            total.add(counts);
            let verdict = if row.passed { "ok" } else { "FAILED" };
            let tests = if row.heard.counts.is_empty() {
                String::new()
            } else {
                format!("{} passed", row.heard.counts.passed)
            };
            let seconds = row.took.as_secs_f64();
            text.push_str(format!("{:<16} {verdict:<7} {seconds:>7.1} s  {tests}", row.name).trim_end());
            text.push('\n');
        }
        for shaky in self.rows.iter().flat_map(|row| &row.heard.shaky) {
            text.push_str(&format!("shaky, passed only at the second try: {shaky}\n"));
        }
        if self.rows.last().is_some_and(|row| !row.passed) {
            text.push_str("Stopped at the first failed step; what follows it was not run.\n");
        }
        text.push_str(&format!("{} passed, {} failed", total.passed, total.failed));
        text
    }
}

impl Row {
    /// The counts of the row, with the step itself where its tests do not tell how it ended.
    fn whole(&self) -> Counts {
        match (self.passed, self.heard.counts) {
            (true, counts) if counts.is_empty() => Counts { passed: 1, failed: 0 },
            (false, counts) if counts.failed == 0 => Counts { passed: counts.passed, failed: 1 },
            (_, counts) => counts,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &'static str, passed: u64, failed: u64, ok: bool) -> Row {
        let heard = Heard { counts: Counts { passed, failed }, ..Heard::default() };
        Row { name, heard, took: Duration::ZERO, passed: ok }
    }

    fn last_line(rows: Vec<Row>) -> String {
        Report { rows }.close().lines().last().unwrap().to_owned()
    }

    #[test]
    fn steps_and_tests_are_summed() {
        assert_eq!(last_line(vec![row("fmt", 0, 0, true), row("rust", 40, 0, true)]), "41 passed, 0 failed");
    }

    #[test]
    fn a_step_that_fails_without_a_failed_test_still_counts() {
        assert_eq!(last_line(vec![row("fmt", 0, 0, true), row("rust", 3, 0, false)]), "4 passed, 1 failed");
        assert_eq!(last_line(vec![row("rust", 3, 2, false)]), "3 passed, 2 failed");
    }

    #[test]
    fn what_was_shaky_is_said() {
        let mut shaky = row("journeys", 9, 0, true);
        shaky.heard.shaky.push("later.test.mjs".into());
        let report = Report { rows: vec![shaky] };
        assert!(report.close().contains("second try: later.test.mjs"));
    }

    #[test]
    fn a_stop_is_said() {
        let report = Report { rows: vec![row("clippy", 0, 0, false)] };
        assert!(report.close().contains("was not run"));
    }
}
