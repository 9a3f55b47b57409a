//! Erases what is known of guests and invitees when their last right at an item ended longer ago than the policy
//! keeps it: once when the process begins, then every day, a few at a time.

use std::collections::HashSet;

use domain::{Instant, SeatId, Span, ViewingFacts};
use store::retention::{self, Ended, Place};
use store::{Conn, StoreError, viewing};

use crate::App;

/// Between two runs.
pub(crate) const EVERY: Span = Span::from_days(1);
/// Seats or people at once: writers of the door wait for no more.
const BATCH: i64 = 200;
/// Viewings at once.
const VIEWINGS_AT_ONCE: i64 = 2_000;
/// How far back pages that were left at once are looked for: over what a run that was missed leaves.
const FLEETING_SINCE: Span = Span::from_days(3);

/// How much was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Erased {
    /// Guests' seats.
    pub seats: u64,
    /// Invited people, each with their invites to one item.
    pub persons: u64,
}

impl App {
    /// Erases everything that is due now.
    ///
    /// # Errors
    /// See [`StoreError`]; what was erased stays so, the rest is for the next run.
    pub async fn erase_due(&self) -> Result<Erased, StoreError> {
        let kept = Span::from_days(i64::from(self.policy().retention_days));
        let until = self.now().minus(kept);
        self.drop_viewings(until).await?;
        let erased =
            Erased { seats: self.erase_seats(until).await?, persons: self.erase_persons(until).await? };
        if erased != Erased::default() {
            // The old bytes would stay in SQLite's log until it is written over.
            self.inner.store.read(async |conn: &mut Conn| conn.settle().await).await?;
            tracing::info!(erased.seats, erased.persons, "names and addresses of past guests were erased");
        }
        Ok(erased)
    }

    /// Viewings hold no names, so what the owner learns from them stays as long as any guest is remembered. A page that
    /// was left before its first renewal tells nothing: it goes as soon as it can be over.
    async fn drop_viewings(&self, until: Instant) -> Result<(), StoreError> {
        let over = self.now().minus(ViewingFacts::DECIDED_FOR);
        let times = (over.minus(FLEETING_SINCE), over);
        let dropped = self.inner.store.write(async move |conn: &mut Conn| {
            viewing::drop_fleeting(conn, times, ViewingFacts::RENEW_EVERY).await
        });
        dropped.await?;
        loop {
            let dropped = self.inner.store.write(async move |conn: &mut Conn| {
                viewing::drop_before(conn, until, VIEWINGS_AT_ONCE).await
            });
            if dropped.await? < VIEWINGS_AT_ONCE as u64 {
                return Ok(());
            }
        }
    }

    async fn erase_seats(&self, until: Instant) -> Result<u64, StoreError> {
        let (mut after, mut erased) = (SeatId::from_bytes([0; 16]), 0);
        loop {
            let due = self
                .inner
                .store
                .read(async move |conn: &mut Conn| retention::list_due_seats(conn, after, until, BATCH).await)
                .await?;
            let Some(last) = due.last() else { return Ok(erased) };
            after = *last;
            erased += self
                .inner
                .store
                .write(async move |conn: &mut Conn| retention::erase_seats(conn, &due, until).await)
                .await?;
        }
    }

    async fn erase_persons(&self, until: Instant) -> Result<u64, StoreError> {
        let mut erased = 0;
        for ended in [Ended::ByItself, Ended::ByRevoking, Ended::WithItem] {
            erased += self.erase_persons_by(ended, until).await?;
        }
        Ok(erased)
    }

    async fn erase_persons_by(&self, ended: Ended, until: Instant) -> Result<u64, StoreError> {
        let (mut after, mut erased) = (Place::BEGIN, 0);
        loop {
            let mut due = self
                .inner
                .store
                .read(async move |conn: &mut Conn| {
                    retention::list_due_persons(conn, ended, after, until, BATCH).await
                })
                .await?;
            let Some((_, last)) = due.last() else { return Ok(erased) };
            after = *last;
            let mut seen = HashSet::new();
            due.retain(|(person, _)| seen.insert(person.clone()));
            for (person, _) in due {
                let mark = erased_address(self.random());
                let gone = self
                    .inner
                    .store
                    .write(async move |conn: &mut Conn| {
                        retention::erase_person(conn, &person, &mark, until).await
                    })
                    .await?;
                erased += u64::from(gone);
            }
        }
    }
}

/// An address that nobody can have and nobody had.
pub(crate) fn erased_address(random: [u8; 10]) -> String {
    let name: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{name}@{}", retention::ERASED_DOMAIN)
}
