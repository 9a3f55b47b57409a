//! The transaction of the door: many entries, one commit.
//!
//! Link rows are locked in id order, `now` is read after the lock, facts are read, each entry is decided in the
//! order of arrival with the uses of those before it, then everything is written. Switch-off and deletion write
//! the same rows, so they stand before or after a whole batch, never inside it.

mod held;
mod taken;

pub(crate) use held::STATEMENTS as HELD_STATEMENTS;
pub(crate) use taken::STATEMENTS as TAKEN_STATEMENTS;

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::{Device, Instant, ItemFacts, ItemId, LinkFacts, LinkId, NameLook, SeatHold, SeatId};

use self::held::{Held, came_with, new_facts};

use crate::db::{row, statements};
use crate::seat::{Hold, KeyHash, Seated};
use crate::{Conn, Question, Row, StoreError, Value};

statements! {
    LINK_OF_TOKEN = "SELECT id, token_hash FROM guest_link WHERE token_hash = $1";
    LOCK_LINK = "SELECT id FROM guest_link WHERE id = $1";
    DOOR = "SELECT l.id, l.max_uses, l.uses, l.end_ms, l.deleted_ms, l.cut_ms,
            i.id, i.kind, i.state, i.privacy, i.deleted_ms, i.guest_access, i.guest_access_off_ms,
            i.guest_access_cut_ms, i.duration_ms, m.name, l.entered_minute, l.entered_count,
            CASE WHEN EXISTS (SELECT 1 FROM item_right r WHERE r.item_id = i.id) OR EXISTS (
                SELECT 1 FROM invite v WHERE v.item_id = i.id AND (v.role <> 'viewer' OR v.lent_role IS NOT NULL))
            THEN 1 ELSE 0 END
        FROM guest_link l JOIN item i ON i.id = l.item_id JOIN member m ON m.id = i.owner_id WHERE l.id = $1";
    SEAT_BY_FORM = "SELECT id, item_id, link_id, hold, seen_ms, created_ms, blocked_ms, removed_ms, key_hash, name, email
        FROM seat WHERE id = $1";
    LINK_OF_SEAT = "SELECT id, max_uses, uses, end_ms, deleted_ms, cut_ms FROM guest_link WHERE id = $1";
    INSERT_SEAT = "INSERT INTO seat (id, item_id, link_id, key_hash, came_with, hold, name, email, device, created_ms)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    ENTERED = "INSERT INTO link_entered (link_id, minute, count) VALUES ($1, $2, $3)
        ON CONFLICT (link_id, minute) DO UPDATE SET count = link_entered.count + excluded.count";
    SPEND = "UPDATE guest_link SET uses = uses + $1, entered_minute = $2, entered_count = $3
        WHERE id = $4 AND (max_uses IS NULL OR uses + $5 <= max_uses)";
}

/// A link's token as stored: its SHA-256.
pub type TokenHash = [u8; 32];

/// One sent entry form.
#[derive(Clone)]
pub struct Form {
    /// The token of the link it was sent to.
    pub token: TokenHash,
    /// The seat it makes: derived from the form key and the token, so the same form is the same seat.
    pub seat: SeatId,
    /// Browser keys that came with it, the newest first. Nothing new hangs on any of them.
    pub held: Vec<KeyHash>,
    /// The key of the new seat: its own.
    pub key: KeyHash,
    /// How it would hang there.
    pub hold: SeatHold,
    /// Cleaned name.
    pub name: String,
    /// What a reader sees of the name.
    pub look: NameLook,
    /// Normalised address.
    pub email: String,
    /// What kind of device it came from, if it says.
    pub device: Option<Device>,
}

