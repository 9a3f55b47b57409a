//! Guest links. A link is found by the hash of its token; a sealed copy lets the owner have the URL again.

use domain::{Instant, ItemId, LinkFacts, LinkId};

use crate::db::{params, statements};
use crate::{Conn, Question, Row, StoreError};

macro_rules! link_columns {
    () => {
        "l.id, l.max_uses, l.uses, l.end_ms, l.deleted_ms, l.cut_ms, l.item_id, l.name, l.created_ms"
    };
}

statements! {
    INSERT = "INSERT INTO guest_link (id, item_id, name, token_hash, token_sealed, max_uses, uses, created_ms, end_ms)
        VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8)";
    FIND_BY_TOKEN = concat!("SELECT ", link_columns!(), " FROM guest_link l WHERE l.token_hash = $1");
    FIND = concat!("SELECT ", link_columns!(), " FROM guest_link l WHERE l.id = $1");
    LIST = concat!("SELECT ", link_columns!(), " FROM guest_link l WHERE l.item_id = $1 AND l.deleted_ms IS NULL ORDER BY l.id");
    SEALED = "SELECT token_sealed FROM guest_link WHERE id = $1 AND deleted_ms IS NULL";
    TOUCH = "UPDATE guest_link SET name = name WHERE id = $1";
    NAMES = "SELECT id, name FROM guest_link WHERE item_id = $1 ORDER BY id";
    IDS_OF_ITEM = "SELECT id FROM guest_link WHERE item_id = $1 ORDER BY id";
    CHANGE = "UPDATE guest_link SET name = $1, max_uses = $2, end_ms = $3 WHERE id = $4 AND deleted_ms IS NULL
        AND ($5 = 1 OR uses <= $6)";
    DELETE = "UPDATE guest_link SET deleted_ms = COALESCE(deleted_ms, $1), cut_ms = $2 WHERE id = $3";
}

/// A guest link as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What the decision knows.
    pub facts: LinkFacts,
    /// The item it opens.
    pub item: ItemId,
    /// The owner's name for it.
    pub name: String,
    /// When it was made.
    pub created_at: Instant,
}

/// A guest link to be made.
#[derive(Debug, Clone)]
pub struct NewLink<'a> {
    /// Id.
    pub id: LinkId,
    /// The item it opens.
    pub item: ItemId,
    /// The owner's name for it.
    pub name: &'a str,
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    /// The token under the site's key, bound to link and item.
    pub token_sealed: &'a [u8],
    /// Uses allowed; none: unlimited.
    pub max_uses: Option<i64>,
    /// First instant at which it no longer opens.
    pub end: Option<Instant>,
    /// When.
    pub now: Instant,
}

pub(crate) fn facts(row: &mut Row) -> Result<LinkFacts, StoreError> {
    Ok(LinkFacts {
        id: row.take()?,
        max_uses: row.take()?,
        uses: row.take()?,
        end: row.take()?,
        deleted_at: row.take()?,
        cut_at: row.take()?,
    })
}

fn link(mut row: Row) -> Result<Link, StoreError> {
    Ok(Link { facts: facts(&mut row)?, item: row.take()?, name: row.take()?, created_at: row.take()? })
}

/// Makes a link.
///
/// # Errors
/// See [`StoreError`].
pub async fn insert(conn: &mut Conn, new: &NewLink<'_>) -> Result<(), StoreError> {
    let values =
        params![new.id, new.item, new.name, new.token_hash, new.token_sealed, new.max_uses, new.now, new.end];
    conn.execute(INSERT, values).await.map(drop)
}

/// The link with this token, deleted ones too.
///
/// # Errors
/// See [`StoreError`].
pub async fn find_by_token(conn: &mut Conn, token_hash: [u8; 32]) -> Result<Option<Link>, StoreError> {
    conn.find(FIND_BY_TOKEN, params![token_hash]).await?.map(link).transpose()
}

/// The link with this id, deleted ones too.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(conn: &mut Conn, id: LinkId) -> Result<Option<Link>, StoreError> {
    conn.ask(by_id(id)).await
}

/// The question of [`find`].
pub fn by_id(id: LinkId) -> Question<Option<Link>> {
    Question::first(FIND, params![id], link)
}

/// An item's links that are not deleted, oldest first.
///
/// # Errors
/// See [`StoreError`].
pub async fn list(conn: &mut Conn, item: ItemId) -> Result<Vec<Link>, StoreError> {
    conn.query(LIST, params![item]).await?.into_iter().map(link).collect()
}

/// Ids and names of all of an item's links, deleted ones too.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_names(conn: &mut Conn, item: ItemId) -> Result<Vec<(LinkId, String)>, StoreError> {
    let rows = conn.query(NAMES, params![item]).await?;
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}

/// The sealed token of a link that is not deleted.
///
/// # Errors
/// See [`StoreError`].
pub async fn find_sealed(conn: &mut Conn, id: LinkId) -> Result<Option<Vec<u8>>, StoreError> {
    conn.find(SEALED, params![id]).await?.map(|mut row| row.take()).transpose()
}

/// Writes every link row of an item, deleted ones too, in id order: the lock that entering takes. After this no
/// seat of theirs is committed before this transaction is.
///
/// # Errors
/// See [`StoreError`].
pub async fn lock_all(conn: &mut Conn, item: ItemId) -> Result<(), StoreError> {
    for mut row in conn.query(IDS_OF_ITEM, params![item]).await? {
        conn.execute(TOUCH, params![row.take::<LinkId>()?]).await?;
    }
    Ok(())
}

/// Replaces name, limit and end. Answers false when the link is gone or has more uses than `max_uses` by now.
///
/// # Errors
/// See [`StoreError`].
pub async fn change(
    conn: &mut Conn,
    id: LinkId,
    name: &str,
    max_uses: Option<i64>,
    end: Option<Instant>,
) -> Result<bool, StoreError> {
    let unlimited = i64::from(max_uses.is_none());
    let limit = max_uses.unwrap_or(0);
    Ok(conn.execute(CHANGE, params![name, max_uses, end, id, unlimited, limit]).await? == 1)
}

/// Deletes a link for good, or closes one that is deleted anew: `cut_at` is from when nobody may stay.
///
/// # Errors
/// See [`StoreError`].
pub async fn delete(
    conn: &mut Conn,
    id: LinkId,
    now: Instant,
    cut_at: Option<Instant>,
) -> Result<(), StoreError> {
    conn.execute(DELETE, params![now, cut_at, id]).await.map(drop)
}
