//! The working tree: where it is, and whether somebody asked to stop.
//!
//! After [`Tree::open`] Ctrl-C no longer ends the process: chores look at [`Tree::stopped`] and tidy up behind them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, bail};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// The project's root folder and the wish to stop.
pub(crate) struct Tree {
    root: PathBuf,
    stop: Arc<AtomicBool>,
}

impl Tree {
    /// The tree that this binary was built from.
    pub(crate) fn open() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask has no parent folder")?;
        let stop = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::flag::register(signal, Arc::clone(&stop))?;
        }
        Ok(Self { root: root.to_path_buf(), stop })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path below the root.
    pub(crate) fn at(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// True as soon as the process was told to stop.
    pub(crate) fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Fails when the process was told to stop.
    pub(crate) fn go_on(&self) -> Result<()> {
        if self.stopped() { bail!("interrupted") } else { Ok(()) }
    }

    /// Where cargo puts what it builds.
    pub(crate) fn target(&self) -> PathBuf {
        match std::env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => self.root.join(folder),
            None => self.root.join("target"),
        }
    }

    /// The text of a file, or `None` when it is not UTF-8.
    pub(crate) fn read(&self, relative: &str) -> Result<Option<String>> {
        let bytes = std::fs::read(self.at(relative)).with_context(|| format!("cannot read {relative}"))?;
        Ok(String::from_utf8(bytes).ok())
    }

    /// A cargo command in the root of the tree.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(arguments).current_dir(&self.root);
        cargo
    }

    /// An npm command in a folder of the tree.
    pub(crate) fn npm(&self, folder: &str, arguments: &[&str]) -> Command {
        let mut npm = Command::new("npm");
        npm.args(arguments).current_dir(self.at(folder));
        npm
    }
}
