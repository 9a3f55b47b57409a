//! Links and invites by the names that their owner knows. An item may have had thousands: they are searched, and what
//! is not searched for is the newest few.

use domain::{ItemId, LinkId};

use crate::db::{params, statements};
use crate::like::holding;
use crate::{Conn, Row, StoreError};

statements! {
    LINKS = "SELECT id, name, NULL, NULL FROM guest_link WHERE item_id = $1 AND LOWER(name) LIKE $2 ESCAPE '\\'
        ORDER BY id DESC LIMIT $3";
    INVITES = "SELECT id, NULL, first_name, last_name FROM invite WHERE item_id = $1
            AND (email LIKE $2 ESCAPE '\\' OR LOWER(first_name || ' ' || last_name) LIKE $3 ESCAPE '\\')
        ORDER BY id DESC LIMIT $4";
    IDS = "SELECT id FROM guest_link WHERE item_id = $1 UNION ALL SELECT id FROM invite WHERE item_id = $2";
    LINK = "SELECT name, NULL, NULL FROM guest_link WHERE id = $1";
    INVITE = "SELECT NULL, first_name, last_name FROM invite WHERE id = $1";
}

/// A link or an invite by the name its owner knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedDoor {
    /// Its id.
    pub id: LinkId,
    /// The link's name, or the person's.
    pub name: String,
    /// Whether it is an invite.
    pub is_invite: bool,
}

/// Name, first name, last name: those of a link or those of an invite; none when it is neither.
pub(crate) fn read_named(row: &mut Row, id: LinkId) -> Result<Option<NamedDoor>, StoreError> {
    let name: Option<String> = row.take()?;
    let (first, last): (Option<String>, Option<String>) = (row.take()?, row.take()?);
    let is_invite = name.is_none();
    let name = name.or_else(|| Some(format!("{} {}", first?, last?).trim().to_owned()));
    Ok(name.map(|name| NamedDoor { id, name, is_invite }))
}

fn named(row: &mut Row, id: LinkId) -> Result<NamedDoor, StoreError> {
    read_named(row, id)?.ok_or_else(|| StoreError::Corrupt("a door without a name".into()))
}

/// Doors that an item has or had with `typed` anywhere in the name or the invited address: the newest links, then the
/// newest invites, at most `limit` of each.
///
/// # Errors
/// See [`StoreError`].
pub async fn search(
    conn: &mut Conn,
    item: ItemId,
    typed: &str,
    limit: i64,
) -> Result<Vec<NamedDoor>, StoreError> {
    let like = holding(typed);
    let mut rows = conn.query(LINKS, params![item, like, limit]).await?;
    rows.append(&mut conn.query(INVITES, params![item, like, like, limit]).await?);
    let door = |mut row: Row| {
        let id = row.take()?;
        named(&mut row, id)
    };
    rows.into_iter().map(door).collect()
}

/// The ids of all doors that an item ever had.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_ids(conn: &mut Conn, item: ItemId) -> Result<Vec<LinkId>, StoreError> {
    conn.query(IDS, params![item, item]).await?.into_iter().map(|mut row| row.take()).collect()
}

/// A link or an invite.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(conn: &mut Conn, id: LinkId) -> Result<Option<NamedDoor>, StoreError> {
    let row = match conn.find(LINK, params![id]).await? {
        Some(row) => Some(row),
        None => conn.find(INVITE, params![id]).await?,
    };
    row.map(|mut row| named(&mut row, id)).transpose()
}
