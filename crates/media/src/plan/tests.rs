//! Facts in, command lines out. The golden files hold one option a line; when a change is meant, the failing
//! test prints the new text, and `UPDATE_GOLDEN=1` writes it.

use super::*;
use crate::facts::{AudioFacts, Colour, Container, Shift, VideoFacts};

fn film() -> Facts {
    Facts {
        container: Container::Mp4,
        duration_ms: 61_230,
        size_bytes: 1 << 20,
        video: Some(VideoFacts {
            stream: 0,
            codec: "h264".into(),
            profile: "High".into(),
            pixel_format: "yuv420p".into(),
            bit_depth: 8,
            width: 1280,
            height: 720,
            coded_height: 720,
            rotation_deg: 0,
            frame_rate: Some(FrameRate { num: 25, den: 1 }),
            variable_frame_rate: false,
            interlaced: false,
            colour: Colour::Standard,
            end_ms: 61_230,
            shifts: Vec::new(),
        }),
        audio: vec![sound_track(1, 2)],
    }
}

fn sound_track(stream: u32, channels: u32) -> AudioFacts {
    AudioFacts {
        stream,
        codec: "aac".into(),
        channels,
        layout: String::new(),
        sample_rate: 44_100,
        language: Some("eng".into()),
        default: false,
        end_ms: 61_230,
        shifts: Vec::new(),
    }
}

fn planned(facts: &Facts) -> Plan {
    let settings = Settings { tone_mapping: true, ..Settings::default() };
    plan(facts, Path::new("/in/film: 1"), Path::new("/out"), &settings).expect("a plan")
}

fn with_video(change: impl FnOnce(&mut VideoFacts)) -> Facts {
    let mut facts = film();
    change(facts.video.as_mut().expect("a picture"));
    facts
}

/// The arguments as text, a new line before each option and each name of an output.
fn lines(args: &[OsString]) -> String {
    let mut text = String::new();
    for arg in args.iter().map(|arg| arg.to_string_lossy()) {
        let output = arg.ends_with(".m3u8") || arg.ends_with(".jpg");
        text += if text.is_empty() {
            ""
        } else if arg.starts_with('-') || output {
            "\n"
        } else {
            " "
        };
        text += &arg;
    }
    text.replace(';', ";\n  ") + "\n"
}

/// The value behind an option.
fn value<'a>(args: &'a [OsString], option: &str) -> &'a str {
    let at = args.iter().position(|arg| arg == option).expect("the option");
    args[at + 1].to_str().expect("text")
}

/// The filters of the picture, or of the samples where there is no picture.
fn graph(facts: &Facts) -> String {
    value(&planned(facts).encode, "-filter_complex").to_owned()
}

/// The filters of the sound, in both halves.
fn sound_graphs(facts: &Facts) -> (String, String) {
    let plan = planned(facts);
    let at = plan.encode.iter().rposition(|arg| arg == "-filter_complex").expect("a graph");
    let samples = plan.encode[at + 1].to_str().expect("text").to_owned();
    (samples, value(plan.sound.as_ref().expect("sound"), "-filter_complex").to_owned())
}

#[track_caller]
#[expect(clippy::disallowed_methods, reason = "the one switch that writes golden files anew")]
fn assert_golden(args: &[OsString], name: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/plan/golden").join(name);
    let found = lines(args);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, &found).expect("written");
    }
    let golden = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(found == golden, "{name} is now:\n{found}");
}

#[test]
fn the_commands_of_an_ordinary_film() {
    let rungs = Rung::default_ladder().into_iter().filter(|rung| [720, 360].contains(&rung.lines)).collect();
    let settings = Settings { rungs, ..Settings::default() };
    let plan = plan(&film(), Path::new("/in/film: 1"), Path::new("/out"), &settings).expect("a plan");
    assert_golden(&plan.encode, "film-encode.txt");
    assert_golden(plan.sound.as_ref().expect("sound"), "sound-encode.txt");
    assert_golden(&plan.posters[0], "film-poster.txt");
    assert_eq!(plan.posters.len(), 2);
    assert_eq!(value(&plan.posters[1], "-ss"), "0");
}

#[test]
fn the_command_of_sound_alone() {
    let facts = Facts { video: None, container: Container::Flac, ..film() };
    let plan = planned(&facts);
    assert_eq!((plan.kind, plan.renditions.len(), plan.posters.len()), (Kind::Audio, 0, 0));
    assert_golden(&plan.encode, "samples-encode.txt");
    let strict = Settings { accept_audio: false, ..Settings::default() };
    let refused = super::plan(&facts, Path::new("/in"), Path::new("/out"), &strict);
    assert_eq!(refused, Err(Failure::NoVideo));
}

