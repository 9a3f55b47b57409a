//! An item's invites as its owner manages them: the list, and the rules that every maker of invites shares.

mod bulk;
mod by_hand;
mod change;
mod check;
mod create;
mod find;
mod link;
mod mail;
mod revoke;
mod sheet;
#[cfg(test)]
pub(crate) mod tests;
mod typed;
mod waiting;

use std::collections::{HashMap, HashSet};

use domain::access::Action;
use domain::{
    Capabilities, Instant, InviteFacts, InviteRole, InviteState, ItemFacts, ItemId, LinkId, SeatId,
    SitePolicy, Span, powers,
};
use store::invite_list::{self, Listed};
use store::mail::MailFacts;
use store::{Conn, StoreError};

pub use crate::error::BadRow;
pub use bulk::{BulkDone, BulkMade, TypedBulk};
pub use change::TypedInviteChange;
pub use create::{Hint, MadeInvite, TypedInvite};
pub use find::FoundMember;
pub use sheet::{GoodRow, sheet_columns};
pub use store::invite_list::Asking;
pub use store::lobby::RowId;
pub use typed::{TypedLend, TypedTerms};

use crate::guest_access::Closed;
use crate::{App, AtItem, Caller, Error};

/// Invites on one page, at most.
pub const PAGE_MOST: i64 = 100;
/// A page that was written down as heard of within this counts as open, at whichever process.
const SEEN_WITHIN: Span = Span::from_secs(95);

/// An invite as the owner's list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownInvite {
    /// The invite with what came of it.
    pub row: Listed,
    /// What the list says of it.
    pub state: InviteState,
    /// Its newest mail, if it was mailed.
    pub mail: Option<MailFacts>,
    /// The role it gives now: lent, or its own.
    pub role_now: InviteRole,
    /// Whether its person has the page open.
    pub is_inside: bool,
    /// Devices that wait for the owner's leave.
    pub asking: Vec<Asking>,
}

/// What the site's policy leaves to whoever invites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest duration.
    pub minutes_most: u32,
    /// Most devices; none: unlimited.
    pub uses_most: Option<i64>,
    /// Whether an invite can be sent by e-mail.
    pub mails: bool,
}

/// Invites of an item, and what the caller may do about them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitePage {
    /// Newest first.
    pub invites: Vec<ShownInvite>,
    /// Pass it on for the next page.
    pub next: Option<LinkId>,
    /// How many match in all.
    pub total: i64,
    /// Devices that wait for the owner's word, at whichever invite, the longest waiting first.
    pub asking: Vec<Asking>,
    /// Why this caller may make no invite, as a code; none when they may.
    pub making_refused: Option<&'static str>,
    /// The roles that the item's kind has, with what each may do there.
    pub roles: Vec<(InviteRole, Capabilities)>,
    /// What the policy leaves to choose.
    pub limits: Limits,
    /// The instant at which all this was true.
    pub now: Instant,
}

/// Which page of invites.
#[derive(Debug, Clone, Default)]
pub struct InviteQuery {
    /// From the page before.
    pub before: Option<LinkId>,
    /// Matches anywhere in address and names.
    pub text: String,
    /// How many.
    pub limit: i64,
}

/// An invite after a change, and what closing came to when it closed something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokedInvite {
    /// As it is now.
    pub invite: ShownInvite,
    /// What closing came to.
    pub closed: Closed,
}

