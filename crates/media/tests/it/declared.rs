//! Files that declare what is not so: lengths, tracks, sizes. Their packets decide.

use std::fs;
use std::path::Path;

use media::{Failure, Limits};

use crate::source::{H264, make, marked};
use crate::work::{carry, tools};

fn film(folder: &Path, name: &str, args: &str) -> std::path::PathBuf {
    make(folder, name, &format!("{} {H264} -g 25 -c:a aac {args}", marked()))
}

#[tokio::test]
async fn sound_that_is_declared_only_is_no_sound() {
    let folder = tempfile::tempdir().expect("a folder");
    let base = film(folder.path(), "film.mp4", "");
    let flags = "-movflags +frag_keyframe+empty_moov+default_base_moof";
    let args = format!("-i {} -c copy -bsf:a noise=drop=1 {flags}", base.display());
    let made = carry(&make(folder.path(), "silent.mp4", &args)).await.expect("made");
    assert!(made.plan.audio.is_none() && !made.published.has_audio);
    assert!(!made.text("master.m3u8").contains("AUDIO"));
    assert_eq!(made.flashes().len(), 6);
}

/// Matroska keeps a length in seconds in the segment's head and, as a tag, for each track.
#[tokio::test]
async fn lengths_that_a_film_declares_are_held_against_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = fs::read(film(folder.path(), "film.mkv", "")).expect("read");
    let tags: Vec<usize> = whole
        .windows(12)
        .enumerate()
        .filter(|(_, at)| at.starts_with(b"00:00:06."))
        .map(|(at, _)| at)
        .collect();
    assert_eq!(tags.len(), 2);
    let head = whole.windows(3).position(|at| at == b"\x44\x89\x88").expect("a length as a float") + 3;
    let mut limits = Limits::default();
    for (name, seconds, which) in [("long", "96", 2), ("short", "02", 1)] {
        let mut bytes = whole.clone();
        for tag in &tags[..which] {
            bytes[tag + 6..tag + 8].copy_from_slice(seconds.as_bytes());
        }
        bytes[head..head + 8].copy_from_slice(&96_000_f64.to_be_bytes());
        let file = folder.path().join(format!("{name}.mkv"));
        fs::write(&file, bytes).expect("written");
        carry(&file).await.expect(name).assert_marked();
        limits.max_duration_ms = 7_000;
        assert!(
            media::probe(&tools(), &limits, &file).await.is_ok(),
            "{name}: the limit is for what is there"
        );
    }
}

#[tokio::test]
async fn boxes_that_say_double_are_not_believed() {
    let folder = tempfile::tempdir().expect("a folder");
    let flags = "-an -movflags +frag_keyframe+empty_moov+default_base_moof";
    let fragments = film(folder.path(), "film.mp4", flags);
    let ordinary = film(folder.path(), "ordinary.mp4", "-an");
    for (file, boxes) in [
        (&fragments, [(b"mvhd", 12), (b"mdhd", 12), (b"tkhd", 20)]),
        (&ordinary, [(b"mvhd", 12), (b"mdhd", 12), (b"tkhd", 20)]),
    ] {
        let mut bytes = fs::read(file).expect("read");
        let scale = |bytes: &[u8], name: &[u8; 4]| {
            let at = bytes.windows(4).position(|found| found == name).expect("the box") + 4;
            u32::from_be_bytes(bytes[at + 12..at + 16].try_into().expect("four"))
        };
        let scales = [scale(&bytes, b"mvhd"), scale(&bytes, b"mdhd"), scale(&bytes, b"mvhd")];
        for ((name, offset), scale) in boxes.into_iter().zip(scales) {
            let at = bytes.windows(4).position(|found| found == name).expect("the box") + 4;
            let at = at + offset + if name == b"tkhd" { 0 } else { 4 };
            bytes[at..at + 4].copy_from_slice(&(12 * scale).to_be_bytes());
        }
        let double = folder.path().join("double.mp4");
        fs::write(&double, bytes).expect("written");
        let made = carry(&double).await.expect("made");
        let end: f64 = made.segments("v0").iter().sum();
        assert!((end - 6.0).abs() < 0.1, "{end}");
        assert_eq!(made.flashes().len(), 6);
    }
}

#[tokio::test]
async fn a_box_of_samples_may_be_declared_too_long() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut bytes = fs::read(film(folder.path(), "film.mp4", "-movflags +faststart")).expect("read");
    let at = bytes.windows(4).position(|found| found == b"mdat").expect("the box") - 4;
    let longer = u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four")) * 2;
    bytes[at..at + 4].copy_from_slice(&longer.to_be_bytes());
    let file = folder.path().join("longer.mp4");
    fs::write(&file, bytes).expect("written");
    carry(&file).await.expect("all samples are there").assert_marked();
}

#[tokio::test]
async fn tracks_that_nobody_plays_decide_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let base = film(folder.path(), "film.mkv", "");
    let path = base.display();
    for codec in ["tta", "wavpack"] {
        let args = format!("-i {path} -map 0 -map 0:a -c copy -c:a:1 {codec}");
        carry(&make(folder.path(), "two.mkv", &args)).await.expect(codec).assert_marked();
    }
    let cover = make(folder.path(), "cover.gif", "-f lavfi -i testsrc2=s=64x64 -frames:v 1");
    let attached = format!("-i {path} -c copy -attach {} -metadata:s:t mimetype=image/gif", cover.display());
    carry(&make(folder.path(), "cover.mkv", &attached)).await.expect("cover").assert_marked();
    let huge = make(folder.path(), "huge.png", "-f lavfi -i color=black:s=9000x9000 -frames:v 1");
    let attached = format!("-i {path} -c copy -attach {} -metadata:s:t mimetype=image/png", huge.display());
    carry(&make(folder.path(), "huge.mkv", &attached)).await.expect("huge cover").assert_marked();
    let odd = make(folder.path(), "odd.mkv", &format!("-i {path} -c:v copy -c:a tta"));
    let refused = carry(&odd).await.err().expect("the only sound cannot be used");
    assert_eq!(refused, Failure::UnsupportedCodec { codec: "tta".into() });
}

#[tokio::test]
async fn what_is_not_accepted_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let base = film(folder.path(), "film.mkv", "");
    for (name, args, expected) in [
        ("film.mxf", "-c:v mpeg2video -an", "MXF"),
        ("film.ivf", "-c:v libvpx -an", "IVF"),
        ("film.rm", "-c:v rv10 -s 176x144 -an", "RealMedia"),
        ("sound.caf", "-vn -c:a pcm_s16be", "CAF"),
    ] {
        let file = make(folder.path(), name, &format!("-i {} -t 1 {args}", base.display()));
        assert_eq!(carry(&file).await.err(), Some(Failure::NotMedia { looks_like: expected }), "{name}");
    }
}
