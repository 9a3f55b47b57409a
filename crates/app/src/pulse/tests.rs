//! What the pulse forgets.

use domain::{EndReason, ItemId, MarkTarget, ViewingId};

use super::*;
use crate::test_site::TestSite;

/// Finding F12: one guest can leave a mark with every page too many.
#[tokio::test]
async fn rows_of_marks_go_once_no_viewing_can_be_ended_by_them() {
    for site in TestSite::both(false).await {
        let (app, minute) = (&site.app, Span::from_minutes(1));
        let (now, item) = (app.now(), MarkTarget::Item(ItemId::from_bytes([1; 16])));
        let viewing = MarkTarget::Viewing(ViewingId::from_bytes([2; 16]));
        let written: Result<Vec<i64>, StoreError> = app
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let mut left = Vec::new();
                for (target, kept) in [(item, KEPT), (viewing, KEPT_OF_VIEWING)] {
                    let limit = now.minus(kept);
                    mark::insert(conn, target, EndReason::EndedNow, limit.minus(minute)).await?;
                    left.push(
                        mark::insert(conn, target, EndReason::EndedNow, limit.plus(minute)).await?.number,
                    );
                }
                Ok(left)
            })
            .await;
        app.prune_marks().await.expect("pruned");
        let left: Result<Vec<EndedMark>, StoreError> =
            app.inner.store.read(async |conn: &mut Conn| mark::list_since(conn, 0).await).await;
        let left: Vec<i64> = left.expect("rows").iter().map(|mark| mark.number).collect();
        assert_eq!(left, written.expect("written"), "on SQLite: {}", site.is_sqlite);
    }
}
