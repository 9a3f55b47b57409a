//! The well-known load tool `wrk`, as a second opinion beside our own. It checks the status of each answer and no
//! bytes.

use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::{child, machine};

/// True when it is installed.
pub(crate) fn is_there() -> bool {
    machine::find("wrk").is_some()
}

/// Fetches one URL over and over; answers how often.
///
/// # Errors
/// When any answer was bad.
pub(crate) fn run(url: &str, cookie: &str, connections: usize, time: Duration) -> Result<u64> {
    let mut wrk = child::command("wrk", None);
    wrk.args(["-t2", "-c", &connections.to_string(), "-d", &format!("{}s", time.as_secs())]);
    if !cookie.is_empty() {
        wrk.args(["-H", &format!("Cookie: {cookie}")]);
    }
    read(&child::output(wrk.arg(url))?)
}

fn read(report: &str) -> Result<u64> {
    if let Some(bad) = report.lines().find(|line| line.contains("Non-2xx") || line.contains("Socket errors"))
    {
        bail!("wrk saw bad answers: {}", bad.trim());
    }
    let line =
        report.lines().find(|line| line.contains(" requests in ")).context("wrk reported no requests")?;
    line.split_whitespace().next().and_then(|number| number.parse().ok()).context("wrk reported no number")
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str =
        "Running 5s test\n  2 threads and 64 connections\n  97216 requests in 5.10s, 18.55GB read\n";

    #[test]
    fn a_report_is_read() {
        assert_eq!(read(REPORT).unwrap(), 97_216);
        assert!(read("nothing").is_err());
    }

    #[test]
    fn bad_answers_spoil_a_report() {
        assert!(read(&format!("{REPORT}  Non-2xx or 3xx responses: 7\n")).is_err());
    }
}
