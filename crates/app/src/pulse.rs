//! The pulse of a process: it says that it lives, obeys the marks of others, reports who is inside, and tells its
//! pages what ran out.
//!
//! On PostgreSQL other processes wake this one; it looks by itself every half second all the same. On SQLite
//! there are no others but the commands of the machine's owner, so it looks too, and little is written.

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::time::Duration;

use domain::{EndedMark, Instant, News, Span};
use store::{Conn, StoreError, mark, process, run_out};

use crate::App;
use crate::app::Change;
use crate::config::DEAD_AFTER;
use crate::marks::{KEPT, KEPT_OF_VIEWING};

/// How often marks are looked for when nobody wakes us. It bounds "end now" when a wake-up is lost.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Looks between two heartbeats.
const LOOKS_PER_BEAT: u32 = 4;
/// Looks between two readings of the policy, when nobody says that it changed.
const LOOKS_PER_POLICY: u32 = 2;
/// Looks between two flushes of who was heard of.
const LOOKS_PER_FLUSH: u32 = 40;
/// Rows of dead processes are kept a while for whoever looks into what happened.
const FORGOTTEN_AFTER: Span = Span::from_hours(1);
/// A command's row is committed within this after the time that it begins with, or its pages are told nothing.
const COMMITTED_WITHIN: Span = Span::from_secs(3);
/// How long the owner's answer waits for other processes to obey.
const OBEY_WITHIN: Duration = Duration::from_secs(2);

/// What the pulse remembers between two looks.
struct Looked {
    /// Who was inside, as last reported.
    reported: Vec<process::Inside>,
    /// Up to when pages were told what ran out.
    told_to: Instant,
    /// Rows that commands wrote, told already.
    told_rows: HashSet<[u8; 16]>,
}

/// Whether everybody obeyed a mark in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obeyed {
    /// Every living process has confirmed.
    Everywhere,
    /// One has not; its tickets run out by themselves within this many seconds.
    WithinSeconds(u32),
}

