//! What is known about a file after probing: plain data. Sizes are display sizes: what a viewer sees after
//! rotation and non-square pixels are applied.

/// A container that may be uploaded. The list is closed: each has one demuxer, chosen from the first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// MP4, QuickTime, M4A, 3GP.
    Mp4,
    /// Matroska and WebM.
    Matroska,
    /// MPEG transport stream, with 188 or 192 bytes a packet.
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

    /// Whether the length it declares can be relied on; in the others it is guessed from the rate of bits or
    /// from timestamps that may jump.
    pub(crate) fn declares_length(self) -> bool {
        !matches!(self, Self::MpegTs | Self::MpegPs | Self::Mp3 | Self::Aac)
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
    /// When it ends on the film's clock, ms, as declared or measured.
    pub end_ms: Option<u64>,
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
    /// When it ends on the film's clock, ms, as declared or measured. None for tracks that are not played.
    pub end_ms: Option<u64>,
}

/// What is known about a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// From the first bytes, not from the name.
    pub container: Container,
    /// Length in ms as declared, or measured when nothing is declared.
    pub duration_ms: u64,
    /// Size of the file in bytes.
    pub size_bytes: u64,
    /// The picture, unless the file has none (cover art does not count).
    pub video: Option<VideoFacts>,
    /// All sound tracks, in the file's order.
    pub audio: Vec<AudioFacts>,
}

impl Facts {
    /// The sound track to play: the default one, else the first.
    #[must_use]
    pub fn sound(&self) -> Option<&AudioFacts> {
        self.audio.iter().find(|track| track.default).or_else(|| self.audio.first())
    }

    /// When the last of the tracks that are played ends, ms. Others, subtitles for one, may go on longer.
    #[must_use]
    pub fn end_ms(&self) -> u64 {
        let picture = self.video.as_ref().and_then(|video| video.end_ms);
        let sound = self.sound().and_then(|audio| audio.end_ms);
        picture.max(sound).unwrap_or(self.duration_ms)
    }
}
