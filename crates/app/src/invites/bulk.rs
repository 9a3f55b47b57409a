//! Many invites at once: a dry run that tells every bad row, then all of them or none.

use std::collections::HashMap;
use std::sync::Arc;

use domain::access::Action;
use domain::{ActivityKind, InviteRole, ItemFacts, ItemId, LinkId, News};
use store::{Conn, StoreError, invite, invite_list};

use super::check::{self, Terms};
use super::create::{Draft, lock_to_invite};
use super::mail;
use super::sheet::{self, GoodRow, Sheet, SheetRow, Wanted};
use super::typed::TypedTerms;
use crate::activity::record;
use crate::error::BadRow;
use crate::items::actor;
use crate::mail::Language;
use crate::sheet::{FoundColumn, Names, TypedName, WaitingRow, typed_names};
use crate::{App, Caller, Error};

/// Rows of the sheet that are shown back.
const PREVIEW: usize = 20;
/// Rows of one statement's flight.
const CHUNK: usize = 500;

/// People to be invited, as typed or read from a file.
#[derive(Debug, Clone, Default)]
pub struct TypedBulk {
    /// One person a line: e-mail, first name, last name, role; or a table with a head, or a list of a mail program.
    pub text: String,
    /// Names typed for those who had none, with their addresses.
    pub names: Vec<TypedName>,
    /// For all; a row's own role comes first.
    pub terms: TypedTerms,
}

/// One invite that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkMade {
    /// The line of the sheet.
    pub row: u64,
    /// The invite.
    pub id: LinkId,
    /// The address.
    pub email: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// What to send.
    pub url: String,
}

/// What a sheet comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BulkDone {
    /// Rows with somebody on them.
    pub rows: usize,
    /// Rows that are or would be invited.
    pub good: usize,
    /// Everything that is wrong, in the order of the sheet.
    pub bad: Vec<BadRow>,
    /// Rows whose name is not whole: nothing is made before it is.
    pub waiting: Vec<WaitingRow>,
    /// The columns of the sheet's head; none: it has no head.
    pub columns: Vec<FoundColumn>,
    /// Rows whose person has a good invite with that role or a higher one: left as they are.
    pub invited: Vec<u64>,
    /// The first good rows.
    pub preview: Vec<GoodRow>,
    /// Good rows whose address has letters beyond ASCII; a look-alike may be among them.
    pub unusual: Vec<GoodRow>,
    /// The invites, when they were made.
    pub made: Vec<BulkMade>,
}

