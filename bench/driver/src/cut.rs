//! `bench cut`: what still arrives of a film after the owner has the answer to "end now".
//!
//! A thousand guests watch, each with a viewing of their own, and two do what is hardest to call back: one reads slowly,
//! one asks for fifty segments in one go and reads slowly, both with hardly any room in their own kernel. Told is when
//! the last byte of a segment was read, whoever read it. Both ways of media are measured, and the short one behind
//! nginx with the lines of the README.

mod reader;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use crate::anteroom::Running;
use crate::nginx::{self, Proxy};
use crate::owner::{self, Shared, Watching};
use crate::pairs::Verdict;
use crate::report::Report;
use crate::segment::random_bytes;
use crate::{machine, stop};
use reader::{Pace, Reader};

/// What is promised: of a hundred viewings 99 are cut within this, and all within the other.
const PROMISE_MS: f64 = 1_000.0;
const WORST_MS: f64 = 2_000.0;
/// So long everybody watches before the end: until what a slow reader asked for lies wherever it can lie.
const WATCHED: Duration = Duration::from_secs(4);
/// Whoever still gets bytes then is counted with this.
const LISTENED: Duration = Duration::from_secs(20);
const FILE: &str = "v0-90001.m4s";
const FILE_BYTES: usize = 200_000;
const LARGE: &str = "v0-90002.m4s";
const LARGE_BYTES: usize = 2_000_000;
const PIPELINED: usize = 50;

#[derive(Args)]
pub(crate) struct Options {
    /// Two rounds with a hundred guests, to try the benchmark out
    #[arg(long)]
    quick: bool,
    /// Rounds [default: 5]
    #[arg(long)]
    rounds: Option<usize>,
    /// Guests who watch as one does [default: 1000]
    #[arg(long)]
    guests: Option<usize>,
    /// Where files are kept while it runs
    #[arg(long)]
    folder: Option<PathBuf>,
}

impl Options {
    fn rounds(&self) -> usize {
        self.rounds.unwrap_or(if self.quick { 2 } else { 5 }).max(1)
    }

    fn guests(&self) -> usize {
        self.guests.unwrap_or(if self.quick { 100 } else { 1_000 })
    }
}

/// A way that media take.
struct Way {
    name: &'static str,
    port: u16,
    /// What makes a request take it.
    suffix: &'static str,
}

/// Measures every way and prints its lines.
pub(crate) fn run(options: &Options) -> Result<()> {
    let folder = machine::folder(options.folder.as_deref())?;
    let (mut running, shared, media) = owner::open_shared(folder.path())?;
    for (file, bytes) in [(FILE, FILE_BYTES), (LARGE, LARGE_BYTES)] {
        std::fs::write(media.join(file), random_bytes(bytes))?;
    }
    let mut guests = enter(&running, &shared, options.guests() + 2)?;
    let mut report = Report::default();
    for (name, suffix) in [("cut-lane", ""), ("cut-framework", "?")] {
        if report.goes_on() {
            let way = Way { name, port: running.port, suffix };
            report.add(name, measure(options, &way, &shared, &mut guests));
        }
    }
    let behind = "cut-behind-nginx";
    if !nginx::is_there() {
        report.say(format!("{behind}: {}", machine::missing("nginx")));
    } else if report.goes_on() {
        report.add(behind, measure_behind(options, behind, folder.path(), &running, &shared, &mut guests));
    }
    report.add("cut", running.server.end().map(|()| Vec::new()));
    report.print()
}

fn enter(running: &Running, shared: &Shared, count: usize) -> Result<Vec<Watching>> {
    (0..count)
        .map(|_| {
            stop::go_on()?;
            owner::enter(running.port, shared)
        })
        .collect()
}

fn measure_behind(
    options: &Options,
    name: &'static str,
    folder: &Path,
    running: &Running,
    shared: &Shared,
    guests: &mut [Watching],
) -> Result<Vec<String>> {
    let mut proxy = Proxy::start(folder, running.port)?;
    let lines = measure(options, &Way { name, port: proxy.port, suffix: "" }, shared, guests);
    proxy.server.end()?;
    lines
}

fn measure(options: &Options, way: &Way, shared: &Shared, guests: &mut [Watching]) -> Result<Vec<String>> {
    println!("{}", way.name);
    let (mut most, mut worst) = (Vec::new(), Vec::new());
    for round in 1..=options.rounds() {
        let late = cut(way, shared, guests)?;
        println!(
            "  round {round}:  slow {:.0} ms, pipelining {:.0} ms, of {} others the last {:.0} ms",
            late[0],
            late[1],
            late.len() - 2,
            late[2..].iter().copied().fold(0.0, f64::max)
        );
        let mut sorted = late;
        sorted.sort_by(f64::total_cmp);
        most.push(percentile(&sorted, 0.99));
        worst.push(sorted.last().copied().unwrap_or_default());
    }
    let line = |promise: f64, ours: &[f64], name: &str| {
        // Whoever got nothing late was cut within a millisecond, for a ratio.
        let ours: Vec<f64> = ours.iter().map(|late| late.max(1.0)).collect();
        Verdict::of_costs(&vec![promise; ours.len()], &ours).line(name, "ms")
    };
    Ok(vec![line(WORST_MS, &worst, &format!("{}-worst", way.name)), line(PROMISE_MS, &most, way.name)])
}

/// One end. Answers how long after the owner's answer each reader read its last byte: the slow one, the one that
/// pipelines, and the others.
fn cut(way: &Way, shared: &Shared, guests: &mut [Watching]) -> Result<Vec<f64>> {
    shared.open_door()?;
    for guest in guests.iter_mut() {
        guest.open(shared)?;
    }
    let stop = Arc::new(AtomicBool::new(false));
    let mut threads = Vec::new();
    for (number, guest) in guests.iter().enumerate() {
        let (file, pace) = match number {
            0 => (LARGE, Pace::Slow { at_once: 1 }),
            1 => (FILE, Pace::Slow { at_once: PIPELINED }),
            _ => (FILE, Pace::Usual { number }),
        };
        let path = format!("{}{}", guest.path(file), way.suffix);
        let reader = Reader::new(way.port, &path, guest.ticket()?, pace);
        let stop = Arc::clone(&stop);
        // A thousand of these stand at once.
        let thread = std::thread::Builder::new().stack_size(128 * 1_024);
        threads.push(thread.spawn(move || reader.read(&stop))?);
    }
    std::thread::sleep(WATCHED);
    shared.end_now()?;
    let answered = Instant::now();
    while answered.elapsed() < LISTENED && threads.iter().any(|thread| !thread.is_finished()) {
        stop::go_on()?;
        std::thread::sleep(Duration::from_millis(50));
    }
    stop.store(true, Ordering::Release);
    let late = threads.into_iter().map(|thread| {
        let Ok(last) = thread.join() else { bail!("a reader panicked") };
        let last = last?.context("a reader got nothing at all")?;
        Ok(last.saturating_duration_since(answered).as_secs_f64() * 1e3)
    });
    let late = late.collect::<Result<Vec<_>>>()?;
    ensure!(late.len() > 2, "nobody else watched");
    Ok(late)
}

fn percentile(sorted: &[f64], share: f64) -> f64 {
    let place = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(place.saturating_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_hundred_the_ninety_ninth_counts() {
        let values: Vec<f64> = (1..=100).map(f64::from).collect();
        assert!((percentile(&values, 0.99) - 99.0).abs() < f64::EPSILON);
        assert!((percentile(&values[..1], 0.99) - 1.0).abs() < f64::EPSILON);
    }
}
