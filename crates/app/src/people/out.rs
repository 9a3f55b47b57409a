//! Ending what somebody has open, removing and blocking them, and undoing it.

use domain::access::Action;
use domain::{ActivityKind, EndReason, Instant, ItemId, MarkTarget, News, SeatId};
use store::people::{self, CameBy, Person};
use store::people_out::{self, Removed};
use store::{Conn, invite, viewing};

use super::{ChangedPerson, SEEN_WITHIN};
use crate::activity::record_about;
use crate::app::mark;
use crate::items::actor;
use crate::{App, AtItem, Caller, Error};

domain::coded! {
    /// One thing to do about somebody who came.
    pub enum PersonAct {
        /// What they have open ends; they may come back.
        End = "end",
        /// What they have open ends, and so does their seat.
        Remove = "remove",
        /// They get the seat back that they were removed from.
        Restore = "restore",
        /// What they have open ends, and this browser comes in no more.
        Block = "block",
        /// The block ends.
        Unblock = "unblock",
    }
}

impl PersonAct {
    /// What the activity calls it.
    const fn what(self) -> ActivityKind {
        match self {
            Self::End => ActivityKind::PersonEnded,
            Self::Remove => ActivityKind::PersonRemoved,
            Self::Restore => ActivityKind::PersonRestored,
            Self::Block => ActivityKind::PersonBlocked,
            Self::Unblock => ActivityKind::PersonUnblocked,
        }
    }

    const fn puts_out(self) -> bool {
        matches!(self, Self::End | Self::Remove | Self::Block)
    }
}

impl App {
    /// Does something about somebody who came. Doing again what is done already changes nothing.
    ///
    /// # Errors
    /// `NotFound` or `Refused`.
    pub async fn act_on_person(
        &self,
        caller: &Caller,
        item: ItemId,
        seat: SeatId,
        act: PersonAct,
    ) -> Result<ChangedPerson, Error> {
        let (app, asked, policy) = (self.clone(), caller.clone(), self.policy());
        let (grant, marks) = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let (at, now) = AtItem::lock(conn, &asked, &policy, item, Action::RemovePeople).await?;
                let grant = at.grant(&asked, &policy, Action::RemovePeople, now)?;
                let person = lock_person(conn, item, seat, now).await?;
                let is_session = at.item.as_ref().is_some_and(|item| item.facts.kind.is_session());
                let removed = if is_session { Removed::KeptOut } else { Removed::Freed };
                let changed = match act {
                    PersonAct::End => true,
                    PersonAct::Remove => people_out::remove(conn, seat, &person.by, removed, now).await?,
                    PersonAct::Restore => people_out::restore(conn, seat, &person.by).await?,
                    PersonAct::Block => people_out::block(conn, seat, &person.by, now).await?,
                    PersonAct::Unblock => people_out::unblock(conn, seat, &person.by).await?,
                };
                if !changed {
                    return Ok((grant, Vec::new()));
                }
                let link = match person.by {
                    CameBy::Link(link, _) => Some(link),
                    CameBy::Invites(_) => None,
                };
                let (outside, about) = (&app.inner.outside, (link, Some(seat)));
                record_about(conn, outside, item, about, actor(&asked), act.what(), "").await?;
                // Everything that was decided on the seat as it was is over; what is decided later sees what it is.
                let marks = if act.puts_out() {
                    viewing::end_of_seat(conn, seat, now).await?;
                    vec![mark(conn, MarkTarget::Seat(seat), EndReason::EndedNow, now).await?]
                } else {
                    Vec::new()
                };
                Ok::<_, Error>((grant, marks))
            })
            .await?;
        let closed = self.close_now(&marks).await;
        self.tell(item, News::People);
        self.tell_inside(item);
        let about = self.about(grant, item);
        let since = about.now.minus(SEEN_WITHIN);
        let row = self
            .inner
            .store
            .read(async move |conn: &mut Conn| people::find(conn, item, seat, since).await)
            .await?;
        let shown = self.shown_people(row.into_iter().collect(), &about).await?;
        Ok(ChangedPerson { person: shown.into_iter().next().ok_or(Error::NotFound)?, closed })
    }
}

/// Somebody who came to the item, under the lock that binding another device to an invitee's seat takes.
async fn lock_person(conn: &mut Conn, item: ItemId, seat: SeatId, now: Instant) -> Result<Person, Error> {
    let found = people::find(conn, item, seat, now).await?.ok_or(Error::NotFound)?;
    if matches!(found.by, CameBy::Invites(_)) {
        invite::lock_person(conn, item, &found.email).await?;
    }
    Ok(found)
}
