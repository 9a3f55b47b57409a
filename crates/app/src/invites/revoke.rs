//! Taking an invite back, in three ways of closing.

use domain::access::Action;
use domain::{ActivityKind, Closing, EndReason, Instant, ItemId, LinkId, MarkTarget, News, highest_role};
use store::invite::{self, Invite};
use store::{Conn, invite_list, invite_seat};

use super::RevokedInvite;
use crate::activity::record;
use crate::app::mark;
use crate::guest_access::{checked_closing, word};
use crate::items::actor;
use crate::{App, AtItem, Caller, Error};

impl App {
    /// Takes an invite back. Powers above watching are gone at once; with "now" everything ends, unless another
    /// good invite of the same person is left. Taking back what is revoked already may only close it sooner.
    ///
    /// # Errors
    /// `Invalid` for the time of "until", `NotFound` or `Refused`.
    pub async fn revoke_invite(
        &self,
        caller: &Caller,
        item: ItemId,
        id: LinkId,
        closing: Closing,
    ) -> Result<RevokedInvite, Error> {
        let (app, asked) = (self.clone(), caller.clone());
        let marks = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let (_, old, now) = app.lock_invite(conn, &asked, item, id, Action::ManageInvites).await?;
                let closing = checked_closing(closing, now)?;
                let revoked_at = old.facts.revoked_at.unwrap_or(now);
                let cut_at = earlier(old.facts.cut_at, closing.cut_at(now));
                invite_list::revoke(conn, id, revoked_at, cut_at).await?;
                let detail =
                    format!("email: {}; closing: {}", old.facts.email.as_str(), word(false, closing));
                let outside = &app.inner.outside;
                record(conn, outside, item, Some(id), actor(&asked), ActivityKind::InviteRevoked, &detail)
                    .await?;
                let email = old.facts.email.as_str();
                let left = conn.ask(invite::of_person(item, email)).await?;
                let left: Vec<_> = left.into_iter().map(|invite| invite.facts).collect();
                let seat = conn.ask(invite_seat::of_person(item, email)).await?;
                let ends = |proof| closing == Closing::Now && highest_role(&left, proof, now).is_none();
                Ok::<_, Error>(match seat.filter(|seat| ends(seat.facts.proof)) {
                    Some(seat) => {
                        vec![mark(conn, MarkTarget::Seat(seat.facts.id), EndReason::EndedNow, now).await?]
                    }
                    None => Vec::new(),
                })
            })
            .await?;
        let closed = self.close_now(&marks).await;
        self.tell(item, News::Invites);
        self.tell(item, News::Role);
        Ok(RevokedInvite { invite: self.show_invite(item, id).await?, closed })
    }

    /// Begins to change an invite: locks the item, then all invites of that person in id order, which is the lock
    /// that entering takes; decides, and reads it anew under the locks.
    pub(super) async fn lock_invite(
        &self,
        conn: &mut Conn,
        caller: &Caller,
        item: ItemId,
        id: LinkId,
        action: Action,
    ) -> Result<(AtItem, Invite, Instant), Error> {
        let (at, now) = AtItem::lock(conn, caller, &self.policy(), item, action).await?;
        let known = get_invite(conn, item, id).await?;
        invite::lock_person(conn, item, known.facts.email.as_str()).await?;
        Ok((at, get_invite(conn, item, id).await?, now))
    }
}

/// The invite, if it is one of this item.
async fn get_invite(conn: &mut Conn, item: ItemId, id: LinkId) -> Result<Invite, Error> {
    let found = invite::find(conn, id).await?;
    found.filter(|found| found.facts.item == item).ok_or(Error::NotFound)
}

fn earlier(a: Option<Instant>, b: Option<Instant>) -> Option<Instant> {
    a.into_iter().chain(b).min()
}
