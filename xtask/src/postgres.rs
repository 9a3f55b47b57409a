//! A private PostgreSQL for one run: its own folder, its own port, gone afterwards.
//!
//! PostgreSQL refuses to run as root, so root starts it as the user `postgres`. It is told to end when we are killed
//! (`setpriv --pdeathsig`), so that no run leaves one behind.

use std::fs::File;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal};
use tempfile::TempDir;

use crate::command;
use crate::prepare::debian;
use crate::tree::Tree;

const USER: &str = "postgres";
const OWNER: &str = "anteroom";
const START: Duration = Duration::from_secs(60);

/// Durable as in production (fsync on), with room for tests that each open their own database. The socket file of the
/// package's default folder is not ours to write, so there is none.
const SETTINGS: [&str; 7] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=on",
    "max_connections=400",
    "shared_buffers=128MB",
    "timezone=UTC",
    "log_min_messages=warning",
];

/// A running server; it stops and disappears when this value is dropped.
pub(crate) struct Cluster {
    server: Child,
    port: u16,
    /// Removed last, after the server has ended.
    _folder: TempDir,
}

impl Cluster {
    /// Makes and starts one.
    pub(crate) fn start(tree: &Tree) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("anteroom-postgres-").tempdir()?;
        if is_root() {
            let (user, group) = (id("-u")?, id("-g")?);
            chown(folder.path(), Some(user), Some(group))?;
        }
        let data = folder.path().join("data");
        let settings =
            ["--username", OWNER, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"];
        let mut initdb = program("initdb", folder.path())?;
        command::output(initdb.arg("-D").arg(&data).args(settings))?;

        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let log = folder.path().join("log");
        let mut postgres = program("postgres", folder.path())?;
        postgres.arg("-D").arg(&data).arg("-p").arg(port.to_string());
        postgres.args(SETTINGS.iter().flat_map(|setting| ["-c", setting]));
        // A group of its own: Ctrl-C in the terminal is for us, and we end the server after its users.
        postgres
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(File::create(&log)?)
            .stderr(File::create(&log)?);
        let server = postgres.spawn().context("cannot start PostgreSQL")?;
        tree.spare(Pid::from_child(&server));
        let mut cluster = Self { server, port, _folder: folder };
        cluster.wait(tree, &log)?;
        Ok(cluster)
    }

    /// The address of its maintenance database, for a user who may create others.
    pub(crate) fn url(&self) -> String {
        format!("postgres://{OWNER}@127.0.0.1:{}/postgres", self.port)
    }

    fn wait(&mut self, tree: &Tree, log: &Path) -> Result<()> {
        let started = Instant::now();
        let port = self.port.to_string();
        let ready = debian::find("pg_isready").context("pg_isready is missing")?;
        while !command::succeeds(Command::new(&ready).args(["-q", "-h", "127.0.0.1", "-p", &port])) {
            tree.go_on()?;
            if self.server.try_wait()?.is_some() || started.elapsed() > START {
                bail!("PostgreSQL did not start:\n{}", std::fs::read_to_string(log).unwrap_or_default());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // SIGINT is PostgreSQL's fast shutdown: open sessions are ended.
        if let Err(error) = command::end(&mut self.server, Signal::INT) {
            eprintln!("PostgreSQL could not be ended: {error:#}");
        }
    }
}

/// A program of PostgreSQL that runs as somebody who may run it and ends when we do.
fn program(name: &str, folder: &Path) -> Result<Command> {
    let path: PathBuf =
        debian::find(name).with_context(|| format!("{name} is missing: run `cargo xtask prepare`"))?;
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "INT"]);
    if is_root() {
        command.args(["--reuid", USER, "--regid", USER, "--clear-groups"]);
    }
    command.arg(path).current_dir(folder).env("HOME", folder);
    Ok(command)
}

fn is_root() -> bool {
    rustix::process::getuid().is_root()
}

fn id(which: &str) -> Result<u32> {
    let text = command::output(Command::new("id").args([which, USER]))?;
    text.trim().parse().with_context(|| format!("there is no user {USER}"))
}
