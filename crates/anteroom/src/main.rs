//! The binary: reads its settings, wires the parts, runs a command. Nothing else wires.

mod clock;
mod commands;
mod settings;
mod terminal;

use clap::Parser;
use rustix::fs::Mode;

/// The system's own takes an eighth of what it costs to let a guest in (`docs/adr/0013-the-allocator.md`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Share one media item with people who have no account.
#[derive(Debug, Parser)]
#[command(
    name = "anteroom",
    version,
    after_help = "What can be set is set by the file anteroom.toml in the data folder, by the environment \
                  (ANTEROOM_<KEY>) or by flags; the later counts. docs/operating/settings.md has every key, \
                  docs/operating/commands.md every command."
)]
struct Cli {
    #[command(flatten)]
    settings: settings::Flags,
    #[command(subcommand)]
    command: commands::Command,
}

fn main() -> std::process::ExitCode {
    // Names and addresses of people are nobody else's on this machine: files are 0600, folders 0700.
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    let cli = Cli::parse();
    match commands::run(cli.command, &cli.settings) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) if error.is::<terminal::NobodyReads>() => std::process::ExitCode::SUCCESS,
        Err(error) => {
            terminal::complain(&error);
            std::process::ExitCode::FAILURE
        }
    }
}
