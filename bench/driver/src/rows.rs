//! Rows in the databases under test: links and invites before the load, counts after it.
//!
//! A thousand links of three per item would take minutes through the API and say nothing about the door, so they are
//! written straight into the tables.

mod invites;

pub(crate) use invites::Invite;

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use sqlx::{AnyConnection, Connection};
use tokio::runtime::Runtime;

/// Guest links that one item may have.
const LINKS_PER_ITEM: usize = 3;

/// An open database, ours or the peer's.
pub(crate) struct Rows {
    runtime: Runtime,
    connection: AnyConnection,
}

/// Whose tables they are: the peer's have only the columns that an entry needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Schema {
    Ours,
    Naive,
}

/// Which door's books.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Books {
    Guests,
    Invited,
}

impl Books {
    /// Uses of all doors; people inside; doors whose uses are not what came of them; people at one browser's key.
    const fn questions(self) -> [&'static str; 4] {
        match self {
            Self::Guests => [
                "SELECT CAST(SUM(uses) AS BIGINT) FROM guest_link",
                "SELECT COUNT(*) FROM seat",
                "SELECT COUNT(*) FROM guest_link LEFT JOIN
                     (SELECT link_id, COUNT(*) AS seats FROM seat GROUP BY link_id) AS made ON made.link_id = id
                 WHERE uses <> COALESCE(seats, 0)",
                "SELECT COUNT(*) FROM seat WHERE key_hash = $1",
            ],
            Self::Invited => [
                "SELECT CAST(SUM(uses) AS BIGINT) FROM invite",
                "SELECT COUNT(*) FROM invite_seat",
                "SELECT COUNT(*) FROM invite LEFT JOIN
                     (SELECT invite_id, COUNT(*) AS devices FROM invite_device GROUP BY invite_id) AS bound
                     ON invite_id = id
                 WHERE uses <> COALESCE(devices, 0) OR uses > max_uses",
                "SELECT COUNT(*) FROM invite_seat s JOIN invite_device d ON d.seat_id = s.id AND d.key_hash = s.key_hash
                 WHERE s.key_hash = $1",
            ],
        }
    }
}

impl Rows {
    /// Opens a database by its URL.
    pub(crate) fn open(url: &str) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let connection = runtime.block_on(AnyConnection::connect(url))?;
        Ok(Self { runtime, connection })
    }

    /// Opens a SQLite file.
    pub(crate) fn open_file(file: &Path) -> Result<Self> {
        Self::open(&format!("sqlite://{}", file.display()))
    }

    /// Makes `links` open guest links without a limit; answers their tokens as they stand in URLs.
    pub(crate) fn make_links(&mut self, schema: Schema, links: usize) -> Result<Vec<String>> {
        let Self { runtime, connection } = self;
        runtime.block_on(async {
            let mut transaction = connection.begin().await?;
            let owner = owner(&mut transaction, schema).await?;
            let (mut tokens, mut item) = (Vec::new(), Vec::new());
            for number in 0..links {
                if number % LINKS_PER_ITEM == 0 {
                    item = new_id()?;
                    insert_item(&mut transaction, schema, &item, &owner).await?;
                }
                let token: [u8; 20] = std::array::from_fn(|_| fastrand::u8(..));
                insert_link(&mut transaction, schema, &item, &Sha256::digest(token)).await?;
                tokens.push(URL_SAFE_NO_PAD.encode(token));
            }
            transaction.commit().await?;
            Ok(tokens)
        })
    }

    /// Compares the books: each door's uses are its seats or devices, all uses are the answers that came, and the
    /// browser keys that were handed out hang on seats.
    pub(crate) fn check(&mut self, books: Books, entered: u64, keys: &[Vec<u8>]) -> Result<()> {
        let Self { runtime, connection } = self;
        let [all_uses, all_seats, disagreeing, at_key] = books.questions();
        runtime.block_on(async {
            let uses: i64 = sqlx::query_scalar(all_uses).fetch_one(&mut *connection).await?;
            let seats: i64 = sqlx::query_scalar(all_seats).fetch_one(&mut *connection).await?;
            let wrong: i64 = sqlx::query_scalar(disagreeing).fetch_one(&mut *connection).await?;
            ensure!(
                wrong == 0 && uses == seats,
                "{wrong} doors disagree with their seats ({uses} uses, {seats} seats)"
            );
            ensure!(
                u64::try_from(seats)? == entered,
                "{entered} people were let in, and there are {seats} seats"
            );
            for key in keys {
                let asked = sqlx::query_scalar(at_key).bind(key.as_slice());
                let held: i64 = asked.fetch_one(&mut *connection).await?;
                ensure!(held == 1, "a browser key that was handed out hangs on {held} seats");
            }
            Ok(())
        })
    }
}

/// The only member; the peer has none.
async fn owner(conn: &mut AnyConnection, schema: Schema) -> Result<Vec<u8>> {
    Ok(match schema {
        Schema::Ours => sqlx::query_scalar("SELECT id FROM member").fetch_one(conn).await?,
        Schema::Naive => Vec::new(),
    })
}

fn now_ms() -> Result<i64> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).context("the clock stands before 1970")?;
    Ok(i64::try_from(since.as_millis())?)
}

/// Six bytes of time, then ten random ones.
fn new_id() -> Result<Vec<u8>> {
    let mut id = now_ms()?.to_be_bytes()[2..].to_vec();
    id.extend((0..10).map(|_| fastrand::u8(..)));
    Ok(id)
}

async fn insert_item(conn: &mut AnyConnection, schema: Schema, id: &[u8], owner: &[u8]) -> Result<()> {
    let insert = match schema {
        Schema::Ours => sqlx::query(
            "INSERT INTO item (id, owner_id, created_ms, kind, state, privacy, title, description, size_bytes,
                 media_version, guest_access)
             VALUES ($1, $2, $3, 'video', 'ready', 'private', 'A lecture', '', 1, 1, 1)",
        )
        .bind(id)
        .bind(owner)
        .bind(now_ms()?),
        Schema::Naive => sqlx::query("INSERT INTO item (id, state, guest_access) VALUES ($1, 'ready', 1)").bind(id),
    };
    insert.execute(conn).await?;
    Ok(())
}

async fn insert_link(conn: &mut AnyConnection, schema: Schema, item: &[u8], token_hash: &[u8]) -> Result<()> {
    let id = new_id()?;
    let insert = match schema {
        Schema::Ours => sqlx::query(
            "INSERT INTO guest_link (id, item_id, token_hash, created_ms, name, token_sealed, uses)
             VALUES ($1, $2, $3, $4, 'Everyone', $5, 0)",
        )
        .bind(id)
        .bind(item)
        .bind(token_hash)
        .bind(now_ms()?)
        .bind(&b"sealed"[..]),
        Schema::Naive => {
            sqlx::query("INSERT INTO guest_link (id, item_id, token_hash, uses) VALUES ($1, $2, $3, 0)")
                .bind(id)
                .bind(item)
                .bind(token_hash)
        }
    };
    insert.execute(conn).await?;
    Ok(())
}
