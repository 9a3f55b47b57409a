//! Invites, from the command line: through the use cases of the running server, as the item's owner or the member
//! that is named. Works while the server runs.

use anyhow::{Context, anyhow};
use app::domain::{Closing, ItemId, LinkId};
use app::invites::{InviteQuery, ShownInvite, TypedInvite, TypedTerms};
use app::{App, Caller};
use clap::{Args, Subcommand, ValueEnum};

use super::say;
use crate::clock;
use crate::settings::Settings;

#[derive(Debug, Args)]
pub(crate) struct At {
    /// The item's id, as in the address of its page
    #[arg(long)]
    item: String,
    /// Address of the member who acts [default: the item's owner]
    #[arg(long, value_name = "EMAIL")]
    by: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Ways {
    /// Whoever is inside may finish watching
    Finish,
    /// Everything ends now
    Now,
}

#[derive(Debug, Subcommand)]
pub(crate) enum InviteCommand {
    /// List an item's invites, newest first, one a line
    List {
        #[command(flatten)]
        at: At,
    },
    /// Invite a person; prints the URL
    Create {
        #[command(flatten)]
        at: At,
        /// Address; only it opens the invite
        #[arg(long)]
        email: String,
        #[arg(long)]
        first_name: String,
        #[arg(long)]
        last_name: String,
        /// viewer, and for live events and rooms speaker or moderator
        #[arg(long, default_value = "viewer")]
        role: String,
        /// Duration [default: the site's policy]
        #[arg(long)]
        minutes: Option<i64>,
        /// Devices [default: the site's policy]
        #[arg(long, value_name = "DEVICES")]
        max_uses: Option<i64>,
    },
    /// Revoke an invite
    Revoke {
        #[command(flatten)]
        at: At,
        /// The invite's id, as `list` says
        #[arg(long)]
        invite: String,
        /// What happens to whoever is inside
        #[arg(long, value_enum, default_value = "finish")]
        closing: Ways,
    },
}

pub(crate) async fn run(command: InviteCommand, settings: Settings) -> anyhow::Result<()> {
    let app = App::open_beside(settings.app_beside(), clock::outside()).await?;
    app.read_policy().await?;
    match command {
        InviteCommand::List { at } => list(&app, at).await,
        InviteCommand::Create { at, email, first_name, last_name, role, minutes, max_uses } => {
            let (item, caller) = who(&app, at).await?;
            let terms = TypedTerms { role, minutes, max_uses: max_uses.map(Some), ..TypedTerms::default() };
            let typed = TypedInvite { email, first_name, last_name, terms };
            let made = app.make_invite(&caller, item, typed).await.map_err(explain)?;
            say(&format!("{}\n", made.url));
            Ok(())
        }
        InviteCommand::Revoke { at, invite, closing } => {
            let (item, caller) = who(&app, at).await?;
            let invite: LinkId = invite.parse().context("--invite")?;
            let closing = match closing {
                Ways::Finish => Closing::Finish,
                Ways::Now => Closing::Now,
            };
            let done = app.revoke_invite(&caller, item, invite, closing).await.map_err(explain)?;
            say(&line(&done.invite));
            Ok(())
        }
    }
}

async fn list(app: &App, at: At) -> anyhow::Result<()> {
    let (item, caller) = who(app, at).await?;
    let mut query = InviteQuery { limit: app::invites::PAGE_MOST, ..InviteQuery::default() };
    loop {
        let page = app.list_invites(&caller, item, query.clone()).await.map_err(explain)?;
        page.invites.iter().for_each(|invite| say(&line(invite)));
        if page.next.is_none() {
            return Ok(());
        }
        query.before = page.next;
    }
}

/// Id, state, role, uses, address, name: tabs between them.
fn line(shown: &ShownInvite) -> String {
    let (invite, facts) = (&shown.row.invite, &shown.row.invite.facts);
    let most = facts.max_uses.map_or("unlimited".to_owned(), |most| most.to_string());
    let (id, state, role, email) = (facts.id, shown.state, shown.role_now, facts.email.as_str());
    format!(
        "{id}\t{state}\t{role}\t{} of {most}\t{email}\t{} {}\n",
        facts.uses, invite.first_name, invite.last_name
    )
}

async fn who(app: &App, at: At) -> anyhow::Result<(ItemId, Caller)> {
    let item: ItemId = at.item.parse().context("--item")?;
    let caller = app.caller_by_hand(item, at.by).await;
    Ok((item, caller.map_err(|_| anyhow!("there is no such item, or no such member"))?))
}

/// What the person at the command line can do about it.
fn explain(error: app::Error) -> anyhow::Error {
    match error {
        app::Error::NotFound => anyhow!("there is no such item or invite for this member"),
        app::Error::Refused(refusal) => anyhow!("refused: {}", refusal.reason.code().replace('_', " ")),
        app::Error::Conflict(app::Conflict::CollaborationOff) => {
            anyhow!("switch chat and collaboration on for this room first")
        }
        app::Error::Conflict(app::Conflict::InvitesOff) => {
            anyhow!("the site's policy lets no invite in at items of this kind")
        }
        app::Error::Invalid(fields) => {
            let wrong = fields.iter().map(|wrong| {
                format!("--{}: {}", wrong.field.replace('_', "-"), wrong.code.replace('_', " "))
            });
            anyhow!("{}", wrong.collect::<Vec<_>>().join("; "))
        }
        other => other.into(),
    }
}
