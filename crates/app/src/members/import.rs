//! Many members at once: a dry run that tells every bad row, then all of them or none.

use std::collections::HashSet;

use domain::MemberId;
use domain::access::Action;
use mail::{Template, TemplateName};
use store::account::{self, NewMember};
use store::account_link::{self, NewLink};
use store::{Conn, StoreError, address, group};

use super::checked_role;
use super::import_sheet::{self, ImportRow, KnownGroups, Sheet, SheetRow};
use crate::accounts::{INVITE_LASTS, Language, NO_PASSWORD};
use crate::error::BadRow;
use crate::mail::{Ceiling, Written, find_template};
use crate::sheet::{FoundColumn, TypedName, WaitingRow, typed_names};
use crate::site_act::SiteAct;
use crate::{App, Caller, Conflict, Error, Secret};

/// Rows of the sheet that are shown back.
const PREVIEW: usize = 20;
/// Rows of one statement's flight.
const CHUNK: usize = 500;

/// People who are to become members, as typed or read from a file.
#[derive(Debug, Clone, Default)]
pub struct TypedImport {
    /// One person a line: address, first name, last name, site role, groups.
    pub text: String,
    /// Names typed for those who had none, with their addresses.
    pub names: Vec<TypedName>,
    /// Whether their addresses count as proved: an administrator vouches for them.
    pub addresses_are_right: bool,
    /// The site role of rows without one.
    pub role: String,
    /// Whether their one-time links are mailed; none: when mail is on.
    pub send_mail: Option<bool>,
}

/// A member that was made of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The line of the sheet.
    pub row: u64,
    /// The member.
    pub id: MemberId,
    /// The address.
    pub email: String,
    /// Display name.
    pub name: String,
    /// The one-time link, when it is not mailed: shown this once.
    pub url: Option<String>,
}

/// What a sheet comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportDone {
    /// Rows with somebody on them.
    pub rows: usize,
    /// Rows that are or would be made members.
    pub good: usize,
    /// Everything that is wrong, in the order of the sheet.
    pub bad: Vec<BadRow>,
    /// Rows without a name: nobody is made before they have one.
    pub waiting: Vec<WaitingRow>,
    /// The columns of the sheet's head; none: it has no head.
    pub columns: Vec<FoundColumn>,
    /// Rows whose address some member has: left as they are.
    pub known: Vec<u64>,
    /// The first good rows.
    pub preview: Vec<ImportRow>,
    /// Good rows whose domain is not written in ASCII; a look-alike may be among them.
    pub unusual: Vec<ImportRow>,
    /// Whether the links are or would be mailed.
    pub mails: bool,
    /// The members, when they were made.
    pub made: Vec<Imported>,
}

/// A member about to be made, with their one-time link.
struct Draft {
    row: SheetRow,
    id: MemberId,
    secret: Secret,
    /// The link's letter, where links are mailed.
    letter: Option<Written>,
}

impl App {
    /// Reads a sheet and tells what would become of it. Changes nothing.
    ///
    /// # Errors
    /// `Invalid` for the role or a text that is no sheet, `MailOff`, `SignInFirst` or `Refused`.
    pub async fn try_import(&self, caller: &Caller, typed: TypedImport) -> Result<ImportDone, Error> {
        let (sheet, groups, mails) = self.read_import(caller, typed).await?;
        let read: Result<_, StoreError> =
            self.inner.store.read(async move |conn: &mut Conn| without_known(conn, sheet).await).await;
        let (sheet, known) = read?;
        Ok(ImportDone { mails, ..report(&sheet, known, &groups) })
    }

