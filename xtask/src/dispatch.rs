//! Chores whose work lies elsewhere: screenshots in `e2e/`, figures in `bench/`.

use anyhow::{Result, bail};
use clap::Args;

use crate::command;
use crate::prepare::{self, debian};
use crate::tree::Tree;

#[derive(Args)]
pub(crate) struct ShotsOptions {
    /// Passed on to the screenshots, for example the name of a page
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

#[derive(Args)]
pub(crate) struct BenchOptions {
    /// A folder of `bench/`
    name: String,
    /// Passed on to the benchmark
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Runs `npm run shots` in `e2e/` against a fresh binary.
pub(crate) fn shots(tree: &Tree, options: &ShotsOptions) -> Result<()> {
    prepare::run(tree)?;
    command::run(tree, &mut tree.cargo(&["build", "--quiet", "--package", "anteroom"]))?;
    let mut npm = tree.npm("e2e", &["run", "--silent", "shots", "--"]);
    npm.args(&options.arguments).env("ANTEROOM_BIN", tree.target().join("debug/anteroom"));
    command::run(tree, &mut npm)
}

/// Runs `bench/NAME/run` with a release binary.
pub(crate) fn bench(tree: &Tree, options: &BenchOptions) -> Result<()> {
    let script = tree.at("bench").join(&options.name).join("run");
    if !script.is_file() {
        bail!("no benchmark {}; there are: {}", options.name, names(tree).join(" "));
    }
    debian::need(tree, &debian::FOR_BENCHMARKS)?;
    prepare::run(tree)?;
    command::run(tree, &mut tree.cargo(&["build", "--quiet", "--release", "--package", "anteroom"]))?;
    let mut bench = std::process::Command::new(script);
    bench.args(&options.arguments).current_dir(tree.root());
    command::run(tree, bench.env("ANTEROOM_BIN", tree.target().join("release/anteroom")))
}

fn names(tree: &Tree) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(tree.at("bench")) else { return Vec::new() };
    let folders = entries.flatten().filter(|entry| entry.path().join("run").is_file());
    let mut names: Vec<String> =
        folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort_unstable();
    names
}
