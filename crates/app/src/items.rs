//! An owner's items: listing, reading, changing, deleting.

use domain::access::{Action, As, Decision, Grant, Step};
use domain::{EndReason, Instant, ItemId, ItemRight, MarkTarget, Span};
use store::item::{self, Item, Rendition};
use store::{Conn, MediaVersion, StoreError, invite, link};

use crate::activity::record;
use crate::app::mark;
use crate::{App, AtItem, Caller, Error, Refusal};

/// Items on one page, at most.
pub const PAGE_MOST: i64 = 60;
/// Characters of a title.
const TITLE_MOST: usize = 200;
/// Characters of a description.
const DESCRIPTION_MOST: usize = 5_000;

/// An item in a grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The item.
    pub item: Item,
    /// Its guest links that are not deleted.
    pub guest_links: i64,
    /// People inside now.
    pub inside: i64,
}

/// An item on its page, for one subject.
#[derive(Debug, Clone)]
pub struct Page {
    /// The card.
    pub card: Card,
    /// As whom the subject is here, and what they may do.
    pub grant: Grant,
    /// The name of a guest or invitee.
    pub seat_name: Option<String>,
    /// The reference of a device that waits for an invitee's word to take over.
    pub hand_over: Option<String>,
    /// A member's right here, if they hold one.
    pub right: Option<ItemRight>,
    /// How long a lent right still holds.
    pub right_left: Option<Span>,
    /// Published qualities, largest first.
    pub renditions: Vec<Rendition>,
}

/// What a page load comes to.
#[derive(Debug, Clone)]
pub enum Opened {
    /// The page.
    Page(Box<Page>),
    /// Processing goes on; a guest waits on a page of its own.
    NotReady {
        /// What will be there.
        title: String,
    },
}

