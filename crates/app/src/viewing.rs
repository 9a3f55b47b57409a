//! Viewings: opened at each document load, kept alive by renewals, and the check of every media request.

use std::path::PathBuf;

use domain::access::{Action, Decision, Facts, Grant, Subject, decide};
use domain::{
    Attendee, EndReason, Instant, ItemId, ItemRight, MarkTarget, Reason, SeatFacts, SeatHold, Span,
    ViewingFacts, ViewingId,
};
use store::invite_seat;
use store::item::{self, Item};
use store::link::{self, Link};
use store::viewing::NewViewing;
use store::{Conn, MediaVersion, StoreError, item_right};
use tokio::sync::mpsc;

use crate::accounts::lives;
use crate::app::mark;
use crate::{App, AtItem, Caller, Error, Invited, PageMessage, Ticket};

/// A viewing counts as living for the limit per seat when it was written down within this.
const LIVING_ROW: Span = Span::from_minutes(2);

/// An opened viewing.
#[derive(Debug, Clone)]
pub struct OpenedViewing {
    /// Its id, part of every media URL.
    pub id: ViewingId,
    /// The ticket's text, for the cookie.
    pub ticket: String,
    /// Whether there is a poster beside the media.
    pub has_poster: bool,
}

/// A renewed ticket, or why there is none.
pub type Renewed = Result<String, EndReason>;

/// What is known when a viewing is renewed.
#[derive(Default)]
struct Renewal {
    item: Option<Item>,
    right: Option<ItemRight>,
    link: Option<Link>,
    invited: Option<Invited>,
}

impl Renewal {
    /// Who renews: the ticket says who it was made for, the rows say what became of an invitee.
    fn subject(&self, caller: &Caller, ticket: &Ticket, now: Instant) -> Subject {
        match ticket.attendee {
            Attendee::Guest { seat, link } => Subject {
                seat: Some(SeatFacts {
                    id: seat,
                    item: ticket.media.item,
                    link,
                    hold: SeatHold::Own,
                    seen_at: Some(now),
                    created_at: ticket.opened_at,
                    blocked_at: None,
                    removed_at: None,
                }),
                ..Subject::default()
            },
            Attendee::Invitee { .. } => Subject {
                invitee: self.invited.as_ref().map(|invited| invited.seat.facts),
                ..Subject::default()
            },
            Attendee::Member(_) => Subject { member: caller.member_facts(), ..Subject::default() },
        }
    }
}

/// Leave to read one media file.
#[derive(Debug, Clone)]
pub struct MediaPass {
    name: Box<str>,
    ticket: Ticket,
    seen_mark: i64,
}

impl MediaPass {
    /// The version that the file is part of.
    pub const fn media(&self) -> MediaVersion {
        self.ticket.media
    }

    /// The file's name in it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether what ends one of them ends the other.
    pub fn is_of_same_viewing(&self, other: &Self) -> bool {
        self.ticket.viewing == other.ticket.viewing
    }
}

impl App {
    /// Begins a viewing of an item.
    ///
    /// # Errors
    /// `Refused`, `SignInFirst`, `NotReady`, `NotFound`, or `TooManyRequests` of one seat.
    pub async fn open_viewing(&self, caller: &Caller, id: ItemId) -> Result<OpenedViewing, Error> {
        let (last_mark, at) = self.load_for_viewing(caller, id).await?;
        let (policy, now) = (self.policy(), self.now());
        if matches!(
            at.decide(caller, &policy, Action::OpenViewing, now),
            Decision::Challenge(domain::access::Step::NotReady)
        ) {
            return Err(Error::NotReady);
        }
        let grant = at.grant(caller, &policy, Action::OpenViewing, now)?;
        let item = at.item.as_ref().ok_or(Error::NotFound)?;
        if item.media_version == 0 {
            return Err(Error::NotReady);
        }
        let (mut ticket, row) = self.first_ticket(&grant, caller, &at, item, now)?;
        self.inner.opening.take(ticket.attendee.id_bytes(), now).map_err(Error::TooManyRequests)?;
        ticket.last_mark = last_mark;
        let marks = self.record_viewing(row).await?;
        if !marks.is_empty() {
            self.obey_everywhere(&marks).await;
        }
        self.inner.viewings.hear(ticket, now);
        if let Some(reason) = self.inner.marks.ended(&ticket) {
            self.inner.viewings.end(ticket.viewing, reason);
        }
        self.tell_inside(id);
        let has_poster = item.has_poster();
        Ok(OpenedViewing { id: ticket.viewing, ticket: self.inner.tickets.seal(&ticket), has_poster })
    }

