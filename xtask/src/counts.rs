//! How many tests passed and failed, read from what the runners print.
//!
//! Four runners are understood: libtest (`cargo test`), vitest, node:test and Playwright. Colours are stripped first.

/// Tests that passed and tests that failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Counts {
    pub(crate) fn is_empty(self) -> bool {
        self.passed == 0 && self.failed == 0
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// Reads one line of a runner; lines that are no summary change nothing.
    pub(crate) fn read_line(&mut self, line: &str) {
        let plain = without_colours(line);
        let words: Vec<&str> =
            plain.split([' ', ';', '|', '\t', '\n', '\r']).filter(|word| !word.is_empty()).collect();
        match words.as_slice() {
            // test result: ok. 12 passed; 0 failed; 1 ignored; ...
            ["test", "result:", _, rest @ ..] => self.add_pairs(rest),
            // Tests  1 failed | 12 passed (13)
            ["Tests", rest @ ..] => self.add_pairs(rest),
            // node:test, as TAP or as the spec reporter writes it: "# pass 12", "ℹ fail 1"
            ["#" | "ℹ", "pass", count] => self.passed += number(count),
            ["#" | "ℹ", "fail", count] => self.failed += number(count),
            // Playwright: "  12 passed (3.4s)", "  1 failed"
            [count, "passed", time] if time.starts_with('(') => self.passed += number(count),
            [count, "failed"] => self.failed += number(count),
            _ => {}
        }
    }

    fn add_pairs(&mut self, words: &[&str]) {
        for pair in words.windows(2) {
            match pair[1] {
                "passed" => self.passed += number(pair[0]),
                "failed" => self.failed += number(pair[0]),
                _ => {}
            }
        }
    }
}

fn number(word: &str) -> u64 {
    word.parse().unwrap_or(0)
}

/// The line without ANSI escape sequences (`ESC [ ... letter`).
pub(crate) fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            characters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(lines: &[&str]) -> (u64, u64) {
        let mut counts = Counts::default();
        lines.iter().for_each(|line| counts.read_line(line));
        (counts.passed, counts.failed)
    }

    #[test]
    fn libtest_summaries_add_up() {
        let ok =
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.00s";
        let red = "test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(counted(&[ok, "test heart::beats ... ok", red]), (14, 3));
    }

    #[test]
    fn vitest_counts_tests_and_not_files() {
        let lines = [" Test Files  1 failed | 3 passed (4)", "      Tests  1 failed | 20 passed (21)"];
        assert_eq!(counted(&lines), (20, 1));
        assert_eq!(
            counted(&["\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[32m7 passed\u{1b}[39m (7)"]),
            (7, 0)
        );
    }

    #[test]
    fn node_and_playwright_are_understood() {
        assert_eq!(counted(&["# tests 3", "# pass 2", "# fail 1"]), (2, 1));
        assert_eq!(counted(&["ℹ pass 5", "ℹ fail 0"]), (5, 0));
        assert_eq!(counted(&["  1 failed", "  9 passed (12.4s)"]), (9, 1));
    }

    #[test]
    fn talk_about_tests_is_not_counted() {
        assert_eq!(counted(&["3 passed the door", "# passed", "test a ... FAILED"]), (0, 0));
    }
}
