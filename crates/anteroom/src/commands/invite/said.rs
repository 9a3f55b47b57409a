//! What the commands about invites answer and complain.

use anyhow::anyhow;
use app::Conflict;
use app::guest_access::Obeyed;
use app::invites::{BulkDone, RevokedInvite, ShownInvite};

use crate::commands::say;

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
pub(super) fn revoked(done: &RevokedInvite) {
    say(&line(&done.invite));
    if let Obeyed::WithinSeconds(seconds) = done.closed.obeyed {
        say(&format!("the server has not answered: what is open ends at the latest in {seconds} seconds\n"));
    }
}

/// What a sheet comes to; each invite with its URL, or every bad row.
pub(super) fn sheet(done: &BulkDone) -> anyhow::Result<()> {
    for made in &done.made {
        say(&format!("{}\t{}\t{} {}\t{}\n", made.id, made.email, made.first_name, made.last_name, made.url));
    }
    if done.made.is_empty() {
        let known = done.invited.len();
        say(&format!("{} rows, {} to invite, {known} invited already\n", done.rows, done.good));
        done.unusual.iter().for_each(|row| say(&format!("row {}: is {} meant?\n", row.row, row.email)));
    }
    if done.bad.is_empty() { Ok(()) } else { Err(bad_rows(&done.bad)) }
}

fn bad_rows(rows: &[app::invites::BadRow]) -> anyhow::Error {
    let wrong = rows.iter().map(|bad| format!("row {}: {}", bad.row, bad.code.replace('_', " ")));
    anyhow!("{}", wrong.collect::<Vec<_>>().join("\n"))
}

/// What the person at the command line can do about it.
pub(super) fn explain(error: app::Error) -> anyhow::Error {
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
