//! The arguments that stand before every input, ffprobe's and ffmpeg's alike: which protocol, demuxer and
//! decoders may be used at all. What is not listed here cannot be reached by an uploaded file.

use std::ffi::OsString;
use std::path::Path;

use crate::facts::Container;

/// Picture decoders by ffmpeg's names. Software decoders only; still-picture codecs stand here because
/// cameras and screen recorders put them into films.
const VIDEO_DECODERS: &[&str] = &[
    "h264",
    "hevc",
    "vp8",
    "vp9",
    "av1",
    "libdav1d",
    "libaom-av1",
    "mpeg4",
    "mpeg1video",
    "mpeg2video",
    "h263",
    "h261",
    "flv",
    "msmpeg4v1",
    "msmpeg4v2",
    "msmpeg4",
    "wmv1",
    "wmv2",
    "wmv3",
    "vc1",
    "theora",
    "vp6",
    "vp6f",
    "prores",
    "dnxhd",
    "cfhd",
    "mjpeg",
    "dvvideo",
    "rawvideo",
    "ffv1",
    "huffyuv",
    "ffvhuff",
    "utvideo",
    "magicyuv",
    "qtrle",
    "png",
    "svq3",
    "cinepak",
    "rpza",
    "v210",
    "hap",
];

/// Sound decoders by ffmpeg's names.
const AUDIO_DECODERS: &[&str] = &[
    "aac",
    "aac_latm",
    "mp3float",
    "mp3",
    "mp2float",
    "mp2",
    "mp1float",
    "ac3",
    "eac3",
    "opus",
    "libopus",
    "vorbis",
    "libvorbis",
    "flac",
    "alac",
    "wmav1",
    "wmav2",
    "wmapro",
    "dca",
    "truehd",
    "amrnb",
    "amrwb",
    "speex",
    "libspeex",
    "nellymoser",
    "adpcm_ms",
    "adpcm_ima_wav",
    "adpcm_ima_qt",
    "adpcm_swf",
    "gsm_ms",
    "qdm2",
    "pcm_u8",
    "pcm_s8",
    "pcm_s16le",
    "pcm_s16be",
    "pcm_s24le",
    "pcm_s24be",
    "pcm_s32le",
    "pcm_s32be",
    "pcm_f32le",
    "pcm_f32be",
    "pcm_f64le",
    "pcm_alaw",
    "pcm_mulaw",
    "pcm_dvd",
    "pcm_bluray",
    "s302m",
];

/// Subtitle decoders by ffmpeg's names. They are never used, but ffprobe gives up on a film when one of its tracks
/// may not be opened.
const SUBTITLE_DECODERS: &[&str] = &[
    "mov_text",
    "srt",
    "subrip",
    "ass",
    "ssa",
    "webvtt",
    "text",
    "dvbsub",
    "dvdsub",
    "pgssub",
    "cc_dec",
    "libzvbi_teletextdec",
    "xsub",
];

/// Names under which ffprobe reports codecs whose decoder is called otherwise.
const REPORTED_OTHERWISE: &[&str] =
    &["flv1", "vp6a", "msmpeg4v3", "dts", "amr_nb", "amr_wb", "mp1", "gsm_ms"];

/// Whether a codec, as ffprobe names it, has a decoder on our list.
pub(crate) fn decodable(codec: &str) -> bool {
    [VIDEO_DECODERS, AUDIO_DECODERS, REPORTED_OTHERWISE].iter().any(|list| list.contains(&codec))
}

/// A file to be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) container: Container,
    /// Absolute: ffmpeg runs in another folder.
    pub(crate) file: &'a Path,
    /// Tracks that are not used, with their decoders, which are not on our lists. ffprobe prepares a decoder for every
    /// track there is and gives up without one, so these are named to it; it feeds them nothing. ffmpeg prepares only
    /// those that it was told to use.
    pub(crate) unused: &'a [(u32, String)],
}

/// Everything up to and including `-i FILE`.
pub(crate) fn input(source: &Source<'_>, max_pixels: u64, before: &[&str]) -> Vec<OsString> {
    let Source { container, file, unused } = *source;
    let demuxer = container.demuxer();
    let decoders = [VIDEO_DECODERS, AUDIO_DECODERS, SUBTITLE_DECODERS].concat().join(",");
    let mut args: Vec<OsString> =
        ["-protocol_whitelist", "file", "-format_whitelist", demuxer].map(Into::into).into();
    args.extend(["-codec_whitelist".into(), decoders.into()]);
    for (track, decoder) in unused {
        args.extend([format!("-codec_whitelist:{track}").into(), decoder.into()]);
    }
    args.extend(["-max_pixels".into(), max_pixels.to_string().into()]);
    if container == Container::Mp4 {
        // QuickTime can name other files as the home of its samples.
        args.extend(["-enable_drefs", "0", "-use_absolute_path", "0"].map(OsString::from));
    }
    args.extend(["-f", demuxer].map(OsString::from));
    args.extend(before.iter().map(OsString::from));
    let mut name = OsString::from("file:"); // so that no character of the path can mean a protocol
    name.push(file);
    args.extend(["-i".into(), name]);
    args
}
