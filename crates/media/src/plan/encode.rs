//! The command that makes all renditions: the source is decoded once, brought to the largest size once, and every
//! rendition is cut and encoded from there. The sound leaves it as samples.

use std::ffi::OsString;

use super::job::{Job, most_pixels, quiet, seconds, segments};
use super::{Rendition, SEGMENT_SECONDS, Settings, picture, sound};
use crate::facts::FrameRate;

/// ffmpeg's arguments for the pictures, and for the sound as samples.
pub(super) fn command(job: &Job<'_>) -> Vec<OsString> {
    let mut args = quiet(job.settings.threads);
    let most_pixels = job.facts.video.as_ref().map_or(9_000_000, most_pixels);
    args.extend(job.input.arguments(most_pixels, &[]));
    if let Some(graph) = graph(job) {
        args.extend(["-filter_complex".into(), graph.into()]);
    }
    args.extend(sound::graphs(job));
    for rendition in job.renditions {
        args.extend(picture_output(job, rendition).into_iter().map(OsString::from));
    }
    args.extend(sound::samples(job));
    args
}

/// How long the last picture must be held so that it ends with the film, in seconds, when that is worth it. It is an
/// amount, not a length to be reached, so that pictures that could not be decoded stay missing and are noticed. The
/// filter acts at the end of the input only, which a graph that is begun anew does not see twice.
fn held_seconds(job: &Job<'_>, end_ms: u64) -> Option<String> {
    let gap_ms = job.facts.duration_ms.saturating_sub(end_ms);
    (gap_ms > 50).then(|| seconds(gap_ms))
}

fn graph(job: &Job<'_>) -> Option<String> {
    let (video, stream, largest) = (job.facts.video.as_ref()?, job.input.picture?, job.renditions.first()?);
    let size = (largest.width, largest.height);
    let mut filters = picture::filters(video, job.frame_rate, size, job.settings.tone_mapping);
    if let Some(seconds) = held_seconds(job, video.end_ms) {
        filters += &format!(",tpad=stop_mode=clone:stop_duration={seconds}");
    }
    let (first, rest) = ("[v0]", job.renditions.len() - 1);
    let mut chains = if rest == 0 {
        vec![format!("[0:{stream}]{filters}{first}")]
    } else {
        let labels: String = (1..=rest).map(|n| format!("[s{n}]")).collect();
        vec![format!("[0:{stream}]{filters},split={}{first}{labels}", rest + 1)]
    };
    for (n, Rendition { width, height, .. }) in job.renditions.iter().enumerate().skip(1) {
        chains.push(format!("[s{n}]scale={width}:{height}:flags=bicubic,setsar=1[v{n}]"));
    }
    Some(chains.join(";"))
}

fn picture_output(job: &Job<'_>, rendition: &Rendition) -> Vec<String> {
    let Settings { preset, quality, threads, .. } = job.settings;
    let FrameRate { num, den } = job.frame_rate.unwrap_or(FrameRate { num: 30, den: 1 });
    let rate = f64::from(num) / f64::from(den);
    // Far enough apart that only the forced key frames come.
    let key_frames = (rate * f64::from(SEGMENT_SECONDS * 2)).ceil() as u64;
    let Rendition { stem, max_bps, .. } = rendition;
    let mut args = vec!["-map".to_owned(), format!("[{stem}]")];
    args.extend(["-c:v", "libx264", "-profile:v", "high", "-pix_fmt", "yuv420p"].map(String::from));
    for (option, value) in [
        // Frames are counted out from zero: the first is shown from the beginning, a pause is filled.
        ("-r", format!("{num}/{den}")),
        ("-preset", preset.clone()),
        ("-crf", quality.to_string()),
        ("-maxrate", max_bps.to_string()),
        ("-bufsize", (u64::from(*max_bps) * 3 / 2).to_string()),
        ("-threads", threads.to_string()),
        ("-force_key_frames", format!("expr:gte(t,n_forced*{SEGMENT_SECONDS})")),
        ("-g", key_frames.to_string()),
        ("-sc_threshold", "0".to_owned()),
        ("-flags", "+cgop".to_owned()),
    ] {
        args.extend([option.to_owned(), value]);
    }
    args.extend(
        ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"].map(String::from),
    );
    args.extend(["-color_range", "tv"].map(String::from));
    args.extend(segments(stem));
    args
}
