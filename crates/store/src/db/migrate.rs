//! Forward-only migrations, the same names for both engines. What was applied is kept with a hash of its text,
//! so an edited migration is noticed instead of believed.

use sha2::{Digest, Sha256};

use super::boundary::Boundary;
use super::conn::Conn;
use super::statement::statements;
use super::value::params;
use crate::StoreError;

macro_rules! migrations {
    ($engine:literal: $($name:literal),+) => {
        &[$(($name, include_str!(concat!("../../migrations/", $engine, "/", $name, ".sql")))),+]
    };
}

const SQLITE: &[(&str, &str)] = migrations!("sqlite": "0001_first", "0002_members_and_invites", "0003_retention", "0004_people", "0005_known_browsers", "0006_room_and_key", "0007_seats", "0008_entered");
const POSTGRES: &[(&str, &str)] = migrations!("postgres": "0001_first", "0002_members_and_invites", "0003_retention", "0004_people", "0005_known_browsers", "0006_room_and_key", "0007_seats", "0008_entered");

statements! {
    APPLIED = "SELECT name, text_hash FROM migration ORDER BY name";
    RECORD = "INSERT INTO migration (name, text_hash) VALUES ($1, $2)";
}

const TABLE: &str =
    "CREATE TABLE IF NOT EXISTS migration (name TEXT NOT NULL PRIMARY KEY, text_hash TEXT NOT NULL)";
/// Any fixed number: processes that start together take turns. However long the one before needs for a large database,
/// nobody gives up meanwhile.
const PG_LOCK: &str = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0;
    SELECT pg_advisory_xact_lock(7203114)";

/// Applies what is missing, all in one transaction.
pub(super) async fn run(conn: &mut Conn) -> Result<(), StoreError> {
    conn.boundary(Boundary::Begin).await?;
    let result = apply(conn).await;
    let ending = if result.is_ok() { Boundary::Commit } else { Boundary::Rollback };
    conn.boundary(ending).await?;
    result
}

async fn apply(conn: &mut Conn) -> Result<(), StoreError> {
    if conn.lite().is_none() {
        conn.script(PG_LOCK).await?;
    }
    conn.script(TABLE).await?;
    let mut applied = Vec::new();
    for mut row in conn.query(APPLIED, &[]).await? {
        applied.push((row.take::<String>()?, row.take::<String>()?));
    }
    let known = if conn.lite().is_some() { SQLITE } else { POSTGRES };
    if let Some((name, _)) = applied.iter().find(|(name, _)| known.iter().all(|(k, _)| k != name)) {
        let text = format!(
            "the database was made by a newer Anteroom (it has {name}); run that version or a later one"
        );
        return Err(StoreError::Broken(text));
    }
    for (name, text) in known {
        let hash = text_hash(text);
        match applied.iter().find(|(done, _)| done == name) {
            Some((_, stored)) if *stored == hash => {}
            Some(_) => {
                return Err(StoreError::Broken(format!("migration {name} was changed after it was applied")));
            }
            None => {
                tracing::info!(name, "applying migration");
                conn.script(text).await?;
                conn.execute(RECORD, params![name, hash]).await?;
            }
        }
    }
    Ok(())
}

fn text_hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
