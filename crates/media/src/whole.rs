//! Whether a file lacks bytes that it counts on, told by its outermost box alone: the sizes there are written last, when
//! all is known. Lengths in seconds stand elsewhere and are wrong more often. (RFC 8794 section 6, RIFF, AIFF)

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::facts::Container;
use crate::mp4::{self, Ending};

/// Whether the file ends before its outermost box does. False where the box does not tell.
pub(crate) fn bytes_are_missing(container: Container, file: &Path) -> bool {
    if container == Container::Mp4 {
        return mp4::ending(file).is_ok_and(|ending| ending != Ending::Whole);
    }
    let expected = || {
        let open = File::open(file).ok()?;
        let mut head = [0_u8; 64];
        let read = open.read_at(&mut head, 0).ok()?;
        let end = match container {
            Container::Matroska => segment_end(&head[..read])?,
            Container::Avi | Container::Wav => {
                let length = u32::from_le_bytes(*head.get(4..)?.first_chunk()?);
                // Neither is a length: programs that cannot go back write them, and RF64 stands for "look elsewhere".
                (length != 0 && length != u32::MAX).then_some(u64::from(length) + 8)?
            }
            Container::Aiff => u64::from(u32::from_be_bytes(*head.get(4..)?.first_chunk()?)) + 8,
            _ => return None,
        };
        Some(end > open.metadata().ok()?.len())
    };
    expected().unwrap_or(false)
}

/// Where the segment behind Matroska's head ends. None when its size is unknown, as in live recordings.
fn segment_end(head: &[u8]) -> Option<u64> {
    let head_length = number(head.get(4..)?)?;
    let segment = usize::try_from(4 + head_length.1 as u64 + head_length.0?).ok()?;
    (head.get(segment..segment + 4)? == b"\x18\x53\x80\x67").then_some(())?;
    let (length, bytes) = number(head.get(segment + 4..)?)?;
    Some(segment as u64 + 4 + bytes as u64 + length?)
}

/// A number of variable length and how many bytes it has; all ones means unknown. (RFC 8794 section 4)
fn number(bytes: &[u8]) -> Option<(Option<u64>, usize)> {
    let first = *bytes.first()?;
    let length = first.leading_zeros() as usize + 1;
    let rest = bytes.get(1..length).filter(|_| length <= 8)?;
    let own = u64::from(first) & ((1 << (8 - length)) - 1);
    let value = rest.iter().fold(own, |sum, byte| (sum << 8) | u64::from(*byte));
    Some(((value != (1 << (7 * length)) - 1).then_some(value), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(container: Container, bytes: &[u8]) -> bool {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("film");
        std::fs::write(&file, bytes).expect("a file");
        bytes_are_missing(container, &file)
    }

    #[test]
    fn a_short_file_is_told_by_its_outermost_box() {
        let matroska = |size: &[u8], body: &[u8]| {
            let head: &[u8] = b"\x1a\x45\xdf\xa3\x83abc\x18\x53\x80\x67";
            missing(Container::Matroska, &[head, size, body].concat())
        };
        assert!(!matroska(b"\x84", b"1234") && matroska(b"\x84", b"123"));
        assert!(matroska(b"\x01\0\0\0\0\0\0\x05", b"1234") && !matroska(b"\x01\0\0\0\0\0\0\x04", b"1234"));
        assert!(!matroska(b"\xff", b"") && !matroska(b"\x01\xff\xff\xff\xff\xff\xff\xff", b""), "unknown");
        assert!(
            missing(Container::Wav, b"RIFF\x05\0\0\0WAVE") && !missing(Container::Wav, b"RIFF\x04\0\0\0WAVE")
        );
        assert!(
            !missing(Container::Avi, b"RIFF\xff\xff\xff\xffAVI ")
                && !missing(Container::Avi, b"RIFF\0\0\0\0AVI ")
        );
        assert!(
            missing(Container::Aiff, b"FORM\0\0\0\x05AIFF")
                && !missing(Container::Aiff, b"FORM\0\0\0\x04AIFF")
        );
        assert!(!missing(Container::MpegTs, b"G") && !missing(Container::Matroska, b""));
    }
}
