//! Who came, from the command line: the list, its file, putting somebody out, and what is kept of one address.

use anyhow::{Context, anyhow};
use app::domain::SeatId;
use app::guest_access::{Closed, Obeyed};
use app::people::{CameBy, ExportFormat, FoundAddress, PeopleQuery, PersonAct, ShownPerson, Through};
use app::{App, Caller};
use clap::{Args, Subcommand, ValueEnum};

use super::invite::{At, explain, who};
use super::open_beside;
use crate::settings::Settings;
use crate::terminal::say;

#[derive(Debug, Args)]
pub(crate) struct Narrow {
    /// Only who came through this guest link
    #[arg(long, value_name = "ID", conflicts_with = "invites")]
    link: Option<String>,
    /// Only invitees
    #[arg(long)]
    invites: bool,
    /// Only who is inside now
    #[arg(long)]
    inside: bool,
    /// Only with this text in name or address
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    search: String,
}

#[derive(Debug, Args)]
pub(crate) struct One {
    #[command(flatten)]
    at: At,
    /// The person's id, as `list` says
    #[arg(long, value_name = "ID")]
    person: String,
}

#[derive(Debug, Args)]
pub(crate) struct Address {
    /// The address that is asked about
    #[arg(long)]
    email: String,
    /// Address of the site administrator who acts
    #[arg(long, value_name = "EMAIL")]
    by: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    /// For spreadsheets
    Csv,
    /// For programs
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PeopleCommand {
    /// List who came to an item, whoever entered last first, one a line
    List {
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        narrow: Narrow,
    },
    /// Print the list as a file; leaves a row in the item's activity
    Export {
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        narrow: Narrow,
        #[arg(long, value_enum, default_value = "csv")]
        format: Format,
    },
    /// End what a person has open; they may come back
    End(One),
    /// Remove a person: what they have open ends, and so does their seat
    Remove(One),
    /// Give a person the seat back that they were removed from
    Restore(One),
    /// Block a person on their browser until they are unblocked
    Block(One),
    /// End a block
    Unblock(One),
    /// Say how much is kept of an address, over all items
    Find(Address),
    /// Print everything that is kept of an address; the items' owners read that it was taken
    ExportAddress(Address),
    /// Erase an address at all items; the items' owners read that it was done
    EraseAddress(Address),
}

pub(crate) async fn run(command: PeopleCommand, settings: Settings) -> anyhow::Result<()> {
    let app = open_beside(&settings).await?;
    app.read_policy().await?;
    match command {
        PeopleCommand::List { at, narrow } => list(&app, at, narrow).await,
        PeopleCommand::Export { at, narrow, format } => {
            let (item, caller) = who(&app, at).await?;
            let format = match format {
                Format::Csv => ExportFormat::Csv,
                Format::Json => ExportFormat::Json,
            };
            let file = app.export_people(&caller, item, query(narrow)?, format).await.map_err(explain)?;
            say(&file.text)
        }
        PeopleCommand::End(one) => act(&app, one, PersonAct::End).await,
        PeopleCommand::Remove(one) => act(&app, one, PersonAct::Remove).await,
        PeopleCommand::Restore(one) => act(&app, one, PersonAct::Restore).await,
        PeopleCommand::Block(one) => act(&app, one, PersonAct::Block).await,
        PeopleCommand::Unblock(one) => act(&app, one, PersonAct::Unblock).await,
        PeopleCommand::Find(address) => {
            let caller = administrator(&app, &address).await?;
            say(&found(app.find_address(&caller, &address.email).await.map_err(explain)?))
        }
        PeopleCommand::ExportAddress(address) => {
            let caller = administrator(&app, &address).await?;
            say(&app.export_address(&caller, &address.email).await.map_err(explain)?)
        }
        PeopleCommand::EraseAddress(address) => {
            let caller = administrator(&app, &address).await?;
            let done = app.erase_address(&caller, &address.email).await.map_err(explain)?;
            say(&found(done.found))?;
            say_if_late(done.closed)
        }
    }
}

async fn list(app: &App, at: At, narrow: Narrow) -> anyhow::Result<()> {
    let (item, caller) = who(app, at).await?;
    let mut query = query(narrow)?;
    loop {
        let page = app.list_people(&caller, item, query.clone()).await.map_err(explain)?;
        page.people.iter().try_for_each(|person| say(&line(person)))?;
        if page.next.is_none() {
            return Ok(());
        }
        query.after = page.next;
    }
}

fn query(narrow: Narrow) -> anyhow::Result<PeopleQuery> {
    let through = match narrow.link {
        Some(link) => Through::Link(link.parse().context("--link")?),
        None if narrow.invites => Through::Invites,
        None => Through::Any,
    };
    let limit = app::people::PAGE_MOST;
    Ok(PeopleQuery { through, text: narrow.search, only_inside: narrow.inside, after: None, limit })
}

async fn act(app: &App, one: One, act: PersonAct) -> anyhow::Result<()> {
    let seat: SeatId = one.person.parse().context("--person")?;
    let (item, caller) = who(app, one.at).await?;
    let done = app.act_on_person(&caller, item, seat, act).await.map_err(explain)?;
    say(&line(&done.person))?;
    say_if_late(done.closed)
}

async fn administrator(app: &App, address: &Address) -> anyhow::Result<Caller> {
    let caller = app.member_by_hand(&address.by).await;
    caller.map_err(|_| anyhow!("--by: there is no such member"))
}

/// Id, state, by which door, name, address, when: tabs between them.
fn line(shown: &ShownPerson) -> String {
    let row = &shown.row;
    let state = match (row.blocked_at, row.removed_at, shown.is_inside) {
        (Some(_), ..) => "blocked",
        (None, Some(_), _) => "removed",
        (None, None, true) => "inside",
        (None, None, false) => "away",
    };
    let by = match &row.by {
        CameBy::Link(_, name) => format!("guest link {name}"),
        CameBy::Invites(proof) => format!("invite, proved by {proof}"),
    };
    let email = shown.email.as_deref().unwrap_or("-");
    format!("{}\t{state}\t{by}\t{}\t{email}\t{}\n", row.seat, row.name, row.entered_at.as_ms())
}

fn found(found: FoundAddress) -> String {
    let FoundAddress { guest_seats, invited_items, items } = found;
    format!("{guest_seats} seats of guests, {invited_items} items with invites, {items} items in all\n")
}

fn say_if_late(closed: Closed) -> anyhow::Result<()> {
    match closed.obeyed {
        Obeyed::Everywhere => Ok(()),
        Obeyed::WithinSeconds(seconds) => say(&format!(
            "the server has not answered: what is open ends at the latest in {seconds} seconds\n"
        )),
    }
}
