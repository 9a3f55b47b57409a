//! The peer of the door: `bench/naive`, built beside this program.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use rustix::process::Signal;

use crate::child::{self, Server};

/// A running peer.
pub(crate) struct Naive {
    pub(crate) server: Server,
    pub(crate) port: u16,
}

impl Naive {
    /// Starts it on an empty database: a file, or `postgres://…`.
    pub(crate) fn start(database: &str, pool: Option<u32>, log: &Path) -> Result<Self> {
        let port = child::free_port()?;
        let mut command = child::command(program()?, None);
        command.args(["--database", database, "--listen", &format!("127.0.0.1:{port}")]);
        if let Some(pool) = pool {
            command.args(["--pool", &pool.to_string()]);
        }
        Ok(Self { server: Server::start(command, port, Signal::TERM, log)?, port })
    }
}

fn program() -> Result<PathBuf> {
    let program = std::env::current_exe()?.with_file_name("naive");
    if program.is_file() { Ok(program) } else { bail!("{} is not built", program.display()) }
}
