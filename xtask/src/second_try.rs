//! One more try, alone, for a test that failed beside many others.
//!
//! What passes then is called shaky in the closing lines: it is a fault of the test or of the product, and must be
//! mended. What fails twice, and more than a few at once, fails the run.

use anyhow::Result;

use crate::heard::Heard;

/// So many shaky tests are a machine's bad moment; more are not.
const SHAKY_MOST: usize = 2;

/// The outcome of a run, after a second try where that can change it. `again` runs only the named tests.
pub(crate) fn run(
    (first, outcome): (Heard, Result<()>),
    again: impl FnOnce(&[String]) -> Result<(Heard, Result<()>)>,
) -> Result<(Heard, Result<()>)> {
    if outcome.is_ok() || first.failed.is_empty() || first.failed.len() > SHAKY_MOST {
        return Ok((first, outcome));
    }
    println!("== second try: {}", first.failed.join(", "));
    let (second, passed) = again(&first.failed)?;
    if passed.is_err() || second.counts.passed == 0 {
        return Ok((first, outcome));
    }
    let mut heard = first;
    heard.counts.passed += heard.counts.failed;
    heard.counts.failed = 0;
    heard.shaky = std::mem::take(&mut heard.failed);
    Ok((heard, Ok(())))
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;
    use crate::counts::Counts;

    fn failed(names: &[&str]) -> (Heard, Result<()>) {
        let counts = Counts { passed: 7, failed: names.len() as u64 };
        let failed = names.iter().map(|name| (*name).to_owned()).collect();
        (Heard { counts, failed, ..Heard::default() }, fail())
    }

    fn fail() -> Result<()> {
        bail!("failed")
    }

    fn passed(count: u64) -> Result<(Heard, Result<()>)> {
        let counts = Counts { passed: count, failed: 0 };
        Ok((Heard { counts, ..Heard::default() }, Ok(())))
    }

    #[test]
    fn what_passes_alone_is_shaky_and_said() {
        let (heard, outcome) = run(failed(&["a"]), |_| passed(1)).unwrap();
        assert!(outcome.is_ok());
        assert_eq!((heard.counts.passed, heard.counts.failed), (8, 0));
        assert_eq!(heard.shaky, ["a"]);
    }

    #[test]
    fn what_fails_twice_or_was_not_run_again_fails() {
        assert!(run(failed(&["a"]), |_| Ok(failed(&["a"]))).unwrap().1.is_err());
        assert!(run(failed(&["a"]), |_| passed(0)).unwrap().1.is_err());
    }

    #[test]
    fn many_failures_and_a_crash_get_no_second_try() {
        for names in [&[][..], &["a", "b", "c"][..]] {
            let (heard, outcome) = run(failed(names), |_| panic!("no second try")).unwrap();
            assert!(outcome.is_err() && heard.shaky.is_empty());
        }
    }
}
