//! The queue of mail. A row is claimed with a lease, marked `sending` before the message is begun, and settled by the
//! server's answer. What was `sending` when its process died may have been taken: it becomes `unknown` and is never
//! sent again by itself. The message is erased as soon as it is settled; the row stays, and counts for the ceilings.

use domain::{Instant, MailId, MailState, MemberId, ProcessId, Span};

use crate::db::{params, row, statements};
use crate::mail_ceiling::{self, Counted};
use crate::{Conn, Row, StoreError, Value};

pub use crate::mail_ceiling::{Ceiling, Ceilings};

/// Rows of one flight.
const CHUNK: usize = 500;

// "state IN ('waiting', 'sending')" is said as the index says it: SQLite takes a partial index for nothing less.
statements! {
    LOCK = "UPDATE mail_lock SET id = 1 WHERE id = 1";
    INSERT = "INSERT INTO mail (id, purpose, about_id, owner_id, email, message_sealed, language, state, answer, attempts,
            run_after_ms, created_ms)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', '', 0, $8, $9)";
    CLAIM = "UPDATE mail SET process_id = $1, lease_until_ms = $2
        WHERE id = (SELECT id FROM mail WHERE state IN ('waiting', 'sending') AND state = 'waiting' AND run_after_ms <= $3
                AND (lease_until_ms IS NULL OR lease_until_ms <= $4) ORDER BY run_after_ms, id LIMIT 1)
            AND state = 'waiting' AND (lease_until_ms IS NULL OR lease_until_ms <= $5)
        RETURNING id, purpose, about_id, email, message_sealed, language, attempts, created_ms";
    BEGIN = "UPDATE mail SET state = 'sending', lease_until_ms = $1
        WHERE id = $2 AND process_id = $3 AND state = 'waiting' AND lease_until_ms > $4";
    SETTLE = "UPDATE mail SET state = $1, answer = $2, message_sealed = NULL, lease_until_ms = NULL, sent_ms = $3
        WHERE id = $4 AND process_id = $5 AND state IN ('waiting', 'sending')";
    POSTPONE = "UPDATE mail SET state = 'waiting', answer = $1, attempts = attempts + 1, run_after_ms = $2,
            lease_until_ms = NULL
        WHERE id = $3 AND process_id = $4 AND state IN ('waiting', 'sending')";
    GIVE_BACK = "UPDATE mail SET state = 'waiting', run_after_ms = $1, lease_until_ms = NULL
        WHERE id = $2 AND process_id = $3 AND state IN ('waiting', 'sending')";
    RELEASE = "UPDATE mail SET lease_until_ms = NULL WHERE process_id = $1 AND state IN ('waiting', 'sending') AND state = 'waiting'";
    LOSE = "UPDATE mail SET state = 'unknown', answer = $1, message_sealed = NULL, lease_until_ms = NULL
        WHERE state IN ('waiting', 'sending') AND state = 'sending' AND lease_until_ms <= $2";
    FREE = "UPDATE mail SET lease_until_ms = NULL WHERE state IN ('waiting', 'sending') AND state = 'waiting' AND lease_until_ms <= $1";
    PAGE = "SELECT id, purpose, email, state, answer, attempts, run_after_ms, created_ms, sent_ms FROM mail
        WHERE id < $1 ORDER BY id DESC LIMIT $2";
    LATEST = "SELECT id, about_id, state, answer, attempts, run_after_ms, created_ms, sent_ms FROM mail
        WHERE about_id = $1 AND purpose = $2 ORDER BY id DESC LIMIT 1";
}

/// Mail to be queued.
#[derive(Debug, Clone, Copy)]
pub struct NewMail<'a> {
    /// Id.
    pub id: MailId,
    /// The template's name.
    pub purpose: &'a str,
    /// What it is about: an invite, an item.
    pub about: Option<[u8; 16]>,
    /// On whose behalf.
    pub owner: Option<MemberId>,
    /// The address.
    pub email: &'a str,
    /// What it says.
    pub text: MailText<'a>,
}

