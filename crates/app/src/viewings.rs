//! The living viewings this process serves: who is inside, and the line to each page's socket.
//!
//! Nothing here decides anything: a viewing that this process never heard of (after a restart, or begun at
//! another process) lives all the same by its ticket, and is known again from its next renewal on.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard};

use domain::{Attendee, EndReason, Instant, ItemId, LinkId, News, SeatId, Span, ViewingId};
use store::process::Inside;
use tokio::sync::mpsc;

use crate::marks::Marks;
use crate::ticket::Ticket;

/// Heard of within this: living. Two renewals may be lost.
const LIVING: Span = Span::from_secs(65);
/// In the counts of who is inside, all of an item's invites stand under this one id.
pub(crate) const INVITES: LinkId = LinkId::from_bytes([0; 16]);
/// Messages that may wait for one page's socket before it is dropped as hopelessly behind.
const LINE: usize = 16;

/// What a page is told by its socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageMessage {
    /// The viewing is over.
    Ended(EndReason),
    /// Something about the item changed; the page fetches what it shows.
    Changed(News),
}

struct Living {
    ticket: Ticket,
    heard_at: Instant,
    flushed: bool,
    lines: Vec<mpsc::Sender<PageMessage>>,
}

#[derive(Default)]
pub(crate) struct Viewings {
    by_id: Mutex<HashMap<ViewingId, Living>>,
    /// What is over and not yet written down.
    over: Mutex<Vec<ViewingId>>,
}

/// What was heard since the last flush.
#[derive(Default)]
pub(crate) struct Heard {
    pub(crate) viewings: Vec<(ViewingId, Instant)>,
    pub(crate) seats: Vec<(SeatId, Instant)>,
    pub(crate) invite_seats: Vec<(SeatId, Instant)>,
    /// Viewings that are over for good: left or ended. One that is silent may be heard of again.
    pub(crate) over: Vec<ViewingId>,
    /// Items whose people inside became fewer.
    pub(crate) silent: Vec<ItemId>,
}

impl Viewings {
    fn lock(&self) -> MutexGuard<'_, HashMap<ViewingId, Living>> {
        self.by_id.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn lock_over(&self) -> MutexGuard<'_, Vec<ViewingId>> {
        self.over.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// A viewing was opened or renewed.
    pub(crate) fn hear(&self, ticket: Ticket, now: Instant) {
        let mut by_id = self.lock();
        let living = by_id.entry(ticket.viewing).or_insert_with(|| Living {
            ticket,
            heard_at: now,
            flushed: false,
            lines: Vec::new(),
        });
        living.ticket = ticket;
        living.heard_at = now;
        living.flushed = false;
    }

    /// A line to a page's socket; what is sent before it is taken waits in it.
    pub(crate) fn listen(&self, ticket: Ticket, now: Instant) -> mpsc::Receiver<PageMessage> {
        let (line, messages) = mpsc::channel(LINE);
        self.hear(ticket, now);
        if let Some(living) = self.lock().get_mut(&ticket.viewing) {
            living.lines.retain(|line| !line.is_closed());
            living.lines.push(line);
        }
        messages
    }

    /// Ends every viewing that `marks` end, and tells their pages. Answers how many were living.
    pub(crate) fn obey(&self, marks: &Marks, now: Instant) -> usize {
        let mut ended = 0;
        let mut over = self.lock_over();
        self.lock().retain(|id, living| match marks.ended(&living.ticket) {
            Some(reason) => {
                over.push(*id);
                ended += usize::from(living.is_alive(now));
                living.tell(&PageMessage::Ended(reason));
                false
            }
            None => true,
        });
        ended
    }

    /// One viewing is over by itself.
    pub(crate) fn end(&self, id: ViewingId, reason: EndReason) {
        let removed = self.lock().remove(&id);
        if let Some(mut living) = removed {
            self.lock_over().push(id);
            living.tell(&PageMessage::Ended(reason));
        }
    }

    /// Tells every page of an item that something changed.
    pub(crate) fn tell_item(&self, item: ItemId, what: News) {
        for living in self.lock().values_mut().filter(|living| living.ticket.media.item == item) {
            living.tell(&PageMessage::Changed(what));
        }
    }

    /// People inside, by item and link, all invites of an item together; members are not counted.
    pub(crate) fn count_inside(&self, now: Instant) -> Vec<Inside> {
        let mut seats: HashMap<(ItemId, LinkId), (HashSet<SeatId>, i64)> = HashMap::new();
        for living in self.lock().values().filter(|living| living.is_alive(now)) {
            let (seat, link) = match living.ticket.attendee {
                Attendee::Guest { seat, link } => (seat, link),
                Attendee::Invitee { seat } => (seat, INVITES),
                Attendee::Member(_) => continue,
            };
            let (people, viewings) = seats.entry((living.ticket.media.item, link)).or_default();
            people.insert(seat);
            *viewings += 1;
        }
        let mut inside: Vec<_> = seats
            .into_iter()
            .map(|((item, link), (people, viewings))| Inside {
                item,
                link,
                seats: people.len() as i64,
                viewings,
            })
            .collect();
        inside.sort_by_key(|inside| (inside.item, inside.link));
        inside
    }

    /// The guests and invitees inside an item.
    pub(crate) fn seats_inside(&self, item: ItemId, now: Instant) -> HashSet<SeatId> {
        let by_id = self.lock();
        let living = by_id.values().filter(|living| living.is_alive(now));
        let here = living.filter(|living| living.ticket.media.item == item);
        let seats = here.filter_map(|living| living.ticket.attendee.seat());
        seats.collect()
    }

    /// What was heard of and not yet written down; forgets viewings that fell silent.
    pub(crate) fn take_heard(&self, now: Instant) -> Heard {
        let mut heard = Heard { over: std::mem::take(&mut *self.lock_over()), ..Heard::default() };
        self.lock().retain(|id, living| {
            if !living.flushed {
                living.flushed = true;
                heard.viewings.push((*id, living.heard_at));
                match living.ticket.attendee {
                    Attendee::Guest { seat, .. } => heard.seats.push((seat, living.heard_at)),
                    Attendee::Invitee { seat } => heard.invite_seats.push((seat, living.heard_at)),
                    Attendee::Member(_) => {}
                }
            }
            let alive = living.is_alive(now);
            if !alive {
                living.tell(&PageMessage::Ended(EndReason::Expired));
                heard.silent.push(living.ticket.media.item);
            }
            alive
        });
        heard.seats.sort_unstable();
        heard.invite_seats.sort_unstable();
        heard.viewings.sort_unstable();
        heard
    }
}

impl Living {
    fn is_alive(&self, now: Instant) -> bool {
        now < self.heard_at.plus(LIVING)
    }

    fn tell(&mut self, message: &PageMessage) {
        self.lines.retain(|line| line.try_send(message.clone()).is_ok());
    }
}
