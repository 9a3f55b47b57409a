//! Every check and every test, in the order in which they fail fastest.
//!
//! One build serves all of it: the tests, the generated files and the journeys in the browser use the same binary.

use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args;

use crate::codegen;
use crate::command::{self, Output};
use crate::heard::Heard;
use crate::postgres::Cluster;
use crate::report::Report;
use crate::tree::Tree;
use crate::{arrows, deps, left, prepare, second_try, tidy};

#[derive(Args)]
pub(crate) struct Options {
    /// Run the long rounds too: more cases, more histories, minutes instead of seconds
    #[arg(long)]
    long: bool,
    /// Only the Rust tests whose names contain this, and no checks
    filter: Option<String>,
}

/// How long what may take. Each is several times what a quiet machine with two cores needs; none is waited for longer.
#[derive(Clone, Copy)]
struct Limits {
    whole: Duration,
    /// A step that builds or runs tests.
    step: Duration,
    /// Any other step.
    check: Duration,
    /// One Rust test, from when it is called slow.
    test: Duration,
    /// One file of journeys.
    file: Duration,
}

impl Limits {
    const SHORT: Self = Self::minutes([85, 65, 15, 8, 40]);
    const LONG: Self = Self::minutes([720, 360, 15, 120, 180]);

    const fn minutes([whole, step, check, test, file]: [u64; 5]) -> Self {
        const fn length(minutes: u64) -> Duration {
            Duration::from_secs(60 * minutes)
        }
        Self {
            whole: length(whole),
            step: length(step),
            check: length(check),
            test: length(test),
            file: length(file),
        }
    }
}

impl Options {
    const fn limits(&self) -> Limits {
        if self.long { Limits::LONG } else { Limits::SHORT }
    }
}

/// Runs the steps and prints the closing lines, whatever happens.
pub(crate) fn run(tree: &Tree, options: &Options) -> Result<()> {
    left::adopt();
    let mut report = Report::default();
    let outcome = tree.within(options.limits().whole, || match &options.filter {
        None => everything(tree, options, &mut report),
        Some(filter) => some(tree, options, filter, &mut report),
    });
    // The reason comes before the table, so that the counts stay the last line.
    if let Err(error) = &outcome {
        println!("\nerror: {error:#}");
    }
    println!("{}", report.close());
    outcome.map_err(|_| anyhow::anyhow!("not everything passed"))
}

fn everything(tree: &Tree, options: &Options, report: &mut Report) -> Result<()> {
    let Limits { step, check, .. } = options.limits();
    report.check(tree, "prepare", step, || prepare::run(tree))?;
    report.check(tree, "format", check, || format(tree))?;
    report.check(tree, "tidy", check, || tidy::run(tree))?;
    report.check(tree, "arrows", check, || arrows::run(tree))?;
    report.check(tree, "deps", check, || deps::run(tree))?;
    report.check(tree, "clippy", step, || {
        let clippy = ["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"];
        command::run(tree, &mut tree.cargo(&clippy))
    })?;
    report.check(tree, "build", step, || {
        command::run(tree, &mut tree.cargo(&["build", "--workspace", "--all-targets"]))
    })?;
    report.check(tree, "codegen", check, || codegen::check(tree))?;
    release(tree, options, report)?;
    let cluster = postgres(tree, options, report)?;
    report.tests(tree, "rust tests", step, || {
        let first = rust_tests(tree, options, &cluster, &[])?;
        second_try::run(first, |names| {
            let exactly: Vec<&str> =
                ["--", "--exact"].into_iter().chain(names.iter().map(String::as_str)).collect();
            rust_tests(tree, options, &cluster, &exactly)
        })
    })?;
    report.tests(tree, "web", step, || {
        node_tests(tree, options, &cluster, tree.npm("web", &["run", "--silent", "check"]))
    })?;
    report.tests(tree, "journeys", step, || {
        let first = node_tests(tree, options, &cluster, tree.npm("e2e", &["run", "--silent", "test"]))?;
        second_try::run(first, |files| {
            let mut npm = tree.npm("e2e", &["run", "--silent", "limited", "--", "--test-concurrency=1"]);
            npm.args(files);
            node_tests(tree, options, &cluster, npm)
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
    let step = options.limits().step;
    report.check(tree, "prepare", step, || prepare::run(tree))?;
    release(tree, options, report)?;
    let cluster = postgres(tree, options, report)?;
    report.tests(tree, "rust tests", step, || {
        let (heard, outcome) = rust_tests(tree, options, &cluster, &[filter])?;
        let found = outcome.and_then(|()| match heard.counts.is_empty() {
            true => bail!("no test has {filter} in its name"),
            false => Ok(()),
        });
        Ok((heard, found))
    })
}

/// What the long rounds measure.
fn release(tree: &Tree, options: &Options, report: &mut Report) -> Result<()> {
    if !options.long {
        return Ok(());
    }
    report.check(tree, "release", options.limits().step, || {
        command::run(tree, &mut tree.cargo(&["build", "--quiet", "--release", "--package", "anteroom"]))
    })
}

fn postgres(tree: &Tree, options: &Options, report: &mut Report) -> Result<Cluster> {
    let mut cluster = None;
    report.check(tree, "postgresql", options.limits().check, || {
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
    command::run_counted(
        tree,
        with_settings(&mut cargo, tree, options, cluster),
        Output::Shown,
        options.limits().test,
    )
}

fn node_tests(
    tree: &Tree,
    options: &Options,
    cluster: &Cluster,
    mut program: Command,
) -> Result<(Heard, Result<()>)> {
    command::run_counted(
        tree,
        with_settings(&mut program, tree, options, cluster),
        Output::Shown,
        options.limits().test,
    )
}

/// What tests are told: where PostgreSQL is, where the built binary is, whether there is time for the long rounds, and
/// then where the release is whose promises they measure.
fn with_settings<'a>(
    command: &'a mut Command,
    tree: &Tree,
    options: &Options,
    cluster: &Cluster,
) -> &'a mut Command {
    command.env("ANTEROOM_TEST_POSTGRES", cluster.url());
    command.env("ANTEROOM_BIN", tree.target().join("debug/anteroom"));
    command.env("ANTEROOM_TEST_FILE_MS", options.limits().file.as_millis().to_string());
    if options.long {
        command.env("ANTEROOM_TEST_LONG", "1");
        command.env("ANTEROOM_TEST_RELEASE", tree.target().join("release/anteroom"));
    }
    command
}