/// What a mail says.
#[derive(Debug, Clone, Copy)]
pub enum MailText<'a> {
    /// The sealed message.
    Sealed(&'a [u8]),
    /// Made when it is sent, in this language, of what it is about.
    WhenSent(&'a str),
}

/// Claimed mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// Id.
    pub id: MailId,
    /// The template's name.
    pub purpose: String,
    /// What it is about.
    pub about: Option<[u8; 16]>,
    /// The address.
    pub email: String,
    /// The sealed message; none when it is made now.
    pub message_sealed: Option<Vec<u8>>,
    /// The language of one that is made now.
    pub language: Option<String>,
    /// How many times it was put off.
    pub attempts: i64,
    /// Since when it waits.
    pub created_at: Instant,
}

/// A mail as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailFacts {
    /// Id.
    pub id: MailId,
    /// What it is about.
    pub about: Option<[u8; 16]>,
    /// State.
    pub state: MailState,
    /// The server's last words, or why they are missing.
    pub answer: String,
    /// How many times it was put off.
    pub attempts: i64,
    /// When it is tried next, while it waits.
    pub run_after: Instant,
    /// When it was queued.
    pub created_at: Instant,
    /// When it was taken.
    pub sent_at: Option<Instant>,
}

/// Queues mail, unless a ceiling is reached. Whoever queues waits for the others who do, until their transactions
/// end: the count is exact.
///
/// # Errors
/// See [`StoreError`].
pub async fn queue(
    conn: &mut Conn,
    new: &NewMail<'_>,
    ceilings: &Ceilings,
) -> Result<Result<(), Ceiling>, StoreError> {
    conn.execute(LOCK, params![]).await?;
    let now = conn.now().await?;
    let counted = Counted { purpose: new.purpose, about: new.about, owner: new.owner, email: new.email };
    if let Some(reached) = mail_ceiling::find_reached(conn, &counted, ceilings, now).await? {
        return Ok(Err(reached));
    }
    conn.execute(INSERT, &values(new, now)).await?;
    Ok(Ok(()))
}

