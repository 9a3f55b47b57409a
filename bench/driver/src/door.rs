//! `bench door`: entries through the guest door, beside `bench/naive`.
//!
//! Both servers get the same form by POST, as a browser sends it, and both have made the entry durable when they
//! answer. Four variants: one link that everybody uses, and a thousand; SQLite and PostgreSQL.

mod form;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::anteroom::{Anteroom, Running};
use crate::cluster::{self, Cluster};
use crate::naive::Naive;
use crate::pairs::{self, Run, Side, Verdict};
use crate::rows::{Rows, Schema};
use crate::{Pace, load, machine};
use form::Entrants;

/// Threads of the load client; it shares the machine with the server.
const THREADS: usize = 2;
const UNIT: &str = "us/entry";

#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    pace: Pace,
    /// Only this engine
    #[arg(long, value_enum)]
    engine: Option<Engine>,
    /// Only with so many links
    #[arg(long)]
    links: Option<usize>,
    /// Connections in the peer's pool, where not its own default
    #[arg(long)]
    peer_pool: Option<u32>,
    /// Where databases are kept while it runs
    #[arg(long)]
    folder: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// Runs the variants and prints a line for each.
pub(crate) fn run(options: &Options) -> Result<()> {
    let mut lines = Vec::new();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        for links in [1, 1_000] {
            if options.engine.is_some_and(|only| only != engine)
                || options.links.is_some_and(|only| only != links)
            {
                continue;
            }
            let name = format!("door-{}-{links}", engine.name());
            if engine == Engine::Postgres && !cluster::is_there() {
                lines.push(format!("{name}: {}", machine::missing("postgresql")));
                continue;
            }
            println!("{name}");
            lines.extend(variant(options, engine, links, &name)?);
        }
    }
    println!("{}", lines.join("\n"));
    Ok(())
}

/// A server whose door is used.
struct Door {
    name: &'static str,
    port: u16,
    connections: usize,
    /// The server, then its database if that is a process of its own.
    processes: Vec<u32>,
    entrants: Vec<Entrants>,
    entered: u64,
}

impl Side for Door {
    fn name(&self) -> &str {
        self.name
    }

    fn processes(&self) -> Vec<u32> {
        self.processes.clone()
    }

    fn load(&mut self, time: Duration) -> Result<u64> {
        let answers = load::run(self.port, self.connections, time, &mut self.entrants)?;
        self.entered += answers;
        Ok(answers)
    }
}

impl Door {
    fn new(
        name: &'static str,
        port: u16,
        connections: usize,
        processes: Vec<u32>,
        tokens: &[String],
    ) -> Self {
        let entrants = (0..THREADS).map(|_| Entrants::new(port, tokens)).collect();
        Self { name, port, connections, processes, entrants, entered: 0 }
    }

    fn keys(&self) -> Vec<Vec<u8>> {
        self.entrants.iter().flat_map(Entrants::keys).collect()
    }
}

/// One of the two servers with its database.
struct House<S> {
    server: S,
    rows: Rows,
    cluster: Option<Cluster>,
}

fn variant(options: &Options, engine: Engine, links: usize, name: &str) -> Result<Vec<String>> {
    let folder = machine::folder(options.folder.as_deref())?;
    let (ours, tokens) = open_ours(folder.path(), engine, links)?;
    let (peer, peer_tokens) = open_peer(folder.path(), engine, links, options.peer_pool)?;
    let connections = options.pace.connections;
    let ours_processes = processes(ours.server.server.id(), ours.cluster.as_ref());
    let peer_processes = processes(peer.server.server.id(), peer.cluster.as_ref());
    let mut our_door = Door::new("ours", ours.server.port, connections, ours_processes, &tokens);
    let mut peer_door = Door::new("naive", peer.server.port, connections, peer_processes, &peer_tokens);
    let runs = pairs::run(&options.pace, &mut [&mut our_door, &mut peer_door])?;

    let House { mut server, mut rows, cluster } = ours;
    server.server.end()?;
    rows.check(our_door.entered, &our_door.keys())?;
    drop(cluster);
    let House { mut server, mut rows, cluster } = peer;
    server.server.end()?;
    rows.check(peer_door.entered, &peer_door.keys())?;
    drop(cluster);
    println!("  seats = uses = answers: ours {}, naive {}", our_door.entered, peer_door.entered);
    Ok(lines(name, &runs))
}

fn processes(server: u32, cluster: Option<&Cluster>) -> Vec<u32> {
    std::iter::once(server).chain(cluster.map(Cluster::id)).collect()
}

fn open_ours(folder: &Path, engine: Engine, links: usize) -> Result<(House<Running>, Vec<String>)> {
    let cluster = cluster(engine, &folder.join("our-database"))?;
    let anteroom = Anteroom::new(&folder.join("ours"), cluster.as_ref().map(Cluster::url))?;
    anteroom.create_owner()?;
    let mut rows = match &cluster {
        Some(cluster) => Rows::open(&cluster.url())?,
        None => Rows::open_file(&anteroom.data.join("anteroom.sqlite3"))?,
    };
    let tokens = rows.make_links(Schema::Ours, links)?;
    Ok((House { server: anteroom.start()?, rows, cluster }, tokens))
}

fn open_peer(
    folder: &Path,
    engine: Engine,
    links: usize,
    pool: Option<u32>,
) -> Result<(House<Naive>, Vec<String>)> {
    let cluster = cluster(engine, &folder.join("peer-database"))?;
    let file = folder.join("naive.sqlite3");
    let database = cluster.as_ref().map_or_else(|| file.display().to_string(), Cluster::url);
    let server = Naive::start(&database, pool, &folder.join("naive.log"))?;
    let mut rows = match &cluster {
        Some(cluster) => Rows::open(&cluster.url())?,
        None => Rows::open_file(&file)?,
    };
    let tokens = rows.make_links(Schema::Naive, links)?;
    Ok((House { server, rows, cluster }, tokens))
}

fn cluster(engine: Engine, folder: &Path) -> Result<Option<Cluster>> {
    (engine == Engine::Postgres).then(|| Cluster::start(folder)).transpose()
}

/// The figures of a variant. On PostgreSQL the database's processes are the server's too; the second line leaves them
/// out.
fn lines(name: &str, runs: &[Vec<Run>]) -> Vec<String> {
    let [ours, peer] = runs else { return Vec::new() };
    let each = |runs: &[Run], cost: fn(&Run) -> f64| runs.iter().map(cost).collect::<Vec<f64>>();
    let compare = |cost: fn(&Run) -> f64| Verdict::of_costs(&each(peer, cost), &each(ours, cost));
    let whole = compare(|run| run.cpu.iter().sum());
    let mut lines = Vec::new();
    if whole.is_noisy() {
        lines
            .push(format!("{name}: the rounds differ by more than 25 %; the machine was busy, run it again"));
    }
    let rates = Verdict::of_rates(&each(peer, |run| run.rate), &each(ours, |run| run.rate));
    lines.push(rates.line(&format!("{name}-rate"), "entries/s"));
    if ours.iter().all(|run| run.cpu.len() > 1) {
        lines.push(compare(|run| run.cpu[0]).line(&format!("{name}-without-database"), UNIT));
    }
    lines.push(whole.line(name, UNIT));
    lines
}
