//! Looking at what was made before anyone else does: everything named is there and whole, and every track is as long
//! as the source's packets. ffmpeg's word is not enough: on a full disk its HLS writer leaves half a segment, and after
//! a change in mid-film a whole track may come late, and it reports success.

use std::path::Path;

use crate::facts::FrameRate;
use crate::failure::Failure;
use crate::mp4;
use crate::plan::Plan;
use crate::playlist::{self, Track};
use crate::probe::least;
use crate::room;

/// What has been made, measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// Length that a viewer sees, ms.
    pub duration_ms: u64,
    /// Picture sizes, largest first; empty for sound only.
    pub renditions: Vec<PublishedRendition>,
    /// Whether there is sound.
    pub has_audio: bool,
    /// Whether `poster.jpg` and `poster-480.jpg` are there.
    pub has_poster: bool,
    /// Segments of all tracks together.
    pub segments: usize,
    /// Bytes of all files together.
    pub total_bytes: u64,
}

/// One picture size, measured.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedRendition {
    /// What a person calls it: `720p`.
    pub name: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Bits per second of the heaviest segment, sound included: the BANDWIDTH of the master playlist.
    pub bandwidth: u64,
    /// RFC 6381 codec strings, sound included.
    pub codecs: String,
    /// Frames per second.
    pub frame_rate: FrameRate,
    /// Number of segments.
    pub segments: usize,
}

/// Checks the output of a run in `work_dir` (it may have been moved since) and measures it.
///
/// # Errors
/// [`Failure::Truncated`] when much less was decoded than the source has packets for; [`Failure::DiskFull`] when
/// something is missing, empty or cut and there is no room left; [`Failure::FfmpegFailed`] when that has no such excuse,
/// or when a track is longer than the source.
pub fn verify(work_dir: &Path, plan: &Plan) -> Result<Published, Failure> {
    measure(work_dir, plan).map_err(|failure| room::blame(work_dir, failure))
}

fn measure(work_dir: &Path, plan: &Plan) -> Result<Published, Failure> {
    let plan = &Plan { work_dir: work_dir.to_owned(), ..plan.clone() };
    let stems =
        plan.renditions.iter().map(|rendition| &rendition.stem).chain(plan.audio.iter().map(|a| &a.stem));
    let tracks: Vec<Track> = stems.map(|stem| complete(work_dir, stem)).collect::<Result<_, _>>()?;
    let mut total_bytes = named_bytes(work_dir, "master.m3u8")?;
    for name in plan.posters.first().map_or([].as_slice(), |_| &["poster.jpg", "poster-480.jpg"]) {
        total_bytes += named_bytes(work_dir, name)?;
    }
    let (pictures, _) = tracks.split_at(plan.renditions.len());
    if pictures.windows(2).any(|pair| !aligned(&pair[0], &pair[1])) {
        return Err(unusable("renditions are not cut at the same times"));
    }
    tracks.iter().try_for_each(|track| as_long_as_the_film(track, plan.duration_ms))?;
    let seconds = tracks.iter().map(Track::seconds).fold(0.0, f64::max);
    let variants = playlist::variants(plan).map_err(|error| unusable(&error.to_string()))?;
    let frame_rate = plan.frame_rate.unwrap_or(FrameRate { num: 1, den: 1 });
    let measured =
        plan.renditions.iter().zip(&variants).zip(pictures).map(|((rendition, variant), track)| {
            PublishedRendition {
                name: rendition.name.clone(),
                width: rendition.width,
                height: rendition.height,
                bandwidth: variant.peak_bps,
                codecs: variant.codecs.clone(),
                frame_rate,
                segments: track.segments.len(),
            }
        });
    Ok(Published {
        duration_ms: (seconds * 1000.0).round() as u64,
        renditions: measured.collect(),
        has_audio: plan.audio.is_some(),
        has_poster: !plan.posters.is_empty(),
        segments: tracks.iter().map(|track| track.segments.len()).sum(),
        total_bytes: total_bytes + tracks.iter().map(Track::bytes).sum::<u64>(),
    })
}

/// A track without anything in it is never played, and one that lasts longer than its packets is out of step.
fn as_long_as_the_film(track: &Track, film_ms: u64) -> Result<(), Failure> {
    let track_ms = (track.seconds() * 1000.0).round() as u64;
    if track_ms == 0 || track_ms < least(film_ms) {
        return Err(Failure::Truncated);
    }
    if track_ms > film_ms + (film_ms / 100).max(500) {
        return Err(unusable(&format!("{} lasts {track_ms} ms, its packets {film_ms} ms", track.init)));
    }
    Ok(())
}

fn unusable(why: &str) -> Failure {
    Failure::FfmpegFailed { log: why.to_owned() }
}

/// The track, when its playlist is finished and nothing it names is missing or empty.
fn complete(folder: &Path, stem: &str) -> Result<Track, Failure> {
    let track = Track::read(folder, stem).map_err(|error| unusable(&format!("{stem}: {error}")))?;
    if !track.ended || track.segments.is_empty() {
        return Err(unusable(&format!("{stem}: the playlist is not finished")));
    }
    let names = track.segments.iter().map(|segment| &segment.name).chain([&track.init]);
    for name in names {
        if !mp4::whole(&folder.join(name)).unwrap_or(false) {
            return Err(unusable(&format!("{name} is empty or cut off")));
        }
    }
    Ok(track)
}

fn named_bytes(folder: &Path, name: &str) -> Result<u64, Failure> {
    let bytes = folder.join(name).metadata().map_or(0, |meta| meta.len());
    if bytes > 0 { Ok(bytes) } else { Err(unusable(&format!("{name} is missing or empty"))) }
}

/// Whether two pictures are cut at the same times, to a millisecond.
fn aligned(one: &Track, other: &Track) -> bool {
    let same = |(a, b): (&playlist::Segment, &playlist::Segment)| (a.seconds - b.seconds).abs() < 0.001;
    one.segments.len() == other.segments.len() && one.segments.iter().zip(&other.segments).all(same)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lasting(ms: u64) -> Track {
        let half =
            |name: &str| playlist::Segment { name: name.to_owned(), seconds: ms as f64 / 2_000.0, bytes: 1 };
        let segments = vec![half("v0-00000.m4s"), half("v0-00001.m4s")];
        Track { init: "v0-init.mp4".to_owned(), init_bytes: 1, segments, ended: true }
    }

    #[test]
    fn a_track_is_about_as_long_as_the_film() {
        for (track_ms, film_ms, code) in [
            (60_000, 60_000, None),
            (58_200, 60_000, None),
            (58_198, 60_000, Some("truncated")),
            (60_600, 60_000, None),
            (60_602, 60_000, Some("ffmpeg_failed")),
            // A short film has room to be off by more of itself, but not without end.
            (200, 400, None),
            (198, 400, Some("truncated")),
            (900, 400, None),
            (902, 400, Some("ffmpeg_failed")),
            // Nothing to play, even where nothing was asked for.
            (0, 60_000, Some("truncated")),
            (0, 1, Some("truncated")),
            (0, 0, Some("truncated")),
        ] {
            let refused = as_long_as_the_film(&lasting(track_ms), film_ms).err();
            assert_eq!(refused.map(|failure| failure.code()), code, "{track_ms} ms of {film_ms} ms");
        }
    }
}
