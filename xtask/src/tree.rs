//! The working tree: where it is, and whether somebody asked to stop.
//!
//! After [`Tree::open`] Ctrl-C no longer ends the process: chores ask [`Tree::go_on`] and tidy up behind them. It says no
//! as well when what they do takes longer than it may.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::Pid;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// The project's root folder and the wish to stop.
pub(crate) struct Tree {
    root: PathBuf,
    stop: Arc<AtomicBool>,
    limit: Cell<Option<Limit>>,
    spared: RefCell<Vec<Pid>>,
}

/// Until when the work at hand may take, and how long that is in all.
#[derive(Clone, Copy)]
struct Limit {
    end: Instant,
    length: Duration,
}

impl Tree {
    /// The tree that this binary was built from.
    pub(crate) fn open() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask has no parent folder")?;
        let stop = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::flag::register(signal, Arc::clone(&stop))?;
        }
        Ok(Self { root: root.to_path_buf(), stop, limit: Cell::new(None), spared: RefCell::default() })
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

    /// Fails when the process was told to stop, or when the work at hand has taken longer than it may.
    pub(crate) fn go_on(&self) -> Result<()> {
        if self.stopped() {
            bail!("interrupted");
        }
        match self.limit.get() {
            Some(limit) if Instant::now() >= limit.end => {
                bail!("took longer than {} minutes", limit.length.as_secs() / 60)
            }
            _ => Ok(()),
        }
    }

    /// A child that outlives the steps, with all that it begins: a server for several of them.
    pub(crate) fn spare(&self, child: Pid) {
        self.spared.borrow_mut().push(child);
    }

    pub(crate) fn spared(&self) -> Vec<Pid> {
        self.spared.borrow().clone()
    }

    /// Does some work that may take so long. Inside of it a shorter limit counts, a longer one does not.
    pub(crate) fn within<T>(&self, length: Duration, work: impl FnOnce() -> T) -> T {
        let outer = self.limit.get();
        let own = Limit { end: Instant::now() + length, length };
        self.limit.set(Some(outer.filter(|outer| outer.end < own.end).unwrap_or(own)));
        let done = work();
        self.limit.set(outer);
        done
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_takes_too_long_is_told_to_end_and_the_next_is_not() {
        let tree = Tree::open().unwrap();
        let too_long = tree.within(Duration::ZERO, || tree.within(Duration::from_secs(60), || tree.go_on()));
        assert!(too_long.is_err(), "the shorter limit counts");
        assert!(tree.go_on().is_ok());
    }
}
