//! Playlists: the little of ffmpeg's that we read back, and the master that we write ourselves, because only
//! after encoding the true rates and codec strings are known. (RFC 8216 section 4.3)

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use crate::mp4;
use crate::plan::{Kind, Plan};

/// AAC-LC (RFC 6381).
const AAC: &str = "mp4a.40.2";

/// What a viewer on an ordinary line or phone can take without waiting, bits per second.
const QUICK_BPS: u64 = 2_000_000;

/// A media playlist and its files, as found on disk.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Track {
    /// Name of the init segment.
    pub(crate) init: String,
    /// Size of the init segment.
    pub(crate) init_bytes: u64,
    pub(crate) segments: Vec<Segment>,
    /// The playlist says that it is complete.
    pub(crate) ended: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Segment {
    pub(crate) name: String,
    pub(crate) seconds: f64,
    pub(crate) bytes: u64,
}

impl Track {
    /// Reads `STEM.m3u8` in `folder`, and the sizes of what it names.
    pub(crate) fn read(folder: &Path, stem: &str) -> io::Result<Self> {
        let text = fs::read_to_string(folder.join(format!("{stem}.m3u8")))?;
        let mut track = Self { init: String::new(), init_bytes: 0, segments: Vec::new(), ended: false };
        let mut seconds = 0.0;
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("#EXTINF:") {
                seconds = rest.trim_end_matches(',').parse().unwrap_or(0.0);
            } else if let Some(rest) = line.strip_prefix("#EXT-X-MAP:URI=\"") {
                rest.trim_end_matches('"').clone_into(&mut track.init);
                track.init_bytes = bytes_of(folder, &track.init)?;
            } else if line == "#EXT-X-ENDLIST" {
                track.ended = true;
            } else if !line.starts_with('#') && !line.is_empty() {
                let bytes = bytes_of(folder, line)?;
                track.segments.push(Segment { name: line.to_owned(), seconds, bytes });
            }
        }
        Ok(track)
    }

    pub(crate) fn seconds(&self) -> f64 {
        self.segments.iter().map(|segment| segment.seconds).sum()
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.init_bytes + self.segments.iter().map(|segment| segment.bytes).sum::<u64>()
    }

    /// Bits per second of the heaviest segment. The last ones may be too short to mean anything, so less than
    /// half a second counts as half a second.
    pub(crate) fn peak_bps(&self) -> u64 {
        let rate = |segment: &Segment| (segment.bytes as f64 * 8.0 / segment.seconds.max(0.5)).ceil() as u64;
        self.segments.iter().map(rate).max().unwrap_or(0)
    }

    /// Bits per second over the whole.
    pub(crate) fn average_bps(&self) -> u64 {
        (self.bytes() as f64 * 8.0 / self.seconds().max(0.5)).ceil() as u64
    }
}

fn bytes_of(folder: &Path, name: &str) -> io::Result<u64> {
    if name.contains('/') || name.contains(':') {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a name in a playlist is not bare"));
    }
    Ok(folder.join(name).metadata()?.len())
}

/// One line of the master.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Variant {
    pub(crate) stem: String,
    pub(crate) peak_bps: u64,
    pub(crate) average_bps: u64,
    pub(crate) codecs: String,
    /// Width and height; None for sound only.
    pub(crate) size: Option<(u32, u32)>,
}

/// The variants of a finished run: each picture with the shared sound, or the sound alone.
pub(crate) fn variants(plan: &Plan) -> io::Result<Vec<Variant>> {
    let folder = &plan.work_dir;
    let sound = plan.audio.as_ref().map(|audio| Track::read(folder, &audio.stem)).transpose()?;
    let (sound_peak, sound_average) =
        sound.as_ref().map_or((0, 0), |track| (track.peak_bps(), track.average_bps()));
    if let (Kind::Audio, Some(audio)) = (plan.kind, &plan.audio) {
        let (stem, codecs) = (audio.stem.clone(), AAC.to_owned());
        return Ok(vec![Variant {
            stem,
            peak_bps: sound_peak,
            average_bps: sound_average,
            codecs,
            size: None,
        }]);
    }
    let variant = |rendition: &crate::plan::Rendition| {
        let track = Track::read(folder, &rendition.stem)?;
        let init = fs::read(folder.join(&track.init))?;
        let unknown = || io::Error::new(io::ErrorKind::InvalidData, "an init segment without H.264 settings");
        let picture = mp4::avc_codec(&init).ok_or_else(unknown)?;
        Ok(Variant {
            stem: rendition.stem.clone(),
            peak_bps: track.peak_bps() + sound_peak,
            average_bps: track.average_bps() + sound_average,
            codecs: if sound.is_some() { format!("{picture},{AAC}") } else { picture },
            size: Some((rendition.width, rendition.height)),
        })
    };
    plan.renditions.iter().map(variant).collect()
}

/// Writes `master.m3u8` into the plan's work folder.
pub(crate) fn write_master(plan: &Plan) -> io::Result<()> {
    fs::write(plan.work_dir.join("master.m3u8"), master(plan, &variants(plan)?))
}

fn master(plan: &Plan, variants: &[Variant]) -> String {
    let mut text = String::from("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n");
    let grouped = plan.audio.as_ref().filter(|_| plan.kind == Kind::Video);
    if let Some(audio) = grouped {
        text += "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"sound\",NAME=\"Sound\",DEFAULT=YES,AUTOSELECT=YES";
        if let Some(language) = audio.language.as_deref().filter(|tag| plain(tag)) {
            let _ = write!(text, ",LANGUAGE=\"{language}\"");
        }
        let _ = writeln!(text, ",CHANNELS=\"2\",URI=\"{}.m3u8\"", audio.stem);
    }
    for variant in quick_first(variants) {
        let Variant { stem, peak_bps, average_bps, codecs, size } = variant;
        let _ = write!(text, "#EXT-X-STREAM-INF:BANDWIDTH={peak_bps},AVERAGE-BANDWIDTH={average_bps}");
        let _ = write!(text, ",CODECS=\"{codecs}\"");
        if let Some((width, height)) = size {
            let rate = plan.frame_rate.map_or(0.0, crate::facts::FrameRate::as_f64);
            let _ = write!(text, ",RESOLUTION={width}x{height},FRAME-RATE={rate:.3}");
        }
        text += if grouped.is_some() { ",AUDIO=\"sound\"\n" } else { "\n" };
        let _ = writeln!(text, "{stem}.m3u8");
    }
    text
}

/// The variant that most viewers can play at once, then the others as they come: players begin with the first.
fn quick_first(variants: &[Variant]) -> impl Iterator<Item = &Variant> {
    let quick = variants.iter().position(|variant| variant.peak_bps <= QUICK_BPS).unwrap_or(0);
    let rest = variants.iter().enumerate().filter(move |(nth, _)| *nth != quick);
    variants.get(quick).into_iter().chain(rest.map(|(_, variant)| variant))
}

/// A language tag that may stand in a playlist: it comes from the file.
fn plain(tag: &str) -> bool {
    !tag.is_empty() && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests;
