//! ffprobe's answers, shortened, and what must be read from them.

use super::*;
use crate::facts::{Colour, FrameRate, VideoFacts};
use crate::packets::clock::Clock;

/// A report with these streams (JSON objects) and this duration of the container.
fn report(streams: &str, duration: &str) -> json::Report {
    let text = format!(r#"{{"streams":[{streams}],"format":{{"duration":"{duration}","nb_streams":1}}}}"#);
    json::read(text.as_bytes()).expect("a report")
}

/// The first picture as declared.
fn first_picture(report: &json::Report) -> Result<Option<VideoFacts>, Failure> {
    report.pictures().into_iter().next().map(|track| track.facts).transpose()
}

/// The first sound as declared.
fn first_sound(report: &json::Report) -> AudioFacts {
    report.sounds().remove(0).facts.expect("usable")
}

const H264: &str = r#"{"index":0,"codec_name":"h264","codec_long_name":"H.264","profile":"High","codec_type":"video",
    "codec_tag_string":"avc1","width":1920,"height":1080,"has_b_frames":2,"sample_aspect_ratio":"1:1",
    "pix_fmt":"yuv420p","level":40,"color_range":"tv","color_space":"bt709","color_transfer":"bt709",
    "color_primaries":"bt709","field_order":"progressive","r_frame_rate":"30000/1001",
    "avg_frame_rate":"30000/1001","duration":"5.005","bits_per_raw_sample":"8",
    "disposition":{"default":1,"attached_pic":0},"tags":{"language":"und","handler_name":"VideoHandler"}}"#;

const AAC: &str = r#"{"index":1,"codec_name":"aac","codec_type":"audio","codec_tag_string":"mp4a",
    "sample_rate":"44100","channels":2,"channel_layout":"stereo","disposition":{"default":1},
    "tags":{"language":"eng"}}"#;

