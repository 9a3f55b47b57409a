//! The binary: reads its settings, wires the parts, runs a command. Nothing else wires.

mod clock;
mod commands;
mod settings;

use clap::Parser;

/// Share one media item with people who have no account.
#[derive(Debug, Parser)]
#[command(name = "anteroom", version)]
struct Cli {
    #[command(flatten)]
    settings: settings::Flags,
    #[command(subcommand)]
    command: commands::Command,
}

fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    match commands::run(cli.command, &cli.settings) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            commands::complain(&error);
            std::process::ExitCode::FAILURE
        }
    }
}
