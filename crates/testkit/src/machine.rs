//! What tests take from the machine: the clock, randomness, the environment, child processes, waiting. Here alone.

use std::ffi::OsStr;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Pause between two looks at something that is waited for.
const GLANCE: Duration = Duration::from_millis(10);

/// UTC milliseconds.
#[expect(clippy::disallowed_methods, reason = "the clock comes in here")]
pub fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}

/// A point to measure from.
#[expect(clippy::disallowed_methods, reason = "the clock comes in here")]
pub fn moment() -> Instant {
    Instant::now()
}

/// Bytes that are fresh each time.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system has randomness");
    bytes
}

/// A setting of the test run.
#[expect(clippy::disallowed_methods, reason = "the environment comes in here")]
#[must_use]
pub fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// A program to be started, without the settings of the test run and without those of whoever runs it.
#[expect(clippy::disallowed_methods, reason = "child processes start here")]
pub fn program(path: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(path);
    command.env_clear().env("PATH", setting("PATH").unwrap_or_default());
    command
}

/// Lets this test have as many descriptors as the machine allows.
pub fn raise_descriptors() {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    let all = rustix::process::Rlimit { current: limit.maximum, maximum: limit.maximum };
    // Where that is refused, those that are there must do.
    let _ = rustix::process::setrlimit(rustix::process::Resource::Nofile, all);
}

/// Lets time pass: for load that has to last a while, never to hope that something has happened.
#[expect(clippy::disallowed_methods, reason = "waiting happens here")]
pub fn pause(time: Duration) {
    std::thread::sleep(time);
}

/// Looks until `look` answers, at most `most` long.
///
/// # Panics
/// When it did not.
pub fn wait_for<T>(what: &str, most: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = moment();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < most, "waited {most:?} in vain for {what}");
        pause(GLANCE);
    }
}

/// A figure for whoever reads the run; shown with `--nocapture`.
#[expect(clippy::print_stdout, reason = "figures are told to the runner's output")]
pub fn shout(text: &str) {
    println!("{text}");
}
