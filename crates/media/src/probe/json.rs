//! ffprobe's JSON into facts. Everything in it is optional and comes from the file: numbers may be text,
//! fractions may be `0/0`, rotations may be any angle.

use serde::Deserialize;

use crate::facts::{AudioFacts, Colour, FrameRate, VideoFacts};
use crate::failure::Failure;
use crate::inputs::decodable;

/// Above this an average frame rate is not one: files without frame durations report their clock (1000, 90000).
const CLOCK_NOT_RATE: f64 = 999.0;

#[derive(Debug, Deserialize)]
pub(super) struct Report {
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    format: Format,
}

#[derive(Debug, Default, Deserialize)]
struct Format {
    duration: Option<String>,
    start_time: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Stream {
    index: u32,
    codec_type: String,
    codec_name: Option<String>,
    codec_tag_string: String,
    profile: Option<String>,
    pix_fmt: Option<String>,
    bits_per_raw_sample: Option<String>,
    width: u32,
    height: u32,
    sample_aspect_ratio: Option<String>,
    field_order: Option<String>,
    color_space: Option<String>,
    color_transfer: Option<String>,
    color_primaries: Option<String>,
    r_frame_rate: Option<String>,
    avg_frame_rate: Option<String>,
    duration: Option<String>,
    channels: u32,
    channel_layout: Option<String>,
    sample_rate: Option<String>,
    disposition: Disposition,
    tags: Tags,
    side_data_list: Vec<SideData>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Disposition {
    default: u8,
    attached_pic: u8,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Tags {
    language: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SideData {
    rotation: Option<f64>,
    side_data_type: String,
}

/// Parses what ffprobe said.
pub(super) fn read(said: &[u8]) -> Result<Report, Failure> {
    let text = String::from_utf8_lossy(said); // tags come from the file and may be in any encoding
    serde_json::from_str(&text).map_err(|error| Failure::FfmpegFailed { log: format!("ffprobe: {error}") })
}

impl Report {
    pub(super) fn tracks(&self) -> usize {
        self.streams.len()
    }

    /// The declared length in ms: the container's, else the longest track's.
    pub(super) fn duration_ms(&self) -> Option<u64> {
        let of_tracks =
            self.streams.iter().filter_map(|stream| milliseconds(stream.duration.as_deref())).max();
        milliseconds(self.format.duration.as_deref()).or(of_tracks)
    }

    /// When the film's clock begins, microseconds.
    pub(super) fn start_us(&self) -> i64 {
        seconds(self.format.start_time.as_deref()).map_or(0, |seconds| (seconds * 1e6).round() as i64)
    }

    /// The picture tracks, the default ones first. Cover art is none.
    pub(super) fn pictures(&self) -> Vec<Track<VideoFacts>> {
        let tracks =
            self.streams.iter().filter(|s| s.codec_type == "video" && s.disposition.attached_pic == 0);
        let (first, others): (Vec<_>, Vec<_>) = tracks.partition(|stream| stream.disposition.default == 1);
        first
            .into_iter()
            .chain(others)
            .map(|stream| Track { stream: stream.index, facts: stream.video() })
            .collect()
    }

    /// The sound tracks, in the file's order.
    pub(super) fn sounds(&self) -> Vec<Track<AudioFacts>> {
        let tracks = self.streams.iter().filter(|stream| stream.codec_type == "audio");
        tracks.map(|stream| Track { stream: stream.index, facts: stream.audio() }).collect()
    }
}

/// A track as declared, or why it could not be used.
#[derive(Debug, PartialEq)]
pub(super) struct Track<T> {
    /// Index of the stream in the file.
    pub(super) stream: u32,
    pub(super) facts: Result<T, Failure>,
}

impl Stream {
    /// The codec's name, or why it cannot be used.
    fn codec(&self) -> Result<String, Failure> {
        let tag = self.codec_tag_string.as_str();
        let encrypted = self.side_data_list.iter().any(|data| data.side_data_type.starts_with("Encryption"));
        if encrypted || matches!(tag, "encv" | "enca" | "drmi" | "drms") {
            return Err(Failure::Protected);
        }
        let name = self.codec_name.as_deref().filter(|name| !matches!(*name, "unknown" | "none"));
        match name {
            Some(name) if decodable(name) => Ok(name.to_owned()),
            _ => Err(Failure::UnsupportedCodec { codec: name.unwrap_or(tag).chars().take(32).collect() }),
        }
    }

    fn video(&self) -> Result<VideoFacts, Failure> {
        let codec = self.codec()?;
        let Some(pixel_format) = self.pix_fmt.clone().filter(|_| self.width > 0 && self.height > 0) else {
            return Err(Failure::Truncated); // no picture ever came; also when the samples lie in another file
        };
        let rotation_deg = self.rotation();
        let (width, height) = self.display_size(rotation_deg);
        let average = rate(self.avg_frame_rate.as_deref());
        let base = rate(self.r_frame_rate.as_deref());
        let interlaced = match self.field_order.as_deref() {
            Some("tt" | "bb" | "tb" | "bt") => true,
            Some("progressive") => false,
            _ => matches!(codec.as_str(), "mpeg2video" | "dvvideo"),
        };
        Ok(VideoFacts {
            stream: self.index,
            bit_depth: bit_depth(self.bits_per_raw_sample.as_deref(), &pixel_format),
            codec,
            profile: self.profile.clone().unwrap_or_default(),
            pixel_format,
            width,
            height,
            coded_height: self.height,
            rotation_deg,
            frame_rate: average.filter(|rate| rate.as_f64() < CLOCK_NOT_RATE),
            variable_frame_rate: uneven(average, base),
            interlaced,
            colour: self.colour(),
            end_ms: 0,
            shifts: Vec::new(),
        })
    }

    fn audio(&self) -> Result<AudioFacts, Failure> {
        let sample_rate = self.sample_rate.as_deref().and_then(|text| text.parse().ok()).unwrap_or(0);
        Ok(AudioFacts {
            stream: self.index,
            codec: self.codec()?,
            channels: self.channels.max(1),
            layout: self.channel_layout.clone().unwrap_or_default(),
            sample_rate,
            language: self.tags.language.clone().filter(|tag| tag != "und" && tag.len() <= 16),
            default: self.disposition.default == 1,
            end_ms: 0,
            shifts: Vec::new(),
        })
    }

    /// Clockwise turn in degrees. ffprobe counts the other way round.
    fn rotation(&self) -> u16 {
        let turn = self.side_data_list.iter().find_map(|data| data.rotation).unwrap_or(0.0);
        let quarters = (-turn / 90.0).round().rem_euclid(4.0);
        if quarters.is_nan() { 0 } else { quarters as u16 * 90 }
    }

    fn display_size(&self, rotation_deg: u16) -> (u32, u32) {
        let (num, den) = fraction(self.sample_aspect_ratio.as_deref(), ':').unwrap_or((1, 1));
        // Non-square pixels are stretched sideways or upwards, never shrunk: no line of the picture is lost.
        let shape = (f64::from(num) / f64::from(den)).clamp(0.1, 10.0);
        let (mut width, mut height) = (f64::from(self.width), f64::from(self.height));
        if shape >= 1.0 {
            width *= shape
        } else {
            height /= shape
        }
        let (width, height) = (width.round() as u32, height.round() as u32);
        if rotation_deg % 180 == 90 { (height, width) } else { (width, height) }
    }

    fn colour(&self) -> Colour {
        match (self.color_transfer.as_deref(), self.color_primaries.as_deref(), self.color_space.as_deref()) {
            (Some("smpte2084"), ..) => Colour::Pq,
            (Some("arib-std-b67"), ..) => Colour::Hlg,
            (_, Some("bt2020"), _) => Colour::Wide,
            (.., Some(space)) if space != "unknown" => Colour::Standard,
            _ => Colour::Untagged,
        }
    }
}

/// Evenly spaced frames have a base rate equal to the average one, or twice it for fields.
fn uneven(average: Option<FrameRate>, base: Option<FrameRate>) -> bool {
    let (Some(average), Some(base)) = (average, base) else { return true };
    let ratio = base.as_f64() / average.as_f64();
    average.as_f64() >= CLOCK_NOT_RATE || ((ratio - 1.0).abs() > 0.005 && (ratio - 2.0).abs() > 0.005)
}

fn bit_depth(raw: Option<&str>, pixel_format: &str) -> u8 {
    let named = pixel_format.trim_end_matches("le").trim_end_matches("be");
    let of_name = [9, 10, 12, 14, 16].into_iter().find(|depth| {
        named.ends_with(&format!("p{depth}"))
            || named.ends_with(&format!("p0{depth}"))
            || named == format!("gray{depth}")
    });
    of_name.or_else(|| raw.and_then(|text| text.parse().ok()).filter(|depth| *depth >= 8)).unwrap_or(8)
}

fn rate(text: Option<&str>) -> Option<FrameRate> {
    fraction(text, '/').map(|(num, den)| FrameRate { num, den })
}

/// Two positive numbers; `0/0` and `0:1` are how ffprobe says that it does not know.
fn fraction(text: Option<&str>, between: char) -> Option<(u32, u32)> {
    let (num, den) = text?.split_once(between)?;
    Some((num.parse().ok()?, den.parse().ok()?)).filter(|(num, den)| *num > 0 && *den > 0)
}

fn milliseconds(text: Option<&str>) -> Option<u64> {
    whole_ms(seconds(text)?)
}

fn seconds(text: Option<&str>) -> Option<f64> {
    text?.parse().ok().filter(|seconds: &f64| seconds.is_finite())
}

fn whole_ms(seconds: f64) -> Option<u64> {
    (seconds.is_finite() && seconds > 0.0).then_some((seconds * 1000.0).round() as u64)
}