impl App {
    /// Reads a sheet and tells what would become of it. Changes nothing.
    ///
    /// # Errors
    /// `Invalid` for the terms or a text that is no sheet, `NotFound`, `Refused` or a conflict as for one invite.
    pub async fn try_bulk(&self, caller: &Caller, item: ItemId, typed: TypedBulk) -> Result<BulkDone, Error> {
        let facts = self.may_invite_at(caller, item).await?;
        let (_, sheet) = self.read_sheet(caller, &facts, typed).await?;
        let now = self.now();
        let known: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| invite_list::list_good(conn, item, now).await)
            .await;
        let (sheet, invited) = without_invited(sheet, known?);
        Ok(report(&sheet, invited))
    }

    /// Invites everybody on a sheet, or, when one row is bad, nobody.
    ///
    /// # Errors
    /// As for the dry run, and `BadRows` with every one of them.
    pub async fn make_bulk(
        &self,
        caller: &Caller,
        item: ItemId,
        typed: TypedBulk,
    ) -> Result<BulkDone, Error> {
        let facts = self.may_invite_at(caller, item).await?;
        let language = mail::language(typed.terms.language.as_deref())?;
        let send_mail = typed.terms.send_mail.then_some(language);
        let (terms, sheet) = self.read_sheet(caller, &facts, typed).await?;
        if !(sheet.bad.is_empty() && sheet.waiting.is_empty()) {
            return Err(Error::BadRows(sheet.unfinished()));
        }
        let (sheet, drafts) = self.drafts(item, sheet, terms).await?;
        let (app, asked) = (self.clone(), caller.clone());
        let (done, made) = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                app.insert_bulk(conn, &asked, item, (sheet, drafts), send_mail).await
            })
            .await?;
        self.wake_mail();
        self.tell(item, News::Invites);
        self.tell(item, News::Role);
        let url = |(row, draft): &(u64, Draft)| BulkMade {
            row: *row,
            id: draft.id,
            email: draft.email().to_owned(),
            first_name: draft.person.first_name.as_str().to_owned(),
            last_name: draft.person.last_name.as_str().to_owned(),
            url: self.invite_url(draft.token),
        };
        Ok(BulkDone { made: made.iter().map(url).collect(), ..done })
    }

    async fn may_invite_at(&self, caller: &Caller, item: ItemId) -> Result<ItemFacts, Error> {
        let (_, at) = self.grant_at_item(caller, item, Action::ManageInvites).await?;
        let facts = at.item.as_ref().map(|item| item.facts.clone()).ok_or(Error::NotFound)?;
        let policy = self.policy();
        check::refuse_item(&facts, &policy)?;
        at.grant(caller, &policy, Action::Invite, self.now())?;
        Ok(facts)
    }

    /// Checks terms and text, off the async threads. Names that are missing are those of members whom the caller may
    /// find anyway.
    async fn read_sheet(
        &self,
        caller: &Caller,
        item: &ItemFacts,
        typed: TypedBulk,
    ) -> Result<(Terms, Sheet), Error> {
        let policy = self.policy();
        if typed.terms.send_mail && !self.mails_invites(&policy) {
            return Err(crate::Conflict::MailOff.into());
        }
        let codes = self.mails_codes(&policy);
        let terms = check::terms(&typed.terms, item.kind, &policy, codes).map_err(Error::Invalid)?;
        let kind = item.kind;
        let text = Arc::<str>::from(typed.text);
        let read = async |names: Names| {
            let (text, policy) = (text.clone(), policy.clone());
            let read = move || sheet::read(&text, &names, terms.role, kind, &policy);
            tokio::task::spawn_blocking(read).await.map_err(|e| Error::Bug(e.to_string()))?
        };
        let names = typed_names(typed.names);
        let sheet = read(names.clone()).await?;
        if sheet.waiting.is_empty() {
            return Ok((terms, sheet));
        }
        let waiting = sheet.waiting.iter().map(|row| row.email.clone()).collect();
        let mut known = self.names_of_members(caller, waiting).await?;
        if known.is_empty() {
            return Ok((terms, sheet));
        }
        known.extend(names);
        Ok((terms, read(known).await?))
    }

    /// Tokens and seals for every row, made before the transaction so that it is short.
    async fn drafts(&self, item: ItemId, sheet: Sheet, terms: Terms) -> Result<(Sheet, Vec<Draft>), Error> {
        let app = self.clone();
        let make = move || {
            let now = app.now();
            let drafts = sheet.good.iter().zip(0_u16..).map(|(row, place)| {
                // The list shows the newest first: within their one millisecond the first row is the newest.
                let mut random: [u8; 10] = app.random();
                random[..2].copy_from_slice(&(u16::MAX - place).to_be_bytes());
                let id = LinkId::new(now, random);
                let Wanted { person, role } = row.person.clone();
                app.draft(id, item, person, &terms.for_role(role), now)
            });
            let drafts: Vec<_> = drafts.collect::<Result<_, Error>>()?;
            Ok::<_, Error>((sheet, drafts))
        };
        tokio::task::spawn_blocking(make).await.map_err(|e| Error::Bug(e.to_string()))?
    }

    async fn insert_bulk(
        &self,
        conn: &mut Conn,
        caller: &Caller,
        item: ItemId,
        (sheet, drafts): (Sheet, Vec<Draft>),
        send_mail: Option<Language>,
    ) -> Result<(BulkDone, Vec<(u64, Draft)>), Error> {
        let policy = self.policy();
        let (_, now) = lock_to_invite(conn, caller, &policy, item).await?;
        let made_by = self.get_own_member(caller)?.facts.id;
        let known = invite_list::list_good(conn, item, now).await?;
        let rows: Vec<u64> = sheet.good.iter().map(|row| row.row).collect();
        let (sheet, invited) = without_invited(sheet, known);
        let kept = rows.into_iter().zip(drafts).filter(|(row, _)| !invited.contains(row));
        let made: Vec<(u64, Draft)> = kept.collect();
        for chunk in made.chunks(CHUNK) {
            let rows: Vec<_> = chunk.iter().map(|(_, draft)| draft.row(made_by, now)).collect();
            invite::insert(conn, &rows).await?;
        }
        if made.is_empty() {
            return Ok((report(&sheet, invited), made));
        }
        let outside = &self.inner.outside;
        let detail = format!("invites: {}", made.len());
        record(conn, outside, item, None, actor(caller), ActivityKind::InviteCreated, &detail).await?;
        if let Some(language) = send_mail {
            let to: Vec<_> = made.iter().map(|(_, draft)| (draft.id, draft.email())).collect();
            self.queue_invites(conn, caller, &to, language).await?;
        }
        Ok((report(&sheet, invited), made))
    }
}

/// Takes out whoever has a good invite with that role or a higher one, so that a longer list of the same class can
/// be sent again.
fn without_invited(mut sheet: Sheet, known: Vec<(String, InviteRole)>) -> (Sheet, Vec<u64>) {
    let mut roles: HashMap<String, InviteRole> = HashMap::new();
    for (email, role) in known {
        let held = roles.entry(email).or_insert(role);
        *held = role.max(*held);
    }
    let has = |row: &SheetRow| {
        let Wanted { person, role } = &row.person;
        roles.get(person.email.as_str()).is_some_and(|held| held >= role)
    };
    let invited = sheet.good.iter().filter(|row| has(row)).map(|row| row.row).collect();
    sheet.good.retain(|row| !has(row));
    (sheet, invited)
}

fn report(sheet: &Sheet, invited: Vec<u64>) -> BulkDone {
    let is_unusual = |row: &&SheetRow| row.person.person.email.has_unusual_letters();
    let shown = |row: &SheetRow| row.person.shown(row.row);
    BulkDone {
        rows: sheet.rows,
        good: sheet.good.len(),
        bad: sheet.bad.clone(),
        waiting: sheet.waiting.clone(),
        columns: sheet.columns.clone(),
        invited,
        preview: sheet.good.iter().take(PREVIEW).map(shown).collect(),
        unusual: sheet.good.iter().filter(is_unusual).map(shown).collect(),
        made: Vec::new(),
    }
}
