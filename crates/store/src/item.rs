//! Items and their published renditions.

use domain::{
    HeldRight, Instant, ItemFacts, ItemId, ItemRight, ItemState, MemberId, Span, Switches, clean_stored,
};

use crate::db::{params, statements};
use crate::{Conn, Question, Row, StoreError, item_right};

macro_rules! item_columns {
    () => {
        "i.id, i.kind, i.state, i.privacy, i.deleted_ms, i.guest_access, i.guest_access_off_ms,
         i.guest_access_cut_ms, i.duration_ms, i.owner_id, m.name, i.title, i.description, i.failure_code,
         i.failure_detail, i.width, i.height, i.size_bytes, i.media_version, i.created_ms"
    };
}
pub(crate) use item_columns;

statements! {
    INSERT = "INSERT INTO item (id, owner_id, kind, state, privacy, title, description, size_bytes, media_version,
            guest_access, created_ms)
        VALUES ($1, $2, $3, $4, $5, $6, '', $7, 0, 0, $8)";
    FIND = concat!("SELECT ", item_columns!(), " FROM item i JOIN member m ON m.id = i.owner_id WHERE i.id = $1");
    LOCK = "UPDATE item SET title = title WHERE id = $1";
    UPDATE_DETAILS = "UPDATE item SET title = $1, description = $2 WHERE id = $3";
    SET_STATE = "UPDATE item SET state = $1, failure_code = $2, failure_detail = $3 WHERE id = $4 AND deleted_ms IS NULL";
    PUBLISH = "UPDATE item SET state = $1, failure_code = NULL, failure_detail = NULL, kind = $2, duration_ms = $3,
            width = $4, height = $5, media_version = $6
        WHERE id = $7 AND deleted_ms IS NULL";
    DELETE = "UPDATE item SET deleted_ms = $1 WHERE id = $2 AND deleted_ms IS NULL";
    LIST_DELETED = "SELECT id FROM item WHERE deleted_ms <= $1 AND size_bytes >= 0 LIMIT 50";
    MARK_CLEARED = "UPDATE item SET size_bytes = -1 WHERE id = $1";
    SWITCH_GUEST_ACCESS = "UPDATE item SET guest_access = $1, guest_access_off_ms = $2, guest_access_cut_ms = $3 WHERE id = $4";
    ADD_RENDITION = "INSERT INTO rendition (item_id, version, name, width, height, bandwidth) VALUES ($1, $2, $3, $4, $5, $6)";
    RENDITIONS = "SELECT name, width, height, bandwidth FROM rendition WHERE item_id = $1 AND version = $2 ORDER BY height DESC";
}

/// An item as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What the decision knows.
    pub facts: ItemFacts,
    /// Whose it is.
    pub owner: MemberId,
    /// The owner's display name.
    pub owner_name: String,
    /// Title, plain text.
    pub title: String,
    /// Description, plain text.
    pub description: String,
    /// Why it did not become playable: code and, for the log's sake, a detail.
    pub failure: Option<(String, String)>,
    /// Pixels across, once known.
    pub width: Option<i64>,
    /// Pixels down, once known.
    pub height: Option<i64>,
    /// Size of the uploaded file.
    pub size_bytes: i64,
    /// The published set of files; 0 before the first.
    pub media_version: i64,
    /// When it was made.
    pub created_at: Instant,
}

impl Item {
    /// Whether posters stand beside its media: only what has a picture has them.
    #[must_use]
    pub fn has_poster(&self) -> bool {
        self.media_version > 0 && self.width.is_some()
    }
}

/// An item to be made, still uploading.
#[derive(Debug, Clone)]
pub struct NewItem<'a> {
    /// What the decision will know.
    pub facts: &'a ItemFacts,
    /// Whose.
    pub owner: MemberId,
    /// Title.
    pub title: &'a str,
    /// Size of the file that is coming.
    pub size_bytes: i64,
    /// When.
    pub now: Instant,
}

/// One published quality of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    /// Its name in file names: `v0`, `v1`.
    pub name: String,
    /// Pixels across.
    pub width: i64,
    /// Pixels down.
    pub height: i64,
    /// Peak bits per second.
    pub bandwidth: i64,
}

/// What a finished job found and made.
#[derive(Debug, Clone)]
pub struct Publication {
    /// What the file turned out to be.
    pub kind: domain::ItemKind,
    /// Length.
    pub duration: Span,
    /// Pixels across; none for sound.
    pub width: Option<i64>,
    /// Pixels down; none for sound.
    pub height: Option<i64>,
    /// The number of the folder that was published.
    pub version: i64,
    /// Its qualities.
    pub renditions: Vec<Rendition>,
}

pub(crate) fn facts(row: &mut Row) -> Result<ItemFacts, StoreError> {
    let (id, kind) = (row.take()?, row.take()?);
    Ok(ItemFacts {
        id,
        kind,
        state: row.take()?,
        privacy: row.take()?,
        deleted_at: row.take()?,
        guest_access: row.take()?,
        guest_access_off_at: row.take()?,
        guest_access_cut_at: row.take()?,
        duration: row.take()?,
        switches: Switches::of_new(kind),
    })
}

