//! Films as people upload them.

use crate::source::{self, H264, picture, tone};
use crate::work::carry;

#[tokio::test]
async fn a_full_hd_film_becomes_the_whole_ladder() {
    let folder = tempfile::tempdir().expect("a folder");
    let args = format!("{} {} {H264} -bf 3 -g 75 -c:a aac", picture("1920x1080", "30", "5"), tone("5"));
    let made = carry(&source::make(folder.path(), "film.mp4", &args)).await.expect("made");

    let names: Vec<&str> = made.published.renditions.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(names, ["1080p", "720p", "480p", "360p", "240p"]);
    made.assert_aligned();
    assert_eq!(made.segments("v0"), [2.0, 2.0, 1.0]);
    assert!(made.published.has_audio && made.published.has_poster);
    assert!((4_990..5_100).contains(&made.published.duration_ms), "{}", made.published.duration_ms);
    assert!(made.published.renditions[0].codecs.starts_with("avc1.64") && made.published.segments == 18);
    assert!(made.steps.is_sorted() && made.steps.last() == Some(&100_000), "{:?}", made.steps);
    assert_eq!(made.stream("v0", "profile,width,height,pix_fmt"), "High,1920,1080,yuv420p");
}
