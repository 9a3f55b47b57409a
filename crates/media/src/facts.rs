//! What is known about a file after probing: plain data. Sizes are display sizes: what a viewer sees after
//! rotation and non-square pixels are applied.

/// A container that may be uploaded. The list is closed: each has one demuxer, chosen from the first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// MP4, QuickTime, M4A, 3GP.
    Mp4,
    /// Matroska and WebM.
    Matroska,
    /// MPEG transport stream, with 188, 192 or 204 bytes a packet.
    MpegTs,
    /// MPEG program stream.
    MpegPs,
    /// AVI.
    Avi,
    /// Flash video.
    Flv,
    /// Windows Media.
    Asf,
    /// Ogg.
    Ogg,
    /// WAV, RF64 included.
    Wav,
    /// AIFF.
    Aiff,
    /// MP3.
    Mp3,
    /// AAC in ADTS frames.
    Aac,
    /// FLAC.
    Flac,
}

impl Container {
    /// The one demuxer of ffmpeg that may read it.
    #[must_use]
    pub fn demuxer(self) -> &'static str {
        match self {
            Self::Mp4 => "mov",
            Self::Matroska => "matroska",
            Self::MpegTs => "mpegts",
            Self::MpegPs => "mpeg",
            Self::Avi => "avi",
            Self::Flv => "flv",
            Self::Asf => "asf",
            Self::Ogg => "ogg",
            Self::Wav => "wav",
            Self::Aiff => "aiff",
            Self::Mp3 => "mp3",
            Self::Aac => "aac",
            Self::Flac => "flac",
        }
    }
}

/// Frames per second as an exact fraction; never zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameRate {
    /// Numerator, at least 1.
    pub num: u32,
    /// Denominator, at least 1.
    pub den: u32,
}

impl FrameRate {
    /// As a number, for comparisons and playlists.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        f64::from(self.num) / f64::from(self.den)
    }
}

/// Packets whose timestamps are wrong and must be moved. It is done in a copy, before anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// The first of them, counted in their track.
    pub from: u64,
    /// The last of them, or None for all that follow.
    pub to: Option<u64>,
    /// By how much, in microseconds. What several shifts say of a packet adds up.
    pub by_us: i64,
}

/// The picture track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoFacts {
    /// Index of the stream in the file.
    pub stream: u32,
    /// ffmpeg's short name, e.g. `h264`.
    pub codec: String,
    /// E.g. `High`, `Main 10`; empty when unknown.
    pub profile: String,
    /// E.g. `yuv420p10le`.
    pub pixel_format: String,
    /// Bits per component.
    pub bit_depth: u8,
    /// Display width in square pixels, after rotation.
    pub width: u32,
    /// Display height in square pixels, after rotation.
    pub height: u32,
    /// Height as stored; decides the colours of a file that does not name them.
    pub coded_height: u32,
    /// Clockwise turn that ffmpeg applies by itself: 0, 90, 180 or 270.
    pub rotation_deg: u16,
    /// Average frame rate, or None when the file gives no sensible one.
    pub frame_rate: Option<FrameRate>,
    /// True when frames are not evenly spaced.
    pub variable_frame_rate: bool,
    /// True when fields must be woven into frames.
    pub interlaced: bool,
    /// How its colours are to be read.
    pub colour: Colour,
    /// When its last packet ends on the film's clock, ms.
    pub end_ms: u64,
    /// Where its timestamps are wrong.
    pub shifts: Vec<Shift>,
}

/// How colours are to be read, as far as the plan must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// BT.709, BT.601 or anything else that an ordinary screen shows as it is; tagged in the file.
    Standard,
    /// No tag in the file: guessed by height.
    Untagged,
    /// BT.2020 primaries with an ordinary curve.
    Wide,
    /// BT.2020 with the PQ curve (HDR10).
    Pq,
    /// BT.2020 with the HLG curve.
    Hlg,
}