/// Queues many mails of one owner. When a ceiling is reached they stand in the queue all the same, so the transaction
/// must not be kept then: to count what there was and what came is one question, to count before each would be one for
/// every mail.
///
/// # Errors
/// See [`StoreError`].
pub async fn queue_all(
    conn: &mut Conn,
    new: &[NewMail<'_>],
    ceilings: &Ceilings,
) -> Result<Result<(), Ceiling>, StoreError> {
    let Some(first) = new.iter().min_by_key(|new| new.id) else { return Ok(Ok(())) };
    conn.execute(LOCK, params![]).await?;
    let now = conn.now().await?;
    for chunk in new.chunks(CHUNK) {
        let rows: Vec<_> = chunk.iter().map(|new| values(new, now)).collect();
        conn.execute_many(INSERT, &rows).await?;
    }
    Ok(match mail_ceiling::find_exceeded(conn, first.id, first.owner, ceilings, now).await? {
        Some(ceiling) => Err(ceiling),
        None => Ok(()),
    })
}

fn values(new: &NewMail<'_>, now: Instant) -> Vec<Value> {
    let (sealed, language) = match new.text {
        MailText::Sealed(message) => (Some(message.to_vec()), None),
        MailText::WhenSent(language) => (None, Some(language)),
    };
    row![new.id, new.purpose, new.about, new.owner, new.email, sealed, language, now, now]
}

/// Takes the next mail that is due. It stays `waiting`: nothing has been begun.
///
/// # Errors
/// See [`StoreError`].
pub async fn claim(conn: &mut Conn, process: ProcessId, lease: Span) -> Result<Option<Claimed>, StoreError> {
    let now = conn.now().await?;
    let row = conn.find(CLAIM, params![process, now.plus(lease), now, now, now]).await?;
    let claimed = |mut row: Row| {
        Ok(Claimed {
            id: row.take()?,
            purpose: row.take()?,
            about: row.take()?,
            email: row.take()?,
            message_sealed: row.take()?,
            language: row.take()?,
            attempts: row.take()?,
            created_at: row.take()?,
        })
    };
    row.map(claimed).transpose()
}

/// Marks a claimed mail: from the commit of this on it may have been taken. False when it is no longer this
/// process's.
///
/// # Errors
/// See [`StoreError`].
pub async fn begin_sending(
    conn: &mut Conn,
    id: MailId,
    process: ProcessId,
    lease: Span,
) -> Result<bool, StoreError> {
    let now = conn.now().await?;
    Ok(conn.execute(BEGIN, params![now.plus(lease), id, process, now]).await? == 1)
}

/// Ends a mail as `Sent`, `Failed` or `Unknown`, and erases its message.
///
/// # Errors
/// See [`StoreError`].
pub async fn settle(
    conn: &mut Conn,
    id: MailId,
    process: ProcessId,
    state: MailState,
    answer: &str,
) -> Result<bool, StoreError> {
    let sent_at = if state == MailState::Sent { Some(conn.now().await?) } else { None };
    Ok(conn.execute(SETTLE, params![state, answer, sent_at, id, process]).await? == 1)
}

/// Puts a mail off that has certainly not been taken.
///
/// # Errors
/// See [`StoreError`].
pub async fn postpone(
    conn: &mut Conn,
    id: MailId,
    process: ProcessId,
    answer: &str,
    pause: Span,
) -> Result<bool, StoreError> {
    let again = conn.now().await?.plus(pause);
    Ok(conn.execute(POSTPONE, params![answer, again, id, process]).await? == 1)
}

/// Gives back a claimed mail of which nothing was sent. It is due again after a pause, and was not tried.
///
/// # Errors
/// See [`StoreError`].
pub async fn give_back(
    conn: &mut Conn,
    id: MailId,
    process: ProcessId,
    pause: Span,
) -> Result<bool, StoreError> {
    let again = conn.now().await?.plus(pause);
    Ok(conn.execute(GIVE_BACK, params![again, id, process]).await? == 1)
}

/// Gives back what a stopping process has claimed and not begun.
///
/// # Errors
/// See [`StoreError`].
pub async fn release(conn: &mut Conn, process: ProcessId) -> Result<(), StoreError> {
    conn.execute(RELEASE, params![process]).await.map(drop)
}

/// Settles what dead processes have left, by leases that ran out, or by all when no other process can live: begun
/// mail becomes `unknown`, claimed mail is free again. Answers how many became unknown.
///
/// # Errors
/// See [`StoreError`].
pub async fn lose(conn: &mut Conn, answer: &str, all: bool) -> Result<u64, StoreError> {
    let until = if all { Instant::from_ms(i64::MAX) } else { conn.now().await? };
    conn.execute(FREE, params![until]).await?;
    conn.execute(LOSE, params![answer, until]).await
}

/// The newest mail of a purpose about each of these, in their order.
///
/// # Errors
/// See [`StoreError`].
pub async fn list_latest(
    conn: &mut Conn,
    purpose: &str,
    about: &[[u8; 16]],
) -> Result<Vec<Option<MailFacts>>, StoreError> {
    let mut found = Vec::with_capacity(about.len());
    for about in about {
        found.push(conn.find(LATEST, params![about, purpose]).await?.map(facts).transpose()?);
    }
    Ok(found)
}

/// A mail as the site's administrator sees it: not what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// The template's name.
    pub purpose: String,
    /// The address.
    pub email: String,
    /// The rest.
    pub facts: MailFacts,
}

/// Mail of the whole site, newest first, from behind `before` on.
///
/// # Errors
/// See [`StoreError`].
pub async fn page(conn: &mut Conn, before: Option<MailId>, most: i64) -> Result<Vec<Logged>, StoreError> {
    let before = before.unwrap_or(MailId::from_bytes([0xff; 16]));
    let rows = conn.query(PAGE, params![before, most]).await?;
    let logged = |mut row: Row| {
        let (id, purpose, email) = (row.take()?, row.take()?, row.take()?);
        let facts = MailFacts {
            id,
            about: None,
            state: row.take()?,
            answer: row.take()?,
            attempts: row.take()?,
            run_after: row.take()?,
            created_at: row.take()?,
            sent_at: row.take()?,
        };
        Ok(Logged { purpose, email, facts })
    };
    rows.into_iter().map(logged).collect()
}

fn facts(mut row: Row) -> Result<MailFacts, StoreError> {
    Ok(MailFacts {
        id: row.take()?,
        about: row.take()?,
        state: row.take()?,
        answer: row.take()?,
        attempts: row.take()?,
        run_after: row.take()?,
        created_at: row.take()?,
        sent_at: row.take()?,
    })
}
