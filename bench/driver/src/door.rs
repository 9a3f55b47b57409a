//! `bench door`: entries through both doors, beside `bench/naive`.
//!
//! Both servers get the same form by POST, as a browser sends it, and both have made the entry durable when they
//! answer. Guests come by one link that everybody uses and by a thousand; invited people each by an invite of their
//! own, with one use. On SQLite and on PostgreSQL.

mod form;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::anteroom::{Anteroom, Running};
use crate::child::Server;
use crate::cluster::{self, Cluster};
use crate::naive::Naive;
use crate::pairs::{self, Run, Side, Verdict};
use crate::report::Report;
use crate::rows::{Books, Rows, Schema};
use crate::{Pace, load, machine};
use form::{Entrants, Way};

/// Threads of the load client; it shares the machine with the server.
const THREADS: usize = 2;
const UNIT: &str = "us/entry";
/// So many times more invites than the fastest run used up are there before the next one.
const HASTE: f64 = 2.0;
/// Invites that the faster of the two could use up in a second, before anybody has measured it.
const SQLITE_MOST: usize = 12_000;
const POSTGRES_MOST: usize = 6_000;

#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    pace: Pace,
    /// Only this engine
    #[arg(long, value_enum)]
    engine: Option<Engine>,
    /// Only this door
    #[arg(long, value_enum)]
    door: Option<Which>,
    /// Only with so many links
    #[arg(long)]
    links: Option<usize>,
    /// Invites to be made at first; each is used once, and more are made between runs when they run low
    #[arg(long)]
    invites: Option<usize>,
    /// Connections in the peer's pool, where not its own default
    #[arg(long)]
    peer_pool: Option<u32>,
    /// Beside another build of Anteroom, not beside the peer
    #[arg(long)]
    beside: Option<PathBuf>,
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

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Which {
    Guest,
    Invite,
}

/// What is made before the load.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stock {
    Links(usize),
    Invites(usize),
}

impl Stock {
    fn name(self, engine: Engine) -> String {
        match self {
            Self::Links(links) => format!("door-{}-{links}", engine.name()),
            Self::Invites(_) => format!("door-invite-{}", engine.name()),
        }
    }

    const fn books(self) -> Books {
        match self {
            Self::Links(_) => Books::Guests,
            Self::Invites(_) => Books::Invited,
        }
    }

    /// Makes it; answers the share of each thread.
    fn make(self, rows: &mut Rows, schema: Schema) -> Result<Vec<Way>> {
        Ok(match self {
            Self::Links(links) => {
                let tokens = rows.make_links(schema, links)?;
                (0..THREADS).map(|_| Way::Links(tokens.clone())).collect()
            }
            Self::Invites(invites) => {
                let made = rows.make_invites(schema, invites)?;
                let shares = made.chunks(invites.div_ceil(THREADS));
                shares.map(|share| Way::Invites(share.to_vec())).collect()
            }
        })
    }
}

impl Options {
    /// What is measured on an engine.
    fn stocks(&self, engine: Engine) -> Vec<Stock> {
        let seconds =
            self.pace.warm_up() + self.pace.run() * u32::try_from(self.pace.rounds()).unwrap_or(u32::MAX);
        let each_second = if engine == Engine::Sqlite { SQLITE_MOST } else { POSTGRES_MOST };
        let invites = self.invites.unwrap_or(seconds.as_secs() as usize * each_second);
        let guests = [1, 1_000].into_iter().filter(|links| self.links.is_none_or(|only| only == *links));
        let stocks = guests.map(|links| (Which::Guest, Stock::Links(links)));
        let stocks = stocks.chain([(Which::Invite, Stock::Invites(invites.max(THREADS)))]);
        let stocks = stocks.filter(|(which, _)| match self.door {
            Some(only) => only == *which,
            None => self.links.is_none() || *which == Which::Guest,
        });
        stocks.map(|(_, stock)| stock).collect()
    }
}

/// Runs the variants and prints a line for each.
pub(crate) fn run(options: &Options) -> Result<()> {
    let mut report = Report::default();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        if options.engine.is_some_and(|only| only != engine) {
            continue;
        }
        for stock in options.stocks(engine) {
            let name = stock.name(engine);
            if engine == Engine::Postgres && !cluster::is_there() {
                report.say(format!("{name}: {}", machine::missing("postgresql")));
                continue;
            }
            if report.goes_on() {
                println!("{name}");
                report.add(&name, variant(options, engine, stock, &name));
            }
        }
    }
    report.print()
}

/// One of the two servers with its database.
struct House {
    name: &'static str,
    server: Server,
    port: u16,
    rows: Rows,
    schema: Schema,
    cluster: Option<Cluster>,
}

