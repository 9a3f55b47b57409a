//! A copy of the source with mended timestamps, packet by packet and without decoding, that the other commands read in
//! the source's place. Only for sources whose clock goes astray; it needs as much room as they have.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::job::{self, Input};
use crate::facts::{Container, Facts, Shift, Voice};
use crate::inputs::{self, Source};

/// How the copy is made, and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mend {
    /// ffmpeg's arguments.
    pub command: Vec<OsString>,
    /// Where it will be.
    pub copy: PathBuf,
    /// About how many bytes it will have.
    pub size_bytes: u64,
    container: Container,
    has_picture: bool,
    sounds: u32,
}

impl Mend {
    /// The copy as an input: the picture stands first, then the sound.
    pub(super) fn input(&self) -> Input {
        let first = u32::from(self.has_picture);
        Input {
            container: self.container,
            file: self.copy.clone(),
            picture: self.has_picture.then_some(0),
            sounds: (first..first + self.sounds).collect(),
        }
    }
}

/// The copy that must be made, if any.
pub(super) fn needed(facts: &Facts, voices: &[Voice<'_>], source: &Path, work_dir: &Path) -> Option<Mend> {
    facts.wants_mending().then(|| {
        let (container, format) = copied_as(facts.container);
        let name = format!("mended.{format}");
        let mut args = job::quiet(1);
        let input = Source { container: facts.container, file: source, unused: &[] };
        let most_pixels = facts.video.as_ref().map_or(9_000_000, job::most_pixels);
        args.extend(inputs::input(&input, most_pixels, &[]));
        let (mut maps, mut filters) = (Vec::new(), Vec::new());
        let mut take = |stream: u32, kind: &str, shifts: &[Shift]| {
            maps.extend(["-map".to_owned(), format!("0:{stream}")]);
            if !shifts.is_empty() {
                filters.extend([format!("-bsf:{kind}"), restamped(shifts)]);
            }
        };
        if let Some(video) = &facts.video {
            take(video.stream, "v:0", &video.shifts);
        }
        for (n, voice) in voices.iter().enumerate() {
            take(voice.track.stream, &format!("a:{n}"), &voice.track.shifts);
        }
        args.extend(maps.into_iter().map(OsString::from));
        // Every packet, and every timestamp as it is: only then do the counts mean the same as when they were taken.
        args.extend(["-c", "copy", "-copyinkf", "-copyts"].map(OsString::from));
        args.extend(filters.into_iter().map(OsString::from));
        args.extend(["-muxdelay", "0", "-muxpreload", "0", "-f", format, &name].map(OsString::from));
        Mend {
            command: args,
            copy: work_dir.join(&name),
            size_bytes: facts.size_bytes,
            container,
            has_picture: facts.video.is_some(),
            sounds: u32::try_from(voices.len()).unwrap_or(0),
        }
    })
}

/// What each container is copied into, with ffmpeg's name for writing it: the same kind where that keeps turns of the
/// picture or changes within the film, else the one that holds almost everything.
fn copied_as(container: Container) -> (Container, &'static str) {
    match container {
        Container::Mp4 => (Container::Mp4, "mov"),
        Container::MpegTs | Container::MpegPs => (Container::MpegTs, "mpegts"),
        Container::Ogg => (Container::Ogg, "ogg"),
        _ => (Container::Matroska, "matroska"),
    }
}

/// The bitstream filter that moves timestamps. A sum of conditions, because sums may be long and nesting may not. The
/// time of decoding of a packet that is moved alone may be right or as wrong; it is never behind the time of showing.
fn restamped(shifts: &[Shift]) -> String {
    let alone = |shift: &&Shift| shift.to == Some(shift.from);
    let (packets, parts): (Vec<&Shift>, Vec<&Shift>) = shifts.iter().partition(alone);
    let (packets, parts) = (terms(&packets), terms(&parts));
    format!("setts=pts='PTS{parts}{packets}':dts='min(DTS{parts},PTS{parts}{packets})'")
}

fn terms(shifts: &[&Shift]) -> String {
    let term = |Shift { from, to, by_us }: &Shift| {
        let which = match to {
            Some(to) if to == from => format!("eq(N,{from})"),
            Some(to) => format!("between(N,{from},{to})"),
            None => format!("gte(N,{from})"),
        };
        format!("+{which}*round({by_us}/1000000/TB)")
    };
    shifts.iter().map(|shift| term(shift)).collect()
}
