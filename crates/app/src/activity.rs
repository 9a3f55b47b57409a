//! What happened at an item, for its owner: one list over both doors, and what a reference says.

use domain::access::{Action, Grant};
use domain::{ActivityKind, Capability, Instant, ItemId, LinkId, Reason, Scope, SeatId};
use store::happened::{self, Asked};
use store::log::{self, NewActivity};
use store::named_door;
use store::{Conn, StoreError};

pub use store::happened::{Happened, NamedPerson, Place, Sort};
pub use store::named_door::NamedDoor;

use crate::{App, Caller, Error, Outside, Reference, reference};

/// Rows on one page.
const PAGE: i64 = 50;
/// Links, and invites, that one search for doors names.
const DOORS: usize = 20;

/// What the owner learns from a reference that a guest read out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The exact cause.
    pub cause: Reason,
    /// The minute it happened in.
    pub at: Instant,
    /// The link's name, or whose invite it was; none when the refusal knew of no link, like an address that was cut off.
    pub link_name: Option<String>,
}

/// An item's activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityPage {
    /// Newest first.
    pub lines: Vec<Happened>,
    /// Pass it on for the next page.
    pub next: Option<Place>,
}

/// Doors to filter an item's activity by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundDoors {
    /// The newest links, then the newest invites.
    pub doors: Vec<NamedDoor>,
    /// Whether others match too.
    pub has_more: bool,
}

/// What of it is asked for.
#[derive(Debug, Clone, Copy)]
pub struct ActivityQuery {
    /// Only about this link or invite.
    pub door: Option<LinkId>,
    /// Which things.
    pub sort: Sort,
    /// From the page before.
    pub after: Option<Place>,
}

/// An id for an activity row: sorts by time.
pub(crate) fn row_id(now: Instant, outside: &Outside) -> [u8; 16] {
    *domain::JobId::new(now, outside.random()).as_bytes()
}

/// Records one activity inside a transaction.
pub(crate) async fn record(
    conn: &mut Conn,
    outside: &Outside,
    item: ItemId,
    link: Option<LinkId>,
    actor: &str,
    what: ActivityKind,
    detail: &str,
) -> Result<(), StoreError> {
    record_about(conn, outside, item, (link, None), actor, what, detail).await
}

/// The same about somebody who came. Only their seat is written down: a name here would outlive its erasing.
pub(crate) async fn record_about(
    conn: &mut Conn,
    outside: &Outside,
    item: ItemId,
    (link, seat): (Option<LinkId>, Option<SeatId>),
    actor: &str,
    what: ActivityKind,
    detail: &str,
) -> Result<(), StoreError> {
    let at = outside.now();
    log::add(conn, &NewActivity { id: row_id(at, outside), item, link, seat, actor, what, detail, at }).await
}

/// Who came is for whoever may see the people. A program learns nothing of them but by the scope for it, not even
/// what stands in the activity because somebody was invited.
fn hide_people(line: &mut Happened, grant: &Grant, caller: &Caller) {
    let is_for_people = reads_of_people(caller);
    if !is_for_people || !grant.capabilities().has(Capability::SeePeople) {
        line.person.iter_mut().for_each(|person| person.name.clear());
    }
    if is_for_people {
        return;
    }
    if let Some(door) = line.door.as_mut().filter(|door| door.is_invite) {
        door.name.clear();
        line.detail.clear();
        if line.what == ActivityKind::InviteEntered.code() {
            line.actor.clear();
        }
    }
}

/// Whether it is no program, or one that may read of people.
fn reads_of_people(caller: &Caller) -> bool {
    caller.token.is_none_or(|scopes| scopes.has(Scope::People))
}

impl App {
    /// An item's activity over both doors, newest first.
    ///
    /// # Errors
    /// `NotFound` or `Refused`.
    pub async fn list_activity(
        &self,
        caller: &Caller,
        item: ItemId,
        query: ActivityQuery,
    ) -> Result<ActivityPage, Error> {
        let (grant, _) = self.grant_at_item(caller, item, Action::SeeActivity).await?;
        let page: Result<ActivityPage, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| {
                let ActivityQuery { door, sort, after } = query;
                let asked = Asked { item, door, sort, after, limit: PAGE };
                let lines = happened::list(conn, &asked).await?;
                let next = lines.last().map(|line| line.place).filter(|_| lines.len() as i64 == PAGE);
                Ok(ActivityPage { lines, next })
            })
            .await;
        let mut page = page?;
        page.lines.iter_mut().for_each(|line| hide_people(line, &grant, caller));
        Ok(page)
    }

    /// Links and invites that the item has or had, by name or address; nothing typed: the newest.
    ///
    /// # Errors
    /// `NotFound` or `Refused`.
    pub async fn find_doors(&self, caller: &Caller, item: ItemId, typed: &str) -> Result<FoundDoors, Error> {
        self.grant_at_item(caller, item, Action::SeeActivity).await?;
        let typed = typed.trim().to_owned();
        let found: Result<Vec<NamedDoor>, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| named_door::search(conn, item, &typed, DOORS as i64 + 1).await)
            .await;
        let (mut invites, mut doors): (Vec<_>, Vec<_>) = found?.into_iter().partition(|door| door.is_invite);
        if !reads_of_people(caller) {
            invites.clear();
        }
        let has_more = invites.len() > DOORS || doors.len() > DOORS;
        doors.truncate(DOORS);
        invites.truncate(DOORS);
        doors.append(&mut invites);
        Ok(FoundDoors { doors, has_more })
    }

    /// Reads a reference that a guest was shown.
    ///
    /// # Errors
    /// `NotFound` when it is none, or of another item's link.
    pub async fn explain(&self, caller: &Caller, item: ItemId, text: &str) -> Result<Explained, Error> {
        self.grant_at_item(caller, item, Action::SeeActivity).await?;
        let reference = Reference::from_text(text, &self.inner.keys, self.now()).ok_or(Error::NotFound)?;
        let explained = |link_name| Explained {
            cause: reference.reason,
            at: Instant::from_ms(reference.minute * 60_000),
            link_name,
        };
        if reference.link_mark == reference::link_mark(None) {
            return Ok(explained(None));
        }
        let mark = reference.link_mark;
        let door: Result<Option<NamedDoor>, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| {
                let mut ids = named_door::list_ids(conn, item).await?.into_iter();
                match ids.find(|id| reference::link_mark(Some(*id)) == mark) {
                    Some(id) => named_door::find(conn, id).await,
                    None => Ok(None),
                }
            })
            .await;
        let door = door?.ok_or(Error::NotFound)?;
        Ok(explained(Some(door.name).filter(|_| !door.is_invite || reads_of_people(caller))))
    }

    /// The reference for a refusal that just happened.
    pub fn refer(&self, refusal: crate::Refusal) -> String {
        Reference::new(refusal.link, refusal.reason, self.now()).to_text(&self.inner.keys)
    }
}
