//! Films that change on the way: their size, their shape, the channels and the rate of their sound. Picture and sound
//! stay together, before the change and after it.

use std::path::{Path, PathBuf};

use crate::source::{H264, joined, make, marked, spliced};
use crate::work::carry;

const WEBM: &str = "-c:v libvpx -deadline realtime -cpu-used 8 -c:a libopus";

/// The first and the last three seconds of the marked film, each made as these arguments say.
fn halves(folder: &Path, kind: &str, args: [&str; 2]) -> [PathBuf; 2] {
    let whole = make(folder, "whole.mkv", &format!("{} {H264} -g 25 -c:a pcm_s16le", marked()));
    let half = |name: &str, cut: &str, args: &str| {
        make(folder, &format!("{name}.{kind}"), &format!("{cut} -i {} {args}", whole.display()))
    };
    [half("first", "-t 3", args[0]), half("last", "-ss 3", args[1])]
}

#[tokio::test]
async fn a_call_that_grows_stays_in_step() {
    let folder = tempfile::tempdir().expect("a folder");
    let larger = format!("-vf scale=640:360 {WEBM}");
    let call = spliced(folder.path(), "call.webm", &halves(folder.path(), "webm", [WEBM, &larger]));
    carry(&call).await.expect("made").assert_marked();
}

#[tokio::test]
async fn a_turned_phone_keeps_its_shapes() {
    let folder = tempfile::tempdir().expect("a folder");
    let upright = format!("-vf scale=180:320,setsar=1,lutyuv=y=255-val {WEBM}");
    let call = spliced(folder.path(), "call.webm", &halves(folder.path(), "webm", [WEBM, &upright]));
    let made = carry(&call).await.expect("made");
    assert_eq!((made.plan.renditions[0].width, made.plan.renditions[0].height), (320, 180));
    // Upright, it has a hundred points of the width in the middle, and black on either side.
    let pictures = made.pictures(32, 9);
    let row = &pictures[pictures.len() - 25][4 * 32..5 * 32];
    let lit: Vec<usize> = row.iter().enumerate().filter(|(_, grey)| **grey > 120).map(|(n, _)| n).collect();
    assert!((8..=11).contains(&lit.len()) && lit.iter().all(|n| (10..=21).contains(n)), "{row:?}");
    let before = &pictures[25][4 * 32..5 * 32];
    assert!(before.iter().all(|grey| (20..50).contains(grey)), "the first shape fills the frame: {before:?}");
}

#[tokio::test]
async fn sound_that_gets_more_channels_stays_in_step() {
    let folder = tempfile::tempdir().expect("a folder");
    let stereo = format!("{H264} -c:a ac3 -ac 2");
    let six = format!("-vf scale=640:360 {H264} -c:a ac3 -ac 6 -output_ts_offset 3");
    let parts = halves(folder.path(), "ts", [&stereo, &six]);
    carry(&joined(folder.path(), "six.ts", &parts)).await.expect("made").assert_marked();
}

#[tokio::test]
async fn sound_that_changes_its_rate_stays_in_step() {
    let folder = tempfile::tempdir().expect("a folder");
    let [fast, slow] = ["48000", "22050"].map(|rate| format!("{H264} -c:a mp2 -ar {rate}"));
    let slow = format!("{slow} -ac 1 -output_ts_offset 3");
    let parts = halves(folder.path(), "ts", [&fast, &slow]);
    carry(&joined(folder.path(), "slow.ts", &parts)).await.expect("made").assert_marked();
}
