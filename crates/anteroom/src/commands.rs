//! The commands. `serve` is the server; the others are for the machine's owner.

mod invite;
mod member;
mod serve;

use std::io::IsTerminal;

use clap::Subcommand;

use crate::settings::{Flags, Settings};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the server
    Serve,
    /// Members of the site
    #[command(subcommand)]
    Member(member::MemberCommand),
    /// Invites to an item
    #[command(subcommand)]
    Invite(invite::InviteCommand),
    /// Print the API's description (OpenAPI 3.1, JSON)
    Openapi,
}

/// Runs one command to its end.
pub(crate) fn run(command: Command, flags: &Flags) -> anyhow::Result<()> {
    if matches!(command, Command::Openapi) {
        say(&server::openapi());
        return Ok(());
    }
    let settings = Settings::read(flags)?;
    begin_log(&settings.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            Command::Serve => serve::run(settings).await,
            Command::Member(command) => member::run(command, settings).await,
            Command::Invite(command) => invite::run(command, settings).await,
            Command::Openapi => Ok(()),
        }
    })
}

/// Answers on standard output.
#[expect(clippy::print_stdout, reason = "what a command answers")]
pub(crate) fn say(text: &str) {
    print!("{text}");
}

/// Complains on standard error, cause below cause.
#[expect(clippy::print_stderr, reason = "what a command complains")]
pub(crate) fn complain(error: &anyhow::Error) {
    eprintln!("anteroom: {error:#}");
}

fn begin_log(level: &str) -> anyhow::Result<()> {
    let filter = tracing_subscriber::EnvFilter::builder().parse(level).map_err(|error| {
        anyhow::anyhow!("log: {level:?} is not allowed ({error}); use error, warn, info, debug or trace")
    })?;
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr).init();
    Ok(())
}
