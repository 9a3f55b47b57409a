//! What running processes say of themselves, on both engines.

use domain::{EndReason, EndedMark, Instant, ItemId, MarkTarget, ProcessId};
use store::{Conn, StoreError, Value, mark, process};

use crate::engines;

const NOW: Instant = Instant::from_ms(1_700_000_000_000);
/// As the release before writes its row: it does not say what it reads.
const BEFORE: &str = "INSERT INTO process (id, started_ms, heartbeat_ms, obeyed_number) VALUES ($1, 1, 1, 0)";
/// As a newer release may write one.
const MARK: &str =
    "INSERT INTO ended_mark (number, target_kind, target_id, reason, at_ms) VALUES (7, $1, $2, $3, 1)";
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

#[tokio::test]
async fn a_mark_ends_for_whatever_reason_and_is_not_passed_over_for_its_target() {
    for fresh in engines::both().await {
        let item = ItemId::from_bytes([1; 16]);
        let text = |text: &str| Value::Text(text.to_owned());
        let listed = async |kind: &str, reason: &str| {
            let values = vec![text(kind), Value::Blob(vec![1; 16]), text(reason)];
            let listed: Result<Vec<EndedMark>, StoreError> = fresh
                .store
                .write(async move |conn: &mut Conn| {
                    conn.execute("DELETE FROM ended_mark", &[]).await?;
                    conn.execute(MARK, &values).await?;
                    mark::list_since(conn, 6).await
                })
                .await;
            listed.map(|marks| marks.into_iter().map(|mark| (mark.target, mark.reason)).collect::<Vec<_>>())
        };
        let ended = |reason| vec![(MarkTarget::Item(item), reason)];
        assert_eq!(listed("item", "item_gone").await.expect("known"), ended(EndReason::ItemGone));
        assert_eq!(listed("item", "session_over").await.expect("a newer one"), ended(EndReason::EndedNow));
        let refused = listed("session_room", "ended_now").await;
        assert!(matches!(refused, Err(StoreError::Corrupt(_))), "{}: {refused:?}", fresh.name);
    }
}
