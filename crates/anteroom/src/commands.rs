//! The commands. `serve` is the server; the others are for the machine's owner.

mod invite;
mod keys;
mod member;
mod people;
mod serve;

use std::io::IsTerminal;

use app::App;
use clap::Subcommand;

use crate::clock;
use crate::settings::{Flags, OwnFlags, Settings};
use crate::terminal::say;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the server; on an empty folder it makes a site and prints a link for the first administrator
    Serve(serve::Serve),
    /// Members of the site
    #[command(subcommand)]
    Member(member::MemberCommand),
    /// Invites to an item
    Invite(invite::Invite),
    /// The site's key
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Who came to an item, and what is kept of one address
    #[command(subcommand)]
    People(people::PeopleCommand),
    /// Print the API's description (OpenAPI 3.1, JSON)
    Openapi,
}

/// Runs one command to its end.
pub(crate) fn run(command: Command, flags: &Flags) -> anyhow::Result<()> {
    if matches!(command, Command::Openapi) {
        return say(&server::openapi());
    }
    let own = match &command {
        Command::Serve(serve) => serve.own_flags(),
        Command::Invite(invite) => invite.own_flags(),
        _ => OwnFlags::default(),
    };
    let settings = Settings::read(flags, own)?;
    begin_log(&settings.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            Command::Serve(_) => serve::run(settings).await,
            Command::Member(command) => member::run(command, settings).await,
            Command::Invite(command) => invite::run(command.what, settings).await,
            Command::People(command) => people::run(command, settings).await,
            Command::Keys(command) => keys::run(command, settings).await,
            Command::Openapi => Ok(()),
        }
    })
}

/// A command beside servers works on a site that is there; it makes none where somebody mistyped its folder.
async fn open_beside(settings: &Settings) -> anyhow::Result<App> {
    settings.check_site()?;
    Ok(App::open_beside(settings.app_beside(), clock::outside()).await?)
}

fn begin_log(level: &str) -> anyhow::Result<()> {
    let refuse = |why: String| {
        anyhow::anyhow!("log: {level:?} is not allowed ({why}); use error, warn, info, debug or trace")
    };
    // To the filter any word is the name of a part, and the word alone would silence all others.
    if let Some(odd) = level.split(',').find(|one| !is_directive(one.trim())) {
        return Err(refuse(format!("{odd:?} is no level")));
    }
    let filter = tracing_subscriber::EnvFilter::builder().parse(level).map_err(|e| refuse(e.to_string()))?;
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr).init();
    Ok(())
}

/// A level, or one for a part of the program: `app=debug`.
fn is_directive(text: &str) -> bool {
    let is_level = |text: &str| ["off", "error", "warn", "info", "debug", "trace"].contains(&text);
    match text.split_once('=') {
        None => is_level(text),
        Some((part, level)) => {
            let is_name = |c: char| c.is_ascii_alphanumeric() || "_:".contains(c);
            !part.is_empty() && part.chars().all(is_name) && is_level(level)
        }
    }
}
