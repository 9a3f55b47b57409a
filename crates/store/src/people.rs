//! Who came to an item: the seats of guests and of invitees as one list, the newest first.
//!
//! Guests are read link by link: a page costs a few rows of each link, however many came, and one link's people cost no
//! more than everybody's.

mod by_link;

pub(crate) use by_link::STATEMENTS as BY_LINK_STATEMENTS;

use domain::{Device, Instant, ItemId, LinkId, Proof, SeatId};

use crate::db::{params, statements};
use crate::like::holding;
use crate::{Conn, Row, StoreError};

/// A guest's seat with its link's name; `$1` since when a viewing must have been heard of to be open.
macro_rules! guests {
    ($where:literal) => {
        concat!(
            "SELECT s.id, s.item_id, s.email, s.created_ms, s.seen_ms, s.device, s.removed_ms, s.blocked_ms,
                (SELECT COUNT(*) FROM viewing v WHERE v.seat_id = s.id AND v.ended_ms IS NULL AND v.seen_ms > $1),
                s.name, s.link_id, l.name
             FROM seat s JOIN guest_link l ON l.id = s.link_id WHERE ", $where
        )
    };
}
use guests;

/// The same of an invitee.
macro_rules! invitees {
    ($where:literal) => {
        concat!(
            "SELECT s.id, s.item_id, s.email, s.created_ms, s.seen_ms, s.device, s.removed_ms, s.blocked_ms,
                (SELECT COUNT(*) FROM viewing v WHERE v.seat_id = s.id AND v.ended_ms IS NULL AND v.seen_ms > $1),
                s.first_name, s.last_name, s.proof
             FROM invite_seat s WHERE ", $where
        )
    };
}

statements! {
    LINKS = "SELECT id FROM guest_link WHERE item_id = $1 AND uses > 0 ORDER BY id";
    INVITEES = invitees!("s.item_id = $2 AND s.created_ms <= $3 AND (s.created_ms < $4 OR s.id < $5)
            AND ($6 = '' OR LOWER(s.first_name || ' ' || s.last_name) LIKE $7 ESCAPE '\\'
                OR s.first_name || ' ' || s.last_name LIKE $8 ESCAPE '\\' OR s.email LIKE $9 ESCAPE '\\')
            AND ($10 = 0 OR (s.seen_ms > $11 AND EXISTS (SELECT 1 FROM viewing w
                WHERE w.seat_id = s.id AND w.ended_ms IS NULL AND w.seen_ms > $12)))
        ORDER BY s.created_ms DESC, s.id DESC LIMIT $13");
    GUEST = guests!("s.id = $2");
    INVITEE = invitees!("s.id = $2");
    COUNT_GUESTS = "SELECT CAST(COALESCE(SUM(uses), 0) AS BIGINT) FROM guest_link WHERE item_id = $1 AND ($2 = 1 OR id = $3)";
    COUNT_INVITEES = "SELECT COUNT(*) FROM invite_seat WHERE item_id = $1";
}

/// By which door somebody came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CameBy {
    /// A guest link, with its name.
    Link(LinkId, String),
    /// Invites, with how sure it is that they are the invited person.
    Invites(Proof),
}

/// Somebody who came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their seat.
    pub seat: SeatId,
    /// Where.
    pub item: ItemId,
    /// Their address; empty once it is erased.
    pub email: String,
    /// Their name; empty once it is erased.
    pub name: String,
    /// When they entered.
    pub entered_at: Instant,
    /// When a viewing of theirs was heard of last.
    pub seen_at: Option<Instant>,
    /// On what kind of device they entered last.
    pub device: Option<Device>,
    /// Since when they are removed.
    pub removed_at: Option<Instant>,
    /// Since when they are blocked.
    pub blocked_at: Option<Instant>,
    /// Whether a viewing of theirs was heard of since the instant that was asked for.
    pub was_seen: bool,
    /// By which door.
    pub by: CameBy,
}

impl Person {
    /// Where they stand in the list.
    pub const fn place(&self) -> Place {
        Place { at: self.entered_at, seat: self.seat }
    }
}

/// Where somebody stands in the list: after whoever entered later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// When they entered.
    pub at: Instant,
    /// Their seat.
    pub seat: SeatId,
}

impl Place {
    /// Before everybody.
    pub const NEWEST: Self = Self { at: Instant::from_ms(i64::MAX), seat: SeatId::from_bytes([0xff; 16]) };
}

/// Which doors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Through {
    /// Any.
    #[default]
    Any,
    /// One guest link.
    Link(LinkId),
    /// Invites.
    Invites,
}

