//! Invites. Like a guest link, one is found by the hash of its token, and a sealed copy lets the owner have the URL
//! again.

use domain::{Email, Instant, InviteFacts, InviteRole, ItemId, LentRole, LinkId, MemberId};

use crate::db::{params, row, statements};
use crate::{Conn, Question, Row, StoreError, Value};

macro_rules! invite_columns {
    () => {
        "i.id, i.item_id, i.email, i.role, i.lent_role, i.lent_until_ms, i.max_uses, i.uses, i.end_ms, i.revoked_ms,
         i.cut_ms, i.proves_by_code, i.first_name, i.last_name, i.made_by, i.created_ms"
    };
}
pub(crate) use invite_columns;

statements! {
    INSERT = "INSERT INTO invite (id, item_id, email, first_name, last_name, role, token_hash, token_sealed, max_uses, uses,
            proves_by_code, made_by, created_ms, end_ms)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11, $12, $13)";
    FIND_BY_TOKEN = concat!("SELECT ", invite_columns!(), " FROM invite i WHERE i.token_hash = $1");
    FIND = concat!("SELECT ", invite_columns!(), " FROM invite i WHERE i.id = $1");
    LIST_OF_PERSON = concat!("SELECT ", invite_columns!(), " FROM invite i WHERE i.item_id = $1 AND i.email = $2 ORDER BY i.id");
    SEALED = "SELECT token_sealed FROM invite WHERE id = $1";
    SPEND = "UPDATE invite SET uses = uses + 1 WHERE id = $1 AND (max_uses IS NULL OR uses < max_uses)";
    IDS_OF_ITEM = "SELECT id FROM invite WHERE item_id = $1 ORDER BY id";
    IDS_OF_PERSON = "SELECT id FROM invite WHERE item_id = $1 AND email = $2 ORDER BY id";
}

/// An invite as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// What the decision knows.
    pub facts: InviteFacts,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Who made it.
    pub made_by: MemberId,
    /// When.
    pub created_at: Instant,
}

/// An invite to be made.
#[derive(Clone)]
pub struct NewInvite<'a> {
    /// What the decision will know; no uses yet.
    pub facts: &'a InviteFacts,
    /// First name.
    pub first_name: &'a str,
    /// Last name.
    pub last_name: &'a str,
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    /// The token under the site's key, bound to invite and item.
    pub token_sealed: &'a [u8],
    /// Who makes it.
    pub made_by: MemberId,
    /// When.
    pub now: Instant,
}

/// Reads the columns of `invite_columns`.
pub(crate) fn invite_of(row: &mut Row) -> Result<Invite, StoreError> {
    let (id, item, email) = (row.take()?, row.take()?, row.take::<String>()?);
    let email = Email::new(&email).map_err(|_| StoreError::Corrupt("an invite's address is none".into()))?;
    let (role, lent) = (row.take()?, row.take::<Option<InviteRole>>()?);
    let until: Option<Instant> = row.take()?;
    let facts = InviteFacts {
        id,
        item,
        email,
        role,
        lent: lent.zip(until).map(|(role, until)| LentRole { role, until }),
        max_uses: row.take()?,
        uses: row.take()?,
        end: row.take()?,
        revoked_at: row.take()?,
        cut_at: row.take()?,
        proves_by_code: row.take()?,
    };
    Ok(Invite {
        facts,
        first_name: row.take()?,
        last_name: row.take()?,
        made_by: row.take()?,
        created_at: row.take()?,
    })
}

fn invite(mut row: Row) -> Result<Invite, StoreError> {
    invite_of(&mut row)
}

/// Makes invites.
///
/// # Errors
/// See [`StoreError`].
pub async fn insert(conn: &mut Conn, new: &[NewInvite<'_>]) -> Result<(), StoreError> {
    let rows: Vec<_> = new.iter().map(values).collect();
    conn.execute_many(INSERT, &rows).await.map(drop)
}

fn values(new: &NewInvite<'_>) -> Vec<Value> {
    let facts = new.facts;
    params![
        facts.id,
        facts.item,
        facts.email.as_str(),
        new.first_name,
        new.last_name,
        facts.role,
        new.token_hash,
        new.token_sealed,
        facts.max_uses,
        facts.proves_by_code,
        new.made_by,
        new.now,
        facts.end
    ]
    .to_vec()
}

/// The invite with this token, revoked ones too.
///
/// # Errors
/// See [`StoreError`].
pub async fn find_by_token(conn: &mut Conn, token_hash: [u8; 32]) -> Result<Option<Invite>, StoreError> {
    conn.find(FIND_BY_TOKEN, params![token_hash]).await?.map(invite).transpose()
}

/// The invite with this id, revoked ones too.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(conn: &mut Conn, id: LinkId) -> Result<Option<Invite>, StoreError> {
    conn.find(FIND, params![id]).await?.map(invite).transpose()
}

/// All invites of one person to one item, oldest first: together they make the role of the seat.
pub fn of_person(item: ItemId, email: &str) -> Question<Vec<Invite>> {
    Question::all(LIST_OF_PERSON, params![item, email], invite)
}

/// The sealed token.
///
/// # Errors
/// See [`StoreError`].
pub async fn find_sealed(conn: &mut Conn, id: LinkId) -> Result<Option<Vec<u8>>, StoreError> {
    conn.find(SEALED, params![id]).await?.map(|mut row| row.take()).transpose()
}

/// Locks the rows of all invites of one person to one item, in id order: what entering, changing and revoking do.
/// After this no device is bound to that person's seat before this transaction is committed.
///
/// # Errors
/// See [`StoreError`].
pub async fn lock_person(conn: &mut Conn, item: ItemId, email: &str) -> Result<(), StoreError> {
    conn.ask(lock_of_person(item, email)).await
}

/// The lock of [`lock_person`], to be taken along with what is read under it.
pub fn lock_of_person(item: ItemId, email: &str) -> Question<()> {
    Question::lock(IDS_OF_PERSON, vec![row![item, email]])
}

/// Takes the locks that entering takes, of everybody who is invited to an item: no device is bound between this and
/// the commit.
///
/// # Errors
/// See [`StoreError`].
pub async fn lock_all(conn: &mut Conn, item: ItemId) -> Result<(), StoreError> {
    conn.ask(Question::lock(IDS_OF_ITEM, vec![row![item]])).await
}

/// Spends a use; answers false when none is left.
///
/// # Errors
/// See [`StoreError`].
pub async fn spend(conn: &mut Conn, id: LinkId) -> Result<bool, StoreError> {
    Ok(conn.execute(SPEND, params![id]).await? == 1)
}