/// What is known when one form is decided.
pub struct EntryFacts<'a> {
    /// The link, locked, with the uses of every form decided before.
    pub link: &'a LinkFacts,
    /// Its item.
    pub item: &'a ItemFacts,
    /// What a reader sees of the names that no guest may bear: of the owner, of who shares the item with them, and of
    /// moderators inside.
    pub taken: &'a [NameLook],
    /// The form.
    pub form: &'a Form,
    /// The seat this very form has made before.
    pub made_before: Option<&'a Seated>,
    /// The seat that one of the browser's keys holds at this item.
    pub held: Option<&'a Seated>,
    /// Whether another form of this browser, sent beside this one, was let in.
    pub was_beaten: bool,
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
    /// Let the browser in by this seat; no use is spent.
    Return(SeatId),
    /// Refuse.
    Refuse(R),
}

/// What happened with one form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome<R> {
    /// Its seat was made; one use was spent. Keys of the browser that hold nothing any more.
    Seated(ItemId, Vec<KeyHash>),
    /// An existing seat.
    Returned(ItemId, SeatId, Vec<KeyHash>),
    /// Refused at this link.
    Refused(LinkId, R),
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

/// A link with what stands behind it.
struct Door {
    link: LinkFacts,
    item: ItemFacts,
    taken: Vec<NameLook>,
    /// Whether anybody but the owner may bear a name that is taken.
    has_others: bool,
    /// The last minute in which somebody entered, and how many.
    entered: (i64, i64),
    /// Seats that this batch makes.
    spent: i64,
}

/// A batch between its reads and its writes.
struct Batch {
    links: HashMap<TokenHash, LinkId>,
    doors: BTreeMap<LinkId, Door>,
    by_form: HashMap<SeatId, Seated>,
    held: Held,
    /// Links of held seats that no form of this batch was sent to; read, not locked.
    other_links: HashMap<LinkId, LinkFacts>,
    now: Instant,
    seats: Vec<Vec<Value>>,
}

impl Batch {
    async fn load(conn: &mut Conn, forms: &[Form]) -> Result<Self, StoreError> {
        let links: HashMap<_, _> = conn.ask(links_of(forms)).await?.into_iter().collect();
        // The order of ids is the order of locks everywhere.
        let mut ids: Vec<_> = links.values().collect();
        ids.sort_unstable();
        let ids: Vec<_> = ids.into_iter().map(|link| row![link]).collect();
        let made = forms.iter().map(|form| row![form.seat]).collect();
        let under_the_lock = (
            Question::lock(LOCK_LINK, ids.clone()),
            Question::clock(),
            Question::each(DOOR, ids, door),
            Question::each(SEAT_BY_FORM, made, seated),
        );
        let ((), now, doors, made) = conn.ask(under_the_lock).await?;
        let mut doors: BTreeMap<LinkId, Door> = doors.into_iter().collect();
        let shared = doors.iter().filter(|(_, door)| door.has_others).map(|(link, _)| *link).collect();
        for (link, look) in taken::load(conn, shared, now).await? {
            doors.entry(link).and_modify(|door| door.taken.push(look));
        }
        let by_form = made.into_iter().map(|seat| (seat.facts.id, seat)).collect();
        let held = Held::load(conn, forms, now).await?;
        let other_links = load_other_links(conn, &held, &doors).await?;
        Ok(Self { links, doors, by_form, held, other_links, now, seats: Vec::new() })
    }

