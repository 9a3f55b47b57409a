//! What the browsers hold that sent a batch of forms: the seats of their keys, and the keys that were given just now to
//! forms which came with the same key. Of a browser that came without a key nothing is asked.
//!
//! One browser sits on one seat of an item. Who enters anew frees whatever its keys hold there. Forms that were sent
//! side by side do not know each other's keys: the first one is let in, the others are told that they are stale, since
//! whichever answer came last would be the cookie of a seat that the others had freed.

use std::collections::{BTreeSet, HashMap, HashSet};

use domain::{Instant, ItemFacts, ItemId, SeatFacts, SeatHold, SeatId, Span};

use super::Form;
use crate::db::{row, statements};
use crate::seat::{KeyHash, Seated};
use crate::{Conn, Question, StoreError, Value};

statements! {
    LOCK_KEY = "SELECT id FROM seat WHERE key_hash = $1";
    SEATS_OF_KEY = "SELECT id, item_id, link_id, hold, seen_ms, created_ms, blocked_ms, removed_ms, key_hash, name, email
        FROM seat WHERE key_hash = $1";
    INVITED_OF_KEY = "SELECT key_hash, id, item_id, email FROM invite_seat WHERE key_hash = $1";
    REMOVED_GUEST = "SELECT removed_key FROM seat WHERE removed_key = $1";
    REMOVED_INVITEE = "SELECT removed_key FROM invite_seat WHERE removed_key = $1";
    GIVEN_BESIDE = "SELECT came_with, item_id, key_hash FROM seat
        WHERE came_with = $1 AND created_ms > $2 AND key_hash IS NOT NULL";
    FREE = "UPDATE seat SET key_hash = NULL WHERE id = $1";
    FREE_INVITED = "UPDATE invite_seat SET key_hash = NULL WHERE id = $1";
}

/// Forms of one browser within this were sent side by side, if the later one does not know the earlier one's key.
const BESIDE: Span = Span::from_secs(30);

/// An invitee's seat that a key holds.
struct Invited {
    seat: SeatId,
    item: ItemId,
    email: String,
}

/// What the keys of a batch hold.
#[derive(Default)]
pub(super) struct Held {
    seats: HashMap<KeyHash, Vec<Seated>>,
    invited: HashMap<KeyHash, Vec<Invited>>,
    /// By the key that a form came with: the keys that such forms were given.
    given: HashMap<(KeyHash, ItemId), Vec<KeyHash>>,
    /// Keys of seats that the owner took, and may give back.
    removed: HashSet<KeyHash>,
    freed: Vec<Vec<Value>>,
    freed_invited: Vec<Vec<Value>>,
}

impl Held {
    /// Loads it, behind a lock on what the keys hold: forms of one browser at two links of an item wait for each other.
    pub(super) async fn load(conn: &mut Conn, forms: &[Form], now: Instant) -> Result<Self, StoreError> {
        let keys: BTreeSet<&KeyHash> = forms.iter().flat_map(|form| &form.held).collect();
        if keys.is_empty() {
            return Ok(Self::default());
        }
        let first: BTreeSet<KeyHash> = forms.iter().filter_map(came_with).collect();
        let keys: Vec<_> = keys.into_iter().map(|key| row![*key]).collect();
        let beside = first.into_iter().map(|key| row![key, now.minus(BESIDE)]).collect();
        let asked = (
            Question::lock(LOCK_KEY, keys.clone()),
            Question::each(SEATS_OF_KEY, keys.clone(), |mut row| crate::seat::seated(&mut row)),
            Question::each(INVITED_OF_KEY, keys.clone(), |mut row| {
                let key: KeyHash = row.take()?;
                Ok((key, Invited { seat: row.take()?, item: row.take()?, email: row.take()? }))
            }),
            Question::each(GIVEN_BESIDE, beside, |mut row| {
                let with: (KeyHash, ItemId) = (row.take()?, row.take()?);
                Ok((with, row.take::<KeyHash>()?))
            }),
            Question::each(REMOVED_GUEST, keys.clone(), |mut row| row.take()),
            Question::each(REMOVED_INVITEE, keys, |mut row| row.take()),
        );
        let ((), seats, invited, given, guests, invitees) = conn.ask(asked).await?;
        let mut held = Self { removed: guests.into_iter().chain(invitees).collect(), ..Self::default() };
        for seat in seats {
            held.seats.entry(seat.key.unwrap_or_default()).or_default().push(seat);
        }
        for (key, seat) in invited {
            held.invited.entry(key).or_default().push(seat);
        }
        for (with, key) in given {
            held.given.entry(with).or_default().push(key);
        }
        Ok(held)
    }

