//! Facts in, command lines out. The golden files hold one option a line; when a change is meant, the failing
//! test prints the new text.

use super::*;
use crate::facts::{AudioFacts, Colour, Container, VideoFacts};

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
            end_ms: None,
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
        end_ms: None,
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

fn graph(facts: &Facts) -> String {
    value(&planned(facts).encode, "-filter_complex").to_owned()
}

#[track_caller]
fn assert_golden(args: &[OsString], golden: &str) {
    let found = lines(args);
    assert!(found == golden, "the command is now:\n{found}");
}

#[test]
fn the_commands_of_an_ordinary_film() {
    let rungs = Rung::default_ladder().into_iter().filter(|rung| [720, 360].contains(&rung.lines)).collect();
    let settings = Settings { rungs, ..Settings::default() };
    let plan = plan(&film(), Path::new("/in/film: 1"), Path::new("/out"), &settings).expect("a plan");
    assert_golden(&plan.encode, include_str!("golden/film-encode.txt"));
    assert_golden(&plan.posters[0], include_str!("golden/film-poster.txt"));
    assert_eq!(plan.posters.len(), 2);
    assert_eq!(value(&plan.posters[1], "-ss"), "0");
}

#[test]
fn the_command_of_sound_alone() {
    let facts = Facts { video: None, container: Container::Flac, ..film() };
    let plan = planned(&facts);
    assert_eq!((plan.kind, plan.renditions.len(), plan.posters.len()), (Kind::Audio, 0, 0));
    assert_golden(&plan.encode, include_str!("golden/sound-encode.txt"));
    let strict = Settings { accept_audio: false, ..Settings::default() };
    let refused = super::plan(&facts, Path::new("/in"), Path::new("/out"), &strict);
    assert_eq!(refused, Err(Failure::NoVideo));
}

#[test]
fn every_command_keeps_to_the_allow_lists() {
    for container in [Container::Mp4, Container::Matroska, Container::Avi, Container::MpegTs] {
        let plan = planned(&Facts { container, ..film() });
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
    let graph = graph(&Facts { audio: vec![sound_track(1, 2), marked], ..film() });
    assert!(
        graph.contains("[0:3]aresample") && graph.contains("clev=1") && graph.contains("alimiter"),
        "{graph}"
    );
    let silent = planned(&Facts { audio: Vec::new(), ..film() });
    assert_eq!(silent.audio, None);
    assert!(!lines(&silent.encode).contains("[a0]"));
}

#[test]
fn tracks_are_brought_to_one_end() {
    let ends = |picture, sound| {
        let mut facts = with_video(|video| video.end_ms = picture);
        facts.audio[0].end_ms = sound;
        (graph(&facts), planned(&facts).duration_ms)
    };
    let (graph, duration_ms) = ends(Some(6_000), Some(12_345));
    assert!(graph.contains("tpad=stop_mode=clone:stop_duration=6.345") && !graph.contains("apad"), "{graph}");
    assert_eq!(duration_ms, 12_345, "what else the file holds does not count");
    let (graph, _) = ends(Some(12_000), Some(5_995));
    assert!(graph.contains("apad=pad_dur=6.005") && !graph.contains("tpad"), "{graph}");
    let (graph, _) = ends(Some(12_000), Some(11_960));
    assert!(!graph.contains("pad="), "a frame more or less is nothing: {graph}");
}

#[test]
fn a_cut_source_is_told_by_its_length_where_that_can_be_trusted() {
    let least = |container, duration_ms| planned(&Facts { container, duration_ms, ..film() }).least_ms;
    assert_eq!(least(Container::Mp4, 100_000), 97_000);
    assert_eq!(least(Container::Matroska, 10_000), 9_000);
    assert_eq!(least(Container::Mp4, 400), 200);
    assert_eq!(least(Container::MpegTs, 100_000), 0);
}