impl App {
    /// The caller's own items, newest first; `query` matches anywhere in the title.
    ///
    /// # Errors
    /// `SignInFirst`.
    pub async fn list_own_items(
        &self,
        caller: &Caller,
        before: Option<ItemId>,
        query: &str,
        limit: i64,
    ) -> Result<Vec<Card>, Error> {
        self.decide_on_site(caller, Action::ListOwnItems)?;
        let (owner, query) = (self.get_own_member(caller)?.facts.id, query.to_owned());
        let limit = limit.clamp(1, PAGE_MOST);
        let rows: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| item::list_own(conn, owner, before, &query, limit).await)
            .await;
        let mut cards = Vec::new();
        for (item, guest_links) in rows? {
            let inside = if guest_links > 0 { self.count_inside(item.facts.id).await? } else { 0 };
            cards.push(Card { item, guest_links, inside });
        }
        Ok(cards)
    }

    async fn count_inside(&self, item: ItemId) -> Result<i64, Error> {
        Ok(self.list_inside(item).await?.iter().map(|inside| inside.seats).sum())
    }

    /// Loads an item's page: decided anew at every document load.
    ///
    /// # Errors
    /// `Refused`, `SignInFirst` or `NotFound`.
    pub async fn open_item(&self, caller: &Caller, id: ItemId) -> Result<Opened, Error> {
        let at = self.load_at_item(caller, id).await?;
        let (policy, now) = (self.policy(), self.now());
        if let (Decision::Challenge(Step::NotReady), Some(item)) =
            (at.decide(caller, &policy, Action::OpenItem, now), &at.item)
        {
            return Ok(Opened::NotReady { title: item.title.clone() });
        }
        let grant = at.grant(caller, &policy, Action::OpenItem, now)?;
        Ok(Opened::Page(Box::new(self.page(grant, at).await?)))
    }

    pub(crate) async fn page(&self, grant: Grant, at: AtItem) -> Result<Page, Error> {
        let item = at.item.ok_or(Error::NotFound)?;
        let (id, version) = (item.facts.id, item.media_version);
        let rows: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| {
                let renditions = item::list_renditions(conn, id, version).await?;
                Ok((renditions, link::list(conn, id).await?.len() as i64))
            })
            .await;
        let (renditions, guest_links) = rows?;
        let hand_over = match (&at.invited, grant.who()) {
            (Some(invited), As::Invitee { .. }) => self.find_hand_over(invited).await?,
            _ => None,
        };
        let seat_name = match grant.who() {
            As::Guest { .. } => at.seat.map(|seat| seat.name),
            As::Invitee { .. } => at.invited.map(|invited| invited.seat.full_name()),
            _ => None,
        };
        let (held, now) = (at.held.filter(|_| seat_name.is_none()), self.now());
        let right = held.and_then(|held| held.at(now));
        let lent_until = held.filter(|held| held.is_lent(now)).and_then(|held| held.until);
        let right_left = lent_until.map(|until| until.since(now));
        let inside = if seat_name.is_some() { 0 } else { self.count_inside(id).await? };
        let card = Card { item, guest_links, inside };
        Ok(Page { card, grant, seat_name, hand_over, right, right_left, renditions })
    }

    /// Replaces title or description.
    ///
    /// # Errors
    /// `Invalid`, `NotFound` or `Refused`.
    pub async fn edit_item(
        &self,
        caller: &Caller,
        id: ItemId,
        title: Option<String>,
        description: Option<String>,
    ) -> Result<Page, Error> {
        let title = title.map(|title| checked_title(&title)).transpose()?;
        if description.as_ref().is_some_and(|text| text.chars().count() > DESCRIPTION_MOST) {
            return Err(Error::invalid("description", "description_too_long"));
        }
        let edited = self.edit_locked(caller, id, async move |conn: &mut Conn, item: &Item, _| {
            let title = title.unwrap_or_else(|| item.title.clone());
            let description = description.unwrap_or_else(|| item.description.clone());
            item::update_details(conn, id, &title, &description).await?;
            Ok(())
        });
        let (grant, at) = edited.await?;
        self.tell(id, "details");
        self.page(grant, at).await
    }

    /// Changes an item under its lock, for who may edit it; answers it as it is then.
    pub(crate) async fn edit_locked<F>(
        &self,
        caller: &Caller,
        id: ItemId,
        edit: F,
    ) -> Result<(Grant, AtItem), Error>
    where
        F: AsyncFnOnce(&mut Conn, &Item, Instant) -> Result<(), Error> + Send + 'static,
    {
        let (asked, policy) = (caller.clone(), self.policy());
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                let (at, now) = AtItem::lock(conn, &asked, &policy, id, Action::EditItem).await?;
                let grant = at.grant(&asked, &policy, Action::EditItem, now)?;
                edit(conn, at.item.as_ref().ok_or(Error::NotFound)?, now).await?;
                Ok((grant, AtItem { item: item::find(conn, id).await?, ..at }))
            })
            .await
    }

    /// Deletes an item: everything of it ends now, for everybody.
    ///
    /// # Errors
    /// `NotFound` or `Refused`.
    pub async fn delete_item(&self, caller: &Caller, id: ItemId) -> Result<(), Error> {
        let (app, caller, policy) = (self.clone(), caller.clone(), self.policy());
        let marks = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let (_, now) = AtItem::lock_door(conn, &caller, &policy, id, Action::DeleteItem).await?;
                invite::lock_all(conn, id).await?;
                if !item::delete(conn, id, now).await? {
                    return Err(Error::NotFound);
                }
                store::job::cancel_of_item(conn, id).await?;
                record(conn, &app.inner.outside, id, None, actor(&caller), "item_deleted", "").await?;
                Ok(vec![mark(conn, MarkTarget::Item(id), EndReason::ItemGone, now).await?])
            })
            .await?;
        self.inner.work.cancel(id);
        self.obey_everywhere(&marks).await;
        self.tell(id, "state");
        Ok(())
    }

    /// Those of the items whose changes this caller may hear of.
    pub async fn keep_visible(
        &self,
        caller: &Caller,
        items: Vec<ItemId>,
    ) -> std::collections::HashSet<ItemId> {
        let mut visible = std::collections::HashSet::new();
        for id in items {
            if self.grant_at_item(caller, id, Action::OpenItem).await.is_ok() {
                visible.insert(id);
            }
        }
        visible
    }

    /// The small poster of an item, for its owner's grid.
    ///
    /// # Errors
    /// `NotFound` when there is none yet, or the item is not this caller's.
    pub async fn get_poster(&self, caller: &Caller, id: ItemId) -> Result<std::path::PathBuf, Error> {
        let (grant, at) = self.grant_at_item(caller, id, Action::OpenItem).await?;
        if !grant.capabilities().has(domain::Capability::Watch) {
            return Err(Error::NotFound);
        }
        let item = at.item.filter(|item| item.media_version > 0).ok_or(Error::NotFound)?;
        let version = MediaVersion { item: id, version: item.media_version };
        Ok(self.inner.blobs.media_path(version).join("poster-480.jpg"))
    }
}

/// Who acts, as the owner reads it in the activity.
pub(crate) fn actor(caller: &Caller) -> &str {
    caller.member.as_ref().map_or("", |member| &member.name)
}

/// A cleaned title.
pub(crate) fn checked_title(text: &str) -> Result<String, Error> {
    let title: String = text.trim().chars().filter(|c| !c.is_control()).collect();
    match title.chars().count() {
        0 => Err(Error::invalid("title", "title_required")),
        count if count > TITLE_MOST => Err(Error::invalid("title", "title_too_long")),
        _ => Ok(title),
    }
}

impl Error {
    /// A refusal without a link.
    pub(crate) const fn refused(reason: domain::Reason) -> Self {
        Self::Refused(Refusal { reason, link: None })
    }
}
