//! Files that a program writes and that are kept in the tree: the API's description and its TypeScript types.
//!
//! Golden files are tests' business: a plain test run compares them, and this chore asks the tests to write them anew.

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::command;
use crate::tree::Tree;

const DESCRIPTION: &str = "web/openapi.json";
const TYPES: &str = "web/src/api/schema.d.ts";

#[derive(Args)]
pub(crate) struct Options {
    /// Write nothing and fail when a file would change
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(tree: &Tree, options: &Options) -> Result<()> {
    if has_binary(tree) {
        command::run(tree, &mut tree.cargo(&["build", "--quiet", "--package", "anteroom"]))?;
    }
    if options.check { check(tree) } else { write(tree) }
}

/// Compares what is kept with what would be written. Needs a built binary.
pub(crate) fn check(tree: &Tree) -> Result<()> {
    if !has_binary(tree) {
        return Ok(());
    }
    let fresh = fresh(tree)?;
    for (path, text) in [(DESCRIPTION, &fresh.description), (TYPES, &fresh.types)] {
        let kept = std::fs::read_to_string(tree.at(path)).unwrap_or_default();
        if kept != *text {
            let line = kept.lines().zip(text.lines()).take_while(|(old, new)| old == new).count() + 1;
            bail!(
                "{path} is out of date from line {line} on: run `cargo xtask codegen` and read the difference"
            );
        }
    }
    Ok(())
}

fn write(tree: &Tree) -> Result<()> {
    if has_binary(tree) {
        let fresh = fresh(tree)?;
        std::fs::write(tree.at(DESCRIPTION), fresh.description)?;
        std::fs::write(tree.at(TYPES), fresh.types)?;
    }
    let mut golden = tree.cargo(&["test", "--quiet", "--workspace", "golden"]);
    command::run(tree, golden.env("UPDATE_GOLDEN", "1"))
}

struct Fresh {
    description: String,
    types: String,
}

fn fresh(tree: &Tree) -> Result<Fresh> {
    let binary = tree.target().join("debug/anteroom");
    let description = command::output(std::process::Command::new(&binary).arg("openapi"))?;
    let file = tempfile::Builder::new().suffix(".json").tempfile()?;
    std::fs::write(file.path(), &description)?;
    let mut generator = tree.npm("web", &["exec", "--offline", "--no", "--", "openapi-typescript"]);
    let types =
        command::output(generator.arg(file.path())).context("cargo xtask prepare installs the generator")?;
    Ok(Fresh { description, types })
}

/// The binary is the last crate to be made; before that there is nothing to describe.
fn has_binary(tree: &Tree) -> bool {
    tree.at("crates/anteroom/Cargo.toml").is_file()
}
