//! Which files are ours: what git tracks or would track. Ignored files are never looked at.

use std::process::Command;

use anyhow::Result;

use crate::command;
use crate::tree::Tree;

/// Every file of the tree, relative to its root and sorted; deleted ones are left out.
pub(crate) fn all(tree: &Tree) -> Result<Vec<String>> {
    under(tree, ".")
}

/// As [`all`], below one folder.
pub(crate) fn under(tree: &Tree, folder: &str) -> Result<Vec<String>> {
    let mut git = Command::new("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", folder]);
    let listed = command::output(git.current_dir(tree.root()))?;
    let mut files: Vec<String> =
        listed.split('\0').filter(|path| tree.at(path).is_file()).map(str::to_owned).collect();
    files.sort_unstable();
    files.dedup();
    Ok(files)
}
