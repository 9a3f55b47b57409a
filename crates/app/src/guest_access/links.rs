//! The guest links of an item: make, change, delete, copy.

use domain::access::Action;
use domain::{
    ActivityKind, Closing, Instant, ItemId, LinkDays, LinkId, LinkName, LinkUses, MarkTarget, News, Span,
};
use store::Conn;
use store::link::{self, Link, NewLink};

use super::{Closed, GuestAccess, checked_closing, mark_now, word};
use crate::activity::record;
use crate::items::actor;
use crate::short_name::name_code;
use crate::{App, AtItem, Caller, Conflict, Error, LinkToken};

/// A link to be made, as typed.
#[derive(Debug, Clone)]
pub struct TypedLink {
    /// Name.
    pub name: String,
    /// Clicks; none: unlimited.
    pub max_uses: Option<i64>,
    /// Days; none: no expiry.
    pub days: Option<i64>,
}

/// Changes to a link, as typed. Absent: stays.
#[derive(Debug, Clone, Default)]
pub struct TypedChange {
    /// New name.
    pub name: Option<String>,
    /// New limit; `Some(None)` removes it.
    pub max_uses: Option<Option<i64>>,
    /// Days to add.
    pub extend_days: Option<i64>,
}

fn checked_uses(uses: Option<i64>) -> Result<Option<i64>, Error> {
    let check = |uses| LinkUses::new(uses).map_err(|_| Error::invalid("max_uses", "uses_range"));
    Ok(uses.map(check).transpose()?.map(LinkUses::get))
}

fn checked_days(days: Option<i64>, field: &'static str) -> Result<Option<LinkDays>, Error> {
    days.map(|days| LinkDays::new(days).map_err(|_| Error::invalid(field, "days_range"))).transpose()
}

fn checked_name(name: &str) -> Result<LinkName, Error> {
    LinkName::new(name).map_err(|e| Error::invalid("name", name_code(e)))
}

