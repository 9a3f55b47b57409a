//! Timestamps that go astray: clocks that start again, and frames that are stamped far from their neighbours.

use std::path::Path;

use media::{Container, Limits};

use crate::source::{H264, joined, make, marked};
use crate::work::{carry, tools};

/// The marked film in halves whose clocks begin at these seconds, one behind the other.
fn restarted(folder: &Path, kind: &str, codecs: &str, begins: [&str; 2]) -> std::path::PathBuf {
    let whole = make(folder, "whole.mkv", &format!("{} {H264} -g 25 -c:a pcm_s16le", marked()));
    let half = |n: usize, cut: &str| {
        let args = format!("{cut} -i {} {codecs} -output_ts_offset {}", whole.display(), begins[n]);
        make(folder, &format!("half{n}.{kind}"), &args)
    };
    let halves = [half(0, "-t 3"), half(1, "-ss 3")];
    joined(folder, &format!("film.{kind}"), &halves)
}

#[tokio::test]
async fn a_stream_whose_clock_starts_again_is_as_long_as_its_packets() {
    let folder = tempfile::tempdir().expect("a folder");
    let codecs = format!("{H264} -c:a aac");
    for begins in [["500", "1"], ["1", "60000"], ["0", "0"]] {
        let film = restarted(folder.path(), "ts", &codecs, begins);
        let limits = Limits { max_duration_ms: 7_000, ..Limits::default() };
        let facts = media::probe(&tools(), &limits, &film).await.expect("within the limit");
        assert!((5_900..6_150).contains(&facts.duration_ms), "{begins:?}: {} ms", facts.duration_ms);
        carry(&film).await.expect("made").assert_marked();
    }
}

#[tokio::test]
async fn recordings_one_behind_the_other_are_one_film() {
    let folder = tempfile::tempdir().expect("a folder");
    let codecs = "-c:v libvpx -deadline realtime -cpu-used 8 -c:a libopus";
    let film = restarted(folder.path(), "webm", codecs, ["0", "0"]);
    carry(&film).await.expect("made").assert_marked();
}

#[tokio::test]
async fn frames_stamped_far_away_are_put_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let film = make(folder.path(), "film.mp4", &format!("{} {H264} -c:a aac", marked()));
    let wrong = |name: &str, filter: &str| {
        make(folder.path(), name, &format!("-i {} -c copy {filter}", film.display()))
    };
    let one = "-bsf:v setts=pts='if(eq(N,60),PTS+200/TB,PTS)':dts=DTS";
    let some = "-bsf:v setts=pts='PTS+(eq(N,20)+eq(N,60)-eq(N,90))*100/TB':dts='DTS'";
    let sound = "-bsf:a setts=pts='if(eq(N,100),PTS+200/TB,PTS)':dts='DTS'";
    for (name, filter) in [("one.mp4", one), ("one.mkv", one), ("some.mp4", some), ("sound.mkv", sound)] {
        let made = carry(&wrong(name, filter)).await.expect(name);
        assert!(made.plan.mend.is_some(), "{name}");
        made.assert_marked();
        let left = std::fs::read_dir(made.folder.path()).expect("read").flatten();
        let names: Vec<String> = left.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        assert!(!names.iter().any(|name| name.starts_with("mended") || name.ends_with("nut")), "{names:?}");
    }
}

#[tokio::test]
async fn a_stream_may_begin_in_the_middle_of_a_packet() {
    let folder = tempfile::tempdir().expect("a folder");
    let film = make(folder.path(), "film.ts", &format!("{} {H264} -g 5 -c:a aac", marked()));
    let whole = std::fs::read(&film).expect("read");
    let wide = |before: usize, behind: usize| -> Vec<u8> {
        let each =
            whole.chunks_exact(188).map(|packet| [&vec![0xff; before], packet, &vec![0xff; behind]].concat());
        each.collect::<Vec<_>>().concat()
    };
    for (name, bytes, skip) in [
        ("188", whole.clone(), 100),
        ("192", wide(4, 0), 100),
        ("204", wide(0, 16), 301),
        ("204", wide(0, 16), 0),
    ] {
        let file = folder.path().join(format!("{name}-{skip}.ts"));
        std::fs::write(&file, &bytes[skip..]).expect("written");
        let made = carry(&file).await.expect(name);
        assert_eq!(made.facts.container, Container::MpegTs);
        assert_eq!(made.flashes().len(), 6, "{name} bytes a packet");
    }
}
