//! Child processes: started so that they end with us, waited for, ended in order.

use std::ffi::OsStr;
use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use crate::stop;

const START: Duration = Duration::from_secs(60);
const PATIENCE: Duration = Duration::from_secs(12);

/// A running server; it is ended when this value is dropped.
pub(crate) struct Server {
    child: Child,
    ending: Signal,
    log: PathBuf,
}

/// A command that the kernel ends when we end, however we end. `user`: who shall run it, when we are root.
pub(crate) fn command(program: impl AsRef<OsStr>, user: Option<&str>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "TERM"]);
    if let Some(user) = user.filter(|_| is_root()) {
        command.args(["--reuid", user, "--regid", user, "--clear-groups"]);
    }
    command.arg(program);
    command
}

impl Server {
    /// Starts a server and waits until it listens. What it says goes to `log`.
    pub(crate) fn start(mut command: Command, port: u16, ending: Signal, log: &Path) -> Result<Self> {
        let out = File::create(log)?;
        // A group of its own: Ctrl-C in the terminal is for us, and we ask the server to end.
        command.process_group(0).stdin(Stdio::null()).stdout(out.try_clone()?).stderr(out);
        let child = command.spawn().with_context(|| format!("cannot start {command:?}"))?;
        let mut server = Self { child, ending, log: log.to_owned() };
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            stop::go_on()?;
            if server.child.try_wait()?.is_some() || started.elapsed() > START {
                bail!("{command:?} does not listen:\n{}", server.said());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end, and waits.
    ///
    /// # Errors
    /// When it had ended by itself or does not end in time.
    pub(crate) fn end(&mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("a server ended by itself ({status}):\n{}", self.said());
        }
        kill_process(Pid::from_child(&self.child), self.ending)?;
        let asked = Instant::now();
        while asked.elapsed() < PATIENCE {
            if self.child.try_wait()?.is_some() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.child.kill()?;
        self.child.wait()?;
        bail!("a server did not end when asked:\n{}", self.said())
    }

    fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            // Nobody is left to be told when this fails.
            let _ = self.end();
        }
    }
}

/// Runs a program to its end and answers what it printed.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("cannot start {command:?}"))?;
    if !output.status.success() {
        bail!("{command:?} failed ({}):\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A port that nobody listens on now.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

pub(crate) fn is_root() -> bool {
    rustix::process::getuid().is_root()
}
