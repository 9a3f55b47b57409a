//! Members, from the command line. Works while the server runs: SQLite takes one writer at a time and lets the
//! other wait.

use std::io::Read;

use anyhow::{Context, anyhow};
use app::accounts::TypedMember;
use app::domain::SiteRole;
use clap::Subcommand;

use super::open_beside;
use crate::settings::Settings;
use crate::terminal::say;

#[derive(Debug, Subcommand)]
pub(crate) enum MemberCommand {
    /// Make a member with a password
    Create {
        /// Address, with which they sign in
        #[arg(long)]
        email: String,
        /// Display name
        #[arg(long)]
        name: String,
        /// viewer, private_only, admin, unmoderated_admin or site_administrator
        #[arg(long, default_value = "private_only")]
        role: String,
        /// Read the password from standard input
        #[arg(long, required = true)]
        password_stdin: bool,
    },
}

pub(crate) async fn run(command: MemberCommand, settings: Settings) -> anyhow::Result<()> {
    let MemberCommand::Create { email, name, role, password_stdin: _ } = command;
    let codes = || SiteRole::ALL.iter().map(|role| role.code()).collect::<Vec<_>>().join(", ");
    let role: SiteRole = role.parse().map_err(|error| anyhow!("--role: {error}; use one of {}", codes()))?;
    settings.check_site()?;
    let mut password = String::new();
    std::io::stdin().read_to_string(&mut password).context("reading the password from standard input")?;
    let password = password.trim_end_matches(['\r', '\n']).to_owned();
    let app = open_beside(&settings).await?;
    let member = app.create_member(TypedMember { email, name, password }, role).await.map_err(explain)?;
    say(&format!("{} is a member now ({})\n", member.email, member.facts.role))?;
    Ok(())
}

/// What the person at the command line can do about it.
fn explain(error: app::Error) -> anyhow::Error {
    match error {
        app::Error::Conflict(app::Conflict::EmailTaken) => anyhow!("a member has this address already"),
        app::Error::Invalid(fields) => {
            let wrong: Vec<_> =
                fields.iter().map(|f| format!("--{}: {}", f.field, f.code.replace('_', " "))).collect();
            anyhow!("{}", wrong.join("; "))
        }
        other => other.into(),
    }
}
