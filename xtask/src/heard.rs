//! What a test runner was heard to say: how many tests passed, and which did not.

use crate::counts::{Counts, without_colours};

/// The counts of a run, and whatever failed in it by a name that the runner takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) counts: Counts,
    /// Names of Rust tests, paths of journeys; each once.
    pub(crate) failed: Vec<String>,
    /// What failed at first and passed alone.
    pub(crate) shaky: Vec<String>,
}

impl Heard {
    /// Reads one line of a runner.
    pub(crate) fn read_line(&mut self, line: &str) {
        self.counts.read_line(line);
        let plain = without_colours(line);
        if let Some(name) = failed_in_rust(plain.trim()).or_else(|| failed_in_node(plain.trim()))
            && !self.failed.iter().any(|known| known == name)
        {
            self.failed.push(name.to_owned());
        }
    }
}

/// `test door::closes::sqlite ... FAILED`
fn failed_in_rust(line: &str) -> Option<&str> {
    line.strip_prefix("test ")?.strip_suffix(" ... FAILED")
}

/// `location: '/…/e2e/journeys/later.test.mjs:17:1'`, which node:test writes beside failures only;
/// `test at journeys/later.test.mjs:17:1` on a terminal.
fn failed_in_node(line: &str) -> Option<&str> {
    const END: &str = ".test.mjs";
    let place = line.strip_prefix("location: '").or_else(|| line.strip_prefix("test at "))?;
    let end = place.find(END)? + END.len();
    Some(&place[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(lines: &[&str]) -> Vec<String> {
        let mut heard = Heard::default();
        lines.iter().for_each(|line| heard.read_line(line));
        heard.failed
    }

    #[test]
    fn rust_tests_are_named() {
        assert_eq!(failed(&["test a::b ... ok", "test a::c::sqlite ... FAILED"]), ["a::c::sqlite"]);
    }

    #[test]
    fn journeys_are_named_by_their_file_once() {
        let lines = [
            "not ok 18 - days later",
            "  location: '/…/e2e/journeys/later.test.mjs:17:1'",
            "    location: '/…/e2e/journeys/later.test.mjs:20:3'",
        ];
        assert_eq!(failed(&lines), ["/…/e2e/journeys/later.test.mjs"]);
        assert_eq!(failed(&["test at journeys/entry.test.mjs:4:1"]), ["journeys/entry.test.mjs"]);
    }
}
