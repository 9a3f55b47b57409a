//! The lines that a benchmark ends with. A variant that fails says so in its own line and leaves the others theirs.

use anyhow::{Result, bail};

use crate::stop;

#[derive(Default)]
pub(crate) struct Report {
    lines: Vec<String>,
    failed: Vec<String>,
}

impl Report {
    /// Lines that are known without measuring.
    pub(crate) fn say(&mut self, line: String) {
        self.lines.push(line);
    }

    /// What became of one variant.
    pub(crate) fn add(&mut self, name: &str, measured: Result<Vec<String>>) {
        match measured {
            Ok(lines) => self.lines.extend(lines),
            Err(error) => {
                self.lines.push(format!("{name}: failed: {}", first_line(&format!("{error:#}"))));
                self.failed.push(format!("{name}: {error:#}"));
            }
        }
    }

    /// Whether it makes sense to go on with the next variant.
    pub(crate) fn goes_on(&self) -> bool {
        stop::go_on().is_ok()
    }

    /// Prints all lines; what failed is an error after that.
    pub(crate) fn print(self) -> Result<()> {
        println!("{}", self.lines.join("\n"));
        stop::go_on()?;
        if self.failed.is_empty() { Ok(()) } else { bail!("{}", self.failed.join("\n")) }
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_takes_nobody_elses_line() {
        let mut report = Report::default();
        report.add("one", Ok(vec!["one: ratio=1".into()]));
        report.add("two", Err(anyhow::anyhow!("it broke\nlong story")));
        report.add("three", Ok(vec!["three: ratio=3".into()]));
        assert_eq!(report.lines, ["one: ratio=1", "two: failed: it broke", "three: ratio=3"]);
        assert!(report.print().is_err_and(|error| error.to_string().contains("long story")));
    }
}
