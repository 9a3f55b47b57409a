//! The little that we read of MP4 boxes ourselves: whether a file is whole or encrypted, and the codec
//! string of an init segment. (ISO/IEC 14496-12 sections 4.2 and 8.12, 14496-15 section 5.3.3.)

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// Boxes of one level that are looked at before giving up; a fragmented file has two per fragment.
const MOST_BOXES: usize = 100_000;

/// A box, found in its file.
struct Found {
    name: [u8; 4],
    /// Where its content begins.
    start: u64,
    /// Where it ends, by its own word.
    end: u64,
}

/// The boxes that follow each other from `from` up to `to`, as far as they make sense.
fn boxes(open: &File, from: u64, to: u64) -> impl Iterator<Item = Found> {
    let mut at = from;
    std::iter::from_fn(move || {
        let mut head = [0_u8; 16];
        if at + 8 > to || open.read_at(&mut head, at).ok()? < 8 {
            return None;
        }
        let [a, b, c, d, name @ ..] = *head.first_chunk::<8>()?;
        let (length, head_length) = match u32::from_be_bytes([a, b, c, d]) {
            0 => (to - at, 8), // up to the end
            1 => (u64::from_be_bytes(*head.last_chunk::<8>()?), 16),
            short => (short.into(), 8),
        };
        let start = at + head_length;
        at = at.checked_add(length).filter(|_| length >= head_length)?;
        Some(Found { name, start, end: at })
    })
    .take(MOST_BOXES)
}

/// How an MP4 file that was uploaded ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Where its boxes do.
    Whole,
    /// Its samples go on behind the end, by the word of their box. The index tells whether any is really missing.
    Short,
    /// Within its index or a fragment, or it has no index at all.
    Cut,
}

/// Looks at the outermost boxes of an MP4 file.
pub(crate) fn ending(file: &Path) -> std::io::Result<Ending> {
    let open = File::open(file)?;
    let size = open.metadata()?.len();
    let (mut index, mut fragments) = (false, false);
    for found in boxes(&open, 0, size) {
        if found.end > size {
            // Trailing rubbish is common and harmless; a cut box of samples or index is not.
            return Ok(match &found.name {
                _ if !index => Ending::Cut,
                b"moov" | b"moof" => Ending::Cut,
                b"mdat" if fragments => Ending::Cut,
                b"mdat" => Ending::Short,
                _ => Ending::Whole,
            });
        }
        index |= &found.name == b"moov";
        fragments |= &found.name == b"moof";
    }
    Ok(if index { Ending::Whole } else { Ending::Cut })
}

/// Whether any track is encrypted. ffprobe does not tell: it reports the codec under the encryption.
pub(crate) fn protected(file: &Path) -> std::io::Result<bool> {
    let open = File::open(file)?;
    let size = open.metadata()?.len();
    Ok(holds_protected(&open, 0, size, &[b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd"]))
}

/// Goes down the path of box names and looks at the sample descriptions at its end.
fn holds_protected(open: &File, from: u64, to: u64, path: &[&[u8; 4]]) -> bool {
    let [name, rest @ ..] = path else {
        let descriptions = from + 8; // behind version, flags and count
        return boxes(open, descriptions, to)
            .any(|entry| matches!(&entry.name, b"encv" | b"enca" | b"drmi" | b"drms"));
    };
    boxes(open, from, to)
        .filter(|found| &found.name == *name)
        .any(|found| holds_protected(open, found.start, found.end.min(to), rest))
}

/// Whether one of our own segments consists of whole boxes up to its last byte, and of at least one.
pub(crate) fn whole(segment: &Path) -> std::io::Result<bool> {
    let open = File::open(segment)?;
    let size = open.metadata()?.len();
    Ok(boxes(&open, 0, size).last().is_some_and(|last| last.end == size))
}

/// Where the first fragment of a segment begins, behind the boxes that wrap it.
pub(crate) fn first_fragment(segment: &[u8]) -> Option<usize> {
    let mut at = 0;
    while segment.get(at + 4..at + 8)? != b"moof" {
        let length = u32::from_be_bytes(*segment.get(at..)?.first_chunk()?);
        at += usize::try_from(length).ok().filter(|length| *length >= 8)?;
    }
    Some(at)
}

/// The RFC 6381 codec string of an H.264 init segment, e.g. `avc1.64001f`.
pub(crate) fn avc_codec(init: &[u8]) -> Option<String> {
    let at = init.windows(4).position(|name| name == b"avcC")?;
    let &[_version, profile, compatible, level] = init.get(at + 4..at + 8)? else { return None };
    Some(format!("avc1.{profile:02x}{compatible:02x}{level:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_whole_or_it_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("segment");
        for (bytes, expected) in [
            (b"\0\0\0\x0cmoof....\0\0\0\x0cmdat....".as_slice(), true),
            (b"\0\0\0\x0cmoof....\0\0\0\x0cmdat...", false),
            (b"\0\0\0\x0cmoof....\0\0\0", false),
            (b"", false),
        ] {
            std::fs::write(&file, bytes).expect("a file");
            assert_eq!(whole(&file).expect("readable"), expected, "{bytes:?}");
        }
    }

    fn ends(bytes: &[u8]) -> Ending {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("film");
        std::fs::write(&file, bytes).expect("a file");
        ending(&file).expect("readable")
    }

    #[test]
    fn a_cut_film_is_told_from_a_whole_one() {
        let (ftyp, moov) = (b"\0\0\0\x0cftypisom".as_slice(), b"\0\0\0\x0cmoov....".as_slice());
        let (mdat, half) = (b"\0\0\0\x10mdat........".as_slice(), b"\0\0\0\xffmdat....".as_slice());
        let moof = b"\0\0\0\x0cmoof....".as_slice();
        assert_eq!(ends(&[ftyp, moov, mdat].concat()), Ending::Whole);
        assert_eq!(ends(&[ftyp, mdat, moov].concat()), Ending::Whole);
        let open = [ftyp, moov, b"\0\0\0\0mdat....".as_slice()].concat();
        assert_eq!(ends(&open), Ending::Whole, "a box up to the end");
        let rubbish = [ftyp, moov, mdat, b"\0\0\x0f\0junk....".as_slice()].concat();
        assert_eq!(ends(&rubbish), Ending::Whole, "rubbish behind");
        assert_eq!(ends(&[ftyp, moov, half].concat()), Ending::Short, "the index is there and will tell");
        assert_eq!(ends(&[ftyp, moov, moof, half].concat()), Ending::Cut, "in a fragment");
        assert_eq!(ends(&[ftyp, mdat].concat()), Ending::Cut, "no index");
        assert_eq!(ends(&[ftyp, half].concat()), Ending::Cut, "index behind the cut");
    }

    #[test]
    fn a_codec_string_is_read_from_its_box() {
        assert_eq!(avc_codec(b"....avcC\x01\x64\x00\x1f\xff"), Some("avc1.64001f".to_owned()));
        assert_eq!(avc_codec(b"....avcC\x01"), None);
    }
}
