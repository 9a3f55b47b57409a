//! The way of the sound: decoded beside the picture and brought to plain samples, whatever it is and becomes; then, in a
//! second ffmpeg that only ever sees those, put on the film's clock and encoded.

use std::ffi::OsString;
use std::path::Path;

use super::job::{self, Job};

/// The pipe between the two, in the work folder.
pub(crate) const PIPE: &str = "sound.nut";

/// The filters of the first half, one graph for each voice. More than two channels are mixed down with the centre,
/// where speech is, at full strength, and brought up to where stereo is. None of them has a start or an amount: they
/// may be begun anew at any time.
pub(super) fn graphs(job: &Job<'_>) -> Vec<OsString> {
    let each = job.voices.iter().zip(&job.input.sounds).enumerate().flat_map(|(n, (voice, stream))| {
        // A single channel is taken as it is: brought to another place it would lose half of its power.
        let even = match voice.sides {
            Some(_) => "aresample=48000,pan=mono|c0=c0,aformat=sample_fmts=flt",
            None => {
                "aresample=48000:ocl=stereo:clev=1:slev=0.5:rematrix_maxval=1.778,\
                 aformat=sample_fmts=flt:channel_layouts=stereo"
            }
        };
        let graph = format!("[0:{stream}]{even}[a{n}]");
        ["-filter_complex".to_owned(), graph]
    });
    each.map(OsString::from).collect()
}

/// The output of the first half: samples with their times.
pub(super) fn samples(job: &Job<'_>) -> Vec<OsString> {
    if job.voices.is_empty() {
        return Vec::new();
    }
    let maps = (0..job.voices.len()).flat_map(|n| ["-map".to_owned(), format!("[a{n}]")]);
    let mut args: Vec<OsString> = maps.map(OsString::from).collect();
    args.extend(["-c:a", "pcm_f32le", "-map_metadata", "-1", "-map_chapters", "-1"].map(OsString::from));
    args.extend(["-avoid_negative_ts", "disabled", "-f", "nut", PIPE].map(OsString::from));
    args
}

/// ffmpeg's arguments for the second half.
pub(super) fn command(job: &Job<'_>, work_dir: &Path) -> Vec<OsString> {
    let mut args = job::quiet(1);
    args.extend(
        ["-protocol_whitelist", "file", "-format_whitelist", "nut", "-codec_whitelist", "pcm_f32le"]
            .map(OsString::from),
    );
    let mut name = OsString::from("file:");
    name.push(work_dir.join(PIPE));
    args.extend(["-copyts".into(), "-f".into(), "nut".into(), "-i".into(), name]);
    args.extend(["-filter_complex".into(), graph(job).into()]);
    args.extend(["-map", "[a0]", "-c:a", "aac", "-profile:a", "aac_low", "-b:a"].map(OsString::from));
    args.extend([job.settings.audio_bps.to_string().into()]);
    args.extend(["-ar", "48000", "-ac", "2"].map(OsString::from));
    args.extend(job::segments("a0").into_iter().map(OsString::from));
    args
}

/// From the film's zero on without a gap, and to its end. Where samples and their times differ by more than a
/// twenty-fifth of a second, silence fills or something is cut, so that sound stays with the picture.
fn graph(job: &Job<'_>) -> String {
    let even = "aresample=48000:async=1:min_hard_comp=0.04:first_pts=0";
    let end = format!("apad=whole_dur={}", job::seconds(job.facts.duration_ms));
    if let [voice] = job.voices
        && voice.sides.is_none()
    {
        // What was mixed from many channels may be too loud for two.
        let limit = if voice.track.channels > 2 { ",alimiter=limit=0.95:level=disabled" } else { "" };
        return format!("[0:0]{even}{limit},{end},aformat=channel_layouts=stereo[a0]");
    }
    // Samples in NUT carry no layout, and what has none cannot be merged.
    let mono = "aformat=channel_layouts=mono";
    let mut chains: Vec<String> =
        (0..job.voices.len()).map(|n| format!("[0:{n}]{even},{end},{mono}[m{n}]")).collect();
    let sums = [0, 1].map(|side| {
        let terms = job.voices.iter().enumerate().filter_map(|(n, voice)| {
            let (left, right) = voice.sides.unwrap_or((100, 100));
            let loud = if side == 0 { left } else { right };
            (loud > 0).then(|| format!("{}.{:02}*c{n}", loud / 100, loud % 100))
        });
        terms.collect::<Vec<_>>().join("+")
    });
    let labels: String = (0..job.voices.len()).map(|n| format!("[m{n}]")).collect();
    let limit = if job.voices.len() > 2 { ",alimiter=limit=0.95:level=disabled" } else { "" };
    let mix = format!("pan=stereo|c0={}|c1={}", sums[0], sums[1]);
    chains.push(format!("{labels}amerge=inputs={},{mix}{limit}[a0]", job.voices.len()));
    chains.join(";")
}
