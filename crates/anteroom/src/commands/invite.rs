//! Invites, from the command line: the use cases of the server, as the item's owner or the member that is named.
//! Works while the server runs, which tells its pages and ends what is to end.

mod said;

use std::io::Read;
use std::path::PathBuf;

use anyhow::{Context, anyhow, bail};
use app::domain::{Closing, ItemId, LinkId, Span};
use app::invites::{InviteQuery, TypedBulk, TypedInvite, TypedInviteChange, TypedLend, TypedTerms};
use app::{App, Caller};
use clap::{Args, Subcommand, ValueEnum};

pub(super) use self::said::explain;
use self::said::line;
use super::open_beside;
use crate::settings::{OwnFlags, Settings};
use crate::terminal::say;

#[derive(Debug, Args)]
pub(crate) struct At {
    /// The item's id, as in the address of its page
    #[arg(long)]
    item: String,
    /// Address of the member who acts [default: the item's owner]
    #[arg(long, value_name = "EMAIL")]
    by: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct One {
    #[command(flatten)]
    at: At,
    /// The invite's id, as `list` says
    #[arg(long)]
    invite: String,
}

#[derive(Debug, Args)]
pub(crate) struct Terms {
    /// viewer, and for live events and rooms speaker or moderator
    #[arg(long, default_value = "viewer")]
    role: String,
    /// For how many minutes it opens [default: the site's policy]
    #[arg(long)]
    minutes: Option<i64>,
    /// Devices, -1 for any number [default: the site's policy]
    #[arg(long, value_name = "DEVICES", allow_negative_numbers = true)]
    max_uses: Option<i64>,
    /// Whether a mailed code must be typed [default: by role]
    #[arg(long, value_name = "true|false")]
    code: Option<bool>,
    /// Send it by e-mail
    #[arg(long)]
    send: bool,
    /// The mail's language
    #[arg(long, value_name = "en|he")]
    language: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Person {
    /// Address; only it opens the invite
    #[arg(long)]
    email: String,
    /// First name, as the mail greets with
    #[arg(long)]
    first_name: String,
    /// Last name
    #[arg(long)]
    last_name: String,
}

#[derive(Debug, Args)]
pub(crate) struct Changes {
    /// Another role, for good: viewer, and for live events and rooms speaker or moderator
    #[arg(long)]
    role: Option<String>,
    /// A role for a time
    #[arg(long, value_name = "ROLE", requires = "lend_minutes")]
    lend: Option<String>,
    /// For how long it is lent
    #[arg(long, value_name = "MINUTES", requires = "lend")]
    lend_minutes: Option<i64>,
    /// Take back what is lent
    #[arg(long, conflicts_with = "lend")]
    take_back: bool,
    /// Devices, -1 for any number
    #[arg(long, value_name = "DEVICES", allow_negative_numbers = true)]
    max_uses: Option<i64>,
    /// Minutes more, from now or from its end, whichever is later
    #[arg(long, value_name = "MINUTES")]
    extend_minutes: Option<i64>,
    /// Whether a mailed code must be typed
    #[arg(long, value_name = "true|false")]
    code: Option<bool>,
    /// Another first name
    #[arg(long)]
    first_name: Option<String>,
    /// Another last name
    #[arg(long)]
    last_name: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Ways {
    /// Whoever is inside may finish watching
    Finish,
    /// Everything ends when --in-minutes are over
    Until,
    /// Everything ends now
    Now,
}

#[derive(Debug, Args)]
pub(crate) struct Invite {
    /// What stands before links that are printed [default: http://localhost:PORT] [also: public_url, ANTEROOM_PUBLIC_URL]
    #[arg(long, global = true, value_name = "URL")]
    public_url: Option<String>,
    #[command(subcommand)]
    pub(super) what: InviteCommand,
}

impl Invite {
    pub(crate) fn own_flags(&self) -> OwnFlags {
        OwnFlags { listen: None, public_url: self.public_url.clone() }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum InviteCommand {
    /// List an item's invites, newest first, one a line, with the letters of devices that wait
    List {
        #[command(flatten)]
        at: At,
    },
    /// Invite a person; prints the URL
    Create {
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        person: Person,
        #[command(flatten)]
        terms: Terms,
    },
    /// Invite everybody on a sheet of e-mail, first name, last name, role: all or, if a row is bad, nobody
    Sheet {
        #[command(flatten)]
        at: At,
        /// The CSV file [default: standard input]
        #[arg(long)]
        file: Option<PathBuf>,
        /// Only say what would become of it
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        terms: Terms,
    },
    /// Print an invite's URL again; leaves a row in the item's activity
    Url(One),
    /// Send an invite by e-mail, the same link as before
    Send {
        #[command(flatten)]
        one: One,
        /// The mail's language
        #[arg(long, value_name = "en|he")]
        language: Option<String>,
    },
    /// Change an invite; whoever is inside follows at once
    Change {
        #[command(flatten)]
        one: One,
        #[command(flatten)]
        change: Changes,
    },
    /// Let the person in on one more device
    Allow {
        #[command(flatten)]
        one: One,
        /// The letters that the waiting device shows: a free move [default: any next device, for one more use]
        #[arg(long, value_name = "LETTERS")]
        waiting: Option<String>,
    },
    /// Give an invite another URL; the old one is dead
    NewLink(One),
    /// Revoke an invite
    Revoke {
        #[command(flatten)]
        one: One,
        /// What happens to whoever is inside
        #[arg(long, value_enum, default_value = "finish")]
        closing: Ways,
        /// With `--closing until`
        #[arg(long, value_name = "MINUTES", required_if_eq("closing", "until"))]
        in_minutes: Option<i64>,
    },
}

pub(crate) async fn run(command: InviteCommand, settings: Settings) -> anyhow::Result<()> {
    let app = open_beside(&settings).await?;
    app.read_policy().await?;
    match command {
        InviteCommand::List { at } => list(&app, at).await,
        InviteCommand::Create { at, person, terms } => {
            let (item, caller) = who(&app, at).await?;
            let Person { email, first_name, last_name } = person;
            let typed = TypedInvite { email, first_name, last_name, terms: typed_terms(terms) };
            let made = app.make_invite(&caller, item, typed).await.map_err(explain)?;
            say(&format!("{}\n", made.url))
        }
        InviteCommand::Sheet { at, file, dry_run, terms } => {
            let (item, caller) = who(&app, at).await?;
            let typed = TypedBulk { text: read(file)?, terms: typed_terms(terms), ..TypedBulk::default() };
            let done = if dry_run {
                app.try_bulk(&caller, item, typed).await
            } else {
                app.make_bulk(&caller, item, typed).await
            };
            said::sheet(&done.map_err(explain)?)
        }
        InviteCommand::Url(one) => {
            let (item, caller, invite) = which(&app, one).await?;
            let url = app.reveal_invite(&caller, item, invite).await.map_err(explain)?;
            say(&format!("{url}\n"))
        }
        InviteCommand::Send { one, language } => {
            let (item, caller, invite) = which(&app, one).await?;
            let sent = app.send_invite(&caller, item, invite, language.as_deref()).await;
            say(&line(&sent.map_err(explain)?))
        }
        InviteCommand::Change { one, change } => {
            let (item, caller, invite) = which(&app, one).await?;
            let changed = app.change_invite(&caller, item, invite, typed_change(change)).await;
            say(&line(&changed.map_err(explain)?))
        }
        InviteCommand::Allow { one, waiting } => {
            let (item, caller, invite) = which(&app, one).await?;
            let allowed = app.allow_device(&caller, item, invite, waiting).await;
            say(&line(&allowed.map_err(explain)?))
        }
        InviteCommand::NewLink(one) => {
            let (item, caller, invite) = which(&app, one).await?;
            let made = app.replace_invite_link(&caller, item, invite).await.map_err(explain)?;
            say(&format!("{}\n", made.url))
        }
        InviteCommand::Revoke { one, closing, in_minutes } => revoke(&app, one, closing, in_minutes).await,
    }
}

async fn list(app: &App, at: At) -> anyhow::Result<()> {
    let (item, caller) = who(app, at).await?;
    let mut query = InviteQuery { limit: app::invites::PAGE_MOST, ..InviteQuery::default() };
    loop {
        let page = app.list_invites(&caller, item, query.clone()).await.map_err(explain)?;
        page.invites.iter().try_for_each(|invite| say(&line(invite)))?;
        if page.next.is_none() {
            return Ok(());
        }
        query.before = page.next;
    }
}

async fn revoke(app: &App, one: One, closing: Ways, in_minutes: Option<i64>) -> anyhow::Result<()> {
    let closing = match (closing, in_minutes) {
        (Ways::Finish, None) => Closing::Finish,
        (Ways::Now, None) => Closing::Now,
        (Ways::Until, Some(minutes)) => Closing::Until(app.now().plus(Span::from_minutes(minutes))),
        _ => bail!("--in-minutes goes with --closing until"),
    };
    let (item, caller, invite) = which(app, one).await?;
    said::revoked(&app.revoke_invite(&caller, item, invite, closing).await.map_err(explain)?)
}

fn typed_terms(terms: Terms) -> TypedTerms {
    TypedTerms {
        role: terms.role,
        minutes: terms.minutes,
        max_uses: terms.max_uses.map(Some),
        proves_by_code: terms.code,
        send_mail: terms.send,
        language: terms.language,
    }
}

fn typed_change(change: Changes) -> TypedInviteChange {
    let lent = change.lend.zip(change.lend_minutes).map(|(role, minutes)| TypedLend { role, minutes });
    TypedInviteChange {
        role: change.role,
        lend: if change.take_back { Some(None) } else { lent.map(Some) },
        max_uses: change.max_uses.map(Some),
        extend_minutes: change.extend_minutes,
        proves_by_code: change.code,
        first_name: change.first_name,
        last_name: change.last_name,
    }
}

fn read(file: Option<PathBuf>) -> anyhow::Result<String> {
    let Some(file) = file else {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("reading the sheet from standard input")?;
        return Ok(text);
    };
    std::fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))
}

pub(super) async fn who(app: &App, at: At) -> anyhow::Result<(ItemId, Caller)> {
    let item: ItemId = at.item.parse().context("--item")?;
    let caller = app.caller_by_hand(item, at.by).await;
    Ok((item, caller.map_err(|_| anyhow!("there is no such item, or no such member"))?))
}

async fn which(app: &App, one: One) -> anyhow::Result<(ItemId, Caller, LinkId)> {
    let invite: LinkId = one.invite.parse().context("--invite")?;
    let (item, caller) = who(app, one.at).await?;
    Ok((item, caller, invite))
}
