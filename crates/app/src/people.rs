//! Who came to an item, for whoever shares it: guests and invitees as one list.

mod by_address;
mod export;
mod out;

use std::collections::HashSet;

use domain::access::{Action, Grant};
use domain::{Capability, Instant, InviteRole, ItemId, SeatId, Span, highest_role};
use store::people::{self, Asked};
use store::{Conn, StoreError, invite};

pub use by_address::{ErasedAddress, FoundAddress};
pub use export::{ExportFormat, ExportedPeople};
pub use out::PersonAct;
pub use store::people::{CameBy, Person, Place, Through};

use crate::guest_access::Closed;
use crate::{App, Caller, Error};

/// People on one page, at most.
pub const PAGE_MOST: i64 = 100;
/// Characters of a search that are looked for.
const TEXT_MOST: usize = 200;
/// A page that was written down as heard of within this counts as open, at whichever process.
const SEEN_WITHIN: Span = Span::from_secs(95);

/// Somebody who came, as the list shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownPerson {
    /// What is kept of them.
    pub row: Person,
    /// Their address, for readers who may see it.
    pub email: Option<String>,
    /// Whether they have the page open.
    pub is_inside: bool,
    /// An invitee's role now; none for guests, and once no invite of theirs is good.
    pub role: Option<InviteRole>,
}

/// One page of the people who came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeoplePage {
    /// Of the item.
    pub title: String,
    /// The newest first.
    pub people: Vec<ShownPerson>,
    /// Pass it on for the next page.
    pub next: Option<Place>,
    /// How many ever came by the doors asked for, erased ones too.
    pub total: i64,
    /// How many of all are inside now.
    pub inside: i64,
    /// The instant at which all this was true.
    pub now: Instant,
}

/// Which people.
#[derive(Debug, Clone, Default)]
pub struct PeopleQuery {
    /// By which doors they came.
    pub through: Through,
    /// Matches anywhere in name and address.
    pub text: String,
    /// Only who is inside.
    pub only_inside: bool,
    /// From the page before.
    pub after: Option<Place>,
    /// How many.
    pub limit: i64,
}

/// Somebody after something was done about them, and what closing came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedPerson {
    /// As they are now.
    pub person: ShownPerson,
    /// What ending their viewings came to.
    pub closed: Closed,
}

/// What is known beside the rows.
struct About {
    grant: Grant,
    inside: HashSet<SeatId>,
    now: Instant,
}

impl App {
    /// The people who came to an item, the newest first.
    ///
    /// # Errors
    /// `NotFound` or `Refused`.
    pub async fn list_people(
        &self,
        caller: &Caller,
        item: ItemId,
        query: PeopleQuery,
    ) -> Result<PeoplePage, Error> {
        let (grant, at) = self.grant_at_item(caller, item, Action::SeePeople).await?;
        let (about, through) = (self.about(grant, item), query.through);
        let (people, next) = self.page_of_people(item, query, &about).await?;
        let total: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| people::count(conn, item, through).await)
            .await;
        let inside = self.list_inside(item).await?.iter().map(|inside| inside.seats).sum();
        let title = at.item.map(|item| item.title).unwrap_or_default();
        Ok(PeoplePage { title, people, next, total: total?, inside, now: about.now })
    }

    /// Whether the caller may see who came.
    ///
    /// # Errors
    /// `NotFound` or `Refused`.
    pub async fn may_see_people(&self, caller: &Caller, item: ItemId) -> Result<(), Error> {
        self.grant_at_item(caller, item, Action::SeePeople).await.map(drop)
    }

    fn about(&self, grant: Grant, item: ItemId) -> About {
        let now = self.now();
        About { grant, inside: self.inner.viewings.seats_inside(item, now), now }
    }

    async fn page_of_people(
        &self,
        item: ItemId,
        query: PeopleQuery,
        about: &About,
    ) -> Result<(Vec<ShownPerson>, Option<Place>), Error> {
        let limit = query.limit.clamp(1, PAGE_MOST);
        let asked = Asked {
            item,
            through: query.through,
            text: query.text.trim().chars().take(TEXT_MOST).collect(),
            only_seen: query.only_inside,
            seen_since: about.now.minus(SEEN_WITHIN),
            after: query.after.unwrap_or(Place::NEWEST),
            limit,
        };
        let read: Result<Vec<Person>, StoreError> =
            self.inner.store.read(async move |conn: &mut Conn| people::list(conn, &asked).await).await;
        let rows = read?;
        let next = rows.last().map(Person::place).filter(|_| rows.len() as i64 == limit);
        let mut shown = self.shown_people(rows, about).await?;
        if query.only_inside {
            shown.retain(|person| person.is_inside);
        }
        Ok((shown, next))
    }

    /// Puts beside each row what is known beyond it.
    async fn shown_people(&self, rows: Vec<Person>, about: &About) -> Result<Vec<ShownPerson>, Error> {
        let invited = rows.iter().filter(|row| matches!(row.by, CameBy::Invites(_)) && !row.email.is_empty());
        let invited: Vec<_> = invited.map(|row| (row.item, row.email.clone())).collect();
        let found: Result<Vec<Vec<invite::Invite>>, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| {
                let each = invited.iter().map(|(item, email)| invite::of_person(*item, email));
                conn.ask(each.collect::<Vec<_>>()).await
            })
            .await;
        let invites: Vec<_> = found?.into_iter().flatten().map(|invite| invite.facts).collect();
        let shown = rows.into_iter().map(|row| {
            let theirs: Vec<_> =
                invites.iter().filter(|invite| invite.email.as_str() == row.email).cloned().collect();
            let role = match row.by {
                CameBy::Invites(proof) => highest_role(&theirs, proof, about.now),
                CameBy::Link(..) => None,
            };
            self.shown_person(row, role, about)
        });
        Ok(shown.collect())
    }

    fn shown_person(&self, row: Person, role: Option<InviteRole>, about: &About) -> ShownPerson {
        // A single process knows exactly who is inside; several know what the others wrote down.
        let is_inside = about.inside.contains(&row.seat) || row.was_seen && self.inner.store.is_shared();
        let sees_emails = about.grant.capabilities().has(Capability::SeeEmails);
        let email = sees_emails.then(|| row.email.clone()).filter(|email| !email.is_empty());
        ShownPerson { email, is_inside, role, row }
    }
}
