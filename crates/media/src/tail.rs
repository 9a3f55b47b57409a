//! A last segment of a few frames is joined to the one before it. Players pass over segments shorter than their
//! own tolerance (hls.js: a quarter of a second) and then wait for ever for the end of the film.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use crate::mp4;

/// Shorter than this is joined, seconds. Together with a segment it must still round to the target duration of 2.
const SHORTEST: f64 = 0.4;

/// Joins the last two segments of `STEM.m3u8` in `folder` when the last one is too short to stand alone.
pub(crate) fn join(folder: &Path, stem: &str) -> io::Result<()> {
    let playlist = folder.join(format!("{stem}.m3u8"));
    let text = fs::read_to_string(&playlist)?;
    let Some((joined, last, before)) = joined(&text) else { return Ok(()) };
    let segment = fs::read(folder.join(last))?;
    let fragment =
        mp4::first_fragment(&segment).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))?;
    OpenOptions::new().append(true).open(folder.join(before))?.write_all(&segment[fragment..])?;
    fs::write(&playlist, joined)?;
    fs::remove_file(folder.join(last))
}

/// The playlist without its last segment, that segment's name, and the name of the one that takes it in.
fn joined(text: &str) -> Option<(String, &str, &str)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut lengths = lines.iter().enumerate().rev().filter(|(_, line)| line.starts_with("#EXTINF:"));
    let ((last, last_line), (before, before_line)) = (lengths.next()?, lengths.next()?);
    let seconds = |line: &str| line["#EXTINF:".len()..].trim_end_matches(',').parse::<f64>().ok();
    let (short, long) = (seconds(last_line)?, seconds(before_line)?);
    if short >= SHORTEST {
        return None;
    }
    let sum = format!("#EXTINF:{:.6},", long + short);
    let kept = lines.iter().enumerate().filter(|(nth, _)| *nth != last && *nth != last + 1);
    let text = kept.map(|(nth, line)| if nth == before { &sum } else { *line }.to_owned() + "\n").collect();
    Some((text, lines.get(last + 1)?, lines.get(before + 1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n";

    #[test]
    fn a_short_end_is_joined() {
        let text = format!(
            "{HEAD}#EXTINF:2.005333,\na\n#EXTINF:1.984000,\nb\n#EXTINF:0.021333,\nc\n#EXT-X-ENDLIST\n"
        );
        let (joined, last, before) = joined(&text).expect("joined");
        assert_eq!((last, before), ("c", "b"));
        assert_eq!(joined, format!("{HEAD}#EXTINF:2.005333,\na\n#EXTINF:2.005333,\nb\n#EXT-X-ENDLIST\n"));
    }

    #[test]
    fn a_long_end_and_a_lone_segment_stay() {
        assert_eq!(joined(&format!("{HEAD}#EXTINF:2.0,\na\n#EXTINF:0.5,\nb\n#EXT-X-ENDLIST\n")), None);
        assert_eq!(joined(&format!("{HEAD}#EXTINF:0.1,\na\n#EXT-X-ENDLIST\n")), None);
        assert_eq!(joined(""), None);
    }

    #[test]
    fn the_fragment_moves_without_its_wrapping() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path();
        let text = format!("{HEAD}#EXTINF:2.0,\na\n#EXTINF:0.1,\nb\n#EXT-X-ENDLIST\n");
        fs::write(path.join("v0.m3u8"), text).expect("written");
        fs::write(path.join("a"), b"\0\0\0\x08moof\0\0\0\x09mdat1").expect("written");
        fs::write(path.join("b"), b"\0\0\0\x08styp\0\0\0\x08moof\0\0\0\x09mdat2").expect("written");
        join(path, "v0").expect("joined");
        let both = fs::read(path.join("a")).expect("read");
        assert_eq!(both, b"\0\0\0\x08moof\0\0\0\x09mdat1\0\0\0\x08moof\0\0\0\x09mdat2");
        assert!(!path.join("b").exists());
    }
}
