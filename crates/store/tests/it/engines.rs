//! A fresh database on each engine for one test. On PostgreSQL that is a schema of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use domain::Instant;
use store::{Engine, Now, Store};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A store and what must live as long as it.
pub(crate) struct Fresh {
    pub(crate) store: Store,
    pub(crate) name: &'static str,
    _folder: tempfile::TempDir,
}

pub(crate) fn wall_clock() -> Now {
    #[expect(clippy::disallowed_methods, reason = "tests stand at the edge, where the clock comes in")]
    Arc::new(|| {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
        Instant::from_ms(since.as_millis() as i64)
    })
}

/// One fresh store for each engine.
pub(crate) async fn both() -> Vec<Fresh> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("test.sqlite3");
    let lite = Store::open(&Engine::Sqlite { file }, wall_clock()).await.expect("SQLite opens");
    let pg = Store::open(&Engine::Postgres { url: fresh_schema().await }, wall_clock()).await;
    vec![
        Fresh { store: lite, name: "sqlite", _folder: folder },
        Fresh {
            store: pg.expect("PostgreSQL opens"),
            name: "postgres",
            _folder: tempfile::tempdir().expect("a folder"),
        },
    ]
}

async fn fresh_schema() -> String {
    #[expect(clippy::disallowed_methods, reason = "the test server's address comes from the environment")]
    let url = std::env::var("ANTEROOM_TEST_POSTGRES").expect("ANTEROOM_TEST_POSTGRES names the test server");
    let name = format!("t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let (client, connection) =
        tokio_postgres::connect(&url, tokio_postgres::NoTls).await.expect("the test server answers");
    tokio::spawn(connection);
    client.batch_execute(&format!("CREATE SCHEMA {name}")).await.expect("a schema");
    let joint = if url.contains('?') { '&' } else { '?' };
    format!("{url}{joint}options=-c%20search_path%3D{name}")
}