    /// Makes everybody on a sheet a member, or, when one row is bad, nobody.
    ///
    /// # Errors
    /// As for the dry run, `BadRows` with every one of them, and `TooMuchMail` when their links cannot all be mailed.
    pub async fn make_import(
        &self,
        caller: &Caller,
        typed: TypedImport,
        language: Language,
    ) -> Result<ImportDone, Error> {
        let are_right = typed.addresses_are_right;
        let (sheet, groups, mails) = self.read_import(caller, typed).await?;
        if !sheet.bad.is_empty() {
            return Err(Error::BadRows(sheet.unfinished()));
        }
        let read: Result<_, StoreError> =
            self.inner.store.read(async move |conn: &mut Conn| without_known(conn, sheet).await).await;
        let (sheet, known) = read?;
        if !sheet.waiting.is_empty() {
            return Err(Error::BadRows(sheet.unfinished()));
        }
        let done = report(&sheet, known, &groups);
        let drafts = self.draft_import(sheet.good, mails.then_some(language)).await?;
        let (done, drafts) = self
            .manage_members(caller, async move |mut act: SiteAct<'_>| {
                let (done, drafts) = still_unknown(act.conn, done, drafts).await?;
                act.app.insert_import(act.conn, &drafts).await?;
                if are_right {
                    vouch_for(act.conn, &drafts).await?;
                }
                if !drafts.is_empty() {
                    act.note("members_imported", format!("members: {}", drafts.len())).await?;
                }
                Ok((done, drafts))
            })
            .await?;
        self.wake_mail();
        let made = drafts.iter().map(|draft| Imported {
            row: draft.row.row,
            id: draft.id,
            email: draft.row.person.email.as_str().to_owned(),
            name: draft.row.person.name.as_str().to_owned(),
            url: (!mails).then(|| self.account_url(draft.secret)),
        });
        Ok(ImportDone { mails, made: made.collect(), ..done })
    }

    /// Checks the wish and the text, off the async threads.
    async fn read_import(
        &self,
        caller: &Caller,
        typed: TypedImport,
    ) -> Result<(Sheet, KnownGroups, bool), Error> {
        self.decide_on_site(caller, Action::ManageMembers)?;
        let role = checked_role(&typed.role)?;
        let mails = typed.send_mail.unwrap_or(self.mail_is_on());
        if mails && !self.mail_is_on() {
            return Err(Conflict::MailOff.into());
        }
        let groups: Result<_, StoreError> =
            self.inner.store.read(async |conn: &mut Conn| group::list(conn).await).await;
        let groups = KnownGroups::new(groups?);
        let names = typed_names(typed.names);
        let read =
            move || import_sheet::read(&typed.text, &names, role, &groups).map(|sheet| (sheet, groups));
        let read = tokio::task::spawn_blocking(read).await.map_err(|e| Error::Bug(e.to_string()))?;
        read.map(|(sheet, groups)| (sheet, groups, mails))
    }

    /// Everything that a member needs before the transaction, off the async threads: letters take long to write.
    /// Language: of the letters; none: the links are handed over.
    async fn draft_import(
        &self,
        rows: Vec<SheetRow>,
        language: Option<Language>,
    ) -> Result<Vec<Draft>, Error> {
        let most = self.inner.config.mail_ceilings.site_hour;
        if language.is_some() && usize::try_from(most).is_ok_and(|most| rows.len() > most) {
            return Err(Conflict::TooMuchMail(Ceiling::Site).into());
        }
        let letters = match language {
            Some(language) => {
                let read =
                    async move |conn: &mut Conn| find_template(conn, TemplateName::Account, language).await;
                let template: Result<Template, StoreError> = self.inner.store.read(read).await;
                Some((language, template?))
            }
            None => None,
        };
        let (app, now) = (self.clone(), self.now());
        let draft = move |(row, place): (SheetRow, u16)| {
            // The list shows the newest first: within their one millisecond the first row is the newest.
            let mut random: [u8; 10] = app.random();
            random[..2].copy_from_slice(&(u16::MAX - place).to_be_bytes());
            let (id, secret) = (MemberId::new(now, random), Secret::from_random(app.random()));
            let to = (id, &row.person.email, row.person.name.as_str());
            let letter = letters.as_ref().map(|(language, template)| {
                let letter = app.account_letter(to, secret, *language);
                app.write_letter(&letter, template, TemplateName::Account.code())
            });
            let letter = letter.transpose()?;
            Ok(Draft { row, id, secret, letter })
        };
        let drafts = move || rows.into_iter().zip(0..).map(draft).collect();
        tokio::task::spawn_blocking(drafts).await.map_err(|e| Error::Bug(e.to_string()))?
    }

    async fn insert_import(&self, conn: &mut Conn, drafts: &[Draft]) -> Result<(), Error> {
        let now = conn.now().await?;
        let expires = now.plus(INVITE_LASTS);
        for chunk in drafts.chunks(CHUNK) {
            let members = chunk.iter().map(|Draft { row, id, .. }| NewMember {
                id: *id,
                email: row.person.email.as_str(),
                name: row.person.name.as_str(),
                role: row.person.role,
                password_hash: NO_PASSWORD,
                now,
            });
            account::insert_all(conn, &members.collect::<Vec<_>>()).await.map_err(taken)?;
            let links = chunk.iter().map(|Draft { row, id, secret, letter }| {
                let email = letter.as_ref().map(|_| row.person.email.as_str());
                (secret.hash(), NewLink { member: *id, purpose: "invite", email, now, expires })
            });
            account_link::put_all(conn, &links.collect::<Vec<_>>()).await?;
            let pairs =
                chunk.iter().flat_map(|one| one.row.person.groups.iter().map(|group| (*group, one.id)));
            group::add_all(conn, &pairs.collect::<Vec<_>>()).await?;
        }
        let letters = drafts.iter().filter_map(|draft| draft.letter.as_ref());
        self.queue_all_mail(conn, &letters.map(Written::new_mail).collect::<Vec<_>>()).await
    }
}

