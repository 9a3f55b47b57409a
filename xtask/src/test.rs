//! Every check and every test, in the order in which they fail fastest.
//!
//! One build serves all of it: the tests, the generated files and the journeys in the browser use the same binary.

use std::process::Command;

use anyhow::{Result, bail};
use clap::Args;

use crate::codegen;
use crate::command::{self, Output};
use crate::heard::Heard;
use crate::postgres::Cluster;
use crate::report::Report;
use crate::tree::Tree;
use crate::{arrows, deps, prepare, second_try, tidy};

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
    report.tests(tree, "rust tests", || {
        let first = rust_tests(tree, options, &cluster, &[])?;
        second_try::run(first, |names| {
            let exactly: Vec<&str> =
                ["--", "--exact"].into_iter().chain(names.iter().map(String::as_str)).collect();
            rust_tests(tree, options, &cluster, &exactly)
        })
    })?;
    report.tests(tree, "web", || {
        node_tests(tree, options, &cluster, tree.npm("web", &["run", "--silent", "check"]))
    })?;
    report.tests(tree, "journeys", || {
        let first = node_tests(tree, options, &cluster, tree.npm("e2e", &["run", "--silent", "test"]))?;
        second_try::run(first, |files| {
            let mut node = Command::new("node");
            node.args(["--test", "--test-concurrency=1"]).args(files).current_dir(tree.at("e2e"));
            node_tests(tree, options, &cluster, node)
        })
    })
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
        let (heard, outcome) = rust_tests(tree, options, &cluster, &[filter])?;
        let found = outcome.and_then(|()| match heard.counts.is_empty() {
            true => bail!("no test has {filter} in its name"),
            false => Ok(()),
        });
        Ok((heard, found))
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
    words: &[&str],
) -> Result<(Heard, Result<()>)> {
    let mut cargo = tree.cargo(&["test", "--workspace", "--no-fail-fast"]);
    cargo.args(words);
    command::run_counted(tree, with_settings(&mut cargo, tree, options, cluster), Output::Shown)
}

fn node_tests(
    tree: &Tree,
    options: &Options,
    cluster: &Cluster,
    mut program: Command,
) -> Result<(Heard, Result<()>)> {
    command::run_counted(tree, with_settings(&mut program, tree, options, cluster), Output::Shown)
}

/// What tests are told: where PostgreSQL is, where the built binary is, and whether there is time for the long rounds.
fn with_settings<'a>(
    command: &'a mut Command,
    tree: &Tree,
    options: &Options,
    cluster: &Cluster,
) -> &'a mut Command {
    command.env("ANTEROOM_TEST_POSTGRES", cluster.url());
    command.env("ANTEROOM_BIN", tree.target().join("debug/anteroom"));
    if options.long {
        command.env("ANTEROOM_TEST_LONG", "1");
    }
    command
}
