//! Sound: none, many channels, and nothing else.

use media::Kind;

use crate::source::{H264, make, picture, tone};
use crate::work::carry;

#[tokio::test]
async fn a_silent_film_is_a_film() {
    let folder = tempfile::tempdir().expect("a folder");
    let made =
        carry(&make(folder.path(), "silent.mp4", &format!("{} {H264}", picture("320x180", "25", "3")))).await;
    let made = made.expect("made");
    assert!(!made.published.has_audio && made.plan.audio.is_none());
    let master = made.text("master.m3u8");
    assert!(!master.contains("AUDIO") && !master.contains("mp4a"), "{master}");
    made.assert_aligned();
}

#[tokio::test]
async fn speech_in_the_centre_survives_the_way_to_stereo() {
    let folder = tempfile::tempdir().expect("a folder");
    // Speech alone in the centre channel, as films are mixed.
    let six = "-f lavfi -i aevalsrc=0|0|0.3*sin(2764*t)|0|0|0:c=5.1:d=3 -c:a ac3";
    let file = make(folder.path(), "six.mkv", &format!("{} {six} {H264}", picture("320x180", "25", "3")));
    let made = carry(&file).await.expect("made");
    assert_eq!(made.facts.audio[0].channels, 6);
    assert_eq!(made.stream("a0", "channels,sample_rate"), "48000,2");
    // The tone has -13.5 dB on its one channel. It may not come out more than 5 dB weaker.
    let heard = made.volume("a0", "-ss 1 -t 1");
    assert!(heard > -18.5, "{heard} dB");
}

#[tokio::test]
async fn picture_and_sound_of_different_length_end_together() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, picture_s, sound_s) in [("a.mp4", "2", "5"), ("b.mkv", "5", "2"), ("c.webm", "5", "2.5")] {
        let codecs = if name == "c.webm" { "-c:v libvpx -cpu-used 8 -live 1 -c:a libopus" } else { H264 };
        let args = format!("{} {} {codecs}", picture("160x90", "25", picture_s), tone(sound_s));
        let made = carry(&make(folder.path(), name, &args)).await.expect(name);
        let ends = ["v0", "a0"].map(|stem| made.segments(stem).iter().sum::<f64>());
        assert!(ends.iter().all(|end| (end - 5.0).abs() < 0.1), "{name}: {ends:?}");
    }
}

#[tokio::test]
async fn a_loud_mix_of_all_channels_is_not_clipped() {
    let folder = tempfile::tempdir().expect("a folder");
    let tone = "0.9*sin(2764*t)";
    let six = format!("-f lavfi -i aevalsrc={}:c=5.1:d=3 -c:a flac", [tone; 6].join("|"));
    let made = carry(&make(folder.path(), "loud.flac", &six)).await.expect("made");
    assert!(made.peak("a0") < 0.0, "{} dB", made.peak("a0"));
}

#[tokio::test]
async fn sound_alone_is_playable_whatever_it_comes_in() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, codec) in
        [("one.mp3", "libmp3lame"), ("two.m4a", "aac"), ("three.wav", "pcm_s16le"), ("four.ogg", "libvorbis")]
    {
        let made =
            carry(&make(folder.path(), name, &format!("{} -c:a {codec}", tone("12")))).await.expect(name);
        assert_eq!((made.plan.kind, made.published.renditions.len()), (Kind::Audio, 0), "{name}");
        assert!(
            (11_900..12_200).contains(&made.published.duration_ms),
            "{name}: {}",
            made.published.duration_ms
        );
        let master = made.text("master.m3u8");
        assert!(
            master.contains("CODECS=\"mp4a.40.2\"\na0.m3u8") && !master.contains("TYPE=AUDIO"),
            "{master}"
        );
    }
}

#[tokio::test]
async fn cover_art_does_not_make_a_film_of_a_song() {
    let folder = tempfile::tempdir().expect("a folder");
    let cover = make(folder.path(), "cover.jpg", "-f lavfi -i testsrc2=s=64x64 -frames:v 1");
    let song = format!(
        "{} -i {} -map 0 -map 1 -c:a libmp3lame -c:v copy -disposition:v attached_pic",
        tone("2"),
        cover.display()
    );
    let made = carry(&make(folder.path(), "song.mp3", &song)).await.expect("made");
    assert_eq!(made.plan.kind, Kind::Audio);
}

#[tokio::test]
async fn two_tracks_of_one_channel_are_a_pair() {
    let folder = tempfile::tempdir().expect("a folder");
    let two = "-f lavfi -i aevalsrc=0.5*sin(2764*t)|0.5*sin(2764*t)*gt(t\\,2):c=stereo:d=4";
    let split = "-filter_complex [1:a]channelsplit=channel_layout=stereo[l][r] -map 0:v -map [l] -map [r]";
    let args = format!("{} {two} {split} {H264} -c:a pcm_s16le", picture("160x90", "25", "4"));
    let made = carry(&make(folder.path(), "pair.mov", &args)).await.expect("made");
    assert_eq!(made.facts.audio.len(), 2);
    let loud = |side: &str, from: &str| {
        let one = make(
            made.folder.path(),
            "side.wav",
            &format!("-i {} -af pan=mono|c0={side}", made.whole("a0").display()),
        );
        crate::source::loudness(&one, &format!("-ss {from} -t 1"), "mean_volume")
    };
    assert!(loud("c0", "0.5") > -12.0 && loud("c1", "0.5") < -50.0, "the left one only");
    assert!(loud("c0", "2.5") > -12.0 && loud("c1", "2.5") > -12.0, "both");
}
