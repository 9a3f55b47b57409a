//! The transaction of the door: many entries, one commit.
//!
//! Link rows are locked in id order, `now` is read after the lock, facts are read, each entry is decided in the
//! order of arrival with the uses of those before it, then everything is written. Switch-off and deletion write
//! the same rows, so they stand before or after a whole batch, never inside it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{Instant, ItemFacts, LinkFacts, LinkId, SeatFacts, SeatHold, SeatId};

use crate::db::{params, statements};
use crate::seat::{Hold, KeyHash, Seated};
use crate::{Conn, Row, StoreError, Value};

statements! {
    LOCK_LINK = "UPDATE guest_link SET uses = uses WHERE id = $1
        RETURNING id, max_uses, uses, end_ms, deleted_ms, cut_ms";
    ITEM_OF_LINK = "SELECT i.id, i.kind, i.state, i.privacy, i.deleted_ms, i.guest_access, i.guest_access_off_ms,
            i.guest_access_cut_ms, i.duration_ms
        FROM guest_link l JOIN item i ON i.id = l.item_id WHERE l.id = $1";
    SEAT_BY_FORM = "SELECT id, item_id, link_id, hold, seen_ms, created_ms, blocked_ms, key_hash, name, email
        FROM seat WHERE id = $1";
    SEAT_BY_KEY = "SELECT id, item_id, link_id, hold, seen_ms, created_ms, blocked_ms, key_hash, name, email
        FROM seat WHERE key_hash = $1 AND item_id = $2";
    LINK_OF_SEAT = "SELECT id, max_uses, uses, end_ms, deleted_ms, cut_ms FROM guest_link WHERE id = $1";
    INSERT_SEAT = "INSERT INTO seat (id, item_id, link_id, key_hash, hold, name, email, created_ms)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    FREE_KEY = "UPDATE seat SET key_hash = NULL WHERE id = $1";
    SPEND = "UPDATE guest_link SET uses = uses + $1 WHERE id = $2 AND (max_uses IS NULL OR uses + $3 <= max_uses)";
}

/// One sent entry form.
#[derive(Clone)]
pub struct Form {
    /// The link it was sent to.
    pub link: LinkId,
    /// The seat it makes: derived from the form key and the link, so the same form is the same seat.
    pub seat: SeatId,
    /// Browser keys that came with it.
    pub held: Vec<KeyHash>,
    /// The key the new seat would hang on.
    pub key: KeyHash,
    /// How it would hang there.
    pub hold: SeatHold,
    /// Cleaned name.
    pub name: String,
    /// Normalised address.
    pub email: String,
}

/// What is known when one form is decided.
pub struct EntryFacts<'a> {
    /// The link, locked, with the uses of every form decided before.
    pub link: &'a LinkFacts,
    /// Its item.
    pub item: &'a ItemFacts,
    /// The form.
    pub form: &'a Form,
    /// The seat this very form has made before.
    pub made_before: Option<&'a Seated>,
    /// The seat that one of the browser's keys holds at this item.
    pub held: Option<&'a Seated>,
    /// The link through which that seat was made.
    pub held_link: Option<&'a LinkFacts>,
    /// The door's clock, read under the lock.
    pub now: Instant,
}

/// What shall happen with one form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict<R> {
    /// Make its seat and spend a use.
    Seat,
    /// Let the browser in by this seat; nothing is written.
    Return(SeatId),
    /// Refuse.
    Refuse(R),
}

/// What happened with one form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome<R> {
    /// A seat was made; one use was spent.
    Seated(SeatId),
    /// An existing seat.
    Returned(SeatId),
    /// Refused.
    Refused(R),
    /// There is no such link.
    NoLink,
}

