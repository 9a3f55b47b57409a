//! Work is all or nothing, alone and when it shares a flush with other work.

use domain::{Instant, ItemId};
use store::log::NewActivity;
use store::{Conn, Engine, Store, StoreError, log, setting};

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

#[test]
fn a_new_file_can_be_opened_by_many_at_once() {
    for round in 0..20 {
        let folder = tempfile::tempdir().expect("a folder");
        let engine = Engine::Sqlite { file: folder.path().join("new.sqlite3") };
        let barrier = std::sync::Barrier::new(6);
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                    barrier.wait();
                    let opened =
                        runtime.expect("a runtime").block_on(Store::open(&engine, engines::wall_clock()));
                    opened.unwrap_or_else(|error| panic!("round {round}: {error}"));
                });
            }
        });
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
        let answer = fresh.store.read(async |conn: &mut Conn| note(conn, 3).await).await;
        assert!(matches!(answer, Err(StoreError::ReadOnly(_))), "{}: {answer:?}", fresh.name);
    }
}

/// A write whose answer nobody waits for.
async fn note(conn: &mut Conn, id: u8) -> Result<(), StoreError> {
    let (id, item, at) = ([id; 16], ItemId::from_bytes([1; 16]), Instant::from_ms(1));
    let (link, actor, what, detail) = (None, "", domain::ActivityKind::LinkChanged, "");
    log::add(conn, &NewActivity { id, item, link, seat: None, actor, what, detail, at }).await
}

#[tokio::test]
async fn a_write_that_nobody_waits_for_fails_the_whole_work_when_it_fails() {
    for fresh in engines::both().await {
        let write = |first: u8, second: u8, asks: bool| {
            let store = fresh.store.clone();
            async move {
                store
                    .write(async move |conn: &mut Conn| {
                        note(conn, first).await?;
                        if asks {
                            setting::list(conn).await?;
                        }
                        note(conn, second).await
                    })
                    .await
            }
        };
        let count = async || {
            let item = ItemId::from_bytes([1; 16]);
            let list = async move |conn: &mut Conn| log::list(conn, item, None, 100).await;
            fresh.store.read(list).await.expect("readable").len()
        };
        for asks in [false, true] {
            let answer = write(7, 7, asks).await;
            assert!(matches!(answer, Err(StoreError::Duplicate(_))), "{}: {answer:?}", fresh.name);
            assert_eq!(count().await, 0, "{}: nothing of it stays", fresh.name);
        }
        write(7, 8, false).await.expect("sent with the commit alone");
        write(9, 10, true).await.expect("sent with a question and the commit");
        assert_eq!(count().await, 4, "{}", fresh.name);
    }
}

#[tokio::test]
async fn what_is_given_up_before_anything_was_sent_leaves_nothing() {
    for fresh in engines::both().await {
        for _ in 0..8 {
            let nothing = fresh.store.write(async |_: &mut Conn| Ok::<(), StoreError>(())).await;
            nothing.expect("nothing to do");
            let given_up: Result<(), _> = fresh
                .store
                .write(async |conn: &mut Conn| {
                    note(conn, 3).await?;
                    Err(StoreError::Broken("on purpose".into()))
                })
                .await;
            given_up.expect_err("given up");
        }
        let kept = fresh.store.write(async |conn: &mut Conn| note(conn, 3).await).await;
        kept.unwrap_or_else(|error| panic!("{}: the connection is good for more: {error}", fresh.name));
    }
}
