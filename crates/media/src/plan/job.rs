//! What all commands of one film are made from, and the arguments that they share.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::{Rendition, SEGMENT_SECONDS, Settings};
use crate::facts::{Container, Facts, FrameRate, VideoFacts, Voice};
use crate::inputs::{self, Source};

/// What is read, and where its tracks stand in it.
pub(super) struct Input {
    pub(super) container: Container,
    pub(super) file: PathBuf,
    pub(super) picture: Option<u32>,
    /// As many as there are voices.
    pub(super) sounds: Vec<u32>,
}

impl Input {
    /// The source itself.
    pub(super) fn of(facts: &Facts, voices: &[Voice<'_>], file: &Path) -> Self {
        Self {
            container: facts.container,
            file: file.to_owned(),
            picture: facts.video.as_ref().map(|video| video.stream),
            sounds: voices.iter().map(|voice| voice.track.stream).collect(),
        }
    }

    pub(super) fn arguments(&self, max_pixels: u64, before: &[&str]) -> Vec<OsString> {
        let source = Source { container: self.container, file: &self.file, unused: &[] };
        inputs::input(&source, max_pixels, before)
    }
}

/// What the commands are made from.
pub(super) struct Job<'a> {
    pub(super) facts: &'a Facts,
    pub(super) input: Input,
    pub(super) settings: &'a Settings,
    pub(super) frame_rate: Option<FrameRate>,
    pub(super) renditions: &'a [Rendition],
    pub(super) voices: &'a [Voice<'a>],
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

/// Milliseconds as ffmpeg reads them.
pub(super) fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

/// HLS in fragmented MP4 with bare names. `disabled` and `negative_cts_offsets` go together: ffmpeg would else
/// move the picture by its reordering delay and note that in an edit list.
pub(super) fn segments(stem: &str) -> Vec<String> {
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