/// `H264` with some of its text replaced.
fn video_with(changes: &[(&str, &str)]) -> VideoFacts {
    let text = changes.iter().fold(H264.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    first_picture(&report(&text, "5.0")).expect("usable").expect("a picture")
}

#[test]
fn an_ordinary_film_is_read() {
    let report = report(&[H264, AAC].join(","), "5.005000");
    assert_eq!((report.duration_ms(), report.tracks()), (Some(5005), 2));
    let video = first_picture(&report).expect("usable").expect("a picture");
    assert_eq!((video.codec.as_str(), video.profile.as_str(), video.bit_depth), ("h264", "High", 8));
    assert_eq!((video.width, video.height, video.rotation_deg), (1920, 1080, 0));
    assert_eq!(video.frame_rate, Some(FrameRate { num: 30_000, den: 1001 }));
    assert_eq!((video.variable_frame_rate, video.interlaced, video.colour), (false, false, Colour::Standard));
    let audio = first_sound(&report);
    assert_eq!((audio.channels, audio.sample_rate), (2, 44_100));
    assert_eq!((audio.language.as_deref(), audio.default), (Some("eng"), true));
}

#[test]
fn rotation_and_pixel_shape_give_the_display_size() {
    let turned = |angle: &str| {
        let side = format!(
            r#""level":40,"side_data_list":[{{"side_data_type":"Display Matrix","rotation":{angle}}}]"#
        );
        let video = video_with(&[(r#""level":40"#, &side)]);
        (video.rotation_deg, video.width, video.height)
    };
    assert_eq!(turned("-90"), (90, 1080, 1920));
    assert_eq!(turned("90"), (270, 1080, 1920));
    assert_eq!(turned("180"), (180, 1920, 1080));
    assert_eq!(turned("-179.9"), (180, 1920, 1080));
    assert_eq!(turned("0"), (0, 1920, 1080));
    let shaped = |shape: &str| {
        let sar = format!(r#""sample_aspect_ratio":"{shape}""#);
        let size = (r#""width":1920,"height":1080"#, r#""width":720,"height":576"#);
        let video = video_with(&[(r#""sample_aspect_ratio":"1:1""#, &sar), size]);
        (video.width, video.height)
    };
    assert_eq!(shaped("64:45"), (1024, 576));
    assert_eq!(shaped("8:9"), (720, 648));
    assert_eq!(shaped("0:1"), (720, 576), "unknown");
    assert_eq!(shaped("4000000:1"), (7200, 576), "nonsense is bounded");
}

#[test]
fn uneven_and_unknown_rates_are_noticed() {
    let rates = |base: &str, average: &str| {
        let (base, average) =
            (format!(r#""r_frame_rate":"{base}""#), format!(r#""avg_frame_rate":"{average}""#));
        let video = video_with(&[
            (r#""r_frame_rate":"30000/1001""#, &base),
            (r#""avg_frame_rate":"30000/1001""#, &average),
        ]);
        (video.frame_rate.map(|rate| rate.num / rate.den), video.variable_frame_rate)
    };
    assert_eq!(rates("25/1", "25/1"), (Some(25), false));
    assert_eq!(rates("50/1", "25/1"), (Some(25), false), "fields");
    assert_eq!(rates("90000/1", "29/1"), (Some(29), true));
    assert_eq!(rates("1000/1", "1000/1"), (None, true), "the clock of a browser's recording");
    assert_eq!(rates("0/0", "0/0"), (None, true));
}

#[test]
fn depth_fields_and_colours_are_read() {
    let ten =
        [(r#""pix_fmt":"yuv420p""#, r#""pix_fmt":"yuv420p10le""#), (r#""bits_per_raw_sample":"8","#, "")];
    assert_eq!(video_with(&ten).bit_depth, 10);
    assert!(video_with(&[("progressive", "tt")]).interlaced);
    assert!(video_with(&[("progressive", "unknown"), (r#""h264""#, r#""mpeg2video""#)]).interlaced);
    let curve =
        |name: &str| video_with(&[(r#""color_transfer":"bt709""#, &format!(r#""color_transfer":"{name}""#))]);
    assert_eq!(curve("smpte2084").colour, Colour::Pq);
    assert_eq!(curve("arib-std-b67").colour, Colour::Hlg);
    assert_eq!(
        video_with(&[(r#""color_primaries":"bt709""#, r#""color_primaries":"bt2020""#)]).colour,
        Colour::Wide
    );
    assert_eq!(video_with(&[(r#""color_space":"bt709","#, "")]).colour, Colour::Untagged);
}

/// As many packets as given for each stream, at 25 a second.
fn courses(packets: &[u64]) -> Vec<Course> {
    let course = |packets: &u64| {
        let mut course = Course::new(Clock::Steady);
        for n in 0..*packets {
            let at_us = Some(i64::try_from(n).expect("small") * 40_000);
            course.note(packets::Packet { at_us, lasts_us: 40_000, counts: true });
        }
        course.finish();
        course
    };
    packets.iter().map(course).collect()
}

fn chosen(streams: &[&str], packets: &[u64]) -> Result<Facts, Failure> {
    let numbered: Vec<String> = streams
        .iter()
        .enumerate()
        .map(|(n, text)| {
            let at = text.find(',').expect("an index first");
            format!(r#"{{"index":{n}{}"#, &text[at..])
        })
        .collect();
    let seen = Seen { report: report(&numbered.join(","), "96"), unused: Vec::new(), refused: None };
    choose(Container::Matroska, 1, &seen, &courses(packets))
}

#[test]
fn cover_art_is_no_picture_and_unknown_sound_no_obstacle() {
    let cover = H264.replace(r#""attached_pic":0"#, r#""attached_pic":1"#);
    assert_eq!(first_picture(&report(&cover, "5")), Ok(None));
    let strange = AAC.replace("\"aac\"", "\"atrac9\"");
    let both = chosen(&[&strange, AAC], &[10, 10]).expect("one is usable");
    assert_eq!(both.audio.iter().map(|track| track.stream).collect::<Vec<_>>(), [1]);
    let alone = chosen(&[&strange], &[10]);
    assert_eq!(alone, Err(Failure::UnsupportedCodec { codec: "atrac9".into() }));
}

#[test]
fn a_track_is_what_has_packets() {
    let film = chosen(&[H264, AAC], &[150, 0]).expect("a film");
    assert!(film.audio.is_empty(), "sound that is declared only");
    assert_eq!(film.duration_ms, 6_000, "not the 96 s that the file declares");
    let second = chosen(&[H264, H264, AAC], &[1, 150, 150]).expect("a film");
    assert_eq!(second.video.expect("a picture").stream, 1, "a still picture is not the film");
    let strange = H264.replace(r#""h264""#, r#""snow2""#);
    assert_eq!(chosen(&[&strange, H264], &[150, 150]).expect("a film").video.expect("a picture").stream, 1);
    assert_eq!(
        chosen(&[&strange, H264], &[150, 0]),
        Err(Failure::UnsupportedCodec { codec: "snow2".into() })
    );
    assert_eq!(chosen(&[H264, AAC], &[0, 0]), Err(Failure::Truncated));
    assert_eq!(chosen(&[], &[]), Err(Failure::NoVideo));
}

#[test]
fn the_packets_give_the_rate_when_the_file_is_wrong() {
    let rate = |declared: &str| {
        let text =
            H264.replace(r#""avg_frame_rate":"30000/1001""#, &format!(r#""avg_frame_rate":"{declared}""#));
        let video = chosen(&[&text], &[150]).expect("a film").video.expect("a picture");
        (video.frame_rate.expect("a rate").as_f64().round() as u32, video.variable_frame_rate)
    };
    assert_eq!(rate("25/1"), (25, true), "r_frame_rate differs");
    assert_eq!(rate("900/1"), (25, true));
    assert_eq!(rate("0/0"), (25, true));
}

#[test]
fn protection_and_unknown_codecs_are_named() {
    let protected = |from, to| first_picture(&report(&H264.replace(from, to), "5"));
    assert_eq!(protected(r#""avc1""#, r#""encv""#), Err(Failure::Protected));
    let side = r#""level":40,"side_data_list":[{"side_data_type":"Encryption initialization data"}]"#;
    assert_eq!(protected(r#""level":40"#, side), Err(Failure::Protected));
    let nameless = H264.replace(r#""codec_name":"h264","#, "").replace("avc1", "ABCD");
    assert_eq!(
        first_picture(&report(&nameless, "5")),
        Err(Failure::UnsupportedCodec { codec: "ABCD".into() })
    );
}

#[test]
fn a_track_without_any_picture_is_cut_off() {
    for missing in [r#""pix_fmt":"yuv420p","#, r#""width":1920,"#] {
        assert_eq!(
            first_picture(&report(&H264.replace(missing, ""), "5")),
            Err(Failure::Truncated),
            "{missing}"
        );
    }
}

#[test]
fn lengths_may_be_missing_or_nonsense() {
    assert_eq!(report("", "N/A").duration_ms(), None);
    assert_eq!(report("", "-3").duration_ms(), None);
    assert_eq!(report("", "inf").duration_ms(), None);
    assert_eq!(report(H264, "N/A").duration_ms(), Some(5005), "a track's length helps out");
    assert!(json::read(b"{\"streams\":").is_err());
    assert!(
        json::read(b"{\"streams\":[{\"index\":0,\"tags\":{\"title\":\"\xff\xfe\"}}]}").is_ok(),
        "odd encodings"
    );
}

#[test]
fn what_is_over_a_limit_is_refused() {
    let limits = Limits::default();
    let facts = |video: VideoFacts, duration_ms| Facts {
        container: Container::Mp4,
        duration_ms,
        size_bytes: 1,
        video: Some(video),
        audio: Vec::new(),
    };
    let film = || video_with(&[]);
    assert_eq!(accept(&facts(film(), 1000), &limits), Ok(()));
    let code = |facts: &Facts| accept(facts, &limits).expect_err("refused").code();
    assert_eq!(code(&facts(film(), limits.max_duration_ms + 1)), "too_long");
    assert_eq!(code(&facts(VideoFacts { width: 30_000, height: 30_000, ..film() }, 1000)), "too_large");
    let fast = VideoFacts { frame_rate: Some(FrameRate { num: 9610, den: 20 }), ..film() };
    assert_eq!(code(&facts(fast, 1000)), "too_large");
}
