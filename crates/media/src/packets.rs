//! Every packet of a file walked once, without decoding any. What a file declares about its lengths, rates and
//! tracks is often wrong; its packets are what will be shown, so they decide. An hour of film costs about two seconds.

use std::ffi::OsString;
use std::ops::ControlFlow;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::child::{self, End};
use crate::complaints;
use crate::failure::Failure;
use crate::inputs::{self, Source};
use crate::limits::Limits;
use crate::tools::Tools;

pub(crate) mod clock;
mod course;
pub(crate) mod straight;

pub(crate) use course::Course;

/// Longest line that is kept, in bytes. ffprobe's are below 200; side data may add to them behind what is read.
const MOST_LINE: usize = 1024;
/// A disk that reads slower than this is given up on, bytes per second.
const SLOWEST_DISK: u64 = 10 << 20;

/// Walks the packets of all tracks, `tracks` of them.
pub(crate) async fn walk(
    tools: &Tools,
    limits: &Limits,
    source: &Source<'_>,
    tracks: usize,
    size_bytes: u64,
) -> Result<Vec<Course>, Failure> {
    let mut args: Vec<OsString> =
        ["-v", "error", "-print_format", "compact=p=0:nk=1"].map(OsString::from).into();
    let entries = "packet=stream_index,pts_time,dts_time,duration_time,size,flags";
    args.extend(["-show_entries", entries].map(OsString::from));
    args.extend(inputs::input(source, limits.max_pixels, &[]));
    let time = limits.probe_time + Duration::from_secs(size_bytes / SLOWEST_DISK);
    let clock = source.container.clock();
    let mut courses: Vec<Course> = (0..tracks).map(|_| Course::new(clock)).collect();
    let most_ms = limits.max_duration_ms.saturating_add(3_600_000); // further there is no need to look
    let (mut line, mut too_long, never) = (Vec::new(), None, CancellationToken::new());
    let outcome = child::run(tools.probing(limits, &args, time), &never, |piece| {
        for byte in piece {
            if *byte != b'\n' {
                if line.len() < MOST_LINE {
                    line.push(*byte);
                }
                continue;
            }
            if let Some((track, packet)) = Packet::read(&line)
                && let Some(course) = courses.get_mut(track)
            {
                course.note(packet);
                too_long = Some(course.length_ms()).filter(|ms| *ms > most_ms).or(too_long);
            }
            line.clear();
        }
        if too_long.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let outcome = outcome.await?;
    match outcome.end {
        End::Exited(status) if status.code().is_some() => {
            courses.iter_mut().for_each(Course::finish);
            Ok(courses) // a damaged end is no reason to forget what came before it
        }
        End::Stopped => {
            Err(Failure::TooLong { found_ms: too_long.unwrap_or_default(), limit_ms: limits.max_duration_ms })
        }
        End::TimedOut | End::Cancelled => Err(Failure::TimedOut { log: outcome.complaints }),
        End::Exited(_) => Err(complaints::cause(&outcome.complaints).unwrap_or(Failure::Truncated)),
    }
}

/// One packet; times in microseconds on the file's own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Packet {
    /// When it is shown, or decoded where only that is known; None when the file says neither.
    pub(crate) at_us: Option<i64>,
    /// 0 when unknown.
    pub(crate) lasts_us: i64,
    /// Whether anything of it is meant to be seen or heard: it has bytes, and no edit of the film leaves it out.
    pub(crate) counts: bool,
}

impl Packet {
    /// Reads a line such as `0|1.480000|1.480000|0.040000|837|K_`, and whose track it is.
    fn read(line: &[u8]) -> Option<(usize, Self)> {
        let text = std::str::from_utf8(line).ok()?;
        let mut fields = text.split('|');
        let track = fields.next()?.parse().ok()?;
        let (shown, decoded) = (microseconds(fields.next()?), microseconds(fields.next()?));
        let lasts_us = microseconds(fields.next()?).unwrap_or(0).max(0);
        let bytes: u64 = fields.next()?.parse().unwrap_or(0);
        let dropped = fields.next().is_some_and(|flags| flags.contains('D'));
        Some((track, Self { at_us: shown.or(decoded), lasts_us, counts: bytes > 0 && !dropped }))
    }
}

fn microseconds(text: &str) -> Option<i64> {
    // Bounded to a thousand years, so that sums cannot overflow.
    text.parse()
        .ok()
        .filter(|seconds: &f64| seconds.abs() < 3e10)
        .map(|seconds| (seconds * 1e6).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_packet() {
        let packet = |at_us, lasts_us, counts| Some((1, Packet { at_us, lasts_us, counts }));
        assert_eq!(
            Packet::read(b"1|1.480000|1.400000|0.040000|837|K_"),
            packet(Some(1_480_000), 40_000, true)
        );
        assert_eq!(Packet::read(b"1|N/A|-0.021333|N/A|837|__"), packet(Some(-21_333), 0, true));
        assert_eq!(Packet::read(b"1|N/A|N/A|N/A|5|__|skip|1024"), packet(None, 0, true));
        assert_eq!(Packet::read(b"1|0.0|0.0|0.02|0|K_"), packet(Some(0), 20_000, false), "no bytes");
        assert_eq!(Packet::read(b"1|0.0|0.0|0.02|9|KD"), packet(Some(0), 20_000, false), "edited out");
        assert_eq!(Packet::read(b"1|1e99|nan|0.02|9|K_"), packet(None, 20_000, true), "nonsense");
        for other in ["", "x|0|0|0|0", "1|0.0"] {
            assert_eq!(Packet::read(other.as_bytes()), None, "{other}");
        }
    }
}
