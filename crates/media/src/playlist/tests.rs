//! What is written into the master, and what is read back from ffmpeg's playlists.

use super::*;
use crate::facts::FrameRate;
use crate::plan::AudioTrack;

fn film(language: Option<&str>) -> Plan {
    Plan {
        kind: Kind::Video,
        work_dir: "/out".into(),
        duration_ms: 4000,
        frame_rate: Some(FrameRate { num: 30_000, den: 1001 }),
        renditions: Vec::new(),
        audio: Some(AudioTrack { stem: "a0".into(), bps: 128_000, language: language.map(str::to_owned) }),
        posters: Vec::new(),
        mend: None,
        encode: Vec::new(),
        sound: None,
    }
}

fn variant(stem: &str, peak_bps: u64, size: Option<(u32, u32)>) -> Variant {
    Variant {
        stem: stem.into(),
        peak_bps,
        average_bps: peak_bps / 2,
        codecs: "avc1.64001f,mp4a.40.2".into(),
        size,
    }
}

#[test]
fn the_master_of_a_film() {
    let variants = [
        variant("v0", 5_000_000, Some((1920, 1080))),
        variant("v1", 1_900_000, Some((1280, 720))),
        variant("v2", 700_000, Some((854, 480))),
    ];
    let expected = "\
#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"sound\",NAME=\"Sound\",DEFAULT=YES,AUTOSELECT=YES,LANGUAGE=\"eng\",CHANNELS=\"2\",URI=\"a0.m3u8\"
#EXT-X-STREAM-INF:BANDWIDTH=1900000,AVERAGE-BANDWIDTH=950000,CODECS=\"avc1.64001f,mp4a.40.2\",RESOLUTION=1280x720,FRAME-RATE=29.970,AUDIO=\"sound\"
v1.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=5000000,AVERAGE-BANDWIDTH=2500000,CODECS=\"avc1.64001f,mp4a.40.2\",RESOLUTION=1920x1080,FRAME-RATE=29.970,AUDIO=\"sound\"
v0.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=700000,AVERAGE-BANDWIDTH=350000,CODECS=\"avc1.64001f,mp4a.40.2\",RESOLUTION=854x480,FRAME-RATE=29.970,AUDIO=\"sound\"
v2.m3u8
";
    assert_eq!(master(&film(Some("eng")), &variants), expected);
}

#[test]
fn a_language_cannot_write_into_the_playlist() {
    let text = master(&film(Some("en\"\n#EXT-X-KEY:URI=\"http://x/")), &[variant("v0", 1, None)]);
    assert!(!text.contains("LANGUAGE") && !text.contains("http"), "{text}");
}

#[test]
fn figures_come_from_the_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    fs::write(path.join("v0-init.mp4"), [0; 100]).expect("written");
    fs::write(path.join("v0-00001.m4s"), [0; 1000]).expect("written");
    fs::write(path.join("v0-00002.m4s"), [0; 300]).expect("written");
    let text = "#EXTM3U\n#EXT-X-MAP:URI=\"v0-init.mp4\"\n#EXTINF:2.000000,\nv0-00001.m4s\n#EXTINF:0.040000,\nv0-00002.m4s\n";
    fs::write(path.join("v0.m3u8"), text).expect("written");
    let track = Track::read(path, "v0").expect("read");
    assert!(!track.ended, "no end was written");
    assert_eq!((track.bytes(), track.segments.len()), (1400, 2));
    assert_eq!(track.peak_bps(), 4800, "300 bytes within half a second");
    fs::write(path.join("v0.m3u8"), format!("{text}#EXT-X-ENDLIST\n")).expect("written");
    assert!(Track::read(path, "v0").expect("read").ended);
    fs::write(path.join("v0.m3u8"), "#EXTINF:2,\n../secret\n").expect("written");
    assert!(Track::read(path, "v0").is_err(), "names are bare");
}
