//! The site's key, for who has lost it.

use app::Renewed;
use clap::Subcommand;

use crate::clock;
use crate::settings::Settings;
use crate::terminal::say;

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Accept that the key is lost: go on with the one that is there now, or with a new one
    ///
    /// Links that were made before go on working, but can no longer be copied: make new ones where that is needed. Mail
    /// that waits is not sent. Stop the server first. When the key is the right one nothing is changed.
    Renew,
}

pub(crate) async fn run(command: KeysCommand, settings: Settings) -> anyhow::Result<()> {
    let KeysCommand::Renew = command;
    settings.check_database()?;
    match app::renew_keys(settings.app_beside(), clock::outside()).await? {
        Renewed::Fits => say("The key is the right one; nothing was changed.\n"),
        Renewed::Accepted => {
            say("The key that is there now counts. Older links work, but cannot be copied.\n")
        }
        Renewed::Made => say("A new key was made; back it up. Older links work, but cannot be copied.\n"),
    }
}
