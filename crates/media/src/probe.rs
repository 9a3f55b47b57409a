//! Finding out what a file is: first bytes, then ffprobe as a limited child, then our own rules about what is
//! accepted. Everything is refused here that would only fail, or run away, later.

use std::ffi::OsString;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::child::{self, End, Order};
use crate::complaints;
use crate::facts::{Container, Facts};
use crate::failure::Failure;
use crate::inputs;
use crate::limits::Limits;
use crate::mp4;
use crate::progress;
use crate::sniff::sniff;
use crate::tools::Tools;

mod json;

/// Most that ffprobe may say, in bytes. 64 tracks need about 150 KB.
const MOST_OUTPUT: usize = 2 << 20;

/// Probes `file`: a local path, its name not trusted.
///
/// # Errors
/// Any [`Failure`] but `DiskFull` and `Cancelled`; files over a limit are refused here, before any work.
pub async fn probe(tools: &Tools, limits: &Limits, file: &Path) -> Result<Facts, Failure> {
    let file = std::path::absolute(file).map_err(|_| Failure::NotMedia { looks_like: "empty" })?;
    let container = sniff(&file)?;
    if container == Container::Mp4 && mp4::cut_off(&file).unwrap_or(true) {
        return Err(Failure::Truncated);
    }
    if container == Container::Mp4 && mp4::protected(&file).unwrap_or(false) {
        return Err(Failure::Protected);
    }
    let size_bytes = file.metadata().map_or(0, |meta| meta.len());
    let said = ask_ffprobe(tools, limits, container, &file).await?;
    let report = json::read(&said)?;
    let mut facts = Facts {
        container,
        duration_ms: report.duration_ms().unwrap_or(0),
        size_bytes,
        video: report.video()?,
        audio: report.audio()?,
    };
    accept(&facts, report.tracks(), limits)?;
    complete(&mut facts, tools, limits, &file).await?;
    if facts.duration_ms > limits.max_duration_ms {
        return Err(Failure::TooLong { found_ms: facts.duration_ms, limit_ms: limits.max_duration_ms });
    }
    if facts.duration_ms == 0 { Err(Failure::Truncated) } else { Ok(facts) }
}

/// Measures the ends that the file does not declare, or only guesses from its rate of bits.
async fn complete(facts: &mut Facts, tools: &Tools, limits: &Limits, file: &Path) -> Result<(), Failure> {
    let guessed = matches!(facts.container, Container::Mp3 | Container::Aac);
    let container = facts.container;
    let sound = facts.sound().map(|audio| audio.stream);
    if let Some(video) = facts.video.as_mut().filter(|video| video.end_ms.is_none()) {
        video.end_ms = Some(measure(tools, limits, container, video.stream, file).await?);
    }
    for audio in facts.audio.iter_mut().filter(|audio| Some(audio.stream) == sound) {
        if guessed || audio.end_ms.is_none() {
            audio.end_ms = Some(measure(tools, limits, container, audio.stream, file).await?);
        }
    }
    if guessed || facts.duration_ms == 0 {
        facts.duration_ms = facts.end_ms();
    }
    Ok(())
}

/// The rules about what is accepted; pure.
fn accept(facts: &Facts, tracks: usize, limits: &Limits) -> Result<(), Failure> {
    if tracks > limits.max_tracks {
        return Err(Failure::TooManyTracks { limit: limits.max_tracks });
    }
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
    if facts.video.is_none() && facts.audio.is_empty() {
        return Err(Failure::NoVideo);
    }
    Ok(())
}

async fn ask_ffprobe(
    tools: &Tools,
    limits: &Limits,
    container: Container,
    file: &Path,
) -> Result<Vec<u8>, Failure> {
    let mut args: Vec<OsString> = ["-v", "error", "-print_format", "json"].map(OsString::from).into();
    args.extend(["-show_format", "-show_streams"].map(OsString::from));
    let streams = (limits.max_tracks + 1).to_string();
    args.extend(inputs::input(container, limits.max_pixels, &["-max_streams", &streams], file));
    let (mut said, never) = (Vec::new(), CancellationToken::new());
    let outcome = child::run(order(tools, limits, &tools.ffprobe, &args), &never, |piece| {
        said.extend_from_slice(piece);
        if said.len() > MOST_OUTPUT { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let outcome = outcome.await?;
    match outcome.end {
        End::Exited(status) if status.success() => {
            complaints::refusal(&outcome.complaints).map_or(Ok(said), Err)
        }
        End::Exited(status) if status.code().is_some() => Err(match complaints::cause(&outcome.complaints) {
            Some(Failure::TooManyTracks { .. }) => Failure::TooManyTracks { limit: limits.max_tracks },
            Some(known) => known,
            None => Failure::NotMedia { looks_like: "unknown" },
        }),
        End::Stopped => Err(Failure::TooManyTracks { limit: limits.max_tracks }),
        End::TimedOut | End::Cancelled => Err(Failure::TimedOut { log: outcome.complaints }),
        // Killed by a signal: a crash, or a resource limit.
        End::Exited(_) => Err(Failure::FfmpegFailed { log: outcome.complaints }),
    }
}

/// When a track ends, ms, found by walking its packets without decoding them: recordings of browsers declare
/// nothing.
async fn measure(
    tools: &Tools,
    limits: &Limits,
    container: Container,
    stream: u32,
    file: &Path,
) -> Result<u64, Failure> {
    let mut args: Vec<OsString> =
        ["-hide_banner", "-nostdin", "-v", "error", "-nostats"].map(OsString::from).into();
    args.extend(["-progress", "pipe:1"].map(OsString::from));
    args.extend(inputs::input(container, limits.max_pixels, &[], file));
    args.extend(["-map".into(), format!("0:{stream}").into()]);
    args.extend(["-c", "copy", "-f", "null", "-"].map(OsString::from));
    let (mut reader, never) = (progress::Reader::default(), CancellationToken::new());
    let outcome = child::run(order(tools, limits, &tools.ffmpeg, &args), &never, |piece| {
        reader.push(piece);
        if reader.out_time_ms() > limits.max_duration_ms {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    let outcome = outcome.await?;
    match outcome.end {
        End::Exited(status) if status.success() => Ok(reader.out_time_ms()),
        End::Stopped => Ok(reader.out_time_ms()),
        End::TimedOut | End::Cancelled => Err(Failure::TimedOut { log: outcome.complaints }),
        End::Exited(_) => Err(complaints::cause(&outcome.complaints).unwrap_or(Failure::Truncated)),
    }
}

fn order<'a>(tools: &Tools, limits: &'a Limits, program: &'a Path, args: &'a [OsString]) -> Order<'a> {
    let time: Duration = limits.probe_time;
    Order { program, args, folder: Path::new("/"), confinement: tools.confinement(), limits, time }
}

#[cfg(test)]
mod tests;