    /// The newest mark first: whatever is closed after that read ends the viewing by its number, and whatever was
    /// closed before it is in the facts. So the session is looked at once more, too.
    async fn load_for_viewing(&self, caller: &Caller, id: ItemId) -> Result<(i64, AtItem), Error> {
        let (caller, now) = (caller.clone(), self.now());
        let read: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| {
                let last_mark = store::mark::newest(conn).await?;
                if !lives(conn, &caller, now).await? {
                    return Ok(None);
                }
                Ok(Some((last_mark, AtItem::load(conn, &caller, id).await?)))
            })
            .await;
        read?.ok_or(Error::SignInFirst)
    }

    fn first_ticket(
        &self,
        grant: &Grant,
        caller: &Caller,
        at: &AtItem,
        item: &Item,
        now: Instant,
    ) -> Result<(Ticket, NewViewing), Error> {
        let media = grant.media().ok_or(Error::refused(Reason::NoRight))?;
        let viewing = ViewingId::new(now, self.random());
        let refused = || Error::refused(Reason::NoRight);
        let attendee = grant.attendee().ok_or_else(refused)?;
        let browser = match attendee {
            Attendee::Guest { .. } => {
                first_bytes(&at.seat.as_ref().and_then(|seat| seat.key).ok_or_else(refused)?)
            }
            Attendee::Invitee { .. } => {
                let key = at.invited.as_ref().and_then(|invited| invited.seat.key);
                first_bytes(&key.ok_or_else(refused)?)
            }
            Attendee::Member(_) => caller.session.ok_or(Error::SignInFirst)?,
        };
        let media = MediaVersion { item: media.item(), version: item.media_version };
        let end = ticket_end(grant, now);
        let row = NewViewing { id: viewing, item: media.item, attendee, now };
        Ok((Ticket { viewing, media, attendee, browser, opened_at: now, last_mark: 0, end }, row))
    }

    /// Writes the viewing down and ends the seat's oldest ones above the limit.
    async fn record_viewing(&self, row: NewViewing) -> Result<Vec<domain::EndedMark>, Error> {
        let marks: Result<_, StoreError> = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let mut marks = Vec::new();
                store::viewing::lock_seat(conn, &row).await?;
                if let (Some(seat), Some(most)) = (row.attendee.seat(), row.attendee.living_limit()) {
                    let living = store::viewing::list_living(conn, seat, row.now.minus(LIVING_ROW)).await?;
                    let over = (living.len() + 1).saturating_sub(most);
                    let oldest = &living[..over.min(living.len())];
                    store::viewing::mark_ended(conn, oldest, row.now).await?;
                    for id in oldest {
                        let target = MarkTarget::Viewing(*id);
                        marks.push(mark(conn, target, EndReason::OpenedElsewhere, row.now).await?);
                    }
                }
                store::viewing::insert(conn, &row).await?;
                match row.attendee {
                    Attendee::Guest { seat, .. } => store::seat::mark_seen(conn, &[(seat, row.now)]).await?,
                    Attendee::Invitee { seat } => invite_seat::mark_seen(conn, &[(seat, row.now)]).await?,
                    Attendee::Member(_) => {}
                }
                Ok(marks)
            })
            .await;
        Ok(marks?)
    }

    /// Renews a viewing's ticket. Needs the last one, the same browser and no ended mark, but no row: when the
    /// database does not answer, whoever is inside stays.
    pub async fn renew_viewing(&self, caller: &Caller, id: ViewingId, ticket: &[u8]) -> Renewed {
        let now = self.now();
        let old = self.open_ticket(id, ticket).ok_or(EndReason::Expired)?;
        if let Some(reason) = self.inner.marks.ended(&old) {
            return Err(reason);
        }
        if !self.is_same_browser(caller, &old) {
            return Err(EndReason::Left);
        }
        let grant = match self.load_for_renewal(caller, &old, now).await {
            Ok(known) => self.decide_renewal(caller, &old, &known, now)?,
            Err(error) => {
                tracing::warn!(%error, "renewing without the database");
                None
            }
        };
        let end = grant.map_or(now.plus(ViewingFacts::TICKET_LASTS), |grant| ticket_end(&grant, now));
        if now >= facts_of(&old).limit(None) {
            return Err(EndReason::Expired);
        }
        let ticket = Ticket { end, ..old };
        self.inner.viewings.hear(ticket, now);
        Ok(self.inner.tickets.seal(&ticket))
    }

    fn decide_renewal(
        &self,
        caller: &Caller,
        ticket: &Ticket,
        known: &Renewal,
        now: Instant,
    ) -> Result<Option<Grant>, EndReason> {
        let policy = self.policy();
        let facts = Facts {
            item: known.item.as_ref().map(|item| &item.facts),
            right: known.right,
            link: known.link.as_ref().map(|link| &link.facts),
            invites: known.invited.as_ref().map_or(&[], |invited| &invited.invites),
            viewing: Some(facts_of(ticket)),
            ..Facts::of(&policy)
        };
        match decide(&known.subject(caller, ticket, now), Action::RenewViewing, &facts, now) {
            Decision::Allow(grant) => Ok(Some(grant)),
            Decision::Deny(Reason::ItemGone) => Err(EndReason::ItemGone),
            Decision::Deny(Reason::ModuleOff) => Err(EndReason::ModuleOff),
            Decision::Deny(Reason::Expired) => Err(self.why_expired(ticket, now)),
            Decision::Deny(_) | Decision::Challenge(_) => Err(EndReason::DoorClosed),
        }
    }

    /// A chain that broke by silence or age is "expired"; one that its door limits is "door closed".
    fn why_expired(&self, ticket: &Ticket, now: Instant) -> EndReason {
        if now >= facts_of(ticket).limit(None) { EndReason::Expired } else { EndReason::DoorClosed }
    }

    async fn load_for_renewal(
        &self,
        caller: &Caller,
        ticket: &Ticket,
        now: Instant,
    ) -> Result<Renewal, StoreError> {
        let (id, attendee, member) = (ticket.media.item, ticket.attendee, caller.member_facts());
        self.inner
            .store
            .read(async move |conn: &mut Conn| {
                let mut known = Renewal { item: item::find(conn, id).await?, ..Renewal::default() };
                if let Some(member) = member {
                    let held = item_right::find(conn, id, member.id).await?;
                    known.right = held.and_then(|held| held.at(now));
                }
                match attendee {
                    Attendee::Guest { link, .. } => known.link = link::find(conn, link).await?,
                    Attendee::Invitee { seat } => {
                        if let Some(seat) = invite_seat::find(conn, seat).await? {
                            known.invited = Some(Invited::load(conn, seat).await?);
                        }
                    }
                    Attendee::Member(_) => {}
                }
                Ok(known)
            })
            .await
    }

    fn is_same_browser(&self, caller: &Caller, ticket: &Ticket) -> bool {
        match ticket.attendee {
            Attendee::Guest { .. } | Attendee::Invitee { .. } => {
                caller.keys.iter().any(|key| first_bytes(key) == ticket.browser)
            }
            Attendee::Member(_) => caller.session == Some(ticket.browser),
        }
    }

    /// The page was left: its viewing ends here; its ticket runs out by itself.
    pub fn leave_viewing(&self, id: ViewingId, ticket: &[u8]) {
        if let Some(ticket) = self.open_ticket(id, ticket) {
            self.inner.viewings.end(id, EndReason::Left);
            self.tell_inside(ticket.media.item);
        }
    }

    /// A line of messages to the socket of a page, if its ticket is good.
    pub fn listen(&self, id: ViewingId, ticket: &[u8]) -> Option<(Ticket, mpsc::Receiver<PageMessage>)> {
        let ticket = self.good_ticket(id, ticket)?;
        let messages = self.inner.viewings.listen(ticket, self.now());
        if let Some(reason) = self.inner.marks.ended(&ticket) {
            // Ended between the check and the line: the line tells it all the same.
            self.inner.viewings.end(id, reason);
        }
        Some((ticket, messages))
    }

    fn open_ticket(&self, id: ViewingId, text: &[u8]) -> Option<Ticket> {
        self.inner.tickets.open(text).filter(|ticket| ticket.viewing == id)
    }

    fn good_ticket(&self, id: ViewingId, text: &[u8]) -> Option<Ticket> {
        let ticket = self.open_ticket(id, text)?;
        (self.now() < ticket.end && self.inner.marks.ended(&ticket).is_none()).then_some(ticket)
    }

    /// Leave to read a media file: one MAC and a few look-ups, no query.
    pub fn pass_media(&self, id: ViewingId, file: &str, ticket: &[u8]) -> Option<MediaPass> {
        let seen_mark = self.inner.marks.obeyed();
        let ticket = self.good_ticket(id, ticket)?;
        if !is_media_name(file) {
            return None;
        }
        Some(MediaPass { name: file.into(), ticket, seen_mark })
    }

    /// Where the file of a pass lies.
    pub fn media_path(&self, pass: &MediaPass) -> PathBuf {
        self.inner.blobs.media_path(pass.media()).join(pass.name())
    }

    /// The number of the last ended mark that this process obeys. While it stays, no pass turns bad.
    pub fn last_mark_obeyed(&self) -> i64 {
        self.inner.marks.obeyed()
    }

    /// Whether bytes may still be sent on a pass; asked again and again while a slow reader takes them.
    pub fn is_still_good(&self, pass: &MediaPass) -> bool {
        pass.seen_mark == self.inner.marks.obeyed() || self.inner.marks.ended(&pass.ticket).is_none()
    }
}

const fn facts_of(ticket: &Ticket) -> ViewingFacts {
    ViewingFacts { opened_at: ticket.opened_at, ticket_end: ticket.end }
}

/// Until when a ticket made now is good.
fn ticket_end(grant: &Grant, now: Instant) -> Instant {
    let end = now.plus(ViewingFacts::TICKET_LASTS);
    grant.ends_at().map_or(end, |limit| limit.min(end))
}

fn first_bytes(key: &[u8; 32]) -> [u8; 8] {
    // Not the first six, which are only the time of making.
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&key[6..14]);
    bytes
}

/// The names that published files have: letters, digits, dots and hyphens, no leading dot.
fn is_media_name(name: &str) -> bool {
    !name.starts_with('.')
        && name.len() <= 64
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-')
}
