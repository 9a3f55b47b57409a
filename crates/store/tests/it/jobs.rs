//! The queue of jobs, on both engines.

use domain::{Instant, ItemFacts, ItemId, ItemKind, ItemState, JobId, MemberId, ProcessId, SiteRole, Span};
use store::item::NewItem;
use store::{Conn, StoreError, account, item, job};

use crate::engines;

const NOW: Instant = Instant::from_ms(1_700_000_000_000);

/// Somebody queues one film after the other, then somebody else queues one, and then both go on. Numbers are those of
/// the films in the order in which they came.
async fn furnish(conn: &mut Conn) -> Result<(), StoreError> {
    let busy = MemberId::from_bytes([1; 16]);
    let other = MemberId::from_bytes([2; 16]);
    for (id, email) in [(busy, "busy@example.org"), (other, "other@example.org")] {
        let (name, role) = ("Somebody", SiteRole::PrivateOnly);
        account::insert(conn, &account::NewMember { id, email, name, role, password_hash: "-", now: NOW })
            .await?;
    }
    for (owner, number) in [busy, busy, busy, busy, other, busy, other].into_iter().zip(1_u8..) {
        let id = ItemId::from_bytes([number; 16]);
        let facts = ItemFacts { state: ItemState::Queued, ..ItemFacts::new(id, ItemKind::Video) };
        let now = NOW.plus(Span::from_secs(number.into()));
        item::insert(conn, &NewItem { facts: &facts, owner, title: "t", size_bytes: 0, now }).await?;
        job::insert(conn, JobId::from_bytes([number; 16]), "transcode", id, "", now).await?;
    }
    Ok(())
}

#[tokio::test]
async fn nobodys_first_film_waits_for_somebodys_hundredth() {
    let process = ProcessId::from_bytes([7; 16]);
    for fresh in engines::both().await {
        let made: Result<(), StoreError> =
            fresh.store.write(async |conn: &mut Conn| furnish(conn).await).await;
        made.expect("made");
        let mut order = Vec::new();
        loop {
            let now = NOW.plus(Span::from_minutes(1));
            let claimed: Result<_, StoreError> = fresh
                .store
                .write(async move |conn: &mut Conn| {
                    job::claim(conn, process, now, now.plus(Span::from_minutes(1))).await
                })
                .await;
            let Some(job) = claimed.expect("the queue answers") else { break };
            order.push(job.item.as_bytes()[0]);
        }
        assert_eq!(order, [1, 5, 2, 7, 3, 4, 6]);
    }
}
