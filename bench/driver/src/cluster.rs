//! A private PostgreSQL for one run, durable as in production: fsync and synchronous_commit are on.

use std::os::unix::fs::chown;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rustix::process::Signal;

use crate::child::{self, Server};
use crate::{machine, stop};

/// As root, PostgreSQL refuses to run; the package's own user may.
const USER: &str = "postgres";
const OWNER: &str = "anteroom";
const START: Duration = Duration::from_secs(60);
const SETTINGS: [&str; 6] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=on",
    "synchronous_commit=on",
    "shared_buffers=256MB",
    "timezone=UTC",
];

/// A running server; it ends when this value is dropped. Its folder is the caller's to remove.
pub(crate) struct Cluster {
    server: Server,
    port: u16,
}

/// True when PostgreSQL is installed.
pub(crate) fn is_there() -> bool {
    machine::find("initdb").is_some()
}

impl Cluster {
    /// Makes and starts one in `folder`, which must not exist.
    pub(crate) fn start(folder: &Path) -> Result<Self> {
        std::fs::create_dir(folder)?;
        if child::is_root() {
            let id = |which: &str| -> Result<u32> {
                let text = child::output(Command::new("id").args([which, USER]))?;
                text.trim().parse().with_context(|| format!("there is no user {USER}"))
            };
            chown(folder, Some(id("-u")?), Some(id("-g")?))?;
        }
        let data = folder.join("data");
        let program = |name: &str| -> Result<Command> {
            let path = machine::find(name).with_context(|| format!("{name} is missing"))?;
            let mut command = child::command(path, Some(USER));
            command.current_dir(folder).env("HOME", folder);
            Ok(command)
        };
        let settings = ["--username", OWNER, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"];
        child::output(program("initdb")?.arg("-D").arg(&data).args(settings))?;
        let port = child::free_port()?;
        let mut postgres = program("postgres")?;
        postgres.arg("-D").arg(&data).arg("-p").arg(port.to_string());
        postgres.args(SETTINGS.iter().flat_map(|setting| ["-c", setting]));
        // SIGINT is PostgreSQL's fast shutdown: open sessions are ended.
        let server = Server::start(postgres, port, Signal::INT, &folder.with_extension("log"))?;
        // It listens before it lets anybody in.
        let begun = Instant::now();
        let ready = machine::find("pg_isready").context("pg_isready is missing")?;
        while child::output(Command::new(&ready).args(["-h", "127.0.0.1", "-p", &port.to_string()])).is_err()
        {
            stop::go_on()?;
            ensure!(begun.elapsed() < START, "PostgreSQL lets nobody in");
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(Self { server, port })
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://{OWNER}@127.0.0.1:{}/postgres", self.port)
    }

    pub(crate) fn id(&self) -> u32 {
        self.server.id()
    }
}