/// Decides and writes a batch inside the caller's transaction. Answers in the order of `forms`.
///
/// # Errors
/// Any failure is the whole batch's; the caller rolls back and may try the forms one by one.
pub async fn enter<R>(
    conn: &mut Conn,
    forms: &[Form],
    decide: &(dyn Fn(&EntryFacts<'_>) -> Verdict<R> + Sync),
) -> Result<Vec<Outcome<R>>, StoreError> {
    let mut batch = Batch::load(conn, forms).await?;
    let outcomes = forms.iter().map(|form| batch.decide(form, decide)).collect();
    batch.write(conn).await?;
    Ok(outcomes)
}

/// A batch between its reads and its writes.
struct Batch {
    doors: BTreeMap<LinkId, (LinkFacts, ItemFacts)>,
    by_form: HashMap<SeatId, Seated>,
    by_key: HashMap<(KeyHash, domain::ItemId), Seated>,
    /// Links of held seats that no form of this batch was sent to; read, not locked.
    other_links: HashMap<LinkId, LinkFacts>,
    now: Instant,
    seats: Vec<Vec<Value>>,
    freed: Vec<Vec<Value>>,
    spent: BTreeMap<LinkId, i64>,
}

impl Batch {
    async fn load(conn: &mut Conn, forms: &[Form]) -> Result<Self, StoreError> {
        let links: BTreeSet<LinkId> = forms.iter().map(|form| form.link).collect();
        let mut doors = BTreeMap::new();
        let ids: Vec<_> = links.iter().map(|link| params![*link].to_vec()).collect();
        // One flight, answered in order: the order of ids is the order of locks everywhere.
        let locked = conn.query_many(LOCK_LINK, &ids).await?;
        let items = conn.query_many(ITEM_OF_LINK, &ids).await?;
        for (link, (mut locked, mut items)) in links.into_iter().zip(locked.into_iter().zip(items)) {
            if let (Some(row), Some(item)) = (locked.first_mut(), items.first_mut()) {
                doors.insert(link, (crate::link::facts(row)?, crate::item::facts(item)?));
            }
        }
        let now = conn.now().await?;
        let ids: Vec<_> = forms.iter().map(|form| params![form.seat].to_vec()).collect();
        let made = conn.query_many(SEAT_BY_FORM, &ids).await?;
        let by_form = seated(made)?.into_iter().map(|seat| (seat.facts.id, seat)).collect();
        let keys: Vec<_> = forms
            .iter()
            .filter_map(|form| doors.get(&form.link).map(|(_, item)| (form, item.id)))
            .flat_map(|(form, item)| form.held.iter().map(move |key| params![*key, item].to_vec()))
            .collect();
        let held = if keys.is_empty() { Vec::new() } else { conn.query_many(SEAT_BY_KEY, &keys).await? };
        let held = seated(held)?;
        let other_links = load_other_links(conn, &held, &doors).await?;
        let by_key = held.into_iter().filter_map(|seat| Some(((seat.key?, seat.facts.item), seat))).collect();
        let (seats, freed, spent) = (Vec::new(), Vec::new(), BTreeMap::new());
        Ok(Self { doors, by_form, by_key, other_links, now, seats, freed, spent })
    }

    fn decide<R>(
        &mut self,
        form: &Form,
        decide: &(dyn Fn(&EntryFacts<'_>) -> Verdict<R> + Sync),
    ) -> Outcome<R> {
        let Some((link, item)) = self.doors.get(&form.link) else { return Outcome::NoLink };
        let held = form.held.iter().find_map(|key| self.by_key.get(&(*key, item.id)));
        let held_link = held.and_then(|held| {
            let id = held.facts.link;
            self.doors.get(&id).map(|(link, _)| link).or_else(|| self.other_links.get(&id))
        });
        let facts = EntryFacts {
            link,
            item,
            form,
            made_before: self.by_form.get(&form.seat),
            held,
            held_link,
            now: self.now,
        };
        match decide(&facts) {
            Verdict::Refuse(reason) => Outcome::Refused(reason),
            Verdict::Return(seat) => Outcome::Returned(seat),
            Verdict::Seat => {
                // Whoever held this browser before has left it: one seat a browser and item.
                let replaced = self.by_key.get(&(form.key, item.id)).map(|seat| seat.facts.id);
                self.seat(form, replaced);
                Outcome::Seated(form.seat)
            }
        }
    }

    fn seat(&mut self, form: &Form, replaced: Option<SeatId>) {
        let Some((link, item)) = self.doors.get_mut(&form.link) else { return };
        link.uses += 1;
        *self.spent.entry(form.link).or_default() += 1;
        if let Some(seat) = replaced {
            self.freed.push(params![seat].to_vec());
        }
        let hold = Hold::from(form.hold);
        self.seats.push(
            params![form.seat, item.id, form.link, form.key, hold, form.name, form.email, self.now].to_vec(),
        );
        let facts = SeatFacts {
            id: form.seat,
            item: item.id,
            link: form.link,
            hold: form.hold,
            seen_at: None,
            created_at: self.now,
            blocked_at: None,
        };
        let seated =
            Seated { facts, key: Some(form.key), name: form.name.clone(), email: form.email.clone() };
        self.by_form.insert(form.seat, seated.clone());
        self.by_key.insert((form.key, facts.item), seated);
    }

    async fn write(self, conn: &mut Conn) -> Result<(), StoreError> {
        if self.seats.is_empty() {
            return Ok(());
        }
        conn.execute_many(FREE_KEY, &self.freed).await?;
        conn.execute_many(INSERT_SEAT, &self.seats).await?;
        let spent: Vec<_> =
            self.spent.iter().map(|(link, uses)| params![*uses, *link, *uses].to_vec()).collect();
        if conn.execute_many(SPEND, &spent).await? != spent.len() as u64 {
            return Err(StoreError::Corrupt("a link would have more seats than uses".into()));
        }
        Ok(())
    }
}

async fn load_other_links(
    conn: &mut Conn,
    held: &[Seated],
    doors: &BTreeMap<LinkId, (LinkFacts, ItemFacts)>,
) -> Result<HashMap<LinkId, LinkFacts>, StoreError> {
    let mut links = HashMap::new();
    for id in held.iter().map(|seat| seat.facts.link).filter(|id| !doors.contains_key(id)) {
        if let Some(mut row) = conn.find(LINK_OF_SEAT, params![id]).await? {
            links.insert(id, crate::link::facts(&mut row)?);
        }
    }
    Ok(links)
}

fn seated(answers: Vec<Vec<Row>>) -> Result<Vec<Seated>, StoreError> {
    answers.into_iter().flatten().map(|mut row| crate::seat::seated(&mut row)).collect()
}