pub(crate) fn item_of(row: &mut Row) -> Result<Item, StoreError> {
    let facts = facts(row)?;
    let (owner, owner_name) = (row.take()?, row.take()?);
    let (title, description) = (clean_stored(row.take()?), row.take()?);
    let (code, detail) = (row.take::<Option<String>>()?, row.take::<Option<String>>()?);
    Ok(Item {
        facts,
        owner,
        owner_name,
        title,
        description,
        failure: code.map(|code| (code, detail.unwrap_or_default())),
        width: row.take()?,
        height: row.take()?,
        size_bytes: row.take()?,
        media_version: row.take()?,
        created_at: row.take()?,
    })
}

/// Makes an item and gives its maker the owner's right.
///
/// # Errors
/// See [`StoreError`].
pub async fn insert(conn: &mut Conn, new: &NewItem<'_>) -> Result<(), StoreError> {
    let facts = new.facts;
    let values = params![
        facts.id,
        new.owner,
        facts.kind,
        facts.state,
        facts.privacy,
        new.title,
        new.size_bytes,
        new.now
    ];
    conn.execute(INSERT, values).await?;
    item_right::give(conn, facts.id, new.owner, HeldRight::given(ItemRight::Owner), new.now).await
}

/// The item, deleted ones too.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(conn: &mut Conn, id: ItemId) -> Result<Option<Item>, StoreError> {
    conn.ask(by_id(id)).await
}

/// The question of [`find`].
pub fn by_id(id: ItemId) -> Question<Option<Item>> {
    Question::first(FIND, params![id], |mut row| item_of(&mut row))
}

/// Makes every other writer of this item, and of its set of links, wait for this transaction.
///
/// # Errors
/// See [`StoreError`].
pub async fn lock(conn: &mut Conn, id: ItemId) -> Result<(), StoreError> {
    conn.post(LOCK, params![id]).await
}

/// Replaces title and description.
///
/// # Errors
/// See [`StoreError`].
pub async fn update_details(
    conn: &mut Conn,
    id: ItemId,
    title: &str,
    description: &str,
) -> Result<(), StoreError> {
    conn.execute(UPDATE_DETAILS, params![title, description, id]).await.map(drop)
}

/// Moves an item to a state, with the failure's code and detail if it is one.
///
/// # Errors
/// See [`StoreError`].
pub async fn set_state(
    conn: &mut Conn,
    id: ItemId,
    state: ItemState,
    failure: Option<(&str, &str)>,
) -> Result<(), StoreError> {
    let (code, detail) = failure.unzip();
    conn.execute(SET_STATE, params![state, code, detail, id]).await.map(drop)
}

/// Points the item at a finished set of files. Answers false when the item was deleted meanwhile.
///
/// # Errors
/// See [`StoreError`].
pub async fn publish(conn: &mut Conn, id: ItemId, made: &Publication) -> Result<bool, StoreError> {
    let values =
        params![ItemState::Ready, made.kind, made.duration, made.width, made.height, made.version, id];
    if conn.execute(PUBLISH, values).await? == 0 {
        return Ok(false);
    }
    for r in &made.renditions {
        conn.execute(ADD_RENDITION, params![id, made.version, r.name, r.width, r.height, r.bandwidth])
            .await?;
    }
    Ok(true)
}

/// The qualities of a published version, largest first.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_renditions(
    conn: &mut Conn,
    id: ItemId,
    version: i64,
) -> Result<Vec<Rendition>, StoreError> {
    let rows = conn.query(RENDITIONS, params![id, version]).await?;
    let rendition = |mut row: Row| {
        Ok(Rendition { name: row.take()?, width: row.take()?, height: row.take()?, bandwidth: row.take()? })
    };
    rows.into_iter().map(rendition).collect()
}

/// Marks an item deleted; answers false when it was already.
///
/// # Errors
/// See [`StoreError`].
pub async fn delete(conn: &mut Conn, id: ItemId, now: Instant) -> Result<bool, StoreError> {
    Ok(conn.execute(DELETE, params![now, id]).await? == 1)
}

/// Items deleted at or before `until` whose files may still be there.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_to_clear(conn: &mut Conn, until: Instant) -> Result<Vec<ItemId>, StoreError> {
    let rows = conn.query(LIST_DELETED, params![until]).await?;
    rows.into_iter().map(|mut row| row.take()).collect()
}

/// Records that a deleted item's files are gone.
///
/// # Errors
/// See [`StoreError`].
pub async fn mark_cleared(conn: &mut Conn, id: ItemId) -> Result<(), StoreError> {
    conn.execute(MARK_CLEARED, params![id]).await.map(drop)
}

/// Sets the item's switch over all of its guest links.
///
/// # Errors
/// See [`StoreError`].
pub async fn switch_guest_access(
    conn: &mut Conn,
    id: ItemId,
    on: bool,
    off_at: Option<Instant>,
    cut_at: Option<Instant>,
) -> Result<(), StoreError> {
    conn.execute(SWITCH_GUEST_ACCESS, params![on, off_at, cut_at, id]).await.map(drop)
}
