//! What is kept of one address at all items, for administrators whom its person asks: how much it is, all of it as a
//! file, and its erasing. They see no list of anybody's guests by it; the owners of the items read that it was done.

use std::collections::{BTreeMap, BTreeSet};

use domain::access::Action;
use domain::{ActivityKind, Email, EndReason, EndedMark, Instant, ItemId, MarkTarget, News, SeatId};
use serde_json::{Value, json};
use store::people::{self, CameBy, Person};
use store::people_erase as erase;
use store::retention;
use store::{Conn, StoreError, invite, item, viewing};

use crate::accounts::email_code;
use crate::activity::record;
use crate::app::mark;
use crate::guest_access::Closed;
use crate::items::actor;
use crate::retention::erased_address;
use crate::{App, Caller, Error};

/// Seats that are looked for or erased at once: writers of the door wait for no more.
const BATCH: i64 = 200;

/// How much is kept of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FoundAddress {
    /// Seats of guests who typed it.
    pub guest_seats: usize,
    /// Items to which it is or was invited.
    pub invited_items: usize,
    /// Items in all.
    pub items: usize,
}

/// What was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErasedAddress {
    /// How much it was.
    pub found: FoundAddress,
    /// What ending their viewings came to.
    pub closed: Closed,
}

/// Where an address is kept.
struct Kept {
    seats: Vec<(SeatId, ItemId)>,
    invited: Vec<ItemId>,
}

impl Kept {
    fn items(&self) -> BTreeSet<ItemId> {
        self.seats.iter().map(|(_, item)| *item).chain(self.invited.iter().copied()).collect()
    }

    fn count(&self) -> FoundAddress {
        FoundAddress {
            guest_seats: self.seats.len(),
            invited_items: self.invited.len(),
            items: self.items().len(),
        }
    }
}

impl App {
    /// How much is kept of an address.
    ///
    /// # Errors
    /// `Invalid` for what is no address, `SignInFirst`, `Refused`.
    pub async fn find_address(&self, caller: &Caller, typed: &str) -> Result<FoundAddress, Error> {
        self.decide_on_site(caller, Action::ErasePeople)?;
        Ok(self.kept_of(&read(typed)?).await?.count())
    }

    /// Everything that is kept of an address, as JSON.
    ///
    /// # Errors
    /// `Invalid` for what is no address, `SignInFirst`, `Refused`.
    pub async fn export_address(&self, caller: &Caller, typed: &str) -> Result<String, Error> {
        self.decide_on_site(caller, Action::ErasePeople)?;
        let email = read(typed)?;
        let kept = self.kept_of(&email).await?;
        let (seats, invited, asked) = (kept.seats.clone(), kept.invited.clone(), email.clone());
        let read: Result<Value, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| everything(conn, asked.as_str(), &seats, &invited).await)
            .await;
        let all = read?;
        self.write_down(caller, &kept, ActivityKind::PeopleExportedByAddress).await?;
        Ok(format!("{all:#}\n"))
    }

    /// Erases an address everywhere: who sat at its seats is out at once, and its invites open nothing any more.
    ///
    /// # Errors
    /// `Invalid` for what is no address, `SignInFirst`, `Refused`.
    pub async fn erase_address(&self, caller: &Caller, typed: &str) -> Result<ErasedAddress, Error> {
        self.decide_on_site(caller, Action::ErasePeople)?;
        let email = read(typed)?;
        let kept = self.kept_of(&email).await?;
        // Said first: nothing is erased of which nobody reads that it was.
        self.write_down(caller, &kept, ActivityKind::PeopleErasedByAddress).await?;
        let mut marks = self.erase_guests(caller, &email, &kept.seats).await?;
        for item in &kept.invited {
            marks.extend(self.erase_invitee(caller, &email, *item).await?);
        }
        self.inner.store.read(async |conn: &mut Conn| conn.settle().await).await?;
        let closed = self.close_now(&marks).await;
        for item in kept.items() {
            self.tell(item, News::People);
            self.tell(item, News::Invites);
            self.tell_inside(item);
        }
        Ok(ErasedAddress { found: kept.count(), closed })
    }

    async fn kept_of(&self, email: &Email) -> Result<Kept, Error> {
        let (mut seats, mut after) = (Vec::new(), SeatId::from_bytes([0; 16]));
        loop {
            let typed = email.clone();
            let found: Result<Vec<_>, StoreError> = self
                .inner
                .store
                .read(async move |conn: &mut Conn| {
                    erase::list_seats(conn, typed.as_str(), after, BATCH).await
                })
                .await;
            let mut found = found?;
            let Some((last, _)) = found.last() else { break };
            after = *last;
            seats.append(&mut found);
        }
        let typed = email.clone();
        let invited: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| erase::list_invited(conn, typed.as_str()).await)
            .await;
        Ok(Kept { seats, invited: invited? })
    }

    /// A row at each item, for its owner, and one of the site. The address is in none of them.
    async fn write_down(&self, caller: &Caller, kept: &Kept, what: ActivityKind) -> Result<(), Error> {
        let mut each: BTreeMap<ItemId, usize> = kept.invited.iter().map(|item| (*item, 1)).collect();
        for (_, item) in &kept.seats {
            *each.entry(*item).or_default() += 1;
        }
        let detail = format!("seats: {}; items: {}", kept.seats.len() + kept.invited.len(), each.len());
        let (app, asked) = (self.clone(), caller.clone());
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                app.decide_on_site_now(conn, &asked, Action::ErasePeople).await?;
                for (item, seats) in each {
                    let detail = format!("seats: {seats}");
                    record(conn, &app.inner.outside, item, None, actor(&asked), what, &detail).await?;
                }
                app.note_on_site(conn, &asked, what.code(), detail).await?;
                Ok::<_, Error>(())
            })
            .await
    }

    async fn erase_guests(
        &self,
        caller: &Caller,
        email: &Email,
        seats: &[(SeatId, ItemId)],
    ) -> Result<Vec<EndedMark>, Error> {
        let mut marks = Vec::new();
        for some in seats.chunks(BATCH as usize) {
            let ids: Vec<_> = some.iter().map(|(seat, _)| *seat).collect();
            let (app, asked, email) = (self.clone(), caller.clone(), email.clone());
            marks.extend(
                self.inner
                    .store
                    .write(async move |conn: &mut Conn| {
                        app.decide_on_site_now(conn, &asked, Action::ErasePeople).await?;
                        erase::erase_seats(conn, &ids, email.as_str()).await?;
                        let now = conn.now().await?;
                        end_all(conn, &ids, now).await.map_err(Error::from)
                    })
                    .await?,
            );
        }
        Ok(marks)
    }

    async fn erase_invitee(
        &self,
        caller: &Caller,
        email: &Email,
        item: ItemId,
    ) -> Result<Vec<EndedMark>, Error> {
        let (app, asked, email) = (self.clone(), caller.clone(), email.as_str().to_owned());
        let becomes = erased_address(self.random());
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                app.decide_on_site_now(conn, &asked, Action::ErasePeople).await?;
                let now = conn.now().await?;
                let seat = erase::find_seat(conn, item, &email).await?;
                let person = retention::Person { item, email };
                erase::erase_invited(conn, &person, &becomes, now).await?;
                let ids: Vec<_> = seat.into_iter().collect();
                end_all(conn, &ids, now).await.map_err(Error::from)
            })
            .await
    }
}

