//! ffprobe's answers, shortened, and what must be read from them.

use super::*;
use crate::facts::{Colour, FrameRate, VideoFacts};

/// A report with these streams (JSON objects) and this duration of the container.
fn report(streams: &str, duration: &str) -> json::Report {
    let text = format!(r#"{{"streams":[{streams}],"format":{{"duration":"{duration}","nb_streams":1}}}}"#);
    json::read(text.as_bytes()).expect("a report")
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
    report(&text, "5.0").video().expect("usable").expect("a picture")
}

#[test]
fn an_ordinary_film_is_read() {
    let report = report(&[H264, AAC].join(","), "5.005000");
    assert_eq!((report.duration_ms(), report.tracks()), (Some(5005), 2));
    let video = report.video().expect("usable").expect("a picture");
    assert_eq!((video.codec.as_str(), video.profile.as_str(), video.bit_depth), ("h264", "High", 8));
    assert_eq!((video.width, video.height, video.rotation_deg), (1920, 1080, 0));
    assert_eq!(video.frame_rate, Some(FrameRate { num: 30_000, den: 1001 }));
    assert_eq!((video.variable_frame_rate, video.interlaced, video.colour), (false, false, Colour::Standard));
    let audio = report.audio().expect("usable");
    assert_eq!((audio[0].channels, audio[0].sample_rate), (2, 44_100));
    assert_eq!((audio[0].language.as_deref(), audio[0].default), (Some("eng"), true));
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

#[test]
fn cover_art_is_no_picture_and_unknown_sound_no_obstacle() {
    let cover = H264.replace(r#""attached_pic":0"#, r#""attached_pic":1"#);
    assert_eq!(report(&cover, "5").video(), Ok(None));
    let strange = AAC.replace("\"aac\"", "\"atrac9\"").replace("\"index\":1", "\"index\":2");
    let both = report(&[strange.as_str(), AAC].join(","), "5").audio().expect("one is usable");
    assert_eq!(both.iter().map(|track| track.stream).collect::<Vec<_>>(), [1]);
    let alone = report(&strange, "5").audio();
    assert_eq!(alone, Err(Failure::UnsupportedCodec { codec: "atrac9".into() }));
}

#[test]
fn protection_and_unknown_codecs_are_named() {
    let protected = |from, to| report(&H264.replace(from, to), "5").video();
    assert_eq!(protected(r#""avc1""#, r#""encv""#), Err(Failure::Protected));
    let side = r#""level":40,"side_data_list":[{"side_data_type":"Encryption initialization data"}]"#;
    assert_eq!(protected(r#""level":40"#, side), Err(Failure::Protected));
    let nameless = H264.replace(r#""codec_name":"h264","#, "").replace("avc1", "ABCD");
    assert_eq!(report(&nameless, "5").video(), Err(Failure::UnsupportedCodec { codec: "ABCD".into() }));
}

#[test]
fn the_end_of_each_track_is_known_where_it_is_declared() {
    let read = |streams: &str| {
        let text = format!(r#"{{"streams":[{streams}],"format":{{"duration":"9","start_time":"1.5"}}}}"#);
        json::read(text.as_bytes()).expect("a report")
    };
    let late = H264.replace(r#""duration":"5.005""#, r#""start_time":"3.5","duration":"5.005""#);
    assert_eq!(read(&late).video().expect("usable").expect("a picture").end_ms, Some(7_005));
    let tagged = AAC.replace(r#""language":"eng""#, r#""DURATION":"01:00:02.500000000""#);
    assert_eq!(read(&tagged).audio().expect("usable")[0].end_ms, Some(3_602_500));
    assert_eq!(read(AAC).audio().expect("usable")[0].end_ms, None);
}

#[test]
fn a_track_without_any_picture_is_cut_off() {
    for missing in [r#""pix_fmt":"yuv420p","#, r#""width":1920,"#] {
        assert_eq!(report(&H264.replace(missing, ""), "5").video(), Err(Failure::Truncated), "{missing}");
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
    assert_eq!(accept(&facts(film(), 1000), 2, &limits), Ok(()));
    let code = |facts: &Facts, tracks| accept(facts, tracks, &limits).expect_err("refused").code();
    assert_eq!(code(&facts(film(), 1000), 65), "too_many_tracks");
    assert_eq!(code(&facts(film(), limits.max_duration_ms + 1), 2), "too_long");
    assert_eq!(code(&facts(VideoFacts { width: 30_000, height: 30_000, ..film() }, 1000), 2), "too_large");
    let fast = VideoFacts { frame_rate: Some(FrameRate { num: 9610, den: 20 }), ..film() };
    assert_eq!(code(&facts(fast, 1000), 2), "too_large");
    assert_eq!(code(&Facts { video: None, ..facts(film(), 1000) }, 2), "no_video");
}
