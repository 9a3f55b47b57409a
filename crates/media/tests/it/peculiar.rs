//! Films with one peculiarity each, as phones, cameras, browsers and old recorders make them.

use media::{Container, FrameRate};

use crate::source::{self, H264, make, picture, tone};
use crate::work::{Made, carry, ffprobe};

/// Makes a film without sound from a test picture of `size` and `rate`, with `args` behind the input.
async fn film(name: &str, size: &str, rate: &str, args: &str) -> Made {
    let folder = tempfile::tempdir().expect("a folder");
    let file = make(folder.path(), name, &format!("{} {args}", picture(size, rate, "3")));
    let made = carry(&file).await.expect("made");
    made.assert_aligned();
    made
}

fn largest(made: &Made) -> (u32, u32) {
    let rendition = &made.published.renditions[0];
    (rendition.width, rendition.height)
}

#[tokio::test]
async fn a_film_held_upright_is_turned() {
    let folder = tempfile::tempdir().expect("a folder");
    let lying = make(folder.path(), "lying.mp4", &format!("{} {H264}", picture("320x180", "25", "1")));
    let turn = format!("-i {} -c copy -metadata:s:v:0 rotate=90", lying.display());
    let made = carry(&make(folder.path(), "upright.mp4", &turn)).await.expect("made");
    let video = made.facts.video.as_ref().expect("a picture");
    assert_eq!((video.rotation_deg, video.width, video.height), (270, 180, 320));
    assert_eq!(largest(&made), (180, 320));
    let poster = ffprobe(&made.folder.path().join("poster.jpg"), "stream=width,height");
    assert_eq!(poster.trim(), "180,320");
    assert!(!made.stream("v0", "side_data_list").contains("rotation"), "turned once, not twice");
}

#[tokio::test]
async fn uneven_frames_become_even() {
    let uneven = format!("-vf select='not(mod(n,3))+between(n,20,50)' -vsync vfr {H264} -g 500");
    let made = film("uneven.mp4", "320x180", "30", &uneven).await;
    assert!(made.facts.video.as_ref().expect("a picture").variable_frame_rate);
    let rate = made.plan.frame_rate.expect("a rate");
    let steps: Vec<String> = made.durations("v0");
    assert!(steps.iter().all(|step| *step == steps[0]), "even: {steps:?}");
    assert!((rate.as_f64() - 24.0).abs() < 6.1, "{rate:?}");
}

#[tokio::test]
async fn ten_bits_become_eight() {
    let hevc = "-c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -tag:v hvc1 -x265-params log-level=none";
    let made = film("ten.mp4", "320x180", "25", hevc).await;
    let video = made.facts.video.as_ref().expect("a picture");
    assert_eq!((video.codec.as_str(), video.bit_depth), ("hevc", 10));
    assert_eq!(made.stream("v0", "codec_name,pix_fmt"), "h264,yuv420p");
}

#[tokio::test]
async fn hdr_becomes_an_ordinary_picture() {
    let hdr = "-c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -x265-params \
               log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc";
    let made = film("hdr.mkv", "320x180", "25", hdr).await;
    assert_eq!(made.facts.video.as_ref().expect("a picture").colour, media::Colour::Pq);
    assert_eq!(
        made.stream("v0", "pix_fmt,color_space,color_transfer,color_primaries"),
        "yuv420p,bt709,bt709,bt709"
    );
}

/// Levels by ITU-R BT.2408 and BT.1886: paper white (203 cd/m2) is white, and what is darker keeps its brightness.
#[tokio::test]
async fn hdr_keeps_its_brightness_up_to_white() {
    // Ten-bit codes of 10, 26, 38.8, 100, 203 and 1,000 cd/m2, and what an ordinary screen needs for them.
    let expected = [73, 108, 128, 190, 255, 255];
    let pq = ("smpte2084", [327, 397, 429, 509, 573, 723]);
    let hlg = ("arib-std-b67", [287, 396, 456, 616, 721, 940]);
    for (curve, codes) in [pq, hlg] {
        let fields: Vec<String> = codes
            .iter()
            .enumerate()
            .map(|(n, code)| format!("between(X,{},{})*{code}", n * 64, n * 64 + 63))
            .collect();
        let hdr = format!(
            "-f lavfi -i nullsrc=s=384x64:r=25:d=1,format=yuv420p10le,geq=lum='{}':cb=512:cr=512 -c:v libx265 \
             -preset ultrafast -pix_fmt yuv420p10le -x265-params \
             log-level=none:lossless=1:colorprim=bt2020:transfer={curve}:colormatrix=bt2020nc:range=limited",
            fields.join("+")
        );
        let folder = tempfile::tempdir().expect("a folder");
        let made = carry(&make(folder.path(), "levels.mkv", &hdr)).await.expect(curve);
        let picture = &made.pictures(384, 64)[10];
        let levels: Vec<i32> = (0..6).map(|n| picture[32 * 384 + n * 64 + 32].into()).collect();
        for (level, expected) in levels.iter().zip(expected) {
            assert!((level - expected).abs() * 20 <= expected, "{curve}: {levels:?}, not {expected:?}");
        }
    }
}