/// A server whose door is used.
struct Door {
    house: House,
    connections: usize,
    entrants: Vec<Entrants>,
    entered: u64,
    /// Entries a second in the fastest run.
    fastest: f64,
}

impl Side for Door {
    fn name(&self) -> &str {
        self.house.name
    }

    /// The server, then its database if that is a process of its own.
    fn processes(&self) -> Vec<u32> {
        std::iter::once(self.house.server.id()).chain(self.house.cluster.as_ref().map(Cluster::id)).collect()
    }

    fn prepare(&mut self, time: Duration) -> Result<()> {
        let wanted = (self.fastest * time.as_secs_f64() * HASTE) as usize / THREADS;
        for entrants in &mut self.entrants {
            let missing = wanted.saturating_sub(entrants.left());
            if missing > 0 {
                entrants.get_more(self.house.rows.make_invites(self.house.schema, missing)?);
            }
        }
        Ok(())
    }

    fn load(&mut self, time: Duration) -> Result<u64> {
        let begun = Instant::now();
        let answers = load::run(self.house.port, self.connections, time, &mut self.entrants)?;
        self.fastest = self.fastest.max(answers as f64 / begun.elapsed().as_secs_f64());
        self.entered += answers;
        Ok(answers)
    }
}

impl House {
    fn door(self, connections: usize, ways: Vec<Way>) -> Door {
        let entrants = ways.into_iter().map(|way| Entrants::new(self.port, way)).collect();
        Door { house: self, connections, entrants, entered: 0, fastest: 0.0 }
    }
}

impl Door {
    /// Ends the server and looks into its books; answers how many were let in.
    fn close(self, books: Books) -> Result<u64> {
        let keys: Vec<_> = self.entrants.iter().flat_map(Entrants::keys).collect();
        let House { mut server, mut rows, .. } = self.house;
        server.end()?;
        rows.check(books, self.entered, &keys)?;
        Ok(self.entered)
    }
}

fn variant(options: &Options, engine: Engine, stock: Stock, name: &str) -> Result<Vec<String>> {
    let folder = machine::folder(options.folder.as_deref())?;
    let (ours, our_ways) = open_anteroom(folder.path(), "ours", Anteroom::binary()?, engine, stock)?;
    let (peer, peer_ways) = match &options.beside {
        Some(binary) => open_anteroom(folder.path(), "other", binary.clone(), engine, stock)?,
        None => open_naive(folder.path(), engine, stock, options.peer_pool)?,
    };
    let connections = options.pace.connections;
    let mut our_door = ours.door(connections, our_ways);
    let mut peer_door = peer.door(connections, peer_ways);
    let peer_name = peer_door.house.name;
    let runs = pairs::run(&options.pace, &mut [&mut our_door, &mut peer_door])?;
    let (ours, peer) = (our_door.close(stock.books())?, peer_door.close(stock.books())?);
    println!("  seats = uses = answers: ours {ours}, {peer_name} {peer}");
    Ok(lines(name, &runs))
}

fn open_anteroom(
    folder: &Path,
    name: &'static str,
    binary: PathBuf,
    engine: Engine,
    stock: Stock,
) -> Result<(House, Vec<Way>)> {
    let cluster = cluster(engine, &folder.join(format!("{name}-database")))?;
    let anteroom = Anteroom::new(binary, &folder.join(name), cluster.as_ref().map(Cluster::url));
    anteroom.create_owner()?;
    let mut rows = match &cluster {
        Some(cluster) => Rows::open(&cluster.url())?,
        None => Rows::open_file(&anteroom.data.join("anteroom.sqlite3"))?,
    };
    let ways = stock.make(&mut rows, Schema::Ours)?;
    let Running { server, port } = anteroom.start()?;
    Ok((House { name, server, port, rows, schema: Schema::Ours, cluster }, ways))
}

fn open_naive(folder: &Path, engine: Engine, stock: Stock, pool: Option<u32>) -> Result<(House, Vec<Way>)> {
    let cluster = cluster(engine, &folder.join("peer-database"))?;
    let file = folder.join("naive.sqlite3");
    let database = cluster.as_ref().map_or_else(|| file.display().to_string(), Cluster::url);
    let Naive { server, port } = Naive::start(&database, pool, &folder.join("naive.log"))?;
    let mut rows = match &cluster {
        Some(cluster) => Rows::open(&cluster.url())?,
        None => Rows::open_file(&file)?,
    };
    let ways = stock.make(&mut rows, Schema::Naive)?;
    Ok((House { name: "naive", server, port, rows, schema: Schema::Naive, cluster }, ways))
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
