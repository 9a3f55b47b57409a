//! Courses as files have them, and what is made of them.

use super::super::clock::Clock;
use super::super::straight::{Straight, straighten};
use super::*;
use crate::facts::Shift;

const STEP: i64 = 40_000;

/// The course of packets that are stamped so, in milliseconds.
fn course(clock: Clock, at_ms: impl IntoIterator<Item = i64>) -> Course {
    let mut course = Course::new(clock);
    for at in at_ms {
        course.note(Packet { at_us: Some(at * 1000), lasts_us: STEP, counts: true });
    }
    course.finish();
    course
}

fn even(from_ms: i64, packets: i64) -> impl Iterator<Item = i64> {
    (0..packets).map(move |n| from_ms + n * 40)
}

fn alone(course: &Course) -> Straight {
    let start_us = course.parts[0].first_us;
    straighten(course.clock, start_us, &[course]).remove(0)
}

#[test]
fn an_even_film_ends_where_its_last_packet_does() {
    let film = course(Clock::Steady, even(0, 150));
    assert_eq!((film.packets, film.parts.len()), (150, 1));
    assert_eq!(alone(&film), Straight { end_ms: 6_000, shifts: Vec::new() });
    assert!((film.rate().expect("a rate") - 25.0).abs() < 0.01);
}

#[test]
fn pictures_out_of_order_are_in_order() {
    // Four groups deep, as encoders with many pictures in between store them.
    let stored = (0..40).flat_map(|group| [160, 80, 40, 120].map(|at| group * 160 + at));
    assert_eq!(alone(&course(Clock::Steady, stored)).shifts, []);
    // A pause of ten seconds, with pictures in between on both sides of it.
    let pause = even(0, 50).chain([12_120, 12_000, 12_040, 12_080]).chain(even(12_160, 100));
    assert_eq!(alone(&course(Clock::Steady, pause)), Straight { end_ms: 16_160, shifts: Vec::new() });
    let around = even(0, 50).chain([12_000, 2_000, 2_040, 12_120, 12_040, 12_080]).chain(even(12_160, 100));
    assert_eq!(alone(&course(Clock::Steady, around)), Straight { end_ms: 16_160, shifts: Vec::new() });
}

#[test]
fn lone_packets_are_put_where_they_belong() {
    for wrong in [200_000, -200_000, 3_000] {
        let mut film: Vec<i64> = even(0, 150).collect();
        for stray in [60, 61, 90] {
            film[stray] += wrong;
        }
        let film = alone(&course(Clock::Steady, film));
        assert_eq!(film.end_ms, 6_000, "{wrong}");
        let moved: Vec<u64> = film.shifts.iter().map(|shift| shift.from).collect();
        assert_eq!(moved, [60, 61, 90], "{wrong}");
        assert!(
            film.shifts.iter().all(|s| s.to == Some(s.from) && (s.by_us + wrong * 1000).abs() <= 2 * STEP)
        );
    }
}

#[test]
fn the_first_packet_may_be_the_lone_one() {
    let film = alone(&course(Clock::Steady, [200_000].into_iter().chain(even(40, 149))));
    assert_eq!((film.end_ms, film.shifts.len(), film.shifts[0].from), (5_960, 1, 0));
}

#[test]
fn the_last_packet_is_judged_by_the_other_track() {
    let picture = course(Clock::Steady, even(0, 149).chain([206_000]));
    let (short, long) = (course(Clock::Steady, even(0, 150)), course(Clock::Steady, even(0, 5200)));
    let ends = |sound: &Course| straighten(Clock::Steady, 0, &[&picture, sound])[0].end_ms;
    assert_eq!(ends(&short), 5_960, "nothing else goes on so long");
    assert_eq!(ends(&long), 206_040, "the picture stood still while somebody spoke");
    assert_eq!(alone(&picture).end_ms, 206_040, "nothing speaks against it");
}

#[test]
fn a_clock_that_starts_again_goes_on_where_it_was() {
    let film = course(Clock::Steady, even(500_000, 75).chain(even(1_000, 75)));
    let expected = Shift { from: 75, to: None, by_us: 502_000_000 };
    assert_eq!(alone(&film), Straight { end_ms: 6_000, shifts: vec![expected] });
    let stream = course(Clock::Leaping, even(500_000, 75).chain(even(1_000, 75)));
    assert_eq!(alone(&stream), Straight { end_ms: 6_000, shifts: Vec::new() }, "ffmpeg follows it by itself");
    let forward = course(Clock::Leaping, even(1_000, 75).chain(even(900_000, 75)));
    assert_eq!(alone(&forward).end_ms, 6_000);
    let thrice = course(Clock::Steady, even(0, 75).chain(even(0, 75)).chain(even(0, 75)));
    assert_eq!(alone(&thrice).end_ms, 9_000);
}

#[test]
fn tracks_stay_together_over_a_new_clock() {
    // The sound of the second part begins half a second after its picture.
    let picture = course(Clock::Steady, even(0, 75).chain(even(0, 75)));
    let sound = course(Clock::Steady, even(0, 75).chain(even(500, 75)));
    let both = straighten(Clock::Steady, 0, &[&picture, &sound]);
    assert_eq!(both[0].shifts[0].by_us, both[1].shifts[0].by_us);
    assert_eq!((both[0].end_ms, both[1].end_ms), (6_000, 6_500));
}

#[test]
fn packets_without_stamps_or_bytes_do_no_harm() {
    let mut empty = Course::new(Clock::Steady);
    empty.note(Packet { at_us: Some(0), lasts_us: STEP, counts: false });
    empty.note(Packet { at_us: None, lasts_us: 0, counts: true });
    empty.finish();
    assert_eq!((empty.packets, empty.parts.len(), empty.rate()), (1, 0, None));
}
