//! What happened at an item as one list over both doors: rows of activity, guests who entered and refused forms,
//! the last two counted by minute. Each source pages by itself; the newest of all come out.

use domain::{ActivityKind, Instant, ItemId, LinkId, Reason, SeatId};

use crate::db::{params, statements};
use crate::named_door::{NamedDoor, read_named};
use crate::{Conn, Row, StoreError};

statements! {
    ROWS = "SELECT a.id, a.at_ms, a.what, a.actor, a.detail, a.link_id, l.name, v.first_name, v.last_name,
            a.seat_id, g.name, p.first_name, p.last_name
        FROM activity a LEFT JOIN guest_link l ON l.id = a.link_id LEFT JOIN invite v ON v.id = a.link_id
            LEFT JOIN seat g ON g.id = a.seat_id LEFT JOIN invite_seat p ON p.id = a.seat_id
        WHERE a.item_id = $1 AND a.id < $2 AND ($3 = 1 OR a.link_id = $4)
            AND ($5 = 1 OR (a.what = 'invite_entered') = ($6 = 1)) ORDER BY a.id DESC LIMIT $7";
    ENTERED = "SELECT minute, CAST(SUM(count) AS BIGINT), link_id, name FROM (
            SELECT e.minute, e.count, e.link_id, l.name FROM guest_link l JOIN link_entered e ON e.link_id = l.id
            WHERE l.item_id = $1
            UNION ALL SELECT entered_minute AS minute, entered_count AS count, id AS link_id, name FROM guest_link
            WHERE item_id = $2 AND entered_count > 0
        ) e
        WHERE (minute < $3 OR (minute = $4 AND link_id < $5)) AND ($6 = 1 OR link_id = $7)
        GROUP BY minute, link_id, name ORDER BY minute DESC, link_id DESC LIMIT $8";
    REFUSED = "SELECT r.minute, r.count, r.link_id, r.cause, d.name, d.first_name, d.last_name
        FROM refusal r JOIN (
            SELECT id, name, NULL AS first_name, NULL AS last_name FROM guest_link WHERE item_id = $1
            UNION ALL SELECT id, NULL AS name, first_name, last_name FROM invite WHERE item_id = $2
        ) d ON d.id = r.link_id
        WHERE (r.minute < $3 OR (r.minute = $4 AND (r.link_id < $5 OR (r.link_id = $6 AND r.cause < $7))))
            AND ($8 = 1 OR r.link_id = $9) ORDER BY r.minute DESC, r.link_id DESC, r.cause DESC LIMIT $10";
}

/// Which things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Everything.
    All,
    /// People who entered.
    Entered,
    /// Forms that were refused.
    Refused,
    /// What owners did.
    Changes,
}

/// What of an item is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// Where.
    pub item: ItemId,
    /// Only about this link or invite.
    pub door: Option<LinkId>,
    /// Which things.
    pub sort: Sort,
    /// The last row of the page before.
    pub after: Option<Place>,
    /// How many.
    pub limit: i64,
}

/// Where a row stands in the list. At the same instant what people did comes before what is counted by minute.
#[derive(Debug, Clone, PartialEq, Eq, Copy)]
pub enum Place {
    /// A row of activity; its id begins with the time.
    Row([u8; 16]),
    /// Guests who entered by a link in a minute.
    Entered(i64, LinkId),
    /// Forms refused at a link in a minute.
    Refused(i64, LinkId, Reason),
}

impl Place {
    fn minute_after(self) -> i64 {
        match self {
            Self::Row(id) => ms_of(id).div_euclid(60_000) + 1,
            Self::Entered(minute, _) | Self::Refused(minute, ..) => minute,
        }
    }

    const fn rank(self) -> u8 {
        match self {
            Self::Row(_) => 2,
            Self::Entered(..) => 1,
            Self::Refused(..) => 0,
        }
    }
}

fn ms_of(id: [u8; 16]) -> i64 {
    id[..6].iter().fold(0, |ms, byte| ms << 8 | i64::from(*byte))
}

/// The smallest id of a row in this minute.
fn first_of(minute: i64) -> [u8; 16] {
    let mut id = [0; 16];
    id[..6].copy_from_slice(&minute.saturating_mul(60_000).to_be_bytes()[2..]);
    id
}

/// Somebody who came, by the name that their seat has now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedPerson {
    /// Their seat.
    pub seat: SeatId,
    /// Their name.
    pub name: String,
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
    /// Where it stands.
    pub place: Place,
    /// When; of what is counted, the first instant of the minute.
    pub at: Instant,
    /// What, as a code such as `link_created`, `guest_entered`, `refused`.
    pub what: String,
    /// Who did it, as shown to the owner; empty for guests and for whose data was erased.
    pub actor: String,
    /// More about it, plain text, may be empty.
    pub detail: String,
    /// The link or invite, when it is about one.
    pub door: Option<NamedDoor>,
    /// Who came, when it is about one of them; nameless once they are erased.
    pub person: Option<NamedPerson>,
    /// How often.
    pub count: i64,
}

