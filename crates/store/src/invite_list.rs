//! An item's invites as its owner reads and changes them. Every change here is made under the locks of
//! [`crate::invite::lock_person`], so what was read before it still holds.

use domain::{Instant, InviteRole, ItemId, LentRole, LinkId, SeatId};

use crate::db::{params, statements};
use crate::invite::{Invite, invite_columns, invite_of};
use crate::like::holding;
use crate::lobby::RowId;
use crate::{Conn, Row, StoreError};

macro_rules! listed {
    ($where:literal) => {
        concat!(
            "SELECT ", invite_columns!(), ", m.name, s.id,
                (SELECT COUNT(*) FROM invite_seat b WHERE b.id = s.id AND b.key_hash IS NOT NULL),
                (SELECT COUNT(*) FROM invite_device d WHERE d.invite_id = i.id),
                (SELECT COUNT(*) FROM viewing v WHERE v.seat_id = s.id AND v.ended_ms IS NULL AND v.seen_ms > $1)
             FROM invite i JOIN member m ON m.id = i.made_by
                LEFT JOIN invite_seat s ON s.item_id = i.item_id AND s.email = i.email
             WHERE ", $where
        )
    };
}

statements! {
    PAGE = listed!("i.item_id = $2 AND i.id < $3 AND (i.email LIKE $4 ESCAPE '\\'
            OR LOWER(i.first_name || ' ' || i.last_name) LIKE $5 ESCAPE '\\')
        ORDER BY i.id DESC LIMIT $6");
    ONE = listed!("i.id = $2");
    COUNT = "SELECT COUNT(*) FROM invite i WHERE i.item_id = $1 AND (i.email LIKE $2 ESCAPE '\\'
        OR LOWER(i.first_name || ' ' || i.last_name) LIKE $3 ESCAPE '\\')";
    WAITING = "SELECT q.invite_id, q.id, q.reference, q.asked_ms, i.first_name, i.last_name, i.email
        FROM seat_move q JOIN invite i ON i.id = q.invite_id
        WHERE i.item_id = $1 AND q.kind = 'ask' AND q.asked_ms IS NOT NULL AND q.allowed_ms IS NULL
            AND q.done_ms IS NULL AND q.expires_ms > $2 AND i.revoked_ms IS NULL AND i.end_ms > $3
        ORDER BY q.id LIMIT 500";
    PENDING_MOVES = "SELECT COUNT(*) FROM seat_move q JOIN invite i ON i.id = q.invite_id
        WHERE i.item_id = $1 AND i.email = $2 AND q.allowed_ms IS NOT NULL AND q.done_ms IS NULL AND q.expires_ms > $3";
    GOOD = "SELECT email, role FROM invite WHERE item_id = $1 AND revoked_ms IS NULL AND end_ms > $2";
    CHANGE = "UPDATE invite SET role = $1, lent_role = $2, lent_until_ms = $3, max_uses = $4, end_ms = $5,
            proves_by_code = $6, first_name = $7, last_name = $8
        WHERE id = $9";
    RENAME_SEAT = "UPDATE invite_seat SET first_name = $1, last_name = $2 WHERE item_id = $3 AND email = $4";
    REVOKE = "UPDATE invite SET revoked_ms = $1, cut_ms = $2 WHERE id = $3";
    REPLACE_TOKEN = "UPDATE invite SET token_hash = $1, token_sealed = $2 WHERE id = $3";
    RIGHTS = "SELECT COUNT(*) FROM item_right r JOIN member_address a ON a.member_id = r.member_id
        WHERE r.item_id = $1 AND a.email = $2";
}

/// An invite with what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The invite.
    pub invite: Invite,
    /// Who made it.
    pub made_by_name: String,
    /// The person's seat, if they ever entered.
    pub seat: Option<SeatId>,
    /// Whether a device holds that seat.
    pub is_bound: bool,
    /// Whether a device was ever bound by this invite.
    pub has_entered: bool,
    /// Whether a page of that seat was heard of since the instant that was asked for.
    pub was_seen: bool,
}

/// A device that asks its owner's leave to take a seat over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// With which invite.
    pub invite: LinkId,
    /// Which.
    pub id: RowId,
    /// What its person can read out.
    pub reference: String,
    /// Since when.
    pub asked_at: Instant,
    /// First name of the invited person.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// The invited address.
    pub email: String,
}

