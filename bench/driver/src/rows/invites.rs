//! Invites in the databases under test: many, each of a person of its own.

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use sqlx::{AnyConnection, AssertSqlSafe, Connection};

use super::{Rows, Schema, insert_item, new_id, now_ms, owner};

/// Invites of one item.
const INVITES_PER_ITEM: usize = 30;
/// Rows of one statement: SQLite takes no more than 32,766 values in one.
const ROWS_AT_ONCE: usize = 1_000;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// An open invite.
#[derive(Debug, Clone)]
pub(crate) struct Invite {
    /// As it stands in the URL.
    pub(crate) token: String,
    /// The address that it was made for.
    pub(crate) email: String,
}

/// What is written of one.
struct Row {
    id: Vec<u8>,
    item: Vec<u8>,
    email: String,
    token_hash: Vec<u8>,
}

impl Rows {
    /// Makes so many open invites with one use each.
    pub(crate) fn make_invites(&mut self, schema: Schema, invites: usize) -> Result<Vec<Invite>> {
        let Self { runtime, connection } = self;
        runtime.block_on(async {
            let mut transaction = connection.begin().await?;
            let owner = owner(&mut transaction, schema).await?;
            let (mut made, mut item) = (Vec::with_capacity(invites), Vec::new());
            let mut rows = Vec::with_capacity(ROWS_AT_ONCE);
            for number in 0..invites {
                if number % INVITES_PER_ITEM == 0 {
                    item = new_id()?;
                    insert_item(&mut transaction, schema, &item, &owner).await?;
                }
                let token: [u8; 20] = std::array::from_fn(|_| fastrand::u8(..));
                let email = format!("guest{number}@example.org");
                let token_hash = Sha256::digest(token).to_vec();
                rows.push(Row { id: new_id()?, item: item.clone(), email: email.clone(), token_hash });
                made.push(Invite { token: URL_SAFE_NO_PAD.encode(token), email });
                if rows.len() == ROWS_AT_ONCE || number + 1 == invites {
                    insert(&mut transaction, schema, &rows, &owner).await?;
                    rows.clear();
                }
            }
            transaction.commit().await?;
            // As its own housekeeping would soon do: a planner that believes in an empty table plans badly.
            if connection.backend_name() == "PostgreSQL" {
                sqlx::query("ANALYZE").execute(&mut *connection).await?;
            }
            Ok(made)
        })
    }
}

async fn insert(conn: &mut AnyConnection, schema: Schema, rows: &[Row], owner: &[u8]) -> Result<()> {
    let (now, end) = (now_ms()?, now_ms()? + DAY_MS);
    let (columns, more) = match schema {
        Schema::Ours => (", role, proves_by_code, token_sealed, created_ms, made_by", 3),
        Schema::Naive => ("", 0),
    };
    let each = 5 + more;
    // The names of parameters are the only ones that both engines understand through this driver.
    let values = (0..rows.len()).map(|row| {
        let at = |number: usize| row * each + number;
        let known = format!("${}, ${}, ${}, ${}, ${}", at(1), at(2), at(3), at(4), at(5));
        match schema {
            Schema::Ours => {
                let own = format!("'viewer', 0, ${}, ${}, ${}", at(6), at(7), at(8));
                format!("({known}, 'Anna', 'Klein', 1, 0, {own})")
            }
            Schema::Naive => format!("({known}, 'Anna', 'Klein', 1, 0)"),
        }
    });
    let sql = format!(
        "INSERT INTO invite (id, item_id, email, token_hash, end_ms, first_name, last_name, max_uses, uses{columns})
         VALUES {}",
        values.collect::<Vec<_>>().join(", ")
    );
    let mut insert = sqlx::query(AssertSqlSafe(sql));
    for row in rows {
        insert = insert.bind(&*row.id).bind(&*row.item).bind(&*row.email).bind(&*row.token_hash).bind(end);
        if schema == Schema::Ours {
            insert = insert.bind(&b"sealed"[..]).bind(now).bind(owner);
        }
    }
    insert.persistent(false).execute(conn).await?;
    Ok(())
}
