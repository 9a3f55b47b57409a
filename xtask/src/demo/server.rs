//! The demo's server process: built, started, asked for a member, watched and ended.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::Signal;

use super::cast::Cast;
use super::http::Visitor;
use crate::command;
use crate::tree::Tree;

const START: Duration = Duration::from_secs(30);

/// A running server; it is ended when this value is dropped.
pub(super) struct Server {
    child: Child,
    binary: PathBuf,
    data: PathBuf,
    database: Option<String>,
}

/// Builds the binary and says where it lies.
pub(super) fn build(tree: &Tree, release: bool) -> Result<PathBuf> {
    println!("Building");
    let mut cargo = tree.cargo(&["build", "--package", "anteroom"]);
    cargo.args(release.then_some("--release"));
    command::run(tree, &mut cargo)?;
    Ok(tree.target().join(if release { "release/anteroom" } else { "debug/anteroom" }))
}

impl Server {
    /// Starts it and waits until it answers.
    pub(super) fn start(
        tree: &Tree,
        binary: &Path,
        data: &Path,
        port: u16,
        database: Option<&str>,
    ) -> Result<Self> {
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_err() {
            bail!("port {port} is taken: choose another with --port");
        }
        let mut command = anteroom(binary, data, database);
        command.args(["serve", "--listen", &format!("127.0.0.1:{port}")]);
        // A group of its own: Ctrl-C in the terminal is for us, and we ask the server to end.
        let child = command.process_group(0).stdin(Stdio::null()).spawn().context("cannot start anteroom")?;
        let mut server = Self {
            child,
            binary: binary.to_owned(),
            data: data.to_owned(),
            database: database.map(str::to_owned),
        };
        let (started, visitor) = (Instant::now(), Visitor::new(port));
        while !visitor.is_served() {
            tree.go_on()?;
            if let Some(status) = server.child.try_wait()? {
                bail!("anteroom ended at once ({status})");
            }
            if started.elapsed() > START {
                bail!("anteroom does not answer on port {port}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(server)
    }

    /// Makes the member who owns the demo's video.
    pub(super) fn create_member(&self, cast: &Cast) -> Result<()> {
        let mut command = anteroom(&self.binary, &self.data, self.database.as_deref());
        command.args([
            "member",
            "create",
            "--email",
            &cast.email,
            "--name",
            &cast.name,
            "--role",
            "site_administrator",
        ]);
        let mut child = command.arg("--password-stdin").stdin(Stdio::piped()).spawn()?;
        writeln!(child.stdin.take().context("no input")?, "{}", cast.password)?;
        if child.wait()?.success() { Ok(()) } else { bail!("the member could not be made") }
    }

    /// Waits for Ctrl-C, then ends the server cleanly. Fails when the server ends by itself, or not cleanly.
    pub(super) fn watch(&mut self, tree: &Tree) -> Result<()> {
        while !tree.stopped() {
            if let Some(status) = self.child.try_wait()? {
                bail!("anteroom ended by itself ({status})");
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        println!("\nEnding");
        let status = command::end(&mut self.child, Signal::TERM)?;
        if status.success() { Ok(()) } else { bail!("anteroom did not end cleanly ({status})") }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = command::end(&mut self.child, Signal::TERM) {
            eprintln!("anteroom could not be ended: {error:#}");
        }
    }
}

fn anteroom(binary: &Path, data: &Path, database: Option<&str>) -> Command {
    let mut command = Command::new(binary);
    command.env("ANTEROOM_DATA", data);
    if let Some(database) = database {
        command.env("ANTEROOM_DATABASE", database);
    }
    command
}
