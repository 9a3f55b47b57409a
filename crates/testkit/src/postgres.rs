//! PostgreSQL for tests: a schema of the given server for each test, and whole servers for tests that stop theirs.

use std::fs::File;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::machine::{program, setting, wait_for};

const URL: &str = "ANTEROOM_TEST_POSTGRES";
const FOLDERS: &str = "/usr/lib/postgresql";
const WITHIN: Duration = Duration::from_secs(60);

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A fresh schema on the test server; dropped with everything in it.
pub(crate) struct Schema {
    server: String,
    name: String,
}

impl Schema {
    pub(crate) fn fresh() -> Self {
        let missing = "set ANTEROOM_TEST_POSTGRES to a PostgreSQL server, or run `cargo xtask test`";
        let server = setting(URL).unwrap_or_else(|| panic!("{URL} is not set: {missing}"));
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let schema = Self { server, name: format!("kit{}_{number}", std::process::id()) };
        schema.ask(&format!("CREATE SCHEMA {}", schema.name)).expect("the test server makes a schema");
        schema
    }

    pub(crate) fn url(&self) -> String {
        let joint = if self.server.contains('?') { '&' } else { '?' };
        format!("{}{joint}options=-c%20search_path%3D{}", self.server, self.name)
    }

    fn ask(&self, sql: &str) -> Result<(), tokio_postgres::Error> {
        ask(&self.server, sql)
    }
}

/// Runs statements on a connection of their own.
pub(crate) fn ask(url: &str, sql: &str) -> Result<(), tokio_postgres::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
        let connection = tokio::spawn(connection);
        let done = client.batch_execute(sql).await;
        drop(client);
        let _ = connection.await;
        done
    })
}

impl Drop for Schema {
    fn drop(&mut self) {
        // The server itself goes away after the run; a schema that stays harms nobody.
        let _ = self.ask(&format!("DROP SCHEMA {} CASCADE", self.name));
    }
}

/// A PostgreSQL server of one test's own, to be stopped, suspended and searched.
pub struct Cluster {
    server: Option<Child>,
    port: u16,
    settings: &'static [&'static str],
    folder: TempDir,
}

impl Cluster {
    /// Makes and starts one.
    ///
    /// # Panics
    /// When PostgreSQL is not installed or does not start.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// The same with settings of its own.
    ///
    /// # Panics
    /// When PostgreSQL is not installed or does not start.
    pub fn start_with(settings: &'static [&'static str]) -> Self {
        let folder = tempfile::Builder::new().prefix("anteroom-pg-").tempdir().expect("a folder");
        if is_root() {
            let number = |which| said(program("id").args([which, "postgres"])).trim().parse().ok();
            chown(folder.path(), number("-u"), number("-g")).expect("the folder is given to postgres");
        }
        let data = folder.path().join("data");
        let mut initdb = postgres_program("initdb", folder.path());
        initdb.args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]);
        said(initdb.arg("-D").arg(&data));
        let port = TcpListener::bind("127.0.0.1:0").and_then(|taken| taken.local_addr());
        let port = port.expect("a free port").port();
        let mut cluster = Self { server: None, port, settings, folder };
        cluster.resume_service();
        cluster
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Where its files are.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// What it has logged since it was started last.
    pub fn log(&self) -> Vec<u8> {
        std::fs::read(self.folder.path().join("log")).unwrap_or_default()
    }

    /// A backup of everything, as text.
    ///
    /// # Panics
    /// When `pg_dump` fails.
    pub fn dump(&self) -> Vec<u8> {
        let mut dump = postgres_program("pg_dump", self.folder.path());
        said(dump.arg("--dbname").arg(self.url())).into_bytes()
    }

    /// Starts it again on what it has.
    ///
    /// # Panics
    /// When it does not start.
    pub fn resume_service(&mut self) {
        let mut postgres = postgres_program("postgres", self.folder.path());
        postgres.arg("-D").arg(self.data()).arg("-p").arg(self.port.to_string());
        let usual = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=60"];
        for set in usual.iter().chain(self.settings) {
            postgres.args(["-c", set]);
        }
        let log = File::create(self.folder.path().join("log")).expect("a log");
        postgres.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        self.server = Some(postgres.spawn().expect("PostgreSQL starts"));
        let port = self.port.to_string();
        wait_for("PostgreSQL to answer", WITHIN, || {
            let mut ready = postgres_program("pg_isready", self.folder.path());
            let asked = ready.args(["-q", "-h", "127.0.0.1", "-p", &port]).stdout(Stdio::null()).status();
            asked.is_ok_and(|status| status.success()).then_some(())
        });
    }

    /// Stops it at once: open sessions are ended.
    ///
    /// # Panics
    /// When it does not stop.
    pub fn stop_service(&mut self) {
        let Some(mut server) = self.server.take() else { return };
        kill_process(Pid::from_child(&server), Signal::INT).expect("PostgreSQL can be asked to stop");
        wait_for("PostgreSQL to stop", WITHIN, || server.try_wait().expect("a child"));
    }

    /// Freezes every process of it, so that it neither answers nor closes anything: a machine that is gone.
    pub fn freeze(&self) {
        self.signal_all(Signal::STOP);
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal_all(Signal::CONT);
    }

    fn signal_all(&self, signal: Signal) {
        let Some(server) = &self.server else { return };
        let postmaster = Pid::from_child(server);
        let _ = kill_process(postmaster, signal);
        let children = format!("/proc/{0}/task/{0}/children", postmaster.as_raw_nonzero());
        let listed = std::fs::read_to_string(children).unwrap_or_default();
        for child in listed.split_whitespace().filter_map(|pid| pid.parse().ok()).filter_map(Pid::from_raw) {
            let _ = kill_process(child, signal);
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.thaw();
        self.stop_service();
    }
}

fn is_root() -> bool {
    rustix::process::getuid().is_root()
}

/// A program of PostgreSQL, run by somebody who may run it; it ends when the thread that started it does.
fn postgres_program(name: &str, folder: &Path) -> Command {
    let mut command = program("setpriv");
    command.args(["--pdeathsig", "INT"]);
    if is_root() {
        command.args(["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]);
    }
    command.arg(find(name)).current_dir(folder).env("HOME", folder);
    command
}

/// Debian keeps each version in a folder of its own, off the path.
fn find(name: &str) -> PathBuf {
    let versions = std::fs::read_dir(FOLDERS).into_iter().flatten().flatten();
    let found = versions.map(|version| version.path().join("bin").join(name)).find(|path| path.is_file());
    found.unwrap_or_else(|| PathBuf::from(name))
}

fn said(command: &mut Command) -> String {
    let output = command.stderr(Stdio::piped()).output().expect("the program starts");
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "a program of PostgreSQL failed: {complaint}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