    fn decide<R>(
        &mut self,
        form: &Form,
        decide: &(dyn Fn(&EntryFacts<'_>) -> Verdict<R> + Sync),
    ) -> Outcome<R> {
        let door = self.links.get(&form.token).and_then(|link| self.doors.get(link));
        let Some(Door { link, item, taken, .. }) = door else { return Outcome::NoLink };
        let held = self.held.at(form, item);
        let held_link = held.and_then(|held| {
            let id = held.facts.link;
            self.doors.get(&id).map(|door| &door.link).or_else(|| self.other_links.get(&id))
        });
        let facts = EntryFacts {
            link,
            item,
            taken,
            form,
            made_before: self.by_form.get(&form.seat),
            held,
            was_beaten: self.held.was_beaten(form, item.id),
            held_link,
            now: self.now,
        };
        let (link, item) = (link.id, item.id);
        match decide(&facts) {
            Verdict::Refuse(reason) => Outcome::Refused(link, reason),
            Verdict::Return(seat) => {
                self.held.free(form, item, seat);
                Outcome::Returned(item, seat, self.held.list_gone(form))
            }
            Verdict::Seat => {
                // Whoever sat at this browser before has left it: one seat a browser and item.
                self.held.free(form, item, form.seat);
                self.seat(form, link, item);
                Outcome::Seated(item, self.held.list_gone(form))
            }
        }
    }

    fn seat(&mut self, form: &Form, link: LinkId, item: ItemId) {
        let Some(door) = self.doors.get_mut(&link) else { return };
        door.link.uses += 1;
        door.spent += 1;
        let (hold, with) = (Hold::from(form.hold), came_with(form));
        let Form { name, email, device, .. } = form;
        self.seats.push(row![form.seat, item, link, form.key, with, hold, name, email, device, self.now]);
        let facts = new_facts(form.seat, (item, link), form.hold, self.now);
        self.by_form.insert(form.seat, self.held.add(form, facts));
    }

    async fn write(self, conn: &mut Conn) -> Result<(), StoreError> {
        self.held.write(conn).await?;
        conn.post_set(INSERT_SEAT, self.seats).await?;
        let minute = self.now.minute();
        // Guests are counted by minute in the link's own row, which is written anyway; a minute that is over goes to
        // the others once.
        let spent = self.doors.values().filter(|door| door.spent > 0);
        let over = spent.clone().filter(|door| door.entered.1 > 0 && door.entered.0 != minute);
        let over: Vec<_> = over.map(|door| row![door.link.id, door.entered.0, door.entered.1]).collect();
        conn.execute_many(ENTERED, &over).await?;
        let spent: Vec<_> = spent.map(|door| door.spending(minute)).collect();
        let links = spent.len() as u64;
        if conn.execute_set(SPEND, spent).await? != links {
            return Err(StoreError::Corrupt("a link would have more seats than uses".into()));
        }
        Ok(())
    }
}

impl Door {
    /// The values of `SPEND`.
    fn spending(&self, minute: i64) -> Vec<Value> {
        let before = if self.entered.0 == minute { self.entered.1 } else { 0 };
        row![self.spent, minute, before + self.spent, self.link.id, self.spent]
    }
}

fn links_of(forms: &[Form]) -> Question<Vec<(TokenHash, LinkId)>> {
    let tokens: HashSet<TokenHash> = forms.iter().map(|form| form.token).collect();
    Question::each(LINK_OF_TOKEN, tokens.iter().map(|token| row![token]).collect(), |mut row| {
        let id = row.take()?;
        Ok((row.take()?, id))
    })
}

fn door(mut row: Row) -> Result<(LinkId, Door), StoreError> {
    let (link, item) = (crate::link::facts(&mut row)?, crate::item::facts(&mut row)?);
    let taken = vec![NameLook::of(&row.take::<String>()?)];
    let (entered, has_others) = ((row.take()?, row.take()?), row.take()?);
    Ok((link.id, Door { link, item, taken, has_others, entered, spent: 0 }))
}

async fn load_other_links(
    conn: &mut Conn,
    held: &Held,
    doors: &BTreeMap<LinkId, Door>,
) -> Result<HashMap<LinkId, LinkFacts>, StoreError> {
    let others: HashSet<_> = held.seats().map(|seat| seat.facts.link).collect();
    let others = others.into_iter().filter(|link| !doors.contains_key(link));
    let others = others.map(|link| row![link]).collect();
    let found =
        conn.ask(Question::each(LINK_OF_SEAT, others, |mut row| crate::link::facts(&mut row))).await?;
    Ok(found.into_iter().map(|link| (link.id, link)).collect())
}

fn seated(mut row: Row) -> Result<Seated, StoreError> {
    crate::seat::seated(&mut row)
}
