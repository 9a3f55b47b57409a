//! Every check and every test, in the order in which they fail fastest.
//!
//! One build serves all of it: the tests, the generated files and the journeys in the browser use the same binary.

use anyhow::{Result, bail};
use clap::Args;

use crate::codegen;
use crate::command::{self, Output};
use crate::counts::Counts;
use crate::postgres::Cluster;
use crate::report::Report;
use crate::tree::Tree;
use crate::{arrows, deps, prepare, tidy};

#[derive(Args)]
pub(crate) struct Options {
    /// Run the long rounds too: more cases, more histories, minutes instead of seconds
    #[arg(long)]
    long: bool,
    /// Only the Rust tests whose names contain this, and no checks
    filter: Option<String>,
}

/// Runs the steps and prints the closing lines, whatever happens.
pub(crate) fn run(tree: &Tree, options: &Options) -> Result<()> {
    let mut report = Report::default();
    let outcome = match &options.filter {
        None => everything(tree, options, &mut report),
        Some(filter) => some(tree, options, filter, &mut report),
    };
    // The reason comes before the table, so that the counts stay the last line.
    if let Err(error) = &outcome {
        println!("\nerror: {error:#}");
    }
    println!("{}", report.close());
    outcome.map_err(|_| anyhow::anyhow!("not everything passed"))
}

fn everything(tree: &Tree, options: &Options, report: &mut Report) -> Result<()> {
    report.check(tree, "prepare", || prepare::run(tree))?;
    report.check(tree, "format", || format(tree))?;
    report.check(tree, "tidy", || tidy::run(tree))?;
    report.check(tree, "arrows", || arrows::run(tree))?;
    report.check(tree, "deps", || deps::run(tree))?;
    report.check(tree, "clippy", || {
        let clippy = ["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"];
        command::run(tree, &mut tree.cargo(&clippy))
    })?;
    report.check(tree, "build", || {
        command::run(tree, &mut tree.cargo(&["build", "--workspace", "--all-targets"]))
    })?;
    report.check(tree, "codegen", || codegen::check(tree))?;
    let cluster = postgres(tree, report)?;
    report.tests(tree, "rust tests", || rust_tests(tree, options, &cluster, None))?;
    for (name, folder, script) in [("web", "web", "check"), ("journeys", "e2e", "test")] {
        if tree.at(folder).join("package.json").is_file() {
            report.tests(tree, name, || npm_tests(tree, options, &cluster, folder, script))?;
        }
    }
    Ok(())
}

/// The benchmarks are a workspace of their own; they are not built here, and formatted all the same.
fn format(tree: &Tree) -> Result<()> {
    command::run(tree, &mut tree.cargo(&["fmt", "--all", "--check"]))?;
    match tree.at("bench/Cargo.toml").is_file() {
        true => command::run(
            tree,
            &mut tree.cargo(&["fmt", "--all", "--check", "--manifest-path", "bench/Cargo.toml"]),
        ),
        false => Ok(()),
    }
}

fn some(tree: &Tree, options: &Options, filter: &str, report: &mut Report) -> Result<()> {
    report.check(tree, "prepare", || prepare::run(tree))?;
    let cluster = postgres(tree, report)?;
    report.tests(tree, "rust tests", || {
        let (counts, outcome) = rust_tests(tree, options, &cluster, Some(filter))?;
        let found = outcome.and_then(|()| match counts.is_empty() {
            true => bail!("no test has {filter} in its name"),
            false => Ok(()),
        });
        Ok((counts, found))
    })
}

fn postgres(tree: &Tree, report: &mut Report) -> Result<Cluster> {
    let mut cluster = None;
    report.check(tree, "postgresql", || {
        cluster = Some(Cluster::start(tree)?);
        Ok(())
    })?;
    cluster.ok_or_else(|| anyhow::anyhow!("PostgreSQL did not start"))
}

fn rust_tests(
    tree: &Tree,
    options: &Options,
    cluster: &Cluster,
    filter: Option<&str>,
) -> Result<(Counts, Result<()>)> {
    let mut cargo = tree.cargo(&["test", "--workspace", "--no-fail-fast"]);
    cargo.args(filter);
    command::run_counted(tree, with_settings(&mut cargo, tree, options, cluster), Output::Shown)
}

fn npm_tests(
    tree: &Tree,
    options: &Options,
    cluster: &Cluster,
    folder: &str,
    script: &str,
) -> Result<(Counts, Result<()>)> {
    let mut npm = tree.npm(folder, &["run", "--silent", script]);
    command::run_counted(tree, with_settings(&mut npm, tree, options, cluster), Output::Shown)
}

/// What tests are told: where PostgreSQL is, where the built binary is, and whether there is time for the long rounds.
fn with_settings<'a>(
    command: &'a mut std::process::Command,
    tree: &Tree,
    options: &Options,
    cluster: &Cluster,
) -> &'a mut std::process::Command {
    command.env("ANTEROOM_TEST_POSTGRES", cluster.url());
    command.env("ANTEROOM_BIN", tree.target().join("debug/anteroom"));
    if options.long {
        command.env("ANTEROOM_TEST_LONG", "1");
    }
    command
}