impl App {
    /// An item's invites, newest first.
    ///
    /// # Errors
    /// `NotFound` or `Refused`.
    pub async fn list_invites(
        &self,
        caller: &Caller,
        id: ItemId,
        query: InviteQuery,
    ) -> Result<InvitePage, Error> {
        let (_, at) = self.grant_at_item(caller, id, Action::ManageInvites).await?;
        let item = at.item.as_ref().ok_or(Error::NotFound)?;
        let (policy, now) = (self.policy(), self.now());
        let limit = query.limit.clamp(1, PAGE_MOST);
        let read: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| {
                let (before, since) = (query.before, now.minus(SEEN_WITHIN));
                let rows = invite_list::page(conn, id, before, &query.text, limit, since).await?;
                let total = invite_list::count(conn, id, &query.text).await?;
                let asking = invite_list::list_asking(conn, id, now).await?;
                let ids: Vec<_> = rows.iter().map(|row| row.invite.facts.id).collect();
                Ok((rows, total, asking, mail::list(conn, &ids).await?))
            })
            .await;
        let (rows, total, asking, mailed) = read?;
        let next = rows.last().map(|row| row.invite.facts.id).filter(|_| rows.len() as i64 == limit);
        let about = About { inside: self.seats_inside(id), asking, mailed, now };
        let shown = rows.into_iter().map(|row| self.shown(row, &about)).collect();
        Ok(InvitePage {
            invites: shown,
            next,
            total,
            asking: about.asking,
            making_refused: making_refused(&at, caller, &policy, now),
            roles: roles_at(&item.facts),
            limits: self.limits(&policy),
            now,
        })
    }

    fn limits(&self, policy: &SitePolicy) -> Limits {
        Limits {
            minutes_most: policy.invite_minutes,
            uses_most: policy.invite_uses,
            mails: self.mails_invites(policy),
        }
    }

    /// One invite as the list shows it.
    async fn show_invite(&self, item: ItemId, id: LinkId) -> Result<ShownInvite, Error> {
        let now = self.now();
        let read: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| {
                let row = invite_list::find(conn, id, now.minus(SEEN_WITHIN)).await?;
                let asking = invite_list::list_asking(conn, item, now).await?;
                Ok((row, asking, mail::list(conn, &[id]).await?))
            })
            .await;
        let (row, asking, mailed) = read?;
        let about = About { inside: self.seats_inside(item), asking, mailed, now };
        row.map(|row| self.shown(row, &about)).ok_or(Error::NotFound)
    }

    fn shown(&self, row: Listed, about: &About) -> ShownInvite {
        let facts = &row.invite.facts;
        // A single process knows exactly who is inside; several know what the others wrote down.
        let here = row.seat.is_some_and(|seat| about.inside.contains(&seat));
        let is_inside = here || row.was_seen && self.inner.store.is_shared();
        let mail = about.mailed.get(&facts.id).cloned();
        let mailed = mail.as_ref().and_then(mail::state_of);
        ShownInvite {
            state: state_of(facts, row.has_entered, mailed, about.now),
            mail,
            role_now: facts.role_at(about.now),
            is_inside,
            asking: about.asking.iter().filter(|asking| asking.invite == facts.id).cloned().collect(),
            row,
        }
    }

    fn seats_inside(&self, item: ItemId) -> HashSet<SeatId> {
        self.inner.viewings.seats_inside(item, self.now())
    }
}

/// What is known beside the rows.
struct About {
    inside: HashSet<SeatId>,
    asking: Vec<Asking>,
    mailed: HashMap<LinkId, MailFacts>,
    now: Instant,
}

fn state_of(
    facts: &InviteFacts,
    has_entered: bool,
    mailed: Option<InviteState>,
    now: Instant,
) -> InviteState {
    if facts.revoked_at.is_some() {
        InviteState::Revoked
    } else if facts.is_expired(now) {
        InviteState::Expired
    } else if has_entered {
        InviteState::Entered
    } else {
        mailed.unwrap_or(InviteState::Created)
    }
}

fn roles_at(item: &ItemFacts) -> Vec<(InviteRole, Capabilities)> {
    let fitting = InviteRole::ALL.iter().filter(|role| role.fits(item.kind));
    fitting.map(|role| (*role, powers((*role).into(), item))).collect()
}

/// Why no invite can be made, as a code.
fn making_refused(at: &AtItem, caller: &Caller, policy: &SitePolicy, now: Instant) -> Option<&'static str> {
    let refused = at.decide(caller, policy, Action::Invite, now).granted().err()?;
    let by_item = at.item.as_ref().and_then(|item| check::item_refuses(&item.facts, policy));
    Some(by_item.unwrap_or(refused.code()))
}
