//! Files that would cost too much are refused before any work.

use std::path::Path;

use media::{Failure, Limits};

use crate::source::{H264, make, picture, tone};
use crate::work::tools;

async fn refused(file: &Path, limits: Limits) -> Failure {
    media::probe(&tools(), &limits, file).await.expect_err("over the limit")
}

#[tokio::test]
async fn length_size_and_rate_are_bounded() {
    let folder = tempfile::tempdir().expect("a folder");
    let film = make(folder.path(), "film.mp4", &format!("{} {H264}", picture("320x180", "50", "2")));
    let long = refused(&film, Limits { max_duration_ms: 1_000, ..Limits::default() }).await;
    assert_eq!(long, Failure::TooLong { found_ms: 2_000, limit_ms: 1_000 });
    let large = refused(&film, Limits { max_pixels: 50_000, ..Limits::default() }).await;
    assert_eq!(large.code(), "too_large");
    let fast = refused(&film, Limits { max_frame_rate: 30, ..Limits::default() }).await;
    assert_eq!(fast, Failure::TooLarge { what: "frames_per_second", found: 50, limit: 30 });
    assert!(media::probe(&tools(), &Limits::default(), &film).await.is_ok(), "the film itself is fine");
}

#[tokio::test]
async fn tracks_are_bounded() {
    let folder = tempfile::tempdir().expect("a folder");
    let many = format!("{} {} -c:a pcm_s16le", tone("0.2"), "-map 0 ".repeat(70));
    let file = make(folder.path(), "many.mkv", &many);
    assert_eq!(refused(&file, Limits::default()).await, Failure::TooManyTracks { limit: 64 });
    let facts = media::probe(&tools(), &Limits { max_tracks: 70, ..Limits::default() }, &file).await;
    assert_eq!(facts.expect("within the limit").audio.len(), 70);
}

/// A few kilobytes that would decode to a picture of 16384 x 16384.
#[tokio::test]
async fn a_small_file_with_huge_pictures_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let bomb = "-f lavfi -i color=black:s=16384x8192:r=1:d=1 -c:v mjpeg -q:v 31 -pix_fmt yuvj420p";
    let file = make(folder.path(), "bomb.avi", bomb);
    assert!(file.metadata().expect("there").len() < 2 << 20);
    assert_eq!(refused(&file, Limits::default()).await.code(), "too_large");
}