/// What of an item's people is asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Where.
    pub item: ItemId,
    /// By which doors they came.
    pub through: Through,
    /// Anywhere in name or address; empty: everybody.
    pub text: String,
    /// Only those who were seen.
    pub only_seen: bool,
    /// Since when a viewing must have been heard of.
    pub seen_since: Instant,
    /// Behind this one.
    pub after: Place,
    /// How many.
    pub limit: i64,
}

/// What is looked for, as statements take it.
struct Sought {
    text: String,
    lower: String,
    plain: String,
    only: i64,
}

impl Sought {
    fn of(asked: &Asked) -> Self {
        let text = asked.text.clone();
        let (lower, plain) = (holding(&text), format!("%{}%", crate::like::plain(&text)));
        Self { text, lower, plain, only: i64::from(asked.only_seen) }
    }
}

/// The newest people that were asked for.
///
/// # Errors
/// See [`StoreError`].
pub async fn list(conn: &mut Conn, asked: &Asked) -> Result<Vec<Person>, StoreError> {
    let Asked { item, through, seen_since: since, after: Place { at, seat }, limit, .. } = *asked;
    let sought = Sought::of(asked);
    let mut people = Vec::new();
    for link in links(conn, item, through).await? {
        people.append(&mut by_link::list(conn, link, asked, &sought).await?);
    }
    if matches!(through, Through::Any | Through::Invites) {
        let Sought { text, lower, plain, only } = &sought;
        let values =
            params![since, item, at, at, seat, text, lower, plain, lower, *only, since, since, limit];
        for row in conn.query(INVITEES, values).await? {
            people.push(invitee(row)?);
        }
    }
    people.sort_unstable_by_key(|person| std::cmp::Reverse(person.place()));
    people.truncate(usize::try_from(limit).unwrap_or_default());
    Ok(people)
}

/// The item's links by which somebody came.
async fn links(conn: &mut Conn, item: ItemId, through: Through) -> Result<Vec<LinkId>, StoreError> {
    let all = conn.query(LINKS, params![item]).await?.into_iter().map(|mut row| row.take());
    let all = all.collect::<Result<Vec<LinkId>, _>>()?;
    Ok(match through {
        Through::Any => all,
        // Of another item it is nobody's.
        Through::Link(link) => all.into_iter().filter(|one| *one == link).collect(),
        Through::Invites => Vec::new(),
    })
}

/// How many ever came by these doors, erased ones too: guests are the uses of their links.
///
/// # Errors
/// See [`StoreError`].
pub async fn count(conn: &mut Conn, item: ItemId, through: Through) -> Result<i64, StoreError> {
    let (any, link) = match through {
        Through::Link(link) => (0, link),
        _ => (1, LinkId::from_bytes([0; 16])),
    };
    let mut all = 0;
    if through != Through::Invites {
        all += conn.value::<i64>(COUNT_GUESTS, params![item, any, link]).await?;
    }
    if !matches!(through, Through::Link(_)) {
        all += conn.value::<i64>(COUNT_INVITEES, params![item]).await?;
    }
    Ok(all)
}

/// Somebody who came to the item.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(
    conn: &mut Conn,
    item: ItemId,
    seat: SeatId,
    seen_since: Instant,
) -> Result<Option<Person>, StoreError> {
    let found = match conn.find(GUEST, params![seen_since, seat]).await? {
        Some(row) => Some(guest(row)?),
        None => conn.find(INVITEE, params![seen_since, seat]).await?.map(invitee).transpose()?,
    };
    Ok(found.filter(|person| person.item == item))
}

fn guest(row: Row) -> Result<Person, StoreError> {
    person(row, |row, person| {
        person.name = row.take()?;
        person.by = CameBy::Link(row.take()?, row.take()?);
        Ok(())
    })
}

fn invitee(row: Row) -> Result<Person, StoreError> {
    person(row, |row, person| {
        person.name = format!("{} {}", row.take::<String>()?, row.take::<String>()?).trim().to_owned();
        person.by = CameBy::Invites(row.take()?);
        // An erased address is one that nobody can have; it says nothing.
        if person.email.ends_with(crate::retention::ERASED_DOMAIN) {
            person.email.clear();
        }
        Ok(())
    })
}

fn person(
    mut row: Row,
    rest: impl FnOnce(&mut Row, &mut Person) -> Result<(), StoreError>,
) -> Result<Person, StoreError> {
    let mut person = Person {
        seat: row.take()?,
        item: row.take()?,
        email: row.take()?,
        entered_at: row.take()?,
        seen_at: row.take()?,
        device: row.take()?,
        removed_at: row.take()?,
        blocked_at: row.take()?,
        was_seen: row.take::<i64>()? > 0,
        name: String::new(),
        by: CameBy::Invites(Proof::Address),
    };
    rest(&mut row, &mut person)?;
    Ok(person)
}