#[test]
fn every_command_keeps_to_the_allow_lists() {
    for container in [Container::Mp4, Container::Matroska, Container::Avi, Container::MpegTs] {
        let plan = planned(&Facts { container, ..film() });
        assert_eq!(value(plan.sound.as_ref().expect("sound"), "-format_whitelist"), "nut");
        for args in plan.posters.iter().chain([&plan.encode]) {
            assert_eq!(value(args, "-protocol_whitelist"), "file");
            assert_eq!(value(args, "-format_whitelist"), container.demuxer());
            assert_eq!(value(args, "-f"), container.demuxer(), "the first -f belongs to the input");
            assert_eq!(value(args, "-i"), "file:/in/film: 1");
            assert!(
                !value(args, "-codec_whitelist")
                    .split(',')
                    .any(|name| ["snow", "ansi", "sami"].contains(&name))
            );
            assert_eq!(args.iter().any(|arg| arg == "-enable_drefs"), container == Container::Mp4);
        }
    }
}

#[test]
fn frame_rates_become_even_and_bounded() {
    let rate = |num, den, variable_frame_rate| {
        let facts = with_video(|video| {
            video.frame_rate = Some(FrameRate { num, den });
            video.variable_frame_rate = variable_frame_rate;
        });
        let rate = planned(&facts).frame_rate.expect("a rate");
        (rate.num, rate.den)
    };
    assert_eq!(rate(30_000, 1001, false), (30_000, 1001));
    assert_eq!(rate(2997, 100, false), (30_000, 1001), "a rounded broadcast rate");
    assert_eq!(rate(15, 1, false), (15, 1), "an even odd rate is kept");
    assert_eq!(rate(120, 1, false), (120, 2));
    assert_eq!(rate(240_000, 1001, false), (240_000, 4004));
    assert_eq!(rate(2987, 100, true), (30_000, 1001));
    assert_eq!(rate(17, 1, true), (24_000, 1001));
    assert_eq!(rate(59, 1, true), (60_000, 1001));
    assert_eq!(rate(97, 1, true), (97, 2));
    assert_eq!(
        planned(&with_video(|video| video.frame_rate = None)).frame_rate,
        Some(FrameRate { num: 30, den: 1 })
    );
}

#[test]
fn pictures_are_made_ordinary() {
    assert!(graph(&with_video(|video| video.interlaced = true)).starts_with("[0:0]bwdif="));
    assert!(graph(&film()).contains("pad=1280:720:-1:-1"), "each picture by its own shape");
    assert!(!graph(&film()).contains("bwdif"));
    let matrix = |colour, coded_height| {
        graph(&with_video(|video| (video.colour, video.coded_height) = (colour, coded_height)))
    };
    assert!(matrix(Colour::Untagged, 576).contains("in_color_matrix=bt601:out_color_matrix=bt709"));
    assert!(matrix(Colour::Untagged, 720).contains("in_color_matrix=bt709"));
    assert!(matrix(Colour::Standard, 720).contains("in_color_matrix=auto"));
    assert!(
        matrix(Colour::Pq, 720).contains("tin=smpte2084") && matrix(Colour::Pq, 720).contains("tonemap=")
    );
    assert!(matrix(Colour::Hlg, 720).contains("tin=arib-std-b67"));
    assert!(!matrix(Colour::Wide, 720).contains("tonemap="));
    let plain = plan(
        &with_video(|video| video.colour = Colour::Pq),
        Path::new("/in"),
        Path::new("/out"),
        &Settings::default(),
    );
    let plain = plain.expect("a plan");
    assert!(!value(&plain.encode, "-filter_complex").contains("zscale"), "an ffmpeg without zimg");
}

#[test]
fn the_right_sound_is_taken_and_mixed_down() {
    let mut marked = sound_track(3, 6);
    marked.default = true;
    let (samples, sound) = sound_graphs(&Facts { audio: vec![sound_track(1, 2), marked], ..film() });
    assert!(samples.contains("[0:3]aresample") && samples.contains("clev=1"), "{samples}");
    assert!(sound.contains("alimiter"), "{sound}");
    let silent = planned(&Facts { audio: Vec::new(), ..film() });
    assert_eq!((silent.audio, silent.sound), (None, None));
    assert!(!lines(&silent.encode).contains("[a0]"));
}

