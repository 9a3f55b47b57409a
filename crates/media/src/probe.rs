//! Finding out what a file is: first bytes, then ffprobe as a limited child, then its packets, then our own rules about
//! what is accepted. Everything is refused here that would only fail, or run away, later. Lengths, rates and which
//! tracks there are come from the packets; what a file declares about them is held against nothing.

use std::ffi::OsString;
use std::ops::ControlFlow;
use std::path::Path;

use tokio_util::sync::CancellationToken;

use crate::child::{self, End};
use crate::complaints;
use crate::facts::{AudioFacts, Container, Facts, FrameRate, VideoFacts};
use crate::failure::Failure;
use crate::inputs::{self, Source};
use crate::limits::Limits;
use crate::mp4::{self, Ending};
use crate::packets::{self, Course, straight};
use crate::sniff::sniff;
use crate::tools::Tools;
use crate::whole;

mod json;

use json::Track;

/// Most that ffprobe may say, in bytes. 64 tracks need about 150 KB.
const MOST_OUTPUT: usize = 2 << 20;

/// Probes `file`: a local path, its name not trusted.
///
/// # Errors
/// Any [`Failure`] but `DiskFull` and `Cancelled`; files over a limit are refused here, before any work.
pub async fn probe(tools: &Tools, limits: &Limits, file: &Path) -> Result<Facts, Failure> {
    let file = std::path::absolute(file).map_err(|_| Failure::NotMedia { looks_like: "empty" })?;
    let container = sniff(&file)?;
    if container == Container::Mp4 && mp4::ending(&file).unwrap_or(Ending::Cut) == Ending::Cut {
        return Err(Failure::Truncated);
    }
    if container == Container::Mp4 && mp4::protected(&file).unwrap_or(false) {
        return Err(Failure::Protected);
    }
    let size_bytes = file.metadata().map_or(0, |meta| meta.len());
    let seen = look(tools, limits, container, &file).await?;
    if seen.report.tracks() > limits.max_tracks {
        return Err(Failure::TooManyTracks { limit: limits.max_tracks });
    }
    let source = Source { container, file: &file, unused: &seen.unused };
    let courses = packets::walk(tools, limits, &source, seen.report.tracks(), size_bytes).await?;
    let facts = choose(container, size_bytes, &seen, &courses)?;
    accept(&facts, limits)?;
    let declared_ms = seen.report.duration_ms().unwrap_or(0);
    if whole::bytes_are_missing(container, &file) && facts.duration_ms < least(declared_ms) {
        return Err(Failure::Truncated);
    }
    if facts.duration_ms == 0 { Err(Failure::Truncated) } else { Ok(facts) }
}

/// Lengths are often a little off; a film that was cut is off by more.
pub(crate) fn least(length_ms: u64) -> u64 {
    length_ms - (length_ms * 3 / 100).max(1000).min(length_ms / 2)
}

/// What ffprobe says of a file.
struct Seen {
    report: json::Report,
    unused: Vec<(u32, String)>,
    /// What one of our bounds refused; it may be of a track that is not used.
    refused: Option<Failure>,
}

/// Of what the file declares, the tracks that have packets and can be decoded, with what their packets say.
fn choose(container: Container, size_bytes: u64, seen: &Seen, courses: &[Course]) -> Result<Facts, Failure> {
    let course = |stream: u32| courses.get(stream as usize).filter(|course| course.packets > 0);
    let declared = !seen.report.pictures().is_empty() || !seen.report.sounds().is_empty();
    let video = picture(seen.report.pictures(), course).map_err(|failure| match &seen.refused {
        Some(refused @ Failure::TooLarge { .. }) if failure == Failure::Truncated => refused.clone(),
        _ => failure,
    })?;
    let audio = sounds(seen.report.sounds(), course)?;
    if video.is_none() && audio.is_empty() {
        return Err(if declared { Failure::Truncated } else { Failure::NoVideo });
    }
    let mut facts = Facts { container, duration_ms: 0, size_bytes, video, audio };
    let voices: Vec<u32> = facts.voices().iter().map(|voice| voice.track.stream).collect();
    let played = facts.video.iter().map(|video| video.stream).chain(voices);
    let played: Vec<(u32, &Course)> = played.filter_map(|stream| Some((stream, course(stream)?))).collect();
    let ways: Vec<&Course> = played.iter().map(|(_, course)| *course).collect();
    let straight = straight::straighten(container.clock(), seen.report.start_us(), &ways);
    for ((stream, course), way) in played.iter().zip(straight) {
        facts.duration_ms = facts.duration_ms.max(way.end_ms);
        if let Some(video) = facts.video.as_mut().filter(|video| video.stream == *stream) {
            (video.end_ms, video.shifts) = (way.end_ms, way.shifts);
            hold_rate(video, course.rate());
        } else if let Some(audio) = facts.audio.iter_mut().find(|audio| audio.stream == *stream) {
            (audio.end_ms, audio.shifts) = (way.end_ms, way.shifts);
        }
    }
    Ok(facts)
}