fn read(typed: &str) -> Result<Email, Error> {
    Email::new(typed).map_err(|error| Error::invalid("email", email_code(error)))
}

async fn end_all(conn: &mut Conn, seats: &[SeatId], now: Instant) -> Result<Vec<EndedMark>, StoreError> {
    let mut marks = Vec::with_capacity(seats.len());
    for seat in seats {
        viewing::end_of_seat(conn, *seat, now).await?;
        marks.push(mark(conn, MarkTarget::Seat(*seat), EndReason::EndedNow, now).await?);
    }
    Ok(marks)
}

async fn everything(
    conn: &mut Conn,
    email: &str,
    seats: &[(SeatId, ItemId)],
    invited: &[ItemId],
) -> Result<Value, StoreError> {
    let mut all = Vec::with_capacity(seats.len());
    let never = Instant::from_ms(i64::MAX);
    for (seat, item) in seats {
        if let Some(person) = people::find(conn, *item, *seat, never).await? {
            all.push(as_guest(&person, title(conn, *item).await?));
        }
    }
    let mut invites = Vec::new();
    for item in invited {
        let title = title(conn, *item).await?;
        for one in conn.ask(invite::of_person(*item, email)).await? {
            invites.push(json!({
                "item": title,
                "first_name": one.first_name,
                "last_name": one.last_name,
                "role": one.facts.role.code(),
                "created_ms": one.created_at.as_ms(),
                "end_ms": one.facts.end.as_ms(),
                "revoked_ms": one.facts.revoked_at.map(Instant::as_ms),
            }));
        }
        if let Some(seat) = erase::find_seat(conn, *item, email).await?
            && let Some(person) = people::find(conn, *item, seat, never).await?
        {
            all.push(as_guest(&person, title));
        }
    }
    Ok(json!({ "email": email, "seats": all, "invites": invites }))
}

async fn title(conn: &mut Conn, id: ItemId) -> Result<String, StoreError> {
    Ok(item::find(conn, id).await?.map(|item| item.title).unwrap_or_default())
}

fn as_guest(person: &Person, title: String) -> Value {
    let kind = if matches!(person.by, CameBy::Link(..)) { "guest" } else { "invitee" };
    json!({
        "item": title,
        "kind": kind,
        "name": person.name,
        "entered_ms": person.entered_at.as_ms(),
        "seen_ms": person.seen_at.map(Instant::as_ms),
        "device": person.device.map(|device| device.to_string()),
    })
}
