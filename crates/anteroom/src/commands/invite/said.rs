//! What the commands about invites answer and complain.

use anyhow::anyhow;
use app::Conflict;
use app::guest_access::Obeyed;
use app::invites::{BulkDone, RevokedInvite, ShownInvite};

use crate::terminal::say;

/// Id, state, role, uses, address, name, and who waits to be let in: tabs between them.
pub(super) fn line(shown: &ShownInvite) -> String {
    let (invite, facts) = (&shown.row.invite, &shown.row.invite.facts);
    let most = facts.max_uses.map_or("unlimited".to_owned(), |most| most.to_string());
    let (id, state, role, email) = (facts.id, shown.state, shown.role_now, facts.email.as_str());
    let waiting = shown.asking.iter().map(|asking| format!("\twaits: {}", asking.reference));
    format!(
        "{id}\t{state}\t{role}\t{} of {most}\t{email}\t{} {}{}\n",
        facts.uses,
        invite.first_name,
        invite.last_name,
        waiting.collect::<String>()
    )
}

/// The invite, and whether what was to end has ended.
pub(super) fn revoked(done: &RevokedInvite) -> anyhow::Result<()> {
    say(&line(&done.invite))?;
    match done.closed.obeyed {
        Obeyed::Everywhere => Ok(()),
        Obeyed::WithinSeconds(seconds) => say(&format!(
            "the server has not answered: what is open ends at the latest in {seconds} seconds\n"
        )),
    }
}

/// What a sheet comes to; each invite with its URL, or every bad row.
pub(super) fn sheet(done: &BulkDone) -> anyhow::Result<()> {
    for made in &done.made {
        say(&format!("{}\t{}\t{} {}\t{}\n", made.id, made.email, made.first_name, made.last_name, made.url))?;
    }
    if done.made.is_empty() {
        let known = done.invited.len();
        say(&format!("{} rows, {} to invite, {known} invited already\n", done.rows, done.good))?;
        for row in &done.unusual {
            say(&format!("row {}: is {} meant?\n", row.row, row.email))?;
        }
    }
    let nameless = done.waiting.iter().map(|row| format!("row {}: {} has no whole name", row.row, row.email));
    let wrong: Vec<_> = done.bad.iter().map(bad_row).chain(nameless).collect();
    if wrong.is_empty() { Ok(()) } else { Err(anyhow!("{}", wrong.join("\n"))) }
}

fn bad_rows(rows: &[app::invites::BadRow]) -> anyhow::Error {
    anyhow!("{}", rows.iter().map(bad_row).collect::<Vec<_>>().join("\n"))
}

fn bad_row(bad: &app::invites::BadRow) -> String {
    format!("row {}: {}", bad.row, bad.code.replace('_', " "))
}

/// What the person at the command line can do about it.
pub(in crate::commands) fn explain(error: app::Error) -> anyhow::Error {
    match error {
        app::Error::NotFound => anyhow!("there is no such item, invite or waiting device for this member"),
        app::Error::Refused(refusal) => anyhow!("refused: {}", refusal.reason.code().replace('_', " ")),
        app::Error::BadRows(rows) => bad_rows(&rows),
        app::Error::Invalid(fields) => {
            let wrong = fields.iter().map(|wrong| {
                format!("--{}: {}", wrong.field.replace('_', "-"), wrong.code.replace('_', " "))
            });
            anyhow!("{}", wrong.collect::<Vec<_>>().join("; "))
        }
        app::Error::Conflict(conflict) => match conflict {
            Conflict::CollaborationOff => anyhow!("switch chat and collaboration on for this room first"),
            Conflict::InvitesOff => anyhow!("the site's policy lets no invite in at items of this kind"),
            Conflict::MailOff => anyhow!("the site sends no invites: it needs a mail server and a template"),
            Conflict::TooMuchMail(whose) => {
                anyhow!("as much mail was sent as may be ({}); try again later", whose.code())
            }
            Conflict::InviteOver => anyhow!("the invite is revoked or over"),
            Conflict::MovesSpent => anyhow!("the seat has moved three times within a day"),
            Conflict::UsesBelowSpent { uses } => anyhow!("--max-uses: {uses} devices entered already"),
            other => app::Error::Conflict(other).into(),
        },
        other => other.into(),
    }
}
