//! The way of one track through time, packet by packet: its parts (a clock that starts again begins a new one) and the
//! packets that are stamped far from their neighbours.
//!
//! A packet far from the course may be a stray, a pause in the film, or the first of a new clock. Only what follows
//! tells: the course goes on as before (a stray), or all the rest stays where this one was.

use super::Packet;
use super::clock::Clock;

/// So many packets in a row on another course make it the course.
const SETTLED: usize = 50;
/// So many packets back on the course make strays of those in between.
const BACK: u64 = 12;
/// Strays that are kept while undecided; more are no lone packets any more.
const MOST_STRAYS: usize = 1000;
/// A track that begins with fewer packets than this on another clock begins with strays.
const FEW: u64 = 4;

/// A stretch of packets on one clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    /// Its first packet, counted in the track.
    pub(crate) from: u64,
    pub(crate) first_us: i64,
    /// When its last packet ends.
    pub(crate) end_us: i64,
}

/// A packet stamped far from its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stray {
    /// Which packet, counted in the track.
    pub(crate) packet: u64,
    /// What it says.
    pub(crate) at_us: i64,
    /// Where it belongs, on the clock of its part.
    pub(crate) place_us: i64,
    pub(crate) lasts_us: i64,
}

/// One track's way through time.
#[derive(Debug)]
pub(crate) struct Course {
    clock: Clock,
    noted: u64,
    /// Packets that are meant to be seen or heard.
    pub(crate) packets: u64,
    pub(crate) parts: Vec<Part>,
    /// Packets known to be stamped wrongly.
    pub(crate) strays: Vec<Stray>,
    /// At the very end, nothing behind them to tell: a long still, or strays. Other tracks decide.
    pub(crate) tail: Vec<Stray>,
    step_us: i64,
    last_us: i64,
    undecided: Vec<Stray>,
    /// How many of the undecided, at their end, follow one another.
    together: usize,
    /// Packets on the course since the first of the undecided.
    back: u64,
    opening: Vec<Stray>,
}

impl Course {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            noted: 0,
            packets: 0,
            parts: Vec::new(),
            strays: Vec::new(),
            tail: Vec::new(),
            step_us: 40_000,
            last_us: 0,
            undecided: Vec::new(),
            together: 0,
            back: 0,
            opening: Vec::new(),
        }
    }

    /// Length of all parts, as far as known.
    pub(crate) fn length_ms(&self) -> u64 {
        let sum: i64 = self.parts.iter().map(|part| part.end_us - part.first_us).sum();
        sum.max(0).cast_unsigned() / 1000
    }

    /// Packets a second over the whole; None for less than two.
    pub(crate) fn rate(&self) -> Option<f64> {
        (self.packets > 1 && self.length_ms() > 0)
            .then(|| self.packets as f64 * 1000.0 / self.length_ms() as f64)
    }

    /// How far from the course still counts as on it: pictures are stored in another order than they are shown in.
    fn reach_us(&self) -> i64 {
        (8 * self.step_us).clamp(250_000, 10_000_000)
    }

    pub(crate) fn note(&mut self, packet: Packet) {
        let nth = self.noted;
        self.noted += 1;
        self.packets += u64::from(packet.counts);
        let (Some(at_us), true) = (packet.at_us, packet.counts) else { return };
        let lasts_us = if packet.lasts_us > 0 { packet.lasts_us } else { self.step_us };
        let stray = |place_us| Stray { packet: nth, at_us, place_us, lasts_us };
        if nth < FEW {
            self.opening.push(stray(at_us));
        }
        let reach_us = self.reach_us();
        let Some(part) = self.parts.last_mut() else {
            self.last_us = at_us;
            return self.parts.push(Part { from: nth, first_us: at_us, end_us: at_us + lasts_us });
        };
        if (at_us - part.end_us).abs() <= reach_us {
            part.first_us = part.first_us.min(at_us);
            part.end_us = part.end_us.max(at_us + lasts_us);
            let step_us = (at_us - self.last_us).abs();
            if step_us > 0 {
                self.step_us = (7 * self.step_us + step_us) / 8;
            }
            self.last_us = at_us;
            self.on_course(at_us, reach_us);
        } else {
            let place_us = part.end_us;
            self.off_course(stray(place_us), reach_us);
        }
    }

    fn on_course(&mut self, at_us: i64, reach_us: i64) {
        if self.undecided.is_empty() {
            return;
        }
        // The course came to where it was: not a stray, only early.
        self.undecided.retain(|stray| (stray.at_us - at_us).abs() > reach_us);
        self.together = 0;
        self.back += 1;
        if self.back >= BACK && self.back >= 3 * self.undecided.len() as u64 {
            self.strays.append(&mut self.undecided);
            self.back = 0;
        }
    }

    fn off_course(&mut self, stray: Stray, reach_us: i64) {
        let follows = self
            .undecided
            .last()
            .is_some_and(|last| (stray.at_us - last.at_us - last.lasts_us).abs() <= reach_us);
        self.together = if follows && self.together > 0 { self.together + 1 } else { 1 };
        self.undecided.push(stray);
        if self.together >= SETTLED || self.undecided.len() > MOST_STRAYS {
            self.settle();
        }
    }

    /// The last of the undecided, which follow one another, are the course from now on.
    fn settle(&mut self) {
        let new = self.undecided.split_off(self.undecided.len() - self.together);
        let before = std::mem::take(&mut self.undecided);
        (self.together, self.back) = (0, 0);
        let Some(first_us) = new.iter().map(|stray| stray.at_us).min() else { return };
        let end_us = new.iter().map(|stray| stray.at_us + stray.lasts_us).max().unwrap_or(first_us);
        // Pictures before a pause may be stored behind the first one after it.
        let reach_us = self.reach_us();
        let apart = |stray: &Stray| stray.at_us < first_us - reach_us || stray.at_us > end_us + reach_us;
        self.strays.extend(before.into_iter().filter(apart));
        self.last_us = new.last().map_or(first_us, |stray| stray.at_us);
        match self.parts.last_mut() {
            Some(part) if !self.clock.starts_again(first_us - part.end_us) => part.end_us = end_us,
            _ => self.parts.push(Part { from: new[0].packet, first_us, end_us }),
        }
    }

    /// No packet comes any more.
    pub(crate) fn finish(&mut self) {
        if self.back >= 3.max(3 * self.undecided.len() as u64) {
            self.strays.append(&mut self.undecided);
        } else if self.together >= FEW as usize {
            self.settle();
        } else if self.back == 0 {
            self.tail = std::mem::take(&mut self.undecided);
        } else {
            self.strays.append(&mut self.undecided);
        }
        // One or a few packets, and then another clock: these were strays, and the track begins behind them.
        if let [_, second, ..] = self.parts[..]
            && second.from < FEW
        {
            let before = self.opening.iter().filter(|stray| stray.packet < second.from);
            self.strays.extend(before.map(|stray| Stray { place_us: second.first_us, ..*stray }));
            self.parts.remove(0);
            self.parts[0].from = 0;
        }
    }
}

#[cfg(test)]
mod tests;
