//! What happened at an item, for its owner: rows of activity, refusals with their exact cause.

use domain::access::Action;
use domain::{Instant, ItemId, LinkId, Reason};
use store::log::{self, Activity, NewActivity, Refusal};
use store::{Conn, StoreError};

use crate::{App, Caller, Error, Outside, Reference, reference};

/// Rows on one page.
const PAGE: i64 = 50;

/// What the owner learns from a reference that a guest read out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The exact cause.
    pub cause: Reason,
    /// The minute it happened in.
    pub at: Instant,
    /// The link's name; none when the refusal knew of no link, like an address that was cut off.
    pub link_name: Option<String>,
}

/// An item's activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityPage {
    /// Newest first.
    pub entries: Vec<Activity>,
    /// Refused forms, newest first; on the first page only.
    pub refusals: Vec<Refusal>,
    /// Pass it on for the next page.
    pub next: Option<[u8; 16]>,
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
    what: &str,
    detail: &str,
) -> Result<(), StoreError> {
    let at = outside.now();
    log::add(conn, &NewActivity { id: row_id(at, outside), item, link, actor, what, detail, at }).await
}

impl App {
    /// An item's activity, newest first.
    ///
    /// # Errors
    /// `NotFound` or `Refused`.
    pub async fn list_activity(
        &self,
        caller: &Caller,
        item: ItemId,
        before: Option<[u8; 16]>,
    ) -> Result<ActivityPage, Error> {
        self.grant_at_item(caller, item, Action::SeeActivity).await?;
        let page: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| {
                let entries = log::list(conn, item, before, PAGE).await?;
                let refusals = match before {
                    None => log::list_refusals(conn, item, PAGE).await?,
                    Some(_) => Vec::new(),
                };
                let next = entries.last().map(|row| row.id).filter(|_| entries.len() as i64 == PAGE);
                Ok(ActivityPage { entries, refusals, next })
            })
            .await;
        Ok(page?)
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
        let links: Result<Vec<(LinkId, String)>, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| store::link::list_names(conn, item).await)
            .await;
        let mut links = links?.into_iter();
        let (_, link_name) = links
            .find(|(link, _)| reference::link_mark(Some(*link)) == reference.link_mark)
            .ok_or(Error::NotFound)?;
        Ok(explained(Some(link_name)))
    }

    /// The reference for a refusal that just happened.
    pub fn refer(&self, refusal: crate::Refusal) -> String {
        Reference::new(refusal.link, refusal.reason, self.now()).to_text(&self.inner.keys)
    }
}