/// The picture to show: the first that moves and can be used, else a still one.
fn picture<'a>(
    tracks: Vec<Track<VideoFacts>>,
    course: impl Fn(u32) -> Option<&'a Course>,
) -> Result<Option<VideoFacts>, Failure> {
    let packets = |track: &Track<VideoFacts>| course(track.stream).map_or(0, |course| course.packets);
    let (good, bad): (Vec<_>, Vec<_>) =
        tracks.into_iter().filter(|track| packets(track) > 0).partition(|track| track.facts.is_ok());
    let moving = good.iter().position(|track| packets(track) > 1).unwrap_or(0);
    match (good.into_iter().nth(moving), bad.into_iter().next()) {
        (Some(track), _) | (None, Some(track)) => track.facts.map(Some),
        (None, None) => Ok(None),
    }
}

/// All sound tracks that can be used. Those that cannot be decoded are left out as long as another one can.
fn sounds<'a>(
    tracks: Vec<Track<AudioFacts>>,
    course: impl Fn(u32) -> Option<&'a Course>,
) -> Result<Vec<AudioFacts>, Failure> {
    let (good, bad): (Vec<_>, Vec<_>) = tracks
        .into_iter()
        .filter(|track| course(track.stream).is_some())
        .map(|track| track.facts)
        .partition(Result::is_ok);
    if good.is_empty() { bad.into_iter().collect() } else { good.into_iter().collect() }
}

/// Keeps the declared rate, which is exact, when the packets bear it out; else theirs counts.
fn hold_rate(video: &mut VideoFacts, measured: Option<f64>) {
    let Some(measured) = measured.filter(|rate| *rate >= 0.01 && *rate < 100_000.0) else { return };
    let borne_out = |rate: &FrameRate| (rate.as_f64() / measured - 1.0).abs() < 0.05;
    if !video.frame_rate.as_ref().is_some_and(borne_out) {
        video.frame_rate = Some(FrameRate { num: (measured * 1000.0).round() as u32, den: 1000 });
        video.variable_frame_rate = true;
    }
}

/// The rules about what is accepted; pure.
fn accept(facts: &Facts, limits: &Limits) -> Result<(), Failure> {
    if facts.duration_ms > limits.max_duration_ms {
        return Err(Failure::TooLong { found_ms: facts.duration_ms, limit_ms: limits.max_duration_ms });
    }
    if let Some(video) = &facts.video {
        let pixels = u64::from(video.width) * u64::from(video.height);
        if pixels > limits.max_pixels {
            return Err(Failure::TooLarge { what: "pixels", found: pixels, limit: limits.max_pixels });
        }
        let rate = video.frame_rate.map_or(0, |rate| u64::from(rate.num.div_ceil(rate.den)));
        if rate > u64::from(limits.max_frame_rate) {
            let limit = limits.max_frame_rate.into();
            return Err(Failure::TooLarge { what: "frames_per_second", found: rate, limit });
        }
    }
    Ok(())
}

/// Asks ffprobe, and again for each track that it will not go on without and that cannot be used.
async fn look(tools: &Tools, limits: &Limits, container: Container, file: &Path) -> Result<Seen, Failure> {
    let mut unused: Vec<(u32, String)> = Vec::new();
    loop {
        let source = Source { container, file, unused: &unused };
        let (answer, complaints) = ask_ffprobe(tools, limits, &source).await?;
        match (answer, complaints::unopened(&complaints)) {
            (Ok(said), _) => {
                let refused = complaints::refusal(&complaints);
                return Ok(Seen { report: json::read(&said)?, unused, refused });
            }
            (Err(_), Some((track, decoder)))
                if unused.len() < limits.max_tracks && unused.iter().all(|(known, _)| *known != track) =>
            {
                unused.push((track, decoder));
            }
            (Err(failure), _) => return Err(failure),
        }
    }
}

/// What ffprobe says, or why it failed, and its complaints.
async fn ask_ffprobe(
    tools: &Tools,
    limits: &Limits,
    source: &Source<'_>,
) -> Result<(Result<Vec<u8>, Failure>, String), Failure> {
    let mut args: Vec<OsString> = ["-v", "warning", "-print_format", "json"].map(OsString::from).into();
    args.extend(["-show_format", "-show_streams"].map(OsString::from));
    let streams = (limits.max_tracks + 1).to_string();
    args.extend(inputs::input(source, limits.max_pixels, &["-max_streams", &streams]));
    let (mut said, never) = (Vec::new(), CancellationToken::new());
    let outcome = child::run(tools.probing(limits, &args, limits.probe_time), &never, |piece| {
        said.extend_from_slice(piece);
        if said.len() > MOST_OUTPUT { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let outcome = outcome.await?;
    let answer = match outcome.end {
        End::Exited(status) if status.success() => Ok(said),
        End::Exited(status) if status.code().is_some() => Err(match complaints::cause(&outcome.complaints) {
            Some(Failure::TooManyTracks { .. }) => Failure::TooManyTracks { limit: limits.max_tracks },
            Some(known) => known,
            None => Failure::NotMedia { looks_like: "unknown" },
        }),
        End::Stopped => Err(Failure::TooManyTracks { limit: limits.max_tracks }),
        End::TimedOut | End::Cancelled => Err(Failure::TimedOut { log: outcome.complaints.clone() }),
        // Killed by a signal: a crash, or a resource limit.
        End::Exited(_) => Err(Failure::FfmpegFailed { log: outcome.complaints.clone() }),
    };
    Ok((answer, outcome.complaints))
}

#[cfg(test)]
mod tests;
