//! The list of people as a file to take away. Taking it is written down in the item's activity before it is given.

use domain::access::Action;
use domain::{ActivityKind, Instant, ItemId};

use super::{CameBy, PAGE_MOST, PeopleQuery, ShownPerson};
use crate::activity::record;
use crate::items::actor;
use crate::sheet::is_formula;
use crate::{App, AtItem, Caller, Error};
use store::Conn;

/// People in one file, at most: what a spreadsheet still opens.
const ROWS_MOST: usize = 200_000;
/// What stands above each column; times are in UTC, as the site has no zone.
const HEADS: [&str; 8] =
    ["name", "email", "came by", "entered (UTC)", "last seen (UTC)", "inside now", "device", "state"];

domain::coded! {
    /// The format of such a file.
    pub enum ExportFormat {
        /// For spreadsheets: UTF-8 with the mark by which they know it, and no cell that they would compute.
        Csv = "csv",
        /// For programs.
        Json = "json",
    }
}

/// The people who came, as a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedPeople {
    /// The file.
    pub text: String,
    /// How many people are in it.
    pub rows: usize,
}

impl App {
    /// Takes the list away: everybody whom the query finds, whatever page it names.
    ///
    /// # Errors
    /// `NotFound` or `Refused`.
    pub async fn export_people(
        &self,
        caller: &Caller,
        item: ItemId,
        query: PeopleQuery,
        format: ExportFormat,
    ) -> Result<ExportedPeople, Error> {
        let (grant, _) = self.grant_at_item(caller, item, Action::SeePeople).await?;
        let about = self.about(grant, item);
        let mut query = PeopleQuery { after: None, limit: PAGE_MOST, ..query };
        let mut people = Vec::new();
        loop {
            let (mut page, next) = self.page_of_people(item, query.clone(), &about).await?;
            people.append(&mut page);
            query.after = next;
            if next.is_none() || people.len() >= ROWS_MOST {
                break;
            }
        }
        let (app, asked, policy) = (self.clone(), caller.clone(), self.policy());
        let detail = format!("rows: {}; format: {format}", people.len());
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                AtItem::lock(conn, &asked, &policy, item, Action::SeePeople).await?;
                let outside = &app.inner.outside;
                record(conn, outside, item, None, actor(&asked), ActivityKind::PeopleExported, &detail)
                    .await?;
                Ok::<_, Error>(())
            })
            .await?;
        let text = match format {
            ExportFormat::Csv => sheet(&people)?,
            ExportFormat::Json => json(&people),
        };
        Ok(ExportedPeople { text, rows: people.len() })
    }
}

/// A cell that no spreadsheet computes: what it would take for a formula, behind whatever it skips, is made a text.
fn cell(text: &str) -> String {
    let begins = text.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || c == '"');
    let wide = ['\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
    let is_computed = is_formula(begins) || begins.starts_with(wide) || text.starts_with(['\t', '\r', '\n']);
    if is_computed { format!("'{text}") } else { text.to_owned() }
}

fn moment(at: Instant) -> String {
    mail::in_utc(at).trim_end_matches(" UTC").to_owned()
}

fn came_by(person: &ShownPerson) -> String {
    match (&person.row.by, person.role) {
        (CameBy::Link(_, name), _) => name.clone(),
        (CameBy::Invites(_), Some(role)) => format!("invite, {role}"),
        (CameBy::Invites(_), None) => "invite".to_owned(),
    }
}

fn state(person: &ShownPerson) -> &'static str {
    match (person.row.blocked_at, person.row.removed_at) {
        (Some(_), _) => "blocked",
        (None, Some(_)) => "removed",
        (None, None) => "",
    }
}

fn cells(person: &ShownPerson) -> [String; 8] {
    let row = &person.row;
    [
        cell(&row.name),
        cell(person.email.as_deref().unwrap_or_default()),
        cell(&came_by(person)),
        moment(row.entered_at),
        row.seen_at.map(moment).unwrap_or_default(),
        if person.is_inside { "yes" } else { "no" }.to_owned(),
        row.device.map(|device| device.to_string()).unwrap_or_default(),
        state(person).to_owned(),
    ]
}

fn sheet(people: &[ShownPerson]) -> Result<String, Error> {
    let broken = |error: csv::Error| Error::Bug(format!("a sheet of people: {error}"));
    let mut sheet = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer("\u{feff}".as_bytes().to_vec());
    sheet.write_record(HEADS).map_err(broken)?;
    for person in people {
        sheet.write_record(cells(person)).map_err(broken)?;
    }
    let bytes = sheet.into_inner().map_err(|error| Error::Bug(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| Error::Bug(error.to_string()))
}

fn json(people: &[ShownPerson]) -> String {
    let all: Vec<_> = people.iter().map(one).collect();
    let mut text = serde_json::Value::from(all).to_string();
    text.push('\n');
    text
}

fn one(person: &ShownPerson) -> serde_json::Value {
    let row = &person.row;
    let link = match &row.by {
        CameBy::Link(link, name) => serde_json::json!({ "id": link.to_string(), "name": name }),
        CameBy::Invites(_) => serde_json::Value::Null,
    };
    serde_json::json!({
        "id": row.seat.to_string(),
        "name": row.name,
        "email": person.email,
        "kind": if matches!(row.by, CameBy::Link(..)) { "guest" } else { "invitee" },
        "link": link,
        "role": person.role.map(domain::InviteRole::code),
        "entered_ms": row.entered_at.as_ms(),
        "seen_ms": row.seen_at.map(Instant::as_ms),
        "inside": person.is_inside,
        "device": row.device.map(|device| device.to_string()),
        "removed_ms": row.removed_at.map(Instant::as_ms),
        "blocked_ms": row.blocked_at.map(Instant::as_ms),
    })
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn no_cell_is_computed() {
        for text in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            " =1",
            "\u{a0}=1",
            "\u{ff1d}1",
            "\u{ff0b}1",
            "\"=1",
        ] {
            assert!(cell(text).starts_with('\''), "{text:?}");
        }
        for text in ["Noa", "o'brien", "1=1", "", "anna@example.org", "\u{5e9}\u{5e8}\u{5d4}"] {
            assert_eq!(cell(text), text);
        }
    }
}
