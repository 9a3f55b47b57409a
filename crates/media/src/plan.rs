//! From facts to command lines, without touching anything: the same facts and settings give the same plan.
//!
//! Decisions that are not obvious:
//! - Every rendition is encoded, none is copied. A copied one keeps the source's key frames, and then a player
//!   cannot switch at segment borders unless those happen to fit; the proof that they fit costs more than it saves.
//! - Sound is one rendition of its own that all pictures share: encoded and stored once, and no seam when the
//!   picture changes.
//! - A picture and a sound of different length are brought to the same end (last picture held, silence): players
//!   with separate tracks stall where one of them ends.
//! - Films change on the way: recorded calls their size, broadcasts the channels of their sound. ffmpeg then begins its
//!   filters anew, all that are connected, and one with a start or an amount of its own begins with that again. So no
//!   filter that can be begun anew has any. Picture and sound are not connected. Gaps of the picture are filled behind
//!   the filters, where frames are counted out; the sound goes on to a second ffmpeg as plain samples that never
//!   change, and there it gets its start, its gaps and its end.
//! - Timestamps that are wrong are mended first, in a copy.
//! - Both start at exactly zero, and timestamps are written with negative composition offsets instead of an edit
//!   list, because players based on Media Source Extensions ignore edit lists and would show the picture late.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::facts::{Facts, FrameRate};
use crate::failure::Failure;

mod encode;
mod job;
mod ladder;
mod mend;
mod picture;
mod poster;
mod rate;
pub(crate) mod sound;

pub use ladder::Rung;
pub use mend::Mend;

/// Length of a segment in seconds. Key frames stand at its multiples in every rendition.
pub(crate) const SEGMENT_SECONDS: u32 = 2;

/// How media are made; the same for all items of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The ladder, largest first; a rung that would enlarge the source is left out.
    pub rungs: Vec<Rung>,
    /// x264's preset (default `veryfast`). Slower presets: smaller files for more processor time.
    pub preset: String,
    /// x264's constant quality (default 22). Lower: better and larger. The rungs' rates bound it from above.
    pub quality: u8,
    /// Highest frame rate of the renditions (default 60). Faster sources are halved until they fit.
    pub max_frame_rate: u32,
    /// Sound, bits per second (default 128,000, AAC-LC stereo at 48 kHz).
    pub audio_bps: u32,
    /// Threads per decoder and encoder (default 4). Higher: faster on many cores, more memory.
    pub threads: u32,
    /// Whether ffmpeg can turn HDR into an ordinary picture: take it from [`Tools::tone_mapping`](crate::Tools).
    pub tone_mapping: bool,
    /// Whether files without picture are accepted and become sound-only HLS (default true).
    pub accept_audio: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            rungs: Rung::default_ladder(),
            preset: "veryfast".to_owned(),
            quality: 22,
            max_frame_rate: 60,
            audio_bps: 128_000,
            threads: 4,
            tone_mapping: false,
            accept_audio: true,
        }
    }
}

/// Whether there is a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Picture, with or without sound.
    Video,
    /// Sound only.
    Audio,
}

/// One size of the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    /// What a person calls it: `720p`.
    pub name: String,
    /// Stem of its files: `v0` for `v0.m3u8`, `v0-init.mp4`, `v0-00001.m4s`.
    pub stem: String,
    /// Pixels, even.
    pub width: u32,
    /// Pixels, even.
    pub height: u32,
    /// Most bits per second over a second or so.
    pub max_bps: u32,
}

/// The sound that all renditions share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudioTrack {
    /// Stem of its files: `a0`.
    pub stem: String,
    /// Bits per second.
    pub bps: u32,
    /// Language as the file names it.
    pub language: Option<String>,
}

/// Everything that will be done with one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Picture or sound only.
    pub kind: Kind,
    /// Folder that the output goes to; ffmpeg runs in it, so all names below are bare.
    pub work_dir: PathBuf,
    /// Length of the source by its packets, ms; every track is brought to it.
    pub duration_ms: u64,
    /// Frame rate of all renditions; None for sound only.
    pub frame_rate: Option<FrameRate>,
    /// Picture sizes, largest first; empty for sound only.
    pub renditions: Vec<Rendition>,
    /// The sound, unless the source is silent.
    pub audio: Option<AudioTrack>,
    /// ffmpeg's arguments for the posters, to be tried in turn until one gives a picture; empty for sound only.
    pub posters: Vec<Vec<OsString>>,
    /// How the copy with mended timestamps is made that the other commands read, where one is needed.
    pub mend: Option<Mend>,
    /// ffmpeg's arguments for the pictures, and for the sound as plain samples into the pipe.
    pub encode: Vec<OsString>,
    /// ffmpeg's arguments for the sound, from the pipe; it runs beside `encode`.
    pub sound: Option<Vec<OsString>>,
}

/// Plans the work on `source`. Output goes to `work_dir`, which must exist and be empty when the plan is run.
///
/// # Errors
/// [`Failure::NoVideo`] when there is nothing to show under these settings.
pub fn plan(facts: &Facts, source: &Path, work_dir: &Path, settings: &Settings) -> Result<Plan, Failure> {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let (source, work_dir) = (absolute(source), absolute(work_dir));
    let voices = facts.voices();
    let kind = match (&facts.video, voices.first()) {
        (Some(_), _) => Kind::Video,
        (None, Some(_)) if settings.accept_audio => Kind::Audio,
        _ => return Err(Failure::NoVideo),
    };
    let frame_rate = facts.video.as_ref().map(|video| rate::normal(video, settings.max_frame_rate));
    let renditions = match (&facts.video, frame_rate) {
        (Some(video), Some(rate)) => ladder::renditions(&settings.rungs, video.width, video.height, rate),
        _ => Vec::new(),
    };
    let track = voices.first().map(|voice| AudioTrack {
        stem: "a0".to_owned(),
        bps: settings.audio_bps,
        language: voice.track.language.clone(),
    });
    let mend = mend::needed(facts, &voices, &source, &work_dir);
    let input = mend.as_ref().map_or_else(|| job::Input::of(facts, &voices, &source), Mend::input);
    let job = job::Job { facts, input, settings, frame_rate, renditions: &renditions, voices: &voices };
    Ok(Plan {
        kind,
        duration_ms: facts.duration_ms,
        frame_rate,
        posters: poster::commands(&job),
        encode: encode::command(&job),
        sound: (!voices.is_empty()).then(|| sound::command(&job, &work_dir)),
        audio: track,
        mend,
        renditions,
        work_dir,
    })
}

#[cfg(test)]
mod tests;