#[test]
fn single_channels_that_belong_together_are_heard_together() {
    let single = |stream, layout: &str, codec: &str| AudioFacts {
        layout: layout.into(),
        codec: codec.into(),
        ..sound_track(stream, 1)
    };
    let heard = |tracks: Vec<AudioFacts>| {
        let facts = Facts { audio: tracks, ..film() };
        let voices: Vec<u32> = facts.voices().iter().map(|voice| voice.track.stream).collect();
        (voices, sound_graphs(&facts).1)
    };
    let (left, right) = (single(1, "1 channels (FL)", "aac"), single(2, "1 channels (FR)", "aac"));
    let (voices, sound) = heard(vec![left.clone(), right.clone()]);
    assert_eq!(voices, [1, 2]);
    assert!(sound.contains("amerge=inputs=2,pan=stereo|c0=1.00*c0|c1=1.00*c1"), "{sound}");
    let six = ["FL", "FR", "FC", "LFE", "SL", "SR"].iter().zip(1..);
    let six = six.map(|(place, n)| single(n, place, "pcm_s24le")).collect();
    let (voices, sound) = heard(six);
    assert_eq!(voices.len(), 6);
    assert!(sound.contains("c0=1.00*c0+1.00*c2+0.50*c4|c1=1.00*c1+1.00*c2+0.50*c5"), "{sound}");
    let camera = |n| single(n, "", "pcm_s16be");
    assert_eq!(heard(vec![camera(1), camera(2), camera(3), camera(4)]).0, [1, 2], "a camera's own two");
    assert_eq!(heard(vec![single(1, "mono", "aac"), single(2, "mono", "aac")]).0, [1], "maybe a commentary");
    let hebrew = AudioFacts { language: Some("heb".into()), ..right };
    assert_eq!(heard(vec![left, hebrew]).0, [1], "another language");
    assert_eq!(heard(vec![sound_track(1, 2), single(2, "FL", "aac"), single(3, "FR", "aac")]).0, [1]);
}

#[test]
fn tracks_are_brought_to_one_end() {
    let ends = |picture, sound| {
        let mut facts = with_video(|video| video.end_ms = picture);
        facts.audio[0].end_ms = sound;
        facts.duration_ms = picture.max(sound);
        (graph(&facts), sound_graphs(&facts).1)
    };
    let (picture, sound) = ends(6_000, 12_345);
    assert!(picture.contains("tpad=stop_mode=clone:stop_duration=6.345"), "{picture}");
    assert!(sound.contains("apad=whole_dur=12.345"), "{sound}");
    let (picture, sound) = ends(12_000, 5_995);
    assert!(!picture.contains("pad=stop") && sound.contains("apad=whole_dur=12.000"), "{picture} {sound}");
    let (picture, _) = ends(11_960, 12_000);
    assert!(!picture.contains("tpad"), "a frame more or less is nothing: {picture}");
}

/// ffmpeg begins filters anew when a film changes on the way.
#[test]
fn no_filter_that_may_begin_anew_has_a_start() {
    let facts = film();
    let filters = [graph(&facts), sound_graphs(&facts).0];
    for start in ["start_time", "first_pts", "adelay", "apad", "tpad=start"] {
        assert!(filters.iter().all(|graph| !graph.contains(start)), "{start}: {filters:?}");
    }
    let graphs = planned(&facts).encode.iter().filter(|arg| *arg == "-filter_complex").count();
    assert_eq!(graphs, 2, "picture and sound are not connected");
}

#[test]
fn wrong_timestamps_are_mended_in_a_copy() {
    assert_eq!(planned(&film()).mend, None);
    let stray = Shift { from: 60, to: Some(60), by_us: -200_000_000 };
    let again = Shift { from: 75, to: Some(99), by_us: 3_000_000 };
    let rest = Shift { from: 100, to: None, by_us: 6_000_000 };
    let mut facts = with_video(|video| video.shifts = vec![stray, again, rest]);
    facts.audio[0].stream = 4;
    let plan = planned(&facts);
    let mend = plan.mend.expect("a copy");
    assert_golden(&mend.command, "mend.txt");
    for args in [&plan.encode, &plan.posters[0]] {
        assert_eq!(value(args, "-i"), "file:/out/mended.mov");
    }
    assert!(lines(&plan.encode).contains("[0:1]aresample"), "its tracks stand anew");
}
