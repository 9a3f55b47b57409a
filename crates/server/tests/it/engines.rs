//! Where the rows of one test are kept: a file of its own, or a schema of its own on the test server.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use app::store::Engine;

static NEXT: AtomicU32 = AtomicU32::new(0);

pub(crate) fn sqlite(folder: &Path) -> Engine {
    Engine::Sqlite { file: folder.join("anteroom.sqlite3") }
}

pub(crate) async fn postgres() -> Engine {
    #[expect(clippy::disallowed_methods, reason = "the test server's address comes from the environment")]
    let url = std::env::var("ANTEROOM_TEST_POSTGRES").expect(
        "ANTEROOM_TEST_POSTGRES must name a PostgreSQL server; `cargo xtask test` starts one for the tests",
    );
    let name = format!("srv{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let (client, connection) =
        tokio_postgres::connect(&url, tokio_postgres::NoTls).await.expect("the test server answers");
    tokio::spawn(connection);
    client.batch_execute(&format!("CREATE SCHEMA {name}")).await.expect("a schema can be made");
    let joint = if url.contains('?') { '&' } else { '?' };
    Engine::Postgres { url: format!("{url}{joint}options=-c%20search_path%3D{name}") }
}
