//! What running processes say of themselves, on both engines.

use domain::{Instant, ProcessId};
use store::{Conn, StoreError, Value, process};

use crate::engines;

const NOW: Instant = Instant::from_ms(1_700_000_000_000);
/// As the release before writes its row: it does not say what it reads.
const BEFORE: &str = "INSERT INTO process (id, started_ms, heartbeat_ms, obeyed_number) VALUES ($1, 1, 1, 0)";
const READS: &str = "SELECT reads FROM process ORDER BY id";

#[tokio::test]
async fn each_says_what_it_reads_and_silence_means_the_first_version() {
    for fresh in engines::both().await {
        let reads: Result<Vec<i64>, StoreError> = fresh
            .store
            .write(async |conn: &mut Conn| {
                conn.execute(BEFORE, &[Value::Blob(vec![1; 16])]).await?;
                process::register(conn, ProcessId::from_bytes([2; 16]), NOW, 0).await?;
                // One that was dropped as dead says it again with its next heartbeat.
                process::beat(conn, ProcessId::from_bytes([3; 16]), NOW, 0).await?;
                let rows = conn.query(READS, &[]).await?;
                rows.into_iter().map(|mut row| row.take()).collect()
            })
            .await;
        assert_eq!(reads.expect("read"), [1, process::READS, process::READS]);
    }
}