/// The administrator says that the addresses are right.
async fn vouch_for(conn: &mut Conn, drafts: &[Draft]) -> Result<(), StoreError> {
    let now = conn.now().await?;
    for chunk in drafts.chunks(CHUNK) {
        let addresses: Vec<_> = chunk.iter().map(|one| (one.id, one.row.person.email.as_str())).collect();
        address::verify_all(conn, &addresses, (now, "administrator")).await?;
    }
    Ok(())
}

/// Somebody took the address since the sheet was looked at.
fn taken(error: StoreError) -> Error {
    match error {
        StoreError::Duplicate(_) => Conflict::EmailTaken.into(),
        other => other.into(),
    }
}

/// Which of these addresses are members'.
async fn list_known(conn: &mut Conn, addresses: &[&str]) -> Result<HashSet<String>, StoreError> {
    let mut known = HashSet::new();
    for chunk in addresses.chunks(CHUNK) {
        known.extend(address::list_known(conn, chunk).await?);
    }
    Ok(known)
}

/// Takes out whoever became a member while the letters were written.
async fn still_unknown(
    conn: &mut Conn,
    mut done: ImportDone,
    drafts: Vec<Draft>,
) -> Result<(ImportDone, Vec<Draft>), StoreError> {
    let addresses: Vec<&str> = drafts.iter().map(|one| one.row.person.email.as_str()).collect();
    let known = list_known(conn, &addresses).await?;
    let (late, drafts): (Vec<_>, Vec<_>) =
        drafts.into_iter().partition(|one| known.contains(one.row.person.email.as_str()));
    done.known.extend(late.iter().map(|one| one.row.row));
    done.good = drafts.len();
    Ok((done, drafts))
}

/// Takes out whoever is a member, so that a longer list of the same school can be sent again.
async fn without_known(conn: &mut Conn, mut sheet: Sheet) -> Result<(Sheet, Vec<u64>), StoreError> {
    let good = sheet.good.iter().map(|row| row.person.email.as_str());
    let all: Vec<&str> = good.chain(sheet.waiting.iter().map(|row| &*row.email)).collect();
    let known = list_known(conn, &all).await?;
    let is_known = |row: &SheetRow| known.contains(row.person.email.as_str());
    let good = sheet.good.iter().filter(|row| is_known(row)).map(|row| row.row);
    // Whoever has an account has a name there.
    let nameless = sheet.waiting.iter().filter(|row| known.contains(&row.email)).map(|row| row.row);
    let rows = good.chain(nameless).collect();
    sheet.good.retain(|row| !is_known(row));
    sheet.waiting.retain(|row| !known.contains(&row.email));
    Ok((sheet, rows))
}

fn report(sheet: &Sheet, known: Vec<u64>, groups: &KnownGroups) -> ImportDone {
    let is_unusual = |row: &&SheetRow| row.person.email.has_unusual_letters();
    let shown = |row: &SheetRow| groups.shown(row);
    ImportDone {
        rows: sheet.rows,
        good: sheet.good.len(),
        bad: sheet.bad.clone(),
        waiting: sheet.waiting.clone(),
        columns: sheet.columns.clone(),
        known,
        preview: sheet.good.iter().take(PREVIEW).map(shown).collect(),
        unusual: sheet.good.iter().filter(is_unusual).map(shown).collect(),
        ..ImportDone::default()
    }
}
