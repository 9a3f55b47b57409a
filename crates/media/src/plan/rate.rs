//! The frame rate that all renditions share. Even sources keep theirs exactly; uneven ones (phones, screen
//! recordings) are put on the nearest usual rate, because segments of equal length need even frames.

use crate::facts::{FrameRate, VideoFacts};

/// Rates that screens and players are used to.
const USUAL: [FrameRate; 9] = [
    FrameRate { num: 24_000, den: 1001 },
    FrameRate { num: 24, den: 1 },
    FrameRate { num: 25, den: 1 },
    FrameRate { num: 30_000, den: 1001 },
    FrameRate { num: 30, den: 1 },
    FrameRate { num: 48, den: 1 },
    FrameRate { num: 50, den: 1 },
    FrameRate { num: 60_000, den: 1001 },
    FrameRate { num: 60, den: 1 },
];

/// The rate to encode at, at most `most` frames per second.
pub(super) fn normal(video: &VideoFacts, most: u32) -> FrameRate {
    let most = most.max(1);
    let Some(rate) = video.frame_rate else { return FrameRate { num: 30.min(most), den: 1 } };
    let near = |usual: &FrameRate, grace: f64| (usual.as_f64() / rate.as_f64() - 1.0).abs() < grace;
    let steady = if let Some(usual) = USUAL.iter().find(|usual| near(usual, 0.0005)) {
        *usual
    } else if video.variable_frame_rate {
        // The lowest usual rate that loses no more than one frame in fifty.
        *USUAL.iter().find(|usual| usual.as_f64() >= rate.as_f64() * 0.98).unwrap_or(&rate)
    } else {
        rate
    };
    let parts = (steady.as_f64() / f64::from(most) - 0.001).ceil().max(1.0) as u32;
    FrameRate { num: steady.num, den: steady.den.saturating_mul(parts) }
}