#[tokio::test]
async fn woven_fields_are_made_whole() {
    let fields =
        "-vf tinterlace=interleave_top,fieldorder=tff -c:v mpeg2video -b:v 2M -flags +ildct+ilme -top 1";
    let made = film("fields.ts", "320x180", "50", fields).await;
    assert_eq!(made.facts.container, Container::MpegTs);
    assert!(made.facts.video.as_ref().expect("a picture").interlaced);
    assert_eq!(made.plan.frame_rate, Some(FrameRate { num: 25, den: 1 }));
    assert_eq!(made.stream("v0", "field_order"), "progressive");
}

#[tokio::test]
async fn oblong_pixels_become_square() {
    let made = film("oblong.avi", "180x144", "25", "-vf setsar=64/45 -c:v mpeg4 -b:v 400k").await;
    assert_eq!(made.facts.container, Container::Avi);
    assert_eq!(largest(&made), (256, 144));
    assert_eq!(made.stream("v0", "sample_aspect_ratio"), "1:1");
}

#[tokio::test]
async fn a_browsers_recording_without_length_is_measured() {
    let made =
        film("recording.webm", "320x180", "30", "-c:v libvpx -deadline realtime -cpu-used 8 -live 1").await;
    assert_eq!(made.facts.container, Container::Matroska);
    assert!((2_900..3_100).contains(&made.facts.duration_ms), "{}", made.facts.duration_ms);
    assert_eq!(made.segments("v0").len(), 2);
}

#[tokio::test]
async fn screen_colours_without_subsampling_are_playable() {
    let made = film("screen.mkv", "322x182", "10", "-c:v libx264rgb -preset ultrafast -crf 0").await;
    assert_eq!(largest(&made), (322, 182));
    assert_eq!(made.stream("v0", "pix_fmt,color_space"), "yuv420p,bt709");
}

#[tokio::test]
async fn subtitles_are_no_obstacle() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = folder.path().join("words.srt");
    std::fs::write(&text, "1\n00:00:00,000 --> 00:00:01,000\nGood morning\n").expect("written");
    for (name, codec) in [("words.mp4", "mov_text"), ("words.mkv", "srt")] {
        let inputs = format!("{} -i {}", picture("128x96", "10", "1"), text.display());
        let file = make(folder.path(), name, &format!("{inputs} -map 0 -map 1 {H264} -c:s {codec}"));
        assert!(carry(&file).await.is_ok(), "{name}");
    }
}

#[tokio::test]
async fn less_than_one_segment_is_enough() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = carry(&source::ordinary(folder.path(), "0.4")).await.expect("made");
    assert_eq!(made.segments("v0").len(), 1);
    assert!((390..500).contains(&made.published.duration_ms), "{}", made.published.duration_ms);
    made.assert_aligned();
}

#[tokio::test]
async fn sound_that_begins_late_stays_with_its_picture() {
    let folder = tempfile::tempdir().expect("a folder");
    let late = format!("{} -itsoffset 1 {} {H264} -c:a aac", picture("320x180", "25", "3"), tone("2"));
    let made = carry(&make(folder.path(), "late.mkv", &late)).await.expect("made");
    let silence = made.volume("a0", "-t 0.8");
    let sound = made.volume("a0", "-ss 1.2 -t 0.5");
    assert!(silence < -60.0 && sound > -30.0, "{silence} dB before, {sound} dB after");
}
