//! An item's guest access as its owner manages it: the switch, and three ways to close.

mod links;

pub use links::{TypedChange, TypedLink};

use domain::access::Action;
use domain::{
    ActivityKind, Closing, EndReason, EndedMark, Instant, ItemId, LinkFacts, LinkState, MarkTarget, News,
    Reason, Span,
};
pub use store::link::Link as StoredLink;
use store::link::{self, Link};
use store::process::Inside;
use store::{Conn, StoreError, item};

use crate::activity::record;
use crate::app::mark;
use crate::items::actor;
pub use crate::pulse::Obeyed;
use crate::{App, AtItem, Caller, Error};

/// Guest access as the dialog shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestAccess {
    /// The switch.
    pub enabled: bool,
    /// Links that are not deleted, oldest first, with the people inside through each.
    pub links: Vec<(Link, i64)>,
    /// Deleted links through which somebody came who is still inside, and how many.
    pub finishing: Vec<(Link, i64)>,
    /// How many links the item may have.
    pub max_links: u8,
    /// Why this caller may make no link; none when they may.
    pub making_refused: Option<Reason>,
    /// The instant at which all this was true.
    pub now: Instant,
}

/// What closing a door came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed {
    /// Viewings that this process ended.
    pub ended_viewings: usize,
    /// Whether every process confirmed.
    pub obeyed: Obeyed,
}

impl GuestAccess {
    /// People inside now, over all links, deleted ones too.
    pub fn inside(&self) -> i64 {
        self.links.iter().chain(&self.finishing).map(|(_, inside)| inside).sum()
    }

    /// A link's state for the list.
    pub fn state(&self, link: &LinkFacts) -> LinkState {
        link.state(self.enabled, self.now)
    }
}

pub(crate) fn checked_closing(closing: Closing, now: Instant) -> Result<Closing, Error> {
    match closing {
        Closing::Until(at) if at < now.plus(Closing::SHORTEST_UNTIL) => {
            Err(Error::invalid("until_ms", "until_too_soon"))
        }
        Closing::Until(at) if at > now.plus(Span::from_days(1)) => {
            Err(Error::invalid("until_ms", "until_too_late"))
        }
        closing => Ok(closing),
    }
}

impl App {
    /// Guest access of an item.
    ///
    /// # Errors
    /// `NotFound` or `Refused`.
    pub async fn get_guest_access(&self, caller: &Caller, id: ItemId) -> Result<GuestAccess, Error> {
        let (_, at) = self.grant_at_item(caller, id, Action::ManageGuestAccess).await?;
        self.guest_access(caller, &at).await
    }

    async fn guest_access(&self, caller: &Caller, at: &AtItem) -> Result<GuestAccess, Error> {
        let item = at.item.as_ref().ok_or(Error::NotFound)?;
        let id = item.facts.id;
        let rows: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| {
                let enabled = item::find(conn, id).await?.is_some_and(|item| item.facts.guest_access);
                Ok((enabled, link::list(conn, id).await?))
            })
            .await;
        let (enabled, links) = rows?;
        let (policy, now) = (self.policy(), self.now());
        let inside = self.list_inside(id).await?;
        let finishing = self.list_finishing(&links, &inside).await?;
        let count = |link: &Link| inside.iter().filter(|i| i.link == link.facts.id).map(|i| i.seats).sum();
        let making = at.decide(caller, &policy, Action::MakeGuestLink, now).granted();
        Ok(GuestAccess {
            enabled,
            links: links.into_iter().map(|link| (link.clone(), count(&link))).collect(),
            finishing,
            max_links: policy.guest_links_per_item,
            making_refused: making.err(),
            now,
        })
    }

    /// Whoever is inside by a link that is in the list no more.
    async fn list_finishing(
        &self,
        links: &[Link],
        inside: &[Inside],
    ) -> Result<Vec<(Link, i64)>, StoreError> {
        let is_listed = |id| links.iter().any(|link| link.facts.id == id);
        let left: Vec<_> = inside.iter().filter(|i| i.seats > 0 && !is_listed(i.link)).copied().collect();
        if left.is_empty() {
            return Ok(Vec::new());
        }
        self.inner
            .store
            .read(async move |conn: &mut Conn| {
                let mut finishing = Vec::new();
                for inside in left {
                    finishing.extend(link::find(conn, inside.link).await?.map(|link| (link, inside.seats)));
                }
                Ok(finishing)
            })
            .await
    }

    /// Switches guest access on or off; switching off closes the door for those inside in the way that is said.
    ///
    /// # Errors
    /// `NotFound`, `Refused` or `Invalid` for the time of "until".
    pub async fn switch_guest_access(
        &self,
        caller: &Caller,
        id: ItemId,
        on: bool,
        closing: Closing,
    ) -> Result<(GuestAccess, Closed), Error> {
        let (app, asked, policy) = (self.clone(), caller.clone(), self.policy());
        let action = if on { Action::ShareWithGuests } else { Action::ManageGuestAccess };
        let (at, marks) = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let (at, now) = AtItem::lock_door(conn, &asked, &policy, id, action).await?;
                let was_on = at.item.as_ref().is_some_and(|item| item.facts.guest_access);
                let closing = checked_closing(closing, now)?;
                if on {
                    item::switch_guest_access(conn, id, true, None, None).await?;
                } else {
                    let (off_at, cut_at) = closed_since(&at, closing, now);
                    item::switch_guest_access(conn, id, false, Some(off_at), cut_at).await?;
                }
                let what = match (was_on, on) {
                    (false, true) => Some(ActivityKind::GuestAccessOn),
                    (true, false) => Some(ActivityKind::GuestAccessOff),
                    (false, false) if closing != Closing::Finish => Some(ActivityKind::GuestsEnded),
                    _ => None,
                };
                if let Some(what) = what {
                    record(conn, &app.inner.outside, id, None, actor(&asked), what, word(on, closing))
                        .await?;
                }
                let marks = mark_now(conn, !on, closing, MarkTarget::Guests(id), now).await?;
                Ok::<_, Error>((at, marks))
            })
            .await?;
        let closed = self.close_now(&marks).await;
        self.tell(id, News::GuestAccess);
        Ok((self.guest_access(caller, &at).await?, closed))
    }

    pub(crate) async fn close_now(&self, marks: &[EndedMark]) -> Closed {
        let (ended_viewings, obeyed) = self.obey_everywhere(marks).await;
        Closed { ended_viewings, obeyed }
    }
}

/// When the switch went off, and from when nobody may stay. Switching off what is off already neither lets anybody
/// stay longer nor takes back a time that was set, unless it sets another.
fn closed_since(at: &AtItem, closing: Closing, now: Instant) -> (Instant, Option<Instant>) {
    let before = at.item.as_ref().map(|item| &item.facts).filter(|facts| !facts.guest_access);
    let off_at = before.and_then(|facts| facts.guest_access_off_at).unwrap_or(now);
    let cut_before = before.and_then(|facts| facts.guest_access_cut_at);
    (off_at, closing.cut_at(now).or(cut_before))
}

async fn mark_now(
    conn: &mut Conn,
    closes: bool,
    closing: Closing,
    target: MarkTarget,
    now: Instant,
) -> Result<Vec<EndedMark>, StoreError> {
    if closes && closing == Closing::Now {
        Ok(vec![mark(conn, target, EndReason::EndedNow, now).await?])
    } else {
        Ok(Vec::new())
    }
}

pub(crate) const fn word(on: bool, closing: Closing) -> &'static str {
    match closing {
        _ if on => "",
        Closing::Finish => "finish",
        Closing::Until(_) => "until",
        Closing::Now => "now",
    }
}
