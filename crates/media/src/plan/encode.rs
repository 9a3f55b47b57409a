//! The one command that makes all renditions: the source is decoded once, brought to the largest size once,
//! and every rendition is cut and encoded from there.

use std::ffi::OsString;
use std::path::Path;

use super::{Rendition, SEGMENT_SECONDS, Settings, picture};
use crate::facts::{AudioFacts, Facts, FrameRate, VideoFacts};
use crate::inputs;

/// What the commands are made from.
pub(super) struct Job<'a> {
    pub(super) facts: &'a Facts,
    pub(super) source: &'a Path,
    pub(super) settings: &'a Settings,
    pub(super) frame_rate: Option<FrameRate>,
    pub(super) renditions: &'a [Rendition],
    pub(super) audio: Option<&'a AudioFacts>,
}

/// How every ffmpeg command begins.
pub(super) fn quiet(threads: u32) -> Vec<OsString> {
    let mut args: Vec<OsString> = ["-hide_banner", "-nostdin", "-y", "-nostats"].map(OsString::from).into();
    args.extend(["-loglevel", "warning", "-progress", "pipe:1", "-stats_period", "0.5"].map(OsString::from));
    args.extend(["-threads".into(), threads.to_string().into()]); // of the decoder: it stands before the input
    args
}

/// A film may change its size on the way (recorded calls do); it may not grow without bounds.
pub(super) fn most_pixels(video: &VideoFacts) -> u64 {
    (2 * u64::from(video.width) * u64::from(video.height)).max(9_000_000)
}

/// ffmpeg's arguments for the renditions.
pub(super) fn command(job: &Job<'_>) -> Vec<OsString> {
    let mut args = quiet(job.settings.threads);
    let most_pixels = job.facts.video.as_ref().map_or(9_000_000, most_pixels);
    args.extend(inputs::input(job.facts.container, most_pixels, &[], job.source));
    args.extend(["-filter_complex".into(), graph(job).into()]);
    for rendition in job.renditions {
        args.extend(picture_output(job, rendition).into_iter().map(OsString::from));
    }
    if job.audio.is_some() {
        args.extend(sound_output(job.settings).into_iter().map(OsString::from));
    }
    args
}

/// How much a track that ends at `end_ms` falls short of the whole, in seconds, when that is worth filling. It is
/// an amount, not a length to be reached, so that a source that was cut stays short and is noticed.
fn missing_seconds(job: &Job<'_>, end_ms: Option<u64>) -> Option<String> {
    let gap_ms = job.facts.end_ms().saturating_sub(end_ms?);
    (gap_ms > 50).then(|| format!("{}.{:03}", gap_ms / 1000, gap_ms % 1000))
}

fn graph(job: &Job<'_>) -> String {
    let mut chains = Vec::new();
    if let (Some(video), Some(largest)) = (&job.facts.video, job.renditions.first()) {
        let size = (largest.width, largest.height);
        let mut filters = picture::filters(video, job.frame_rate, size, job.settings.tone_mapping);
        if let Some(seconds) = missing_seconds(job, video.end_ms) {
            filters += &format!(",tpad=stop_mode=clone:stop_duration={seconds}");
        }
        let (first, rest) = ("[v0]", job.renditions.len() - 1);
        if rest == 0 {
            chains.push(format!("[0:{}]{filters}{first}", video.stream));
        } else {
            let labels: String = (1..=rest).map(|n| format!("[s{n}]")).collect();
            chains.push(format!("[0:{}]{filters},split={}{first}{labels}", video.stream, rest + 1));
        }
        for (n, Rendition { width, height, .. }) in job.renditions.iter().enumerate().skip(1) {
            chains.push(format!("[s{n}]scale={width}:{height}:flags=bicubic,setsar=1[v{n}]"));
        }
    }
    if let Some(audio) = job.audio {
        let mut filters = sound_filters(audio);
        if let Some(seconds) = missing_seconds(job, audio.end_ms) {
            filters += &format!(",apad=pad_dur={seconds}");
        }
        chains.push(format!("[0:{}]{filters}[a0]", audio.stream));
    }
    chains.join(";")
}

/// Stereo at 48 kHz from the film's zero on. More than two channels are mixed down with the centre, where
/// speech is, at full strength; the mix is brought back up and held below clipping by a limiter.
fn sound_filters(audio: &AudioFacts) -> String {
    let even = "async=1:first_pts=0"; // fills gaps and cuts overlaps, so that sound stays with the picture
    if audio.channels <= 2 {
        return format!("aresample=48000:{even},aformat=channel_layouts=stereo");
    }
    format!(
        "aresample=48000:{even}:ocl=stereo:clev=1:slev=0.5,volume=5dB,alimiter=limit=0.95:level=disabled,\
         aformat=channel_layouts=stereo"
    )
}

fn picture_output(job: &Job<'_>, rendition: &Rendition) -> Vec<String> {
    let Settings { preset, quality, threads, .. } = job.settings;
    let rate = job.frame_rate.map_or(30.0, FrameRate::as_f64);
    // Far enough apart that only the forced key frames come.
    let key_frames = (rate * f64::from(SEGMENT_SECONDS * 2)).ceil() as u64;
    let Rendition { stem, max_bps, .. } = rendition;
    let mut args = vec!["-map".to_owned(), format!("[{stem}]")];
    args.extend(["-c:v", "libx264", "-profile:v", "high", "-pix_fmt", "yuv420p"].map(String::from));
    for (option, value) in [
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

fn sound_output(settings: &Settings) -> Vec<String> {
    let mut args = ["-map", "[a0]", "-c:a", "aac", "-profile:a", "aac_low"].map(String::from).to_vec();
    args.extend(["-b:a".to_owned(), settings.audio_bps.to_string()]);
    args.extend(["-ar", "48000", "-ac", "2"].map(String::from));
    args.extend(segments("a0"));
    args
}

/// HLS in fragmented MP4 with bare names. `disabled` and `negative_cts_offsets` go together: ffmpeg would else
/// move the picture by its reordering delay and note that in an edit list.
fn segments(stem: &str) -> Vec<String> {
    let mut args = ["-map_metadata", "-1", "-map_chapters", "-1", "-f", "hls"].map(String::from).to_vec();
    for (option, value) in [
        ("-hls_time", SEGMENT_SECONDS.to_string()),
        ("-hls_playlist_type", "vod".to_owned()),
        ("-hls_flags", "independent_segments".to_owned()),
        ("-hls_segment_type", "fmp4".to_owned()),
        ("-hls_fmp4_init_filename", format!("{stem}-init.mp4")),
        ("-hls_segment_filename", format!("{stem}-%05d.m4s")),
        ("-start_number", "1".to_owned()),
        ("-avoid_negative_ts", "disabled".to_owned()),
        ("-hls_segment_options", "movflags=+negative_cts_offsets".to_owned()),
    ] {
        args.extend([option.to_owned(), value]);
    }
    args.push(format!("{stem}.m3u8"));
    args
}
