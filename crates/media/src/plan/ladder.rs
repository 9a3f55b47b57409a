//! Which sizes are made. A rung is a box of 16:9 (turned for upright films) that the picture must fit into, so
//! that a wide 1920x804 film counts as 1080p and an upright one is measured by its short side.

use super::Rendition;
use crate::facts::FrameRate;

/// A step of the ladder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rung {
    /// Short side of its 16:9 box, pixels.
    pub lines: u32,
    /// Most bits per second at up to 30 frames a second; half as much again above.
    pub max_bps: u32,
}

impl Rung {
    /// 1080, 720, 480, 360 and 240 lines.
    #[must_use]
    pub fn default_ladder() -> Vec<Self> {
        [(1080, 5_000_000), (720, 2_800_000), (480, 1_400_000), (360, 800_000), (240, 400_000)]
            .map(|(lines, max_bps)| Self { lines, max_bps })
            .into()
    }

    /// Size of a picture within the box, and whether it fits without being shrunk.
    fn fit(&self, width: u32, height: u32) -> (u32, u32, bool) {
        let (long, short) = (f64::from(width.max(height)), f64::from(width.min(height)));
        let lines = f64::from(self.lines);
        // Half a pixel of grace, because 854x480 is how 16:9 is written at 480 lines.
        let scale = ((lines * 16.0 / 9.0 + 0.7) / long).min(lines / short);
        let size = |side: u32| even(f64::from(side) * scale.min(1.0));
        (size(width), size(height), scale >= 1.0)
    }
}

/// Nearest even number, at least 2: the colours of a picture are stored at half its size.
fn even(side: f64) -> u32 {
    ((side / 2.0).round() as u32).max(1) * 2
}

/// The renditions of a picture of this display size, largest first; never larger than the picture, at least one.
pub(super) fn renditions(rungs: &[Rung], width: u32, height: u32, rate: FrameRate) -> Vec<Rendition> {
    let mut made: Vec<Rendition> = Vec::new();
    for (nth, rung) in rungs.iter().enumerate() {
        let (w, h, whole) = rung.fit(width, height);
        let fits_next_too = rungs.get(nth + 1).is_some_and(|next| next.fit(width, height).2);
        if whole && fits_next_too {
            continue; // the smallest box that holds the whole picture gives it its name
        }
        // A step of less than a fifth is not worth an encode.
        if made.last().is_some_and(|above| w * h * 5 > above.width * above.height * 4) {
            continue;
        }
        let max_bps = if rate.as_f64() > 31.0 { rung.max_bps / 2 * 3 } else { rung.max_bps };
        let stem = format!("v{}", made.len());
        made.push(Rendition { name: format!("{}p", rung.lines), stem, width: w, height: h, max_bps });
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(width: u32, height: u32) -> Vec<(String, u32, u32)> {
        let rate = FrameRate { num: 30, den: 1 };
        let made = renditions(&Rung::default_ladder(), width, height, rate);
        made.into_iter().map(|r| (r.name, r.width, r.height)).collect()
    }

    fn first(width: u32, height: u32) -> (String, u32, u32) {
        sizes(width, height).remove(0)
    }

    #[test]
    fn full_hd_gives_the_whole_ladder() {
        let expected = [
            ("1080p", 1920, 1080),
            ("720p", 1280, 720),
            ("480p", 854, 480),
            ("360p", 640, 360),
            ("240p", 426, 240),
        ];
        assert_eq!(sizes(1920, 1080), expected.map(|(name, w, h)| (name.to_owned(), w, h)));
    }

    #[test]
    fn nothing_is_enlarged_and_all_sizes_are_even() {
        for width in (16..4200).step_by(83) {
            for height in (16..4200).step_by(97) {
                let made = sizes(width, height);
                assert!(!made.is_empty());
                for (name, w, h) in &made {
                    assert!(w % 2 == 0 && h % 2 == 0 && *w >= 2 && *h >= 2, "{name} {w}x{h}");
                    assert!(*w <= width + 1 && *h <= height + 1, "{width}x{height} became {w}x{h}");
                }
                assert!(made.windows(2).all(|pair| pair[0].1 * pair[0].2 > pair[1].1 * pair[1].2));
            }
        }
    }

    #[test]
    fn shapes_are_kept() {
        assert_eq!(first(1080, 1920), ("1080p".into(), 1080, 1920));
        assert_eq!(first(3840, 2160), ("1080p".into(), 1920, 1080));
        assert_eq!(first(1920, 804), ("1080p".into(), 1920, 804));
        assert_eq!(first(1440, 1080), ("1080p".into(), 1440, 1080));
        assert_eq!(first(1280, 720), ("720p".into(), 1280, 720));
        assert_eq!(first(854, 480), ("480p".into(), 854, 480));
        assert_eq!(first(320, 240), ("240p".into(), 320, 240));
        assert_eq!(first(33, 17), ("240p".into(), 34, 18), "rounded to even, which may add one pixel");
    }

    #[test]
    fn fast_films_get_more_bits() {
        let fast = renditions(&Rung::default_ladder(), 1280, 720, FrameRate { num: 60, den: 1 });
        assert_eq!(fast[0].max_bps, 4_200_000);
    }
}
