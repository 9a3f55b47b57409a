//! Anteroom as it is released: its own binary, a fresh data folder, its defaults.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use rustix::process::Signal;

use crate::child::{self, Server};

pub(crate) const EMAIL: &str = "owner@example.org";
pub(crate) const PASSWORD: &str = "a long enough password for a benchmark";

/// The binary with its folder and database.
pub(crate) struct Anteroom {
    binary: PathBuf,
    pub(crate) data: PathBuf,
    database: Option<String>,
}

/// A running server.
pub(crate) struct Running {
    pub(crate) server: Server,
    pub(crate) port: u16,
}

impl Anteroom {
    /// The build that is measured.
    pub(crate) fn binary() -> Result<PathBuf> {
        let binary = std::env::var_os("ANTEROOM_BIN").map(PathBuf::from);
        binary.context("ANTEROOM_BIN names no binary: start this by `cargo xtask bench NAME`")
    }

    /// `database`: none for SQLite in the data folder.
    pub(crate) fn new(binary: PathBuf, data: &Path, database: Option<String>) -> Self {
        Self { binary, data: data.to_owned(), database }
    }

    /// Makes the database with one member in it.
    pub(crate) fn create_owner(&self) -> Result<()> {
        std::fs::create_dir_all(&self.data)?;
        // Only a server makes a site.
        let making = self.start()?;
        let mut command = self.command();
        command.args(["member", "create", "--email", EMAIL, "--name", "Olga Owner", "--role", "admin"]);
        command.arg("--password-stdin").stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        // One that ended before it read tells why on standard error.
        let _ = writeln!(child.stdin.take().context("no input")?, "{PASSWORD}");
        let ended = child.wait_with_output()?;
        if !ended.status.success() {
            bail!("the owner could not be made:\n{}", String::from_utf8_lossy(&ended.stderr));
        }
        drop(making);
        Ok(())
    }

    /// Starts it.
    pub(crate) fn start(&self) -> Result<Running> {
        let port = child::free_port()?;
        let mut command = self.command();
        command.args(["serve", "--listen", &format!("127.0.0.1:{port}")]);
        let server = Server::start(command, port, Signal::TERM, &self.data.with_extension("log"))?;
        // It listens before it has a site; what it answers here does not matter.
        let mut first = TcpStream::connect(("127.0.0.1", port))?;
        first.write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
        first.read_to_end(&mut Vec::new())?;
        Ok(Running { server, port })
    }

    fn command(&self) -> Command {
        let mut command = child::command(&self.binary, None);
        // Its defaults, whatever the shell that started us would tell it.
        for (name, _) in
            std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("ANTEROOM_"))
        {
            command.env_remove(name);
        }
        command.env("ANTEROOM_DATA", &self.data);
        if let Some(database) = &self.database {
            command.env("ANTEROOM_DATABASE", database);
        }
        command
    }
}
