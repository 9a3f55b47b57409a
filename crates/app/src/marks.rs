//! The ended marks this process obeys, in memory. Asked for every segment, so an empty site costs one look.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError, RwLock};

use domain::{EndReason, EndedMark, Instant, MarkTarget, MemberId, Span, ViewingFacts};

use crate::ticket::Ticket;

/// Marks are kept this long: no viewing is older, so none older can still be asked for.
pub(crate) const KEPT: Span = Span::from_hours(25);
/// Marks of single viewings: a chain that may not be renewed is dead after three minutes. Every page too many leaves one,
/// so they would be most of all.
pub(crate) const KEPT_OF_VIEWING: Span = Span::from_minutes(15);

#[derive(Default)]
pub(crate) struct Marks {
    /// The newest mark of each target.
    by_target: RwLock<HashMap<MarkTarget, EndedMark>>,
    obeyed: AtomicI64,
    /// How many living viewings each of the newest batches ended, by its last number.
    ended: Mutex<VecDeque<(i64, usize)>>,
}

/// Batches whose counts are remembered; whoever asks does so at once.
const COUNTED: usize = 64;

const _: () = assert!(KEPT.as_ms() > ViewingFacts::DECIDED_FOR.as_ms());
const _: () = assert!(
    KEPT_OF_VIEWING.as_ms() > 2 * (ViewingFacts::TICKET_LASTS.as_ms() + ViewingFacts::SILENCE.as_ms())
);

impl Marks {
    /// The number of the last mark obeyed. A transfer under way looks at it to notice that something ended.
    pub(crate) fn obeyed(&self) -> i64 {
        self.obeyed.load(Ordering::Acquire)
    }

    /// Obeys marks, which come in order of their numbers; those obeyed before are skipped.
    pub(crate) fn obey(&self, marks: &[EndedMark]) {
        let mut by_target = self.by_target.write().unwrap_or_else(PoisonError::into_inner);
        for mark in marks {
            let newest = by_target.entry(mark.target).or_insert(*mark);
            if mark.number >= newest.number {
                *newest = *mark;
            }
        }
        if let Some(last) = marks.iter().map(|mark| mark.number).max() {
            self.obeyed.fetch_max(last, Ordering::AcqRel);
        }
    }

    /// Counts what obeying a batch ends. Who wrote a mark and the pulse that finds it may both obey it; the second of
    /// them ends nobody.
    pub(crate) fn count(&self, batch: &[EndedMark], obey: impl FnOnce() -> usize) {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let count = obey();
        if let Some(last) = batch.last() {
            ended.push_back((last.number, count));
            let over = ended.len().saturating_sub(COUNTED);
            ended.drain(..over);
        }
    }

    /// How many living viewings these marks ended here, whoever obeyed them first.
    pub(crate) fn ended_by(&self, marks: &[EndedMark]) -> usize {
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let is_theirs = |number: &i64| marks.iter().any(|mark| mark.number == *number);
        ended.iter().filter(|(number, _)| is_theirs(number)).map(|(_, count)| count).sum()
    }

    /// Forgets marks that nothing needs any more at `now`.
    pub(crate) fn prune(&self, now: Instant) {
        let mut by_target = self.by_target.write().unwrap_or_else(PoisonError::into_inner);
        by_target.retain(|target, mark| {
            let kept = if matches!(target, MarkTarget::Viewing(_)) { KEPT_OF_VIEWING } else { KEPT };
            now < mark.at.plus(kept)
        });
        by_target.shrink_to_fit();
    }

    /// Why the viewing of this ticket was ended now; none when it was not.
    pub(crate) fn ended(&self, ticket: &Ticket) -> Option<EndReason> {
        let by_target = self.by_target.read().unwrap_or_else(PoisonError::into_inner);
        if by_target.is_empty() {
            return None;
        }
        let item = ticket.media.item;
        let of_all = [MarkTarget::Viewing(ticket.viewing), MarkTarget::Item(item)];
        let of_browser = ticket.attendee.member().map(|_| MarkTarget::Session(ticket.browser));
        let targets = of_all.into_iter().chain(of_browser).chain(ticket.attendee.ended_by(item));
        let hits = targets.filter_map(|target| by_target.get(&target));
        // By number, not by time: a mark is stamped before it is committed, and a page that opens meanwhile is
        // stamped after it although it was decided on what stood before.
        hits.filter(|mark| ticket.last_mark < mark.number).map(|mark| mark.reason).next()
    }

    /// Whether a member was signed out here after mark `since`.
    pub(crate) fn is_signed_out(&self, member: MemberId, session: Option<[u8; 8]>, since: i64) -> bool {
        let by_target = self.by_target.read().unwrap_or_else(PoisonError::into_inner);
        let targets = [Some(MarkTarget::Member(member)), session.map(MarkTarget::Session)];
        let mut hits = targets.into_iter().flatten().filter_map(|target| by_target.get(&target));
        hits.any(|mark| since < mark.number)
    }
}

#[cfg(test)]
mod tests {
    use domain::{ItemId, ViewingId};

    use super::*;

    fn mark(number: i64, target: MarkTarget, at: Instant) -> EndedMark {
        EndedMark { number, target, reason: EndReason::EndedNow, at }
    }

    #[test]
    fn marks_are_forgotten_once_nothing_needs_them() {
        let now = Instant::from_ms(1_800_000_000_000);
        let (item, viewing) = (|n| ItemId::from_bytes([n; 16]), |n| ViewingId::from_bytes([n; 16]));
        let ms = Span::from_ms(1);
        let marks = Marks::default();
        marks.obey(&[
            mark(1, MarkTarget::Item(item(1)), now.minus(KEPT)),
            mark(2, MarkTarget::Item(item(2)), now.minus(KEPT).plus(ms)),
            mark(3, MarkTarget::Viewing(viewing(3)), now.minus(KEPT_OF_VIEWING)),
            mark(4, MarkTarget::Viewing(viewing(4)), now.minus(KEPT_OF_VIEWING).plus(ms)),
        ]);
        marks.prune(now);
        let by_target = marks.by_target.read().expect("nobody else");
        let mut left: Vec<_> = by_target.values().map(|mark| mark.number).collect();
        left.sort_unstable();
        assert_eq!(left, [2, 4]);
        assert_eq!(marks.obeyed(), 4, "what was obeyed stays obeyed");
    }
}
