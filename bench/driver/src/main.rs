//! Benchmarks that set Anteroom beside a peer, on one machine, in one run.
//!
//! `cargo xtask bench NAME` builds both and calls this. What is told is a ratio of CPU time; see `bench/README.md`.

mod answer;
mod anteroom;
mod child;
mod clip;
mod cluster;
mod cpu;
mod cut;
mod door;
mod http;
mod load;
mod machine;
mod naive;
mod nginx;
mod owner;
mod pairs;
mod report;
mod rows;
mod segment;
mod stop;
mod wrk;

use std::time::Duration;

use clap::{Args, Parser, Subcommand};

#[derive(Parser)]
#[command(about = "Anteroom beside its peers: CPU time per unit of work")]
struct Command {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Subcommand)]
enum Bench {
    /// Entries through both doors, durable, beside axum + sqlx with one transaction each
    Door(door::Options),
    /// Authorised media segments, beside nginx
    Segment(segment::Options),
    /// What still arrives after the owner's answer to "end now"
    Cut(cut::Options),
}

/// How long and how often.
#[derive(Args, Clone, Copy)]
struct Pace {
    /// Two short rounds, to try the benchmark out; the figures are worth little
    #[arg(long)]
    quick: bool,
    /// Rounds; each runs every side once [default: 7]
    #[arg(long)]
    rounds: Option<usize>,
    /// Seconds per run [default: 5]
    #[arg(long)]
    seconds: Option<u64>,
    /// Keep-alive connections
    #[arg(long, default_value_t = 64)]
    connections: usize,
}

impl Pace {
    fn rounds(&self) -> usize {
        self.rounds.unwrap_or(if self.quick { 2 } else { 7 }).max(1)
    }

    fn run(&self) -> Duration {
        Duration::from_secs(self.seconds.unwrap_or(if self.quick { 2 } else { 5 }).clamp(1, 40))
    }

    /// Caches fill, pools open, pages of the database get there.
    fn warm_up(&self) -> Duration {
        if self.quick { Duration::from_secs(1) } else { self.run().min(Duration::from_secs(3)) }
    }
}

fn main() -> anyhow::Result<()> {
    stop::watch()?;
    match Command::parse().bench {
        Bench::Door(options) => door::run(&options),
        Bench::Segment(options) => segment::run(&options),
        Bench::Cut(options) => cut::run(&options),
    }
}