/// One sound track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudioFacts {
    /// Index of the stream in the file.
    pub stream: u32,
    /// ffmpeg's short name, e.g. `aac`.
    pub codec: String,
    /// Channels, at least 1.
    pub channels: u32,
    /// E.g. `stereo`, `5.1(side)`; empty when unknown.
    pub layout: String,
    /// Samples per second.
    pub sample_rate: u32,
    /// Language tag from the file, three letters as a rule.
    pub language: Option<String>,
    /// True when the file marks it as the one to play.
    pub default: bool,
    /// When its last packet ends on the film's clock, ms; 0 for tracks that are not played.
    pub end_ms: u64,
    /// Where its timestamps are wrong.
    pub shifts: Vec<Shift>,
}

impl AudioFacts {
    /// Where its one channel stands, when it has one and says so: `FL`, `FR`, `FC` and so on.
    fn place(&self) -> Option<&str> {
        let place = self.layout.strip_prefix("1 channels (").and_then(|rest| rest.strip_suffix(')'));
        let place = place.unwrap_or(&self.layout);
        let place = if place == "mono" { "FC" } else { place };
        (self.channels == 1 && PLACES.iter().any(|(name, ..)| *name == place)).then_some(place)
    }
}

/// Places of single channels, and how loud each is on the left and on the right, in hundredths.
const PLACES: [(&str, u32, u32); 9] = [
    ("FL", 100, 0),
    ("FR", 0, 100),
    ("FC", 100, 100),
    ("LFE", 0, 0),
    ("BL", 50, 0),
    ("BR", 0, 50),
    ("SL", 50, 0),
    ("SR", 0, 50),
    ("BC", 35, 35),
];

/// A track that is heard, and how loud on either side, in hundredths. None for a track that fills both by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Voice<'a> {
    pub(crate) track: &'a AudioFacts,
    pub(crate) sides: Option<(u32, u32)>,
}

/// What is known about a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// From the first bytes, not from the name.
    pub container: Container,
    /// When the last of the tracks that are played ends, ms, by its packets. What the file declares does not count.
    pub duration_ms: u64,
    /// Size of the file in bytes.
    pub size_bytes: u64,
    /// The picture, unless the file has none (cover art does not count).
    pub video: Option<VideoFacts>,
    /// All sound tracks, in the file's order.
    pub audio: Vec<AudioFacts>,
}

impl Facts {
    /// The sound to play: the default track, else the first. Where that has one channel only and others belong to it,
    /// as cameras and cutting programs write them, all of them together.
    pub(crate) fn voices(&self) -> Vec<Voice<'_>> {
        let Some(first) = self.audio.iter().find(|track| track.default).or_else(|| self.audio.first()) else {
            return Vec::new();
        };
        let belongs = |track: &&AudioFacts| track.channels == 1 && track.language == first.language;
        let singles: Vec<&AudioFacts> = self.audio.iter().filter(belongs).collect();
        let of = |place: &str| singles.iter().find(|track| track.place() == Some(place)).copied();
        if first.channels == 1 && of("FL").is_some() && of("FR").is_some() {
            let each = PLACES.iter().filter_map(|(place, left, right)| {
                Some(Voice { track: of(place)?, sides: Some((*left, *right)) })
            });
            return each.collect();
        }
        // Cameras do not say which of their two microphones is which. Other formats hold commentaries so.
        let raw = |track: &&&AudioFacts| {
            track.codec.starts_with("pcm_") && matches!(track.place(), None | Some("FC"))
        };
        match singles.iter().filter(raw).copied().take(2).collect::<Vec<_>>()[..] {
            [left, right] if left.stream == first.stream => {
                vec![
                    Voice { track: left, sides: Some((100, 0)) },
                    Voice { track: right, sides: Some((0, 100)) },
                ]
            }
            _ => vec![Voice { track: first, sides: None }],
        }
    }

    /// Whether timestamps must be mended before the film can be made.
    pub(crate) fn wants_mending(&self) -> bool {
        let picture = self.video.iter().map(|video| &video.shifts);
        let sound = self.audio.iter().map(|track| &track.shifts);
        picture.chain(sound).any(|shifts| !shifts.is_empty())
    }
}
