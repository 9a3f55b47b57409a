//! A few seconds of real video, made with ffmpeg, to be uploaded as anybody would.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::child;

/// Makes the file in `folder`.
pub(crate) fn make(folder: &Path) -> Result<PathBuf> {
    let file = folder.join("clip.mp4");
    let mut ffmpeg = child::command("ffmpeg", None);
    ffmpeg.args([
        "-nostdin",
        "-loglevel",
        "error",
        "-f",
        "lavfi",
        "-i",
        "testsrc2=size=320x180:rate=25:duration=4",
    ]);
    ffmpeg.args([
        "-f",
        "lavfi",
        "-i",
        "sine=frequency=440:duration=4",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
    ]);
    ffmpeg.args(["-pix_fmt", "yuv420p", "-g", "50", "-c:a", "aac", "-shortest"]);
    child::output(ffmpeg.arg(&file))?;
    Ok(file)
}
