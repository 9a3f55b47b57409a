//! Breaking the code on purpose: a guard that no test notices missing is not a guard.
//!
//! Each patch of `xtask/sabotage/` takes one guard out and names the test that must turn red. The work is done on a
//! copy of the tree with a target folder of its own, so that nobody ever builds the broken code by mistake.

mod copy;
mod patch;

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::command::{self, Output};
use crate::counts::Counts;
use crate::files;
use crate::postgres::Cluster;
use crate::tree::Tree;
use copy::Copy;
use patch::{Patch, Red};

const FOLDER: &str = "xtask/sabotage";
/// A guard that is gone may leave its test waiting.
const TEST_LIMIT: Duration = Duration::from_secs(180);

#[derive(Args)]
pub(crate) struct Options {
    /// Only the patch with this file name, with or without `.patch`
    name: Option<String>,
}

/// Tries every patch and prints a table; fails when a patch goes unnoticed or no longer applies.
pub(crate) fn run(tree: &Tree, options: &Options) -> Result<()> {
    let patches = patches(tree, options.name.as_deref())?;
    let cluster = Cluster::start(tree)?;
    let trial = Trial { tree, copy: Copy::make(tree)?, cluster };
    let mut rows = Vec::new();
    for patch in &patches {
        tree.go_on()?;
        println!("== {}", patch.name);
        let verdict = trial.run(patch)?;
        rows.push(format!("{:<10} {:<28} {}", verdict.word(), patch.name, patch.guard));
        if verdict != Verdict::Noticed {
            rows.push(format!("{:<10} {}", "", verdict.advice()));
        }
    }
    let missed =
        rows.iter().filter(|row| !row.starts_with(Verdict::Noticed.word()) && !row.starts_with(' ')).count();
    println!("\n{}\n{} noticed, {missed} not", rows.join("\n"), patches.len() - missed);
    if missed == 0 { Ok(()) } else { bail!("{missed} of {} patches went unnoticed", patches.len()) }
}

fn patches(tree: &Tree, name: Option<&str>) -> Result<Vec<Patch>> {
    let mut patches = Vec::new();
    for path in files::under(tree, FOLDER)?.into_iter().filter(|path| path.ends_with(".patch")) {
        let text = tree.read(&path)?.with_context(|| format!("{path} is not UTF-8"))?;
        let patch = Patch::parse(&path, &text)?;
        if name.is_none_or(|name| name.trim_end_matches(".patch") == patch.name) {
            patches.push(patch);
        }
    }
    if patches.is_empty() {
        bail!("no such patch in {FOLDER}");
    }
    Ok(patches)
}

/// What became of one patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Noticed,
    Unnoticed,
    RedBefore,
    DoesNotApply,
    DoesNotCompile,
}

impl Verdict {
    /// From the test before the patch, and after it.
    fn of(before: Counts, after: Counts) -> Self {
        if before.passed == 0 || before.failed > 0 {
            Self::RedBefore
        } else if after.failed > 0 {
            Self::Noticed
        } else {
            Self::Unnoticed
        }
    }

    fn word(self) -> &'static str {
        if self == Self::Noticed { "noticed" } else { "NOT" }
    }

    fn advice(self) -> &'static str {
        match self {
            Self::Noticed => "",
            Self::Unnoticed => "the test stays green without the guard",
            Self::RedBefore => "the test does not exist, or is red without the patch",
            Self::DoesNotApply => "the patch no longer applies: make it again",
            Self::DoesNotCompile => "the patched code does not compile, which proves nothing",
        }
    }
}

struct Trial<'a> {
    tree: &'a Tree,
    copy: Copy,
    cluster: Cluster,
}

impl Trial<'_> {
    fn run(&self, patch: &Patch) -> Result<Verdict> {
        self.copy.restore(self.tree)?;
        let before = self.test(&patch.red)?;
        if !self.copy.apply(patch)? {
            return Ok(Verdict::DoesNotApply);
        }
        let compiles = match &patch.red {
            Red::Rust { package, .. } => {
                self.cargo(package).arg("--no-run").arg("--quiet").status()?.success()
            }
            Red::Web { .. } => true,
        };
        if !compiles {
            return Ok(Verdict::DoesNotCompile);
        }
        Ok(Verdict::of(before, self.test(&patch.red)?))
    }

    fn test(&self, red: &Red) -> Result<Counts> {
        let mut command = match red {
            Red::Rust { package, test } => {
                let mut cargo = self.cargo(package);
                cargo.args(["--quiet", test, "--", "--exact"]);
                cargo
            }
            Red::Web { test } => {
                let mut npm = Command::new("npm");
                npm.args(["exec", "--offline", "--no", "--", "vitest", "run", "-t", test]);
                npm.current_dir(self.copy.folder().join("web"));
                npm
            }
        };
        command.env("ANTEROOM_TEST_POSTGRES", self.cluster.url());
        Ok(command::run_counted(self.tree, &mut command, Output::Hidden, TEST_LIMIT)?.0.counts)
    }

    fn cargo(&self, package: &str) -> Command {
        let mut cargo = self.tree.cargo(&["test", "--package", package]);
        cargo.current_dir(self.copy.folder()).env("CARGO_TARGET_DIR", self.copy.target());
        cargo
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_test_that_was_green_and_turned_red_noticed() {
        let counts = |passed, failed| Counts { passed, failed };
        assert_eq!(Verdict::of(counts(1, 0), counts(0, 1)), Verdict::Noticed);
        assert_eq!(Verdict::of(counts(1, 0), counts(1, 0)), Verdict::Unnoticed);
        assert_eq!(Verdict::of(counts(0, 0), counts(0, 0)), Verdict::RedBefore);
        assert_eq!(Verdict::of(counts(0, 1), counts(0, 1)), Verdict::RedBefore);
    }
}
