//! What is said on standard output and standard error. Whoever listens may go away at any time.

use std::io::{ErrorKind, Write, stderr, stdout};

use anyhow::Context;

/// Nobody reads on, as behind `anteroom openapi | head`. The command ends, and has done what it was to do.
#[derive(Debug)]
pub(crate) struct NobodyReads;

impl std::fmt::Display for NobodyReads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("nobody reads the answer")
    }
}

impl std::error::Error for NobodyReads {}

/// Answers on standard output.
///
/// # Errors
/// [`NobodyReads`], or what is wrong with it.
pub(crate) fn say(text: &str) -> anyhow::Result<()> {
    let mut out = stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(NobodyReads.into()),
        done => done.context("standard output"),
    }
}

/// Complains on standard error, cause below cause.
pub(crate) fn complain(error: &anyhow::Error) {
    // Who closed it does not want to hear.
    let _ = writeln!(stderr().lock(), "anteroom: {error:#}");
}