fn listed(mut row: Row) -> Result<Listed, StoreError> {
    Ok(Listed {
        invite: invite_of(&mut row)?,
        made_by_name: row.take()?,
        seat: row.take()?,
        is_bound: row.take::<i64>()? > 0,
        has_entered: row.take::<i64>()? > 0,
        was_seen: row.take::<i64>()? > 0,
    })
}

/// An item's invites, newest first, before `before`; `query` matches anywhere in address and names.
///
/// # Errors
/// See [`StoreError`].
pub async fn page(
    conn: &mut Conn,
    item: ItemId,
    before: Option<LinkId>,
    query: &str,
    limit: i64,
    seen_since: Instant,
) -> Result<Vec<Listed>, StoreError> {
    let (before, query) = (before.unwrap_or(LinkId::from_bytes([0xff; 16])), holding(query));
    let rows = conn.query(PAGE, params![seen_since, item, before, query, query, limit]).await?;
    rows.into_iter().map(listed).collect()
}

/// One invite with what came of it.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(conn: &mut Conn, id: LinkId, seen_since: Instant) -> Result<Option<Listed>, StoreError> {
    conn.find(ONE, params![seen_since, id]).await?.map(listed).transpose()
}

/// How many invites of the item match.
///
/// # Errors
/// See [`StoreError`].
pub async fn count(conn: &mut Conn, item: ItemId, query: &str) -> Result<i64, StoreError> {
    let query = holding(query);
    conn.value(COUNT, params![item, query, query]).await
}

/// Devices that wait for the owner's leave at the item, the longest waiting first.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_asking(conn: &mut Conn, item: ItemId, now: Instant) -> Result<Vec<Asking>, StoreError> {
    let rows = conn.query(WAITING, params![item, now, now]).await?;
    let asking = |mut row: Row| {
        Ok(Asking {
            invite: row.take()?,
            id: row.take()?,
            reference: row.take::<Option<String>>()?.unwrap_or_default(),
            asked_at: row.take()?,
            first_name: row.take()?,
            last_name: row.take()?,
            email: row.take()?,
        })
    };
    rows.into_iter().map(asking).collect()
}

/// Moves of a person's seat that were allowed and not made yet.
///
/// # Errors
/// See [`StoreError`].
pub async fn count_pending_moves(
    conn: &mut Conn,
    item: ItemId,
    email: &str,
    now: Instant,
) -> Result<i64, StoreError> {
    conn.value(PENDING_MOVES, params![item, email, now]).await
}

/// Address and role of every good invite of the item.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_good(
    conn: &mut Conn,
    item: ItemId,
    now: Instant,
) -> Result<Vec<(String, InviteRole)>, StoreError> {
    let rows = conn.query(GOOD, params![item, now]).await?;
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}

/// Writes role, lent role, limit, end, names and the rule about codes. The person's seat takes the names over.
///
/// # Errors
/// See [`StoreError`].
pub async fn change(conn: &mut Conn, new: &Invite) -> Result<(), StoreError> {
    let facts = &new.facts;
    let lent: (Option<InviteRole>, Option<Instant>) =
        facts.lent.map(|LentRole { role, until }| (role, until)).unzip();
    let (first, last) = (&new.first_name, &new.last_name);
    let values = params![
        facts.role,
        lent.0,
        lent.1,
        facts.max_uses,
        facts.end,
        facts.proves_by_code,
        first,
        last,
        facts.id
    ];
    conn.execute(CHANGE, values).await?;
    conn.execute(RENAME_SEAT, params![first, last, facts.item, facts.email.as_str()]).await.map(drop)
}

/// Takes an invite back.
///
/// # Errors
/// See [`StoreError`].
pub async fn revoke(
    conn: &mut Conn,
    id: LinkId,
    revoked_at: Instant,
    cut_at: Option<Instant>,
) -> Result<(), StoreError> {
    conn.execute(REVOKE, params![revoked_at, cut_at, id]).await.map(drop)
}

/// Gives the invite another URL; the old one is dead from the commit on.
///
/// # Errors
/// See [`StoreError`].
pub async fn replace_token(
    conn: &mut Conn,
    id: LinkId,
    token_hash: [u8; 32],
    token_sealed: &[u8],
) -> Result<(), StoreError> {
    conn.execute(REPLACE_TOKEN, params![token_hash, token_sealed, id]).await.map(drop)
}

/// Whether a member with this address holds a right at the item.
///
/// # Errors
/// See [`StoreError`].
pub async fn has_right(conn: &mut Conn, item: ItemId, email: &str) -> Result<bool, StoreError> {
    Ok(conn.value::<i64>(RIGHTS, params![item, email]).await? > 0)
}
