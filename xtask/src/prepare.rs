//! Making a fresh Debian machine able to run and test everything, without doing anything twice.
//!
//! Assumed are Rust, Node with npm, and git. Debian packages are installed when we are root; otherwise the one line that
//! installs them is printed, because a tool that asks for a password in the middle of a build is a trap.

pub(crate) mod debian;
mod web;

use anyhow::Result;

use crate::tree::Tree;

/// The folders with npm packages, and whether they are built.
const NPM_FOLDERS: [(&str, bool); 2] = [("web", true), ("e2e", false)];

/// Everything that running and testing needs.
pub(crate) fn run(tree: &Tree) -> Result<()> {
    debian::need(tree, &debian::FOR_TESTS)?;
    for (folder, built) in NPM_FOLDERS {
        if tree.at(folder).join("package.json").is_file() {
            web::packages(tree, folder)?;
            if built {
                web::build(tree, folder)?;
            }
        }
    }
    Ok(())
}
