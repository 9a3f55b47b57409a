//! Items: reading, changing, deleting.

mod list;

pub use list::{Cards, PAGE_MOST};
pub use store::item_list::{Asked, Signs, Sort, Whose};

use domain::access::{Action, As, Decision, Grant, Step};
use domain::{
    ActivityKind, Capabilities, ComingBack, EndReason, Instant, ItemId, ItemRight, MarkTarget, News, Span,
};
use store::item::{self, Item, Rendition};
use store::link::Link;
use store::{Conn, MediaVersion, StoreError, invite, item_list};

use crate::activity::record;
use crate::app::mark;
use crate::{App, AtItem, Caller, Error, Invited, Refusal};

/// Characters of a title.
const TITLE_MOST: usize = 200;
/// Characters of a description.
const DESCRIPTION_MOST: usize = 5_000;

/// An item in a grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The item.
    pub item: Item,
    /// Its ways in.
    pub signs: Signs,
    /// People inside now.
    pub inside: i64,
    /// What the subject may do with it.
    pub capabilities: Capabilities,
    /// A member's right at it.
    pub right: Option<ItemRight>,
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
    /// Their seat.
    pub seat: Option<SeatSeen>,
    /// The reference of a device that waits for an invitee's word to take over.
    pub hand_over: Option<String>,
    /// How long a lent right still holds.
    pub right_left: Option<Span>,
    /// Published qualities, largest first.
    pub renditions: Vec<Rendition>,
}

/// A seat, as its own person sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeatSeen {
    /// `guest` or `invite`.
    pub door: &'static str,
    /// What they would need to come back, once they left it.
    pub coming_back: ComingBack,
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
        let (id, version, now) = (item.facts.id, item.media_version, self.now());
        let rows: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| {
                let renditions = item::list_renditions(conn, id, version).await?;
                Ok((renditions, conn.ask(item_list::signs_at(id, now)).await?))
            })
            .await;
        let (renditions, signs) = rows?;
        let hand_over = match (&at.invited, grant.who()) {
            (Some(invited), As::Invitee { .. }) => self.find_hand_over(invited).await?,
            _ => None,
        };
        let seat = seat_seen(&grant, at.link.as_ref(), at.invited.as_ref(), self.now());
        let seat_name = match grant.who() {
            As::Guest { .. } => at.seat.map(|seat| seat.name),
            As::Invitee { .. } => at.invited.map(|invited| invited.seat.full_name()),
            _ => None,
        };
        let held = at.held.filter(|_| seat_name.is_none());
        let right = held.and_then(|held| held.at(now));
        let lent_until = held.filter(|held| held.is_lent(now)).and_then(|held| held.until);
        let right_left = lent_until.map(|until| until.since(now));
        let inside = if seat_name.is_some() { 0 } else { self.count_inside(id).await? };
        let (signs, capabilities) = (signs.unwrap_or_default(), grant.capabilities());
        let card = Card { item, signs, inside, capabilities, right };
        Ok(Page { card, grant, seat_name, seat, hand_over, right_left, renditions })
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
        let edit = async move |conn: &mut Conn, item: &Item, _| {
            let title = title.unwrap_or_else(|| item.title.clone());
            let description = description.unwrap_or_else(|| item.description.clone());
            item::update_details(conn, id, &title, &description).await?;
            Ok(())
        };
        let (grant, at) = self.change_locked(caller, id, Action::EditItem, edit).await?;
        self.tell(id, News::Details);
        self.page(grant, at).await
    }

    /// Changes an item under its lock, for who may do `action` there; answers it as it is then.
    pub(crate) async fn change_locked<F>(
        &self,
        caller: &Caller,
        id: ItemId,
        action: Action,
        change: F,
    ) -> Result<(Grant, AtItem), Error>
    where
        F: AsyncFnOnce(&mut Conn, &Item, Instant) -> Result<(), Error> + Send + 'static,
    {
        let (asked, policy) = (caller.clone(), self.policy());
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                let (at, now) = AtItem::lock(conn, &asked, &policy, id, action).await?;
                let grant = at.grant(&asked, &policy, action, now)?;
                change(conn, at.item.as_ref().ok_or(Error::NotFound)?, now).await?;
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
                record(conn, &app.inner.outside, id, None, actor(&caller), ActivityKind::ItemDeleted, "")
                    .await?;
                Ok(vec![mark(conn, MarkTarget::Item(id), EndReason::ItemGone, now).await?])
            })
            .await?;
        self.inner.work.cancel(id);
        self.obey_everywhere(&marks).await;
        self.drop_upload_of(id).await;
        self.tell(id, News::State);
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
        let item = at.item.filter(Item::has_poster).ok_or(Error::NotFound)?;
        let version = MediaVersion { item: id, version: item.media_version };
        Ok(self.inner.blobs.media_path(version).join("poster-480.jpg"))
    }
}

fn seat_seen(
    grant: &Grant,
    link: Option<&Link>,
    invited: Option<&Invited>,
    now: Instant,
) -> Option<SeatSeen> {
    let (door, lets_in) = match grant.who() {
        As::Guest { .. } => ("guest", link.is_some_and(|link| link.facts.has_uses_left())),
        As::Invitee { .. } => {
            let invites = invited.map_or(&[][..], |invited| &invited.invites);
            ("invite", invites.iter().any(|invite| invite.is_good(now) && invite.has_uses_left()))
        }
        _ => return None,
    };
    Some(SeatSeen { door, coming_back: ComingBack::through(lets_in) })
}

/// Who acts, as the owner reads it in the activity.
pub(crate) fn actor(caller: &Caller) -> &str {
    caller.member.as_ref().map_or("", |member| &member.name)
}

/// A cleaned title.
pub(crate) fn checked_title(text: &str) -> Result<String, Error> {
    let title = domain::clean_line(text);
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
