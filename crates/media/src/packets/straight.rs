//! From the ways of the tracks that are played to one clock for the film: when each of them ends on it, and which
//! timestamps must be moved so that ffmpeg sees it too.

use super::clock::{Clock, LEAP_US};
use super::course::{Course, Stray};
use crate::facts::Shift;

/// Packets that may be moved one by one in a track; a file with more of them is taken as it is.
const MOST_SHIFTS: usize = 100;

/// What becomes of one track on the film's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Straight {
    /// When it ends, ms after the film begins.
    pub(crate) end_ms: u64,
    /// What must be moved; empty for all tracks, or the source is to be mended first.
    pub(crate) shifts: Vec<Shift>,
}

/// Puts the tracks that are played on one clock. `start_us` is where the file as a whole begins, by ffprobe.
pub(crate) fn straighten(clock: Clock, start_us: i64, tracks: &[&Course]) -> Vec<Straight> {
    let leaps = leaps(tracks);
    let strays: Vec<Vec<Stray>> = tracks.iter().map(|track| strays(track, tracks)).collect();
    let restarts = tracks.iter().any(|track| track.parts.len() > 1);
    let few = strays.iter().all(|strays| strays.len() <= MOST_SHIFTS)
        && tracks.iter().all(|track| track.parts.len() <= MOST_SHIFTS);
    let mend =
        few && (strays.iter().any(|strays| !strays.is_empty()) || (restarts && clock == Clock::Steady));
    let first_us = tracks.iter().filter_map(|track| track.parts.first()).map(|part| part.first_us).min();
    let zero_us = if mend { first_us.unwrap_or(start_us) } else { start_us };
    let each = tracks.iter().zip(&leaps).zip(&strays).map(|((track, leaps), strays)| {
        let offsets: Vec<i64> =
            track.parts.iter().enumerate().map(|(n, _)| leaps[..n].iter().sum()).collect();
        let mut end_us =
            track.parts.iter().zip(&offsets).map(|(part, by)| part.end_us + by).max().unwrap_or(0);
        if strays.iter().all(|stray| !track.tail.contains(stray)) {
            end_us = track
                .tail
                .iter()
                .map(|last| last.at_us + last.lasts_us + offsets.last().unwrap_or(&0))
                .fold(end_us, i64::max);
        }
        let mut shifts = Vec::new();
        if mend {
            let nexts = track.parts.iter().skip(1).map(|part| Some(part.from - 1)).chain([None]);
            let moved = track.parts.iter().zip(&offsets).zip(nexts).filter(|((_, by_us), _)| **by_us != 0);
            shifts.extend(moved.map(|((part, by_us), to)| Shift { from: part.from, to, by_us: *by_us }));
            shifts.extend(strays.iter().map(|stray| Shift {
                from: stray.packet,
                to: Some(stray.packet),
                by_us: stray.place_us - stray.at_us,
            }));
        }
        Straight { end_ms: (end_us - zero_us).max(0).cast_unsigned() / 1000, shifts }
    });
    each.collect()
}

/// By how much each new clock must be moved to go on where the one before it ended. Where all tracks start again
/// equally often it is the same for all of them, so that they stay together.
fn leaps(tracks: &[&Course]) -> Vec<Vec<i64>> {
    let own = |track: &Course| -> Vec<i64> {
        track.parts.windows(2).map(|pair| pair[0].end_us - pair[1].first_us).collect()
    };
    let mut all: Vec<Vec<i64>> = tracks.iter().map(|track| own(track)).collect();
    if all.windows(2).all(|pair| pair[0].len() == pair[1].len()) {
        for n in 0..all.first().map_or(0, Vec::len) {
            let most = all.iter().map(|leaps| leaps[n]).max().unwrap_or(0);
            all.iter_mut().for_each(|leaps| leaps[n] = most);
        }
    }
    all
}

/// The wrongly stamped packets of a track. Those at its very end are some when they come long after everything else.
fn strays(track: &Course, all: &[&Course]) -> Vec<Stray> {
    let mut strays = track.strays.clone();
    let end_us = track.parts.last().map_or(0, |part| part.end_us);
    let beyond = |last: &Stray| {
        let others = all.iter().filter(|other| !std::ptr::eq(**other, track));
        let ends: Vec<i64> = others.filter_map(|other| other.parts.last()).map(|part| part.end_us).collect();
        last.at_us < end_us || (!ends.is_empty() && ends.iter().all(|end| *end + LEAP_US < last.at_us))
    };
    if !track.tail.is_empty() && track.tail.iter().all(beyond) {
        strays.extend(&track.tail);
    }
    strays
}
