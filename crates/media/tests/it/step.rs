//! Measuring what was published: when it flashes, when it beeps, and how the picture looks.

use std::path::Path;
use std::process::Command;

use crate::source::MARKS;
use crate::work::Made;

/// How far a flash and its beep may be apart, seconds.
const TOGETHER: f64 = 0.05;
/// How far either may be from its time: a film begins with its first packet, be it picture or sound.
const NEAR: f64 = 0.08;

impl Made {
    /// Every picture of the largest rendition, shrunk to `width` x `height` grey points.
    pub(crate) fn pictures(&self, width: usize, height: usize) -> Vec<Vec<u8>> {
        let filter = format!("scale={width}:{height}:flags=area,format=gray");
        let bytes =
            decoded(&self.whole("v0"), &["-vf", &filter, "-fps_mode", "passthrough", "-f", "rawvideo", "-"]);
        bytes.chunks(width * height).map(<[u8]>::to_vec).collect()
    }

    /// When it begins to be bright, in seconds. Renditions are even and begin at zero.
    pub(crate) fn flashes(&self) -> Vec<f64> {
        let rate = self.plan.frame_rate.expect("a picture").as_f64();
        let bright = |picture: &Vec<u8>| picture.iter().copied().max() > Some(140);
        begins(self.pictures(16, 9).iter().map(bright), 1.0 / rate)
    }

    /// When it begins to be loud, in seconds. What the encoder needs before its zero is not played.
    pub(crate) fn beeps(&self) -> Vec<f64> {
        let from_zero = ["-copyts", "-af", "aresample=48000:first_pts=0", "-ac", "1", "-f", "s16le", "-"];
        let bytes = decoded(&self.whole("a0"), &from_zero);
        let loud = |samples: &[u8]| {
            samples.chunks_exact(2).any(|pair| i16::from_le_bytes([pair[0], pair[1]]).unsigned_abs() > 3000)
        };
        begins(bytes.chunks(480 * 2).map(loud), 0.01)
    }

    /// It flashes and beeps at these times, and nothing lasts longer than the film does.
    #[track_caller]
    pub(crate) fn assert_in_step(&self, marks: &[f64], seconds: f64) {
        let (flashes, beeps) = (self.flashes(), self.beeps());
        for found in [&flashes, &beeps] {
            let near = found.iter().zip(marks).all(|(found, mark)| (found - mark).abs() <= NEAR);
            assert!(
                found.len() == marks.len() && near,
                "flashes {flashes:?}, beeps {beeps:?}, not {marks:?}"
            );
        }
        let apart = flashes.iter().zip(&beeps).all(|(flash, beep)| (flash - beep).abs() <= TOGETHER);
        assert!(apart, "flashes {flashes:?}, beeps {beeps:?}");
        for stem in ["v0", "a0"] {
            let end: f64 = self.segments(stem).iter().sum();
            assert!((end - seconds).abs() < 0.15, "{stem} lasts {end} s, not {seconds}");
        }
    }

    /// The whole film of marks, in step.
    #[track_caller]
    pub(crate) fn assert_marked(&self) {
        self.assert_in_step(&MARKS, 6.0);
    }
}

/// Times at which something begins that was not so for a quarter of a second.
fn begins(states: impl Iterator<Item = bool>, step: f64) -> Vec<f64> {
    let (mut found, mut last) = (Vec::new(), -1.0);
    for (n, _) in states.enumerate().filter(|(_, on)| *on) {
        let at = n as f64 * step;
        if at - last > 0.25 {
            found.push(at);
        }
        last = at;
    }
    found
}

#[expect(clippy::disallowed_methods, reason = "ffmpeg as a measuring device")]
fn decoded(file: &Path, args: &[&str]) -> Vec<u8> {
    let mut command = Command::new("ffmpeg");
    let output = command.args(["-v", "error", "-i"]).arg(file).args(args).output().expect("ffmpeg starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
