//! Starting other programs: to watch, to count or to read what they say.
//!
//! Every wait looks ten times a second at the wish to stop and at how long it may take. A child is then asked to end
//! (SIGTERM) and is killed only when it has not ended after [`PATIENCE`].

use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use crate::heard::Heard;
use crate::left;
use crate::slow::Slow;
use crate::tree::Tree;

/// How long a child may take to end after it was asked to.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

const GLANCE: Duration = Duration::from_millis(100);

/// Runs a program with our terminal and fails when it fails.
pub(crate) fn run(tree: &Tree, command: &mut Command) -> Result<()> {
    let name = name(command);
    let child = command.spawn().with_context(|| format!("cannot start {name}"))?;
    demand(&name, wait(child, || tree.go_on())?)
}

/// Whether the output of a counted program is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    Shown,
    Hidden,
}

/// Runs a program and counts the tests that it reports. What was heard is valid even when the program failed: the
/// second value says whether it did. A test that its runner calls slow for longer than `limit` ends the program.
pub(crate) fn run_counted(
    tree: &Tree,
    command: &mut Command,
    shown: Output,
    limit: Duration,
) -> Result<(Heard, Result<()>)> {
    let name = name(command);
    match shown {
        Output::Hidden => drop(command.stderr(Stdio::null())),
        Output::Shown if std::io::stdout().is_terminal() => {
            command.env("CARGO_TERM_COLOR", "always").env("FORCE_COLOR", "1");
        }
        Output::Shown => {}
    }
    let mut child = command.stdout(Stdio::piped()).spawn().with_context(|| format!("cannot start {name}"))?;
    let output = child.stdout.take().context("the child has no output")?;
    let slow = Slow::default();
    let watched = slow.clone();
    let reader = std::thread::spawn(move || {
        let mut heard = Heard::default();
        let mut lines = BufReader::new(output);
        let mut line = Vec::new();
        while matches!(lines.read_until(b'\n', &mut line), Ok(read) if read > 0) {
            if shown == Output::Shown {
                // A closed terminal must not end the run: the exit code still counts.
                let _ = std::io::stdout().write_all(&line);
            }
            let text = String::from_utf8_lossy(&line);
            heard.read_line(&text);
            watched.read_line(&text);
            line.clear();
        }
        heard
    });
    let status = wait(child, || tree.go_on().and_then(|()| slow.none_over(limit)));
    left::end_all(&tree.spared());
    let heard = reader.join().map_err(|_| anyhow::anyhow!("the reader of {name} panicked"))?;
    Ok((heard, status.and_then(|status| demand(&name, status))))
}

/// Runs a program silently and returns what it printed; its errors go to our terminal.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let name = name(command);
    let output = command.stderr(Stdio::inherit()).output().with_context(|| format!("cannot start {name}"))?;
    demand(&name, output.status)?;
    String::from_utf8(output.stdout).with_context(|| format!("{name} printed no UTF-8"))
}

/// True when the program starts and says that all is well. Prints nothing.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    let silent = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    silent.status().is_ok_and(|status| status.success())
}

/// The path of a program on `PATH`, if it is there.
pub(crate) fn find(program: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|candidate| candidate.is_file())
}

/// Asks a child to end and waits for it; kills it when it does not.
pub(crate) fn end(child: &mut Child, signal: Signal) -> Result<ExitStatus> {
    if let Some(status) = child.try_wait()? {
        return Ok(status);
    }
    kill_process(Pid::from_child(child), signal)?;
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill()?;
    Ok(child.wait()?)
}

/// Waits for a child, or ends it when it may not `go_on`.
fn wait(mut child: Child, go_on: impl Fn() -> Result<()>) -> Result<ExitStatus> {
    let mut pause = Duration::from_millis(2);
    loop {
        if let Some(status) = child.try_wait()? {
            go_on()?;
            return Ok(status);
        }
        if let Err(reason) = go_on() {
            end(&mut child, Signal::TERM)?;
            return Err(reason);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(GLANCE);
    }
}

fn demand(name: &str, status: ExitStatus) -> Result<()> {
    if status.success() { Ok(()) } else { bail!("`{name}` failed ({status})") }
}

fn name(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let mut words = vec![program.file_name().unwrap_or_default().to_string_lossy()];
    words.extend(command.get_args().take(4).map(|word| word.to_string_lossy()));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_program_is_an_error() {
        assert!(output(Command::new("sh").args(["-c", "exit 3"])).is_err());
        assert_eq!(output(Command::new("sh").args(["-c", "printf yes"])).unwrap(), "yes");
    }

    #[test]
    fn a_program_that_ignores_the_request_is_not_waited_for_once_it_ends() {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let status = end(&mut child, Signal::TERM).unwrap();
        assert!(!status.success());
        assert!(end(&mut child, Signal::TERM).is_ok(), "ending twice is harmless");
    }
}