/// The newest lines that were asked for.
///
/// # Errors
/// See [`StoreError`].
pub async fn list(conn: &mut Conn, asked: &Asked) -> Result<Vec<Happened>, StoreError> {
    let mut lines = Vec::new();
    if asked.sort != Sort::Refused {
        lines.append(&mut rows(conn, asked).await?);
    }
    if matches!(asked.sort, Sort::All | Sort::Entered) {
        lines.append(&mut entered(conn, asked).await?);
    }
    if matches!(asked.sort, Sort::All | Sort::Refused) {
        lines.append(&mut refused(conn, asked).await?);
    }
    // Stable: what one source put in order stays so.
    lines.sort_by_key(|line| std::cmp::Reverse((line.at, line.place.rank())));
    lines.truncate(usize::try_from(asked.limit).unwrap_or_default());
    Ok(lines)
}

const NO_LINK: LinkId = LinkId::from_bytes([0; 16]);

async fn rows(conn: &mut Conn, asked: &Asked) -> Result<Vec<Happened>, StoreError> {
    let before = match asked.after {
        None => [0xff; 16],
        Some(Place::Row(id)) => id,
        Some(place) => first_of(place.minute_after()),
    };
    let (any, link) = (i64::from(asked.door.is_none()), asked.door.unwrap_or(NO_LINK));
    let (both, entering) = (i64::from(asked.sort == Sort::All), i64::from(asked.sort == Sort::Entered));
    let values = params![asked.item, before, any, link, both, entering, asked.limit];
    let line = |mut row: Row| {
        let (id, at) = (row.take()?, row.take()?);
        let (what, actor, detail) = (row.take()?, row.take()?, row.take()?);
        let link: Option<LinkId> = row.take()?;
        let door = match link {
            Some(link) => read_named(&mut row, link)?,
            None => skip_name(&mut row)?,
        };
        let person = match row.take::<Option<SeatId>>()? {
            Some(seat) => Some(NamedPerson { seat, name: name_of_seat(&mut row)? }),
            None => None,
        };
        Ok(Happened { place: Place::Row(id), at, what, actor, detail, door, person, count: 1 })
    };
    conn.query(ROWS, values).await?.into_iter().map(line).collect()
}

fn skip_name(row: &mut Row) -> Result<Option<NamedDoor>, StoreError> {
    read_named(row, NO_LINK).map(|_| None)
}

fn name_of_seat(row: &mut Row) -> Result<String, StoreError> {
    let (guest, first, last): (Option<String>, Option<String>, Option<String>) =
        (row.take()?, row.take()?, row.take()?);
    Ok(guest.unwrap_or_else(|| {
        format!("{} {}", first.unwrap_or_default(), last.unwrap_or_default()).trim().to_owned()
    }))
}

fn of_minute(place: Place, minute: i64, what: &str, count: i64, door: Option<NamedDoor>) -> Happened {
    let at = Instant::from_ms(minute.saturating_mul(60_000));
    Happened {
        place,
        at,
        what: what.into(),
        actor: String::new(),
        detail: String::new(),
        door,
        person: None,
        count,
    }
}

async fn entered(conn: &mut Conn, asked: &Asked) -> Result<Vec<Happened>, StoreError> {
    let (minute, after) = match asked.after {
        None => (i64::MAX, NO_LINK),
        Some(Place::Entered(minute, link)) => (minute, link),
        Some(place) => (place.minute_after(), NO_LINK),
    };
    let (any, link) = (i64::from(asked.door.is_none()), asked.door.unwrap_or(NO_LINK));
    let values = params![asked.item, asked.item, minute, minute, after, any, link, asked.limit];
    let line = |mut row: Row| {
        let (minute, count, link) = (row.take()?, row.take()?, row.take()?);
        let door = NamedDoor { id: link, name: row.take()?, is_invite: false };
        Ok(of_minute(
            Place::Entered(minute, link),
            minute,
            ActivityKind::GuestEntered.code(),
            count,
            Some(door),
        ))
    };
    conn.query(ENTERED, values).await?.into_iter().map(line).collect()
}

async fn refused(conn: &mut Conn, asked: &Asked) -> Result<Vec<Happened>, StoreError> {
    let (minute, after, cause) = match asked.after {
        None => (i64::MAX, NO_LINK, ""),
        Some(Place::Refused(minute, link, cause)) => (minute, link, cause.code()),
        // Of the same minute, what was refused comes after what came in.
        Some(Place::Entered(minute, _)) => (minute.saturating_add(1), NO_LINK, ""),
        Some(place) => (place.minute_after(), NO_LINK, ""),
    };
    let (any, link) = (i64::from(asked.door.is_none()), asked.door.unwrap_or(NO_LINK));
    let item = asked.item;
    let values = params![item, item, minute, minute, after, after, cause, any, link, asked.limit];
    let line = |mut row: Row| {
        let (minute, count, link) = (row.take()?, row.take()?, row.take()?);
        let cause: Reason = row.take()?;
        let door = read_named(&mut row, link)?;
        let line =
            of_minute(Place::Refused(minute, link, cause), minute, ActivityKind::Refused.code(), count, door);
        Ok(Happened { detail: cause.code().to_owned(), ..line })
    };
    conn.query(REFUSED, values).await?.into_iter().map(line).collect()
}
