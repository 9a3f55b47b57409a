//! Work is all or nothing, alone and when it shares a flush with other work.

use store::{Conn, StoreError, setting};

use crate::engines;

#[tokio::test]
async fn failed_work_leaves_nothing_and_harms_nobody_beside_it() {
    for fresh in engines::both().await {
        let write = |number: u32| {
            let store = fresh.store.clone();
            async move {
                store
                    .write(async move |conn: &mut Conn| {
                        setting::put(conn, &format!("key-{number}"), "value").await?;
                        if number.is_multiple_of(3) {
                            Err(StoreError::Broken("on purpose".into()))
                        } else {
                            Ok(())
                        }
                    })
                    .await
            }
        };
        let answers = futures_util::future::join_all((0..60).map(write)).await;
        let failed = answers.iter().filter(|answer| answer.is_err()).count();
        assert_eq!(failed, 20, "{}", fresh.name);
        let kept =
            fresh.store.read(async |conn: &mut Conn| setting::list(conn).await).await.expect("readable");
        assert_eq!(kept.len(), 40, "{}: {kept:?}", fresh.name);
    }
}

#[tokio::test]
async fn work_goes_on_when_its_caller_goes_away() {
    for fresh in engines::both().await {
        let write = fresh.store.write(async |conn: &mut Conn| {
            setting::put(conn, "orphan", "kept").await?;
            Ok::<(), StoreError>(())
        });
        // Sent, then dropped before the answer.
        let waited = tokio::time::timeout(std::time::Duration::ZERO, write).await;
        drop(waited);
        let count = async || {
            let rows = fresh.store.write(async |conn: &mut Conn| setting::list(conn).await).await;
            rows.expect("the store still works").len()
        };
        let mut rows = count().await;
        for _ in 0..200 {
            if rows == 1 {
                break;
            }
            rows = count().await;
        }
        assert_eq!(rows, 1, "{}", fresh.name);
    }
}

#[tokio::test]
async fn a_read_cannot_write() {
    for fresh in engines::both().await {
        let answer = fresh.store.read(async |conn: &mut Conn| setting::put(conn, "key", "value").await).await;
        assert!(matches!(answer, Err(StoreError::ReadOnly(_))), "{}: {answer:?}", fresh.name);
    }
}
