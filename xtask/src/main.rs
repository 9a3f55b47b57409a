//! The caretaker: every chore of the project as one command.
//!
//! Each chore is a file of this folder and returns an error when it is not content; only this file makes an exit
//! code of it. The caretaker stands outside the product: no crate of Anteroom may depend on it.
#![expect(
    clippy::disallowed_methods,
    reason = "a tool for developers: it starts programs, waits and takes times"
)]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool for developers: it talks to a terminal"
)]

mod arrows;
mod codegen;
mod command;
mod counts;
mod demo;
mod deps;
mod dispatch;
mod files;
mod findings;
mod heard;
mod left;
mod metadata;
mod modules;
mod postgres;
mod prepare;
mod report;
mod rust_text;
mod sabotage;
mod second_try;
mod slow;
mod stamp;
mod test;
mod tidy;
mod tree;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::tree::Tree;

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "Every chore of Anteroom as one command")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Install what a fresh machine lacks: Debian packages, npm packages, the built front end
    Prepare,
    /// Start Anteroom with a member, a video and a guest link, until Ctrl-C
    Demo(demo::Options),
    /// Run every check and every test; with FILTER only the Rust tests whose names contain it
    Test(test::Options),
    /// What continuous integration runs: the same as `test`
    Ci(test::Options),
    /// Check sizes, names, words and pairs of files
    Tidy,
    /// Check which crate may import which, and that modules form no circle
    Arrows,
    /// Check licences, sources and double versions of what others wrote
    Deps,
    /// Write the generated files anew; with --check fail when one would change
    Codegen(codegen::Options),
    /// Break the code on purpose, patch by patch, and demand that a test notices
    Sabotage(sabotage::Options),
    /// Take screenshots of every page
    Shots(dispatch::ShotsOptions),
    /// Measure one figure of quality against its peer
    Bench(dispatch::BenchOptions),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match Tree::open().and_then(|tree| run(&tree, arguments.chore)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(tree: &Tree, chore: Chore) -> Result<()> {
    match chore {
        Chore::Prepare => prepare::run(tree),
        Chore::Demo(options) => demo::run(tree, &options),
        Chore::Test(options) | Chore::Ci(options) => test::run(tree, &options),
        Chore::Tidy => tidy::run(tree),
        Chore::Arrows => arrows::run(tree),
        Chore::Deps => deps::run(tree),
        Chore::Codegen(options) => codegen::run(tree, &options),
        Chore::Sabotage(options) => sabotage::run(tree, &options),
        Chore::Shots(options) => dispatch::shots(tree, &options),
        Chore::Bench(options) => dispatch::bench(tree, &options),
    }
}
