//! Sources, made by ffmpeg itself: small, short, each with one peculiarity.

use std::path::{Path, PathBuf};
use std::process::Command;

#[expect(clippy::disallowed_methods, reason = "the one place where tests start ffmpeg by themselves")]
/// Makes `name` in `folder` with ffmpeg's arguments `args` (words between blanks).
pub(crate) fn make(folder: &Path, name: &str, args: &str) -> PathBuf {
    let file = folder.join(name);
    let words = args.split_whitespace();
    let output = Command::new("ffmpeg")
        .args(["-hide_banner", "-loglevel", "error", "-y"])
        .args(words)
        .arg(&file)
        .output()
        .expect("these tests need ffmpeg on the search path (Debian: apt install ffmpeg)");
    assert!(output.status.success(), "source {name}: {}", String::from_utf8_lossy(&output.stderr));
    file
}

/// Test picture of `size`, `rate` and `seconds`, as an input.
pub(crate) fn picture(size: &str, rate: &str, seconds: &str) -> String {
    format!("-f lavfi -i testsrc2=s={size}:r={rate}:d={seconds}")
}

/// A tone of `seconds`, as an input.
pub(crate) fn tone(seconds: &str) -> String {
    format!("-f lavfi -i sine=440:d={seconds}")
}

pub(crate) const H264: &str = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p";

/// An ordinary small film with sound.
pub(crate) fn ordinary(folder: &Path, seconds: &str) -> PathBuf {
    let args = format!("{} {} {H264} -c:a aac", picture("320x180", "25", seconds), tone(seconds));
    make(folder, "ordinary.mp4", &args)
}

/// What ffmpeg's volume meter says of a part (`-ss`, `-t`) of a file, in dB.
#[expect(clippy::disallowed_methods, reason = "ffmpeg as a measuring device")]
pub(crate) fn loudness(file: &Path, part: &str, figure: &str) -> f64 {
    let mut command = Command::new("ffmpeg");
    command.args(part.split_whitespace()).arg("-i").arg(file);
    let output = command.args(["-af", "volumedetect", "-f", "null", "-"]).output().expect("ffmpeg starts");
    let words = String::from_utf8_lossy(&output.stderr);
    let line = words.lines().find_map(|line| line.split_once(&format!("{figure}: "))).expect("a measurement");
    line.1.trim_end_matches(" dB").parse().expect("a figure")
}

/// What somebody would do who trusts files: ffprobe with `args`, any file, no walls.
#[expect(clippy::disallowed_methods, reason = "the opposite of what the crate does, for comparison")]
pub(crate) fn careless(args: &[&str], file: &Path) {
    let protocols = ["-v", "quiet", "-protocol_whitelist", "file"];
    Command::new("ffprobe").args(protocols).args(args).arg(file).output().expect("ffprobe starts");
}

/// When the film of [`marked`] flashes and beeps, in seconds; each for two frames.
pub(crate) const MARKS: [f64; 6] = [0.48, 1.2, 2.6, 3.4, 4.8, 5.4];

/// The inputs of a film of 6 s that flashes and beeps together at [`MARKS`]; picture first.
pub(crate) fn marked() -> String {
    let on: Vec<String> = MARKS.iter().map(|at| format!("between(t,{at},{:.3})", at + 0.079)).collect();
    let on = on.join("+");
    format!(
        "-f lavfi -i color=c=0x202020:s=320x180:r=25:d=6,drawbox=c=white:t=fill:enable='{on}' \
         -f lavfi -i aevalsrc='0.5*sin(2*PI*1000*t)*({on})':s=48000:d=6"
    )
}

/// Several files one behind the other, as bytes.
pub(crate) fn joined(folder: &Path, name: &str, parts: &[PathBuf]) -> PathBuf {
    let bytes: Vec<u8> = parts.iter().flat_map(|part| std::fs::read(part).expect("read")).collect();
    let file = folder.join(name);
    std::fs::write(&file, bytes).expect("written");
    file
}

/// Several films of the same codecs as one, packet behind packet.
pub(crate) fn spliced(folder: &Path, name: &str, parts: &[PathBuf]) -> PathBuf {
    let list = folder.join("parts.txt");
    let lines: Vec<String> = parts.iter().map(|part| format!("file '{}'", part.display())).collect();
    std::fs::write(&list, lines.join("\n")).expect("written");
    make(folder, name, &format!("-f concat -safe 0 -i {} -c copy", list.display()))
}