    /// Every guest's seat that the keys hold.
    pub(super) fn seats(&self) -> impl Iterator<Item = &Seated> {
        self.seats.values().flatten()
    }

    /// The seat at the item by which this browser is known: one who was put out speaks before any other, then the same
    /// person, then the first key.
    pub(super) fn at(&self, form: &Form, item: &ItemFacts) -> Option<&Seated> {
        let here = || {
            let of_keys = form.held.iter().filter_map(|key| self.seats.get(key)).flatten();
            of_keys.filter(|seat| seat.facts.item == item.id)
        };
        let is_same = |seat: &&Seated| seat.name == form.name && seat.email == form.email;
        let out = here().find(|seat| seat.facts.put_out(item.kind).is_some());
        out.or_else(|| here().find(is_same)).or_else(|| here().next())
    }

    /// Whether a form beside this one was let in.
    pub(super) fn was_beaten(&self, form: &Form, item: ItemId) -> bool {
        let given = came_with(form).and_then(|key| self.given.get(&(key, item)));
        given.is_some_and(|given| given.iter().any(|key| !form.held.contains(key)))
    }

    /// Frees all that this browser holds at the item but one seat. Who was put out is known by their key, and an invitee
    /// who enters as a guest, by the same address, stays the invitee.
    pub(super) fn free(&mut self, form: &Form, item: ItemId, but: SeatId) {
        for key in &form.held {
            if let Some(seats) = self.seats.get_mut(key) {
                let stays = |facts: &SeatFacts| {
                    facts.id == but || facts.blocked_at.is_some() || facts.removed_at.is_some()
                };
                let gone = seats.extract_if(.., |seat| seat.facts.item == item && !stays(&seat.facts));
                self.freed.extend(gone.map(|seat| row![seat.facts.id]));
            }
            if let Some(seats) = self.invited.get_mut(key) {
                let gone = seats.extract_if(.., |seat| seat.item == item && seat.email != form.email);
                self.freed_invited.extend(gone.map(|seat| row![seat.seat]));
            }
        }
    }

    /// The seat that a form makes.
    pub(super) fn add(&mut self, form: &Form, facts: SeatFacts) -> Seated {
        if let Some(with) = came_with(form) {
            self.given.entry((with, facts.item)).or_default().push(form.key);
        }
        Seated { facts, key: Some(form.key), name: form.name.clone(), email: form.email.clone() }
    }

    /// Keys of the browser that hold nothing any more: its cookie may forget them.
    pub(super) fn list_gone(&self, form: &Form) -> Vec<KeyHash> {
        let holds = |key: &KeyHash| {
            self.removed.contains(key)
                || self.seats.get(key).is_some_and(|seats| !seats.is_empty())
                || self.invited.get(key).is_some_and(|seats| !seats.is_empty())
        };
        form.held.iter().filter(|key| !holds(key)).copied().collect()
    }

    /// Writes down what was freed.
    pub(super) async fn write(self, conn: &mut Conn) -> Result<(), StoreError> {
        conn.post_set(FREE, self.freed).await?;
        conn.post_set(FREE_INVITED, self.freed_invited).await
    }
}

/// The key by which forms sent side by side know that they are of one browser: the newest it has.
pub(super) fn came_with(form: &Form) -> Option<KeyHash> {
    form.held.first().copied()
}

/// What the decision knows of a seat that is made now.
pub(super) const fn new_facts(
    id: SeatId,
    (item, link): (ItemId, domain::LinkId),
    hold: SeatHold,
    now: Instant,
) -> SeatFacts {
    SeatFacts { id, item, link, hold, seen_at: None, created_at: now, blocked_at: None, removed_at: None }
}
