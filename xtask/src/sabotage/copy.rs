//! The copy of the tree that is broken on purpose.
//!
//! Only files whose contents differ are written, so that cargo builds only what a patch touched.

use std::collections::BTreeSet;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::patch::Patch;
use crate::files;
use crate::stamp;
use crate::tree::Tree;

/// What is needed to build and is not tracked: borrowed from the tree, never written to.
const BORROWED: [&str; 2] = ["web/dist", "web/node_modules"];

pub(super) struct Copy {
    folder: PathBuf,
    target: PathBuf,
}

impl Copy {
    /// Makes the copy, or brings the one of an earlier run up to date.
    pub(super) fn make(tree: &Tree) -> Result<Self> {
        let place = tree.target().join("sabotage");
        let copy = Self { folder: place.join("tree"), target: place.join("target") };
        copy.restore(tree)?;
        Ok(copy)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn target(&self) -> &Path {
        &self.target
    }

    /// Makes the copy equal to the tree again.
    pub(super) fn restore(&self, tree: &Tree) -> Result<()> {
        let wanted: BTreeSet<String> = files::all(tree)?.into_iter().collect();
        for path in
            stamp::listing(&self.folder)?.iter().filter(|path| !wanted.contains(*path) && !is_borrowed(path))
        {
            std::fs::remove_file(self.folder.join(path))?;
        }
        for path in &wanted {
            let (from, to) = (tree.at(path), self.folder.join(path));
            let bytes = std::fs::read(&from)?;
            if std::fs::read(&to).ok().as_ref() != Some(&bytes) {
                std::fs::create_dir_all(to.parent().context("a file has a folder")?)?;
                std::fs::write(&to, bytes)?;
            }
        }
        for path in BORROWED.iter().filter(|path| tree.at(path).is_dir()) {
            let link = self.folder.join(path);
            if std::fs::symlink_metadata(&link).is_err() {
                symlink(tree.at(path), link)?;
            }
        }
        Ok(())
    }

    /// Applies a patch; false when it does not fit.
    pub(super) fn apply(&self, patch: &Patch) -> Result<bool> {
        let mut git = Command::new("git");
        // Without a repository around it, `git apply` is a plain patch program.
        git.args(["apply", "--whitespace=nowarn", "-"])
            .env("GIT_CEILING_DIRECTORIES", self.target.parent().unwrap_or(&self.target));
        let mut child =
            git.current_dir(&self.folder).stdin(Stdio::piped()).spawn().context("cannot start git")?;
        child.stdin.take().context("git has no input")?.write_all(patch.text.as_bytes())?;
        Ok(child.wait()?.success())
    }
}

fn is_borrowed(path: &str) -> bool {
    BORROWED.contains(&path)
}
