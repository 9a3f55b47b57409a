//! One process of the real binary: started, asked to end, killed.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process, prlimit};

use crate::machine::{moment, program, wait_for};

/// What the server prints once it listens.
const LISTENS: &str = "Anteroom listens on http://";
/// Longer than the ten seconds a server takes to drain.
const END_WITHIN: Duration = Duration::from_secs(20);

/// How a server is to be started.
#[derive(Debug, Clone)]
pub struct Start {
    pub(crate) program: PathBuf,
    pub(crate) data: PathBuf,
    pub(crate) log: PathBuf,
    pub(crate) flags: Vec<String>,
    pub(crate) settings: Vec<(String, String)>,
}

/// A process that ended by itself.
#[derive(Debug, Clone)]
pub struct Ended {
    /// How.
    pub status: ExitStatus,
    /// What it wrote to standard error.
    pub complaint: String,
}

/// A listening process. Killed when dropped.
pub struct Server {
    child: Child,
    address: SocketAddr,
    log: PathBuf,
    stdout: BufReader<ChildStdout>,
}

impl Start {
    /// Sets a setting by its environment variable: `log` becomes `ANTEROOM_LOG`.
    #[must_use]
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.settings.push((format!("ANTEROOM_{}", key.to_uppercase()), value.into()));
        self
    }

    /// Adds a flag with its value; later ones win over earlier ones only where the program says so.
    #[must_use]
    pub fn flag(mut self, name: &str, value: &str) -> Self {
        self.flags.extend([name.to_owned(), value.to_owned()]);
        self
    }

    /// Starts the server and waits until it listens.
    ///
    /// # Errors
    /// When it ended before that.
    ///
    /// # Panics
    /// When the program cannot be started at all.
    pub fn run(&self) -> Result<Server, Ended> {
        // A full file shall be an error for the program, not its death (see `Server::limit_files`).
        let mut command = program("sh");
        command.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(&self.program).arg("serve");
        command.arg("--data").arg(&self.data).args(&self.flags);
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        let log = File::create(&self.log).expect("a log file");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().expect("the server starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("the server's output"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("the server's output is readable");
        match line.trim().strip_prefix(LISTENS).and_then(|address| address.parse().ok()) {
            Some(address) => Ok(Server { child, address, log: self.log.clone(), stdout }),
            None => {
                let status = child.wait().expect("the server ends");
                Err(Ended { status, complaint: std::fs::read_to_string(&self.log).unwrap_or_default() })
            }
        }
    }
}

impl Server {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// The secret of the one-time link for the first administrator, which it prints on a site without members.
    ///
    /// # Panics
    /// When it prints none.
    pub fn setup_secret(&mut self) -> String {
        let mut line = String::new();
        while !line.contains("/setup/") {
            line.clear();
            assert_ne!(self.stdout.read_line(&mut line).expect("its output"), 0, "it prints no link");
        }
        line.trim().rsplit('/').next().unwrap_or_default().to_owned()
    }

    /// The file of its log.
    pub fn log_file(&self) -> &Path {
        &self.log
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// kill -9, at once.
    ///
    /// # Panics
    /// When it cannot be killed.
    pub fn kill(mut self) {
        self.child.kill().expect("the server can be killed");
        self.child.wait().expect("the server is gone");
    }

    /// SIGTERM; answers how it ended and how long that took.
    ///
    /// # Panics
    /// When it does not end.
    pub fn terminate(mut self) -> (ExitStatus, Duration) {
        let begun = moment();
        kill_process(self.pid(), Signal::TERM).expect("the server can be asked to end");
        let status = wait_for("the server to end", END_WITHIN, || self.child.try_wait().expect("a child"));
        (status, begun.elapsed())
    }

    /// Lets the server have so many descriptors, for good.
    ///
    /// # Panics
    /// When the machine refuses.
    pub fn limit_descriptors(&self, count: u64) {
        let limit = Rlimit { current: Some(count), maximum: Some(count) };
        prlimit(Some(self.pid()), Resource::Nofile, limit).expect("the server's limits can be set");
    }

    /// Lets no file of the server grow beyond this many bytes; none: as large as it likes.
    ///
    /// # Panics
    /// When the machine refuses.
    pub fn limit_files(&self, bytes: Option<u64>) {
        // The hard limit stays: only root could raise it again.
        let limit = Rlimit { current: bytes, maximum: None };
        prlimit(Some(self.pid()), Resource::Fsize, limit).expect("the server's limits can be set");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
