//! The demo's video: a moving picture with a drawn time code and a tone, made with ffmpeg once and then kept.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::command;
use crate::tree::Tree;

const SECONDS: u32 = 60;

/// The file, made now if it is not there yet.
pub(super) fn make(tree: &Tree) -> Result<PathBuf> {
    let folder = tree.target().join("demo");
    let file = folder.join("Opening lecture.mp4");
    if file.is_file() {
        return Ok(file);
    }
    println!("Making {SECONDS} seconds of video");
    std::fs::create_dir_all(&folder)?;
    let made = folder.join("unfinished.mp4");
    command::run(tree, ffmpeg().arg(&made))?;
    std::fs::rename(&made, &file)?;
    Ok(file)
}

/// Clock time and frame number are drawn into the picture, so that a seek, a stall or a skipped frame can be seen; a
/// beep at each full second lets one hear whether sound and picture are together.
fn ffmpeg() -> Command {
    let picture = format!("testsrc2=size=1280x720:rate=30:duration={SECONDS}");
    let clock = "drawtext=text='%{pts\\:hms}   %{frame_num}':x=(w-tw)/2:y=h-th-48:fontsize=64:fontcolor=white:box=1:boxcolor=black@0.6:boxborderw=16";
    let tone = format!("sine=frequency=220:beep_factor=4:sample_rate=48000:duration={SECONDS}");
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args([
        "-y",
        "-nostdin",
        "-loglevel",
        "error",
        "-f",
        "lavfi",
        "-i",
        &picture,
        "-f",
        "lavfi",
        "-i",
        &tone,
    ]);
    ffmpeg.args([
        "-vf",
        clock,
        "-af",
        "volume=0.25",
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-pix_fmt",
        "yuv420p",
    ]);
    ffmpeg.args(["-g", "60", "-c:a", "aac", "-b:a", "128k", "-movflags", "+faststart", "-shortest"]);
    ffmpeg
}