impl App {
    /// Makes a guest link; answers it with its URL.
    ///
    /// # Errors
    /// `Invalid`, `GuestAccessOff`, `TooManyLinks`, `NotFound` or `Refused`.
    pub async fn make_guest_link(
        &self,
        caller: &Caller,
        id: ItemId,
        typed: TypedLink,
    ) -> Result<(Link, String), Error> {
        let name = checked_name(&typed.name)?;
        let (max_uses, days) = (checked_uses(typed.max_uses)?, checked_days(typed.days, "days")?);
        let (app, asked, policy) = (self.clone(), caller.clone(), self.policy());
        let token = LinkToken::from_random(self.random());
        let link = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                // The item's row orders makers of links, so the limit holds however many come at once.
                let (at, now) = AtItem::lock(conn, &asked, &policy, id, Action::MakeGuestLink).await?;
                if !at.item.as_ref().is_some_and(|item| item.facts.guest_access) {
                    return Err(Error::from(Conflict::GuestAccessOff));
                }
                refuse_one_too_many(&link::list(conn, id).await?, policy.guest_links_per_item, now)?;
                let new = LinkId::new(now, app.random());
                let sealed = app.inner.keys.seal(token, new, id, &app.inner.outside);
                let sealed = sealed.ok_or_else(|| Error::Bug("a token could not be sealed".into()))?;
                let row = NewLink {
                    id: new,
                    item: id,
                    name: name.as_str(),
                    token_hash: token.hash(),
                    token_sealed: &sealed,
                    max_uses,
                    end: days.map(|days| now.plus(Span::from_days(days.get()))),
                    now,
                };
                link::insert(conn, &row).await?;
                record(conn, &app.inner.outside, id, Some(new), actor(&asked), ActivityKind::LinkCreated, "")
                    .await?;
                link::find(conn, new).await?.ok_or_else(|| Error::Bug("a new link is missing".into()))
            })
            .await?;
        self.tell(id, News::GuestAccess);
        Ok((link, self.link_url(token)))
    }

    fn link_url(&self, token: LinkToken) -> String {
        format!("{}/g/{}", self.inner.config.public_url, token.to_text())
    }

    /// Renames a link, raises or removes its limit, extends it.
    ///
    /// # Errors
    /// `Invalid`, `UsesBelowSpent`, `NotFound` or `Refused`.
    pub async fn change_guest_link(
        &self,
        caller: &Caller,
        id: ItemId,
        link: LinkId,
        typed: TypedChange,
    ) -> Result<GuestAccess, Error> {
        let name = typed.name.as_deref().map(checked_name).transpose()?;
        let max_uses = typed.max_uses.map(checked_uses).transpose()?;
        let days = checked_days(typed.extend_days, "extend_days")?;
        let (app, asked, policy) = (self.clone(), caller.clone(), self.policy());
        let at = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let (at, now) = AtItem::lock(conn, &asked, &policy, id, Action::ShareWithGuests).await?;
                let old = get_link(conn, id, link).await?;
                let name = name.as_ref().map_or(old.name.as_str(), LinkName::as_str);
                let limit = max_uses.unwrap_or(old.facts.max_uses);
                let end = days.map_or(old.facts.end, |days| Some(old.facts.extended_end(days, now)));
                if !link::change(conn, link, name, limit, end).await? {
                    let uses = get_link(conn, id, link).await?.facts.uses;
                    return Err(Error::from(Conflict::UsesBelowSpent { uses }));
                }
                let detail = changes(&old, name, limit, end);
                record(
                    conn,
                    &app.inner.outside,
                    id,
                    Some(link),
                    actor(&asked),
                    ActivityKind::LinkChanged,
                    &detail,
                )
                .await?;
                Ok(at)
            })
            .await?;
        self.tell(id, News::GuestAccess);
        self.guest_access(caller, &at).await
    }

    /// Deletes a link for good and closes it for those inside in the way that is said. One that is deleted already
    /// may only be closed sooner for whoever finishes there.
    ///
    /// # Errors
    /// `Invalid`, `NotFound` or `Refused`.
    pub async fn delete_guest_link(
        &self,
        caller: &Caller,
        id: ItemId,
        link: LinkId,
        closing: Closing,
    ) -> Result<(GuestAccess, Closed), Error> {
        let (app, asked, policy) = (self.clone(), caller.clone(), self.policy());
        let (at, marks) = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let (at, now) =
                    AtItem::lock_door(conn, &asked, &policy, id, Action::ManageGuestAccess).await?;
                let closing = checked_closing(closing, now)?;
                let old = link::find(conn, link).await?.filter(|old| old.item == id);
                let facts = old.ok_or(Error::NotFound)?.facts;
                let what = match facts.deleted_at {
                    None => ActivityKind::LinkDeleted,
                    Some(_) if closing == Closing::Finish => return Err(Error::NotFound),
                    Some(_) => ActivityKind::GuestsEnded,
                };
                link::delete(conn, link, now, sooner(facts.cut_at, closing.cut_at(now))).await?;
                let (by, detail) = (actor(&asked), word(false, closing));
                record(conn, &app.inner.outside, id, Some(link), by, what, detail).await?;
                let marks = mark_now(conn, true, closing, MarkTarget::Link(link), now).await?;
                Ok::<_, Error>((at, marks))
            })
            .await?;
        let closed = self.close_now(&marks).await;
        self.tell(id, News::GuestAccess);
        Ok((self.guest_access(caller, &at).await?, closed))
    }

    /// The URL of a link again. Leaves a row that the owner sees.
    ///
    /// # Errors
    /// `NotFound` or `Refused`.
    pub async fn reveal_guest_link(
        &self,
        caller: &Caller,
        id: ItemId,
        link: LinkId,
    ) -> Result<String, Error> {
        let (app, asked, policy) = (self.clone(), caller.clone(), self.policy());
        let sealed = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                AtItem::lock(conn, &asked, &policy, id, Action::ManageGuestAccess).await?;
                get_link(conn, id, link).await?;
                record(conn, &app.inner.outside, id, Some(link), actor(&asked), ActivityKind::LinkCopied, "")
                    .await?;
                link::find_sealed(conn, link).await?.ok_or(Error::NotFound)
            })
            .await?;
        let token = self.inner.keys.open_seal(&sealed, link, id);
        Ok(self.link_url(token.ok_or(Conflict::SealedBefore)?))
    }
}

/// Nobody stays longer by another closing.
fn sooner(before: Option<Instant>, cut_at: Option<Instant>) -> Option<Instant> {
    before.into_iter().chain(cut_at).min()
}

/// The link, if it is one of this item and not deleted.
async fn get_link(conn: &mut Conn, item: ItemId, link: LinkId) -> Result<Link, Error> {
    let found = link::find(conn, link).await?;
    found.filter(|found| found.item == item && found.facts.deleted_at.is_none()).ok_or(Error::NotFound)
}

fn refuse_one_too_many(links: &[Link], most: u8, now: Instant) -> Result<(), Error> {
    if links.len() < usize::from(most) {
        return Ok(());
    }
    let spent = |link: &&Link| link.facts.is_expired(now) || !link.facts.has_uses_left();
    let could_go = links.iter().find(spent).or(links.first()).ok_or(Error::NotFound)?;
    Err(Conflict::TooManyLinks { could_go: could_go.facts.id, name: could_go.name.clone() }.into())
}

fn changes(old: &Link, name: &str, max_uses: Option<i64>, end: Option<Instant>) -> String {
    let mut parts = Vec::new();
    let limit = |uses: Option<i64>| uses.map_or("unlimited".to_owned(), |uses| uses.to_string());
    if old.name != name {
        parts.push(format!("name: {} -> {name}", old.name));
    }
    if old.facts.max_uses != max_uses {
        parts.push(format!("clicks: {} -> {}", limit(old.facts.max_uses), limit(max_uses)));
    }
    if old.facts.end != end {
        let ms = |end: Option<Instant>| end.map_or("none".to_owned(), |end| end.as_ms().to_string());
        parts.push(format!("end_ms: {} -> {}", ms(old.facts.end), ms(end)));
    }
    parts.join("; ")
}
