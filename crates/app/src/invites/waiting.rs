//! Devices that wait at an invite for its owner's word: let in, or turned away.

use domain::access::Action;
use domain::{ActivityKind, Instant, InviteSeatFacts, ItemId, LinkId, News, Span};
use store::invite::Invite;
use store::invite_list::Asking;
use store::{Conn, invite_list, invite_seat, lobby};

use super::change::{limit, may_raise, refuse_revoked};
use super::{ShownInvite, check};
use crate::activity::record;
use crate::items::actor;
use crate::{App, Caller, Conflict, Error};

/// A device that was let in may come this late: it may be a phone in a pocket.
const LEAVE_LASTS: Span = Span::from_hours(24);

impl App {
    /// Lets the invite's person in on one more device: one that waits and is named by its id or reference, as a
    /// free move of the seat; without a name, any next one, by a use more within the policy.
    ///
    /// # Errors
    /// `NotFound` when no such device waits, `MovesSpent`, `InviteOver`, `Invalid` when the policy allows no more,
    /// and as for a change.
    pub async fn allow_device(
        &self,
        caller: &Caller,
        item: ItemId,
        id: LinkId,
        waiting: Option<String>,
    ) -> Result<ShownInvite, Error> {
        let (app, asked, policy) = (self.clone(), caller.clone(), self.policy());
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                let (at, mut invite, now) = app.lock_invite(conn, &asked, item, id, Action::LetIn).await?;
                refuse_revoked(&invite)?;
                let detail = if let Some(name) = waiting {
                    allow_move(conn, &invite, &name, now).await?
                } else {
                    may_raise(&at, &asked, &policy, now)?;
                    let more = invite.facts.max_uses.map(|uses| uses + 1);
                    let within = check::uses_within(more, &policy);
                    invite.facts.max_uses = within.map_err(|code| Error::invalid("max_uses", code))?;
                    invite_list::change(conn, &invite).await?;
                    format!("devices: {}", limit(more))
                };
                let detail = format!("email: {}; {detail}", invite.facts.email.as_str());
                let outside = &app.inner.outside;
                record(
                    conn,
                    outside,
                    item,
                    Some(id),
                    actor(&asked),
                    ActivityKind::InviteDeviceAllowed,
                    &detail,
                )
                .await?;
                Ok::<_, Error>(())
            })
            .await?;
        self.tell(item, News::Invites);
        self.show_invite(item, id).await
    }

    /// Turns a waiting device away, which is named by its id or reference. It hears so when it looks again.
    ///
    /// # Errors
    /// `NotFound` when no such device waits, `Refused`.
    pub async fn decline_device(
        &self,
        caller: &Caller,
        item: ItemId,
        id: LinkId,
        waiting: &str,
    ) -> Result<ShownInvite, Error> {
        let (app, asked, waiting) = (self.clone(), caller.clone(), waiting.to_owned());
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                let (_, invite, now) = app.lock_invite(conn, &asked, item, id, Action::LetIn).await?;
                let found = get_asking(conn, &invite, &waiting, now).await?;
                if !lobby::decline(conn, found.id, id, now).await? {
                    return Err(Error::NotFound);
                }
                let detail =
                    format!("email: {}; reference: {}", invite.facts.email.as_str(), found.reference);
                let outside = &app.inner.outside;
                record(
                    conn,
                    outside,
                    item,
                    Some(id),
                    actor(&asked),
                    ActivityKind::InviteDeviceDeclined,
                    &detail,
                )
                .await?;
                Ok::<_, Error>(())
            })
            .await?;
        self.tell(item, News::Invites);
        self.show_invite(item, id).await
    }
}

/// The device that waits at this invite under that name.
async fn get_asking(conn: &mut Conn, invite: &Invite, name: &str, now: Instant) -> Result<Asking, Error> {
    let asking = invite_list::list_asking(conn, invite.facts.item, now).await?;
    let mut asking = asking.into_iter().filter(|asking| asking.invite == invite.facts.id);
    asking.find(|asking| is_named(asking, name)).ok_or(Error::NotFound)
}

async fn allow_move(conn: &mut Conn, invite: &Invite, name: &str, now: Instant) -> Result<String, Error> {
    let facts = &invite.facts;
    if !facts.is_good(now) {
        return Err(Conflict::InviteOver.into());
    }
    let found = get_asking(conn, invite, name, now).await?;
    let email = facts.email.as_str();
    let moved = match conn.ask(invite_seat::of_person(facts.item, email)).await? {
        Some(seat) => {
            conn.ask(invite_seat::moves_of(seat.facts.id, now.minus(InviteSeatFacts::MOVES_SINCE))).await?
        }
        None => 0,
    };
    if moved + invite_list::count_pending_moves(conn, facts.item, email, now).await?
        >= InviteSeatFacts::MOVES_MOST
    {
        return Err(Conflict::MovesSpent.into());
    }
    if !lobby::allow(conn, found.id, facts.id, (now, now.plus(LEAVE_LASTS))).await? {
        return Err(Error::NotFound);
    }
    Ok(format!("reference: {}", found.reference))
}

fn is_named(asking: &Asking, name: &str) -> bool {
    let id = domain::JobId::from_bytes(asking.id).to_string();
    id == name || !asking.reference.is_empty() && asking.reference.eq_ignore_ascii_case(name.trim())
}