impl App {
    /// Loads what must be obeyed before the first request, makes the process known and starts its pulse.
    pub(crate) async fn begin_pulse(&self) -> Result<(), StoreError> {
        let (id, now) = (self.inner.process, self.now());
        let marks = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                mark::prune(conn, now.minus(KEPT), now.minus(KEPT_OF_VIEWING)).await?;
                process::drop_dead(conn, now.minus(FORGOTTEN_AFTER)).await?;
                let marks = mark::list_since(conn, 0).await?;
                let newest = mark::newest(conn).await?;
                process::register(conn, id, now, newest).await?;
                Ok::<_, StoreError>(marks)
            })
            .await?;
        self.obey(&marks);
        self.load_policy().await?;
        let app = self.clone();
        tokio::spawn(async move { app.pulse().await });
        Ok(())
    }

    /// Forgets marks that no viewing can be ended by any more.
    pub(crate) async fn prune_marks(&self) -> Result<(), StoreError> {
        let now = self.now();
        let (before, of_viewings) = (now.minus(KEPT), now.minus(KEPT_OF_VIEWING));
        let pruned =
            self.inner.store.write(async move |conn: &mut Conn| mark::prune(conn, before, of_viewings).await);
        pruned.await.map(drop)
    }

    async fn pulse(&self) {
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        // Who opens a page later is answered by what counts then.
        let mut looked = Looked { reported: Vec::new(), told_to: self.now(), told_rows: HashSet::new() };
        for look in 1_u32.. {
            ticks.tick().await;
            if let Err(error) = self.look(look, &mut looked).await {
                tracing::warn!(%error, "the pulse could not reach the database");
            }
        }
    }

    async fn look(&self, look: u32, looked: &mut Looked) -> Result<(), StoreError> {
        self.inner.store.check_ground()?;
        self.look_for_members().await?;
        self.tell_run_out(looked).await?;
        self.tell_by_hand(looked).await?;
        if look.is_multiple_of(LOOKS_PER_FLUSH) {
            self.flush_heard().await?;
            self.inner.marks.prune(self.now());
        }
        if !self.inner.store.is_shared() {
            self.inner.clock.look(self.inner.outside.apart_ms(), self.now(), None);
            return self.obey_others().await;
        }
        self.obey_others().await?;
        if look.is_multiple_of(LOOKS_PER_POLICY) {
            self.load_policy().await?;
        }
        if look.is_multiple_of(LOOKS_PER_BEAT) {
            self.beat().await?;
            let database: Result<_, StoreError> =
                self.inner.store.read(async |conn: &mut Conn| conn.now().await).await;
            self.inner.clock.look(self.inner.outside.apart_ms(), self.now(), Some(database?));
            let inside = self.inner.viewings.count_inside(self.now());
            if inside != looked.reported {
                let (id, rows) = (self.inner.process, inside.clone());
                self.inner
                    .store
                    .write(async move |conn: &mut Conn| process::put_inside(conn, id, &rows).await)
                    .await?;
                looked.reported = inside;
            }
        }
        Ok(())
    }

    /// Lent rights and roles that fell back and invites that are over: every process tells its own pages, so that
    /// it matters neither who lent nor whether that process still lives. What counts is decided anew with every
    /// request anyway.
    async fn tell_run_out(&self, looked: &mut Looked) -> Result<(), StoreError> {
        let (after, now) = (looked.told_to, self.now());
        let items: Result<_, StoreError> =
            self.inner.store.read(async move |conn: &mut Conn| run_out::list(conn, after, now).await).await;
        for item in items? {
            for what in [News::Role, News::Invites] {
                self.tell_here(Change { item, what, percent: None });
            }
        }
        looked.told_to = now;
        Ok(())
    }

    /// What commands changed at items: they have no pages of their own and end before they could tell anybody.
    async fn tell_by_hand(&self, looked: &mut Looked) -> Result<(), StoreError> {
        let since = self.now().minus(COMMITTED_WITHIN);
        let found: Result<Vec<_>, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| run_out::list_by_hand(conn, since).await)
            .await;
        let found = found?;
        for (_, item) in found.iter().filter(|(row, _)| !looked.told_rows.contains(row)) {
            for what in [News::Role, News::Invites, News::People] {
                self.tell_here(Change { item: *item, what, percent: None });
            }
        }
        looked.told_rows = found.into_iter().map(|(row, _)| row).collect();
        Ok(())
    }

    async fn beat(&self) -> Result<(), StoreError> {
        let (id, now, obeyed) = (self.inner.process, self.now(), self.inner.marks.obeyed());
        self.inner.store.write(async move |conn: &mut Conn| process::beat(conn, id, now, obeyed).await).await
    }

    /// Obeys the marks that other processes wrote.
    pub(crate) async fn obey_others(&self) -> Result<(), StoreError> {
        let after = self.inner.marks.obeyed();
        let marks =
            self.inner.store.read(async move |conn: &mut Conn| mark::list_since(conn, after).await).await?;
        if !marks.is_empty() {
            // A mark may come with a policy that shut a door: it holds before anybody who was put out asks again.
            self.load_policy().await?;
            self.obey(&marks);
            self.beat().await?;
        }
        Ok(())
    }

    async fn flush_heard(&self) -> Result<(), StoreError> {
        let heard = self.inner.viewings.take_heard(self.now());
        for item in &heard.silent {
            self.tell(*item, News::Inside);
        }
        let members = self.inner.members_heard.take();
        if heard.viewings.is_empty() && heard.over.is_empty() && members.is_empty() {
            return Ok(());
        }
        let now = self.now();
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                // Seats first, as whoever opens a viewing locks them.
                store::seat::mark_seen(conn, &heard.seats).await?;
                store::invite_seat::mark_seen(conn, &heard.invite_seats).await?;
                store::viewing::mark_seen(conn, &heard.viewings).await?;
                store::viewing::mark_ended(conn, &heard.over, now).await?;
                store::session::mark_seen(conn, &members).await
            })
            .await
    }

    /// Obeys marks that this process just committed and waits until every living process has.
    pub(crate) async fn obey_everywhere(&self, marks: &[EndedMark]) -> (usize, Obeyed) {
        self.obey(marks);
        let ended = self.inner.marks.ended_by(marks);
        let Some(last) = marks.last().map(|mark| mark.number) else { return (ended, Obeyed::Everywhere) };
        if !self.inner.store.is_shared() && !self.inner.is_beside {
            return (ended, Obeyed::Everywhere);
        }
        let obeyed = match tokio::time::timeout(OBEY_WITHIN, self.wait_for_others(last)).await {
            Ok(Ok(())) => Obeyed::Everywhere,
            Ok(Err(error)) => {
                tracing::warn!(%error, "could not ask whether other processes obeyed");
                Obeyed::WithinSeconds(60)
            }
            Err(_) => Obeyed::WithinSeconds(60),
        };
        (ended, obeyed)
    }

    async fn wait_for_others(&self, number: i64) -> Result<(), StoreError> {
        self.inner.store.write(async |conn: &mut Conn| conn.notify(crate::others::MARK).await).await?;
        // Who says that it lives is waited for by others.
        if !self.inner.is_beside {
            self.beat().await?;
        }
        let alone = !self.inner.store.is_shared();
        loop {
            let alive = self.now().minus(DEAD_AFTER);
            let obeyed: Result<bool, StoreError> = self
                .inner
                .store
                .read(async move |conn: &mut Conn| {
                    if alone {
                        // The one server there may be has no heartbeat: it says when it obeyed what others wrote.
                        let newest = process::find_newest_obeyed(conn).await?;
                        return Ok(newest.is_none_or(|obeyed| obeyed >= number));
                    }
                    Ok(process::count_behind(conn, alive, number).await? == 0)
                })
                .await;
            if obeyed? {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// Writes the last of what was heard and leaves the list of living processes.
    pub(crate) async fn end_pulse(&self) {
        let id = self.inner.process;
        let flushed = self.flush_heard().await;
        let released =
            self.inner.store.write(async move |conn: &mut Conn| process::release(conn, id).await).await;
        if let Err(error) = flushed.and(released) {
            tracing::warn!(%error, "the process could not say that it ends");
        }
    }
}
