//! A database without the store: whatever the store does on opening has not happened yet.

use app::store::Engine;

use crate::postgres;

/// Runs statements in the order they stand in.
///
/// # Panics
/// When one of them is refused.
pub(crate) fn run(engine: &Engine, sql: &str) {
    match engine {
        Engine::Sqlite { file } => {
            let database = rusqlite::Connection::open(file).expect("a file");
            database.execute_batch(sql).expect("SQLite takes it");
        }
        Engine::Postgres { url } => postgres::ask(url, sql).expect("PostgreSQL takes it"),
    }
}
