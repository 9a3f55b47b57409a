//! What a file is by its first bytes. The table decides which single demuxer ffmpeg may use, so what is not
//! in it (playlists, lists of files, pictures, text) never reaches ffmpeg at all.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::facts::Container;
use crate::failure::Failure;

/// Enough for a dozen packets of a transport stream and for the opening lines of a text.
const HEAD_BYTES: usize = 4096;
/// A transport stream may begin in the middle of a packet, and with leftovers before it.
const SYNC_WITHIN: usize = 1024;

/// Reads the first bytes of `file` and names its container.
///
/// # Errors
/// [`Failure::NotMedia`] with what it looks like; a file that cannot be read counts as `empty`.
pub(crate) fn sniff(file: &Path) -> Result<Container, Failure> {
    let unreadable = |_| Failure::NotMedia { looks_like: "empty" };
    let open = File::open(file).map_err(unreadable)?;
    let mut head = Vec::with_capacity(HEAD_BYTES);
    (&open).take(HEAD_BYTES as u64).read_to_end(&mut head).map_err(unreadable)?;
    if let Some(container) = container(&head) {
        return Ok(container);
    }
    if let Some(skip) = id3_length(&head) {
        let mut after = [0_u8; 16];
        let read = open.read_at(&mut after, skip).unwrap_or(0);
        return bare_sound(&after[..read]).ok_or(Failure::NotMedia { looks_like: "unknown" });
    }
    Err(Failure::NotMedia { looks_like: looks_like(&head) })
}

fn container(head: &[u8]) -> Option<Container> {
    let at = |offset: usize, magic: &[u8]| head.get(offset..).is_some_and(|rest| rest.starts_with(magic));
    let packets = |from: usize, size: usize| (0..3).all(|n| head.get(from + n * size) == Some(&0x47));
    Some(match () {
        () if at(4, b"ftyp") => return iso_brand(head.get(8..12)?),
        () if [b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"].iter().any(|kind| at(4, *kind)) => {
            Container::Mp4
        }
        () if at(0, b"\x1a\x45\xdf\xa3") => Container::Matroska,
        () if !is_text(head) && (packets(0, 188) || packets(4, 192) || packets(0, 204)) => Container::MpegTs,
        () if at(0, b"\x00\x00\x01\xba") => Container::MpegPs,
        () if at(0, b"RIFF") && (at(8, b"AVI ") || at(8, b"AVIX")) => Container::Avi,
        () if (at(0, b"RIFF") || at(0, b"RF64")) && at(8, b"WAVE") => Container::Wav,
        () if at(0, b"FLV\x01") => Container::Flv,
        () if at(0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11") => Container::Asf,
        () if at(0, b"OggS") => Container::Ogg,
        () if at(0, b"FORM") && (at(8, b"AIFF") || at(8, b"AIFC")) => Container::Aiff,
        () if transport_stream(head) => Container::MpegTs,
        () => return bare_sound(head),
    })
}

/// Whether packets of a transport stream begin soon: one sync byte behind the other, each as far as a packet is long,
/// for as long as there is anything.
fn transport_stream(head: &[u8]) -> bool {
    let packets = |from: usize, size: usize| head.iter().skip(from).step_by(size);
    let in_step = |from: usize, size: usize| {
        packets(from, size).count() >= 5 && packets(from, size).all(|byte| *byte == 0x47)
    };
    // Lines of one length are in step, too.
    !is_text(head) && (0..SYNC_WITHIN).any(|from| [188, 192, 204].into_iter().any(|size| in_step(from, size)))
}

/// The last character may be cut in two.
fn is_text(head: &[u8]) -> bool {
    !head.contains(&0) && std::str::from_utf8(head).map_or_else(|end| end.error_len().is_none(), |_| true)
}

/// Pictures use the same boxes as films; their brands tell them apart.
fn iso_brand(brand: &[u8]) -> Option<Container> {
    const PICTURES: [&[u8]; 9] =
        [b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis", b"crx "];
    (!PICTURES.contains(&brand)).then_some(Container::Mp4)
}

/// Sound without a container.
fn bare_sound(head: &[u8]) -> Option<Container> {
    if head.starts_with(b"fLaC") {
        return Some(Container::Flac);
    }
    let &[sync, kind, rates, ..] = head else { return None };
    if sync != 0xff || kind & 0xe0 != 0xe0 {
        return None;
    }
    let layer = (kind >> 1) & 3; // 0 is ADTS; 3 is layer I, and also the mark of UTF-16 text
    if kind & 0xf0 == 0xf0 && layer == 0 {
        return Some(Container::Aac);
    }
    let possible = kind & 0x18 != 0x08 && (1..15).contains(&(rates >> 4)) && rates & 0x0c != 0x0c;
    (matches!(layer, 1 | 2) && possible).then_some(Container::Mp3)
}

/// Length of the tag that stands before many sound files, in bytes (id3.org, ID3v2 section 3.1).
fn id3_length(head: &[u8]) -> Option<u64> {
    let &[b'I', b'D', b'3', _, _, _, a, b, c, d, ..] = head else { return None };
    Some(10 + [a, b, c, d].iter().fold(0, |sum, byte| (sum << 7) | u64::from(byte & 0x7f)))
}

/// A word for what is refused. It changes nothing but the sentence that the owner reads.
fn looks_like(head: &[u8]) -> &'static str {
    const PICTURES: [&[u8]; 7] =
        [b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"\0\0\x01\0"];
    const OTHER_MEDIA: [(&[u8], &str); 19] = [
        (b"\x06\x0e\x2b\x34", "MXF"),
        (b".RMF", "RealMedia"),
        (b"DKIF", "IVF"),
        (b"YUV4MPEG2", "Y4M"),
        (b"caff", "CAF"),
        (b"#!AMR", "AMR"),
        (b"wvpk", "WavPack"),
        (b"MAC ", "Monkey's Audio"),
        (b"TTA1", "TTA"),
        (b"DSD ", "DSF"),
        (b".snd", "AU"),
        (b"MThd", "MIDI"),
        (b"nut/multimedia container", "NUT"),
        (b"\0\0\0\0\x01\xbc", "GXF"),
        (b"\xb7\xd8\0\x20\x37\x49\xda\x11", "WTV"),
        (b"\x1f\x07\0", "DV"),
        (b"\x0b\x77", "AC-3"),
        (b"\0\0\x01\xb3", "MPEG-2"),
        (b"\0\0\0\x01", "H.264"),
    ];
    // MXF may have something else before its first key (SMPTE ST 377-1 section 6.5).
    const MXF: &[u8] = b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01";
    const ARCHIVES: [&[u8]; 5] = [b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"\xfd7zXZ"];
    let text = String::from_utf8_lossy(head);
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let opens = |words: &[&str]| words.iter().any(|word| start.starts_with(word));
    if let Some((_, name)) = OTHER_MEDIA.iter().find(|(magic, _)| head.starts_with(magic)) {
        return name;
    }
    match () {
        () if head.is_empty() => "empty",
        () if PICTURES.iter().any(|magic| head.starts_with(magic)) => "picture",
        () if head.get(8..12) == Some(b"WEBP") || head.get(4..8) == Some(b"ftyp") => "picture",
        () if ARCHIVES.iter().any(|magic| head.starts_with(magic)) => "archive",
        () if head.windows(MXF.len()).any(|key| key == MXF) => "MXF",
        () if head.starts_with(b"%PDF") => "document",
        () if start.contains("<svg") => "picture",
        () if opens(&["#EXTM3U", "ffconcat", "file ", "v=0", "[playlist]"]) || start.contains("<MPD") => {
            "playlist"
        }
        () if is_text(head) => "text",
        () => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_are_known_by_their_first_bytes() {
        let mut ts = vec![0_u8; 600];
        for at in [0, 188, 376] {
            ts[at] = 0x47;
        }
        let cases: [(&[u8], Option<Container>); 16] = [
            (b"\0\0\0\x20ftypisom\0\0\x02\0", Some(Container::Mp4)),
            (b"\0\0\0\x20ftypqt  \0\0\x02\0", Some(Container::Mp4)),
            (b"\0\0\0\x08wide\0\0\x02\0mdat", Some(Container::Mp4)),
            (b"\0\0\0\x20ftypheic\0\0\0\0", None),
            (b"\0\0\0\x20ftypavif\0\0\0\0", None),
            (b"\x1a\x45\xdf\xa3\x9f", Some(Container::Matroska)),
            (&ts, Some(Container::MpegTs)),
            (b"RIFF\x10\0\0\0AVI LIST", Some(Container::Avi)),
            (b"RIFF\x10\0\0\0WEBPVP8 ", None),
            (b"OggS\0\x02", Some(Container::Ogg)),
            (b"\xff\xfb\x90\x64", Some(Container::Mp3)),
            (b"\xff\xf1\x50\x80", Some(Container::Aac)),
            (b"\xff\xfe#\0E\0X\0T\0", None), // UTF-16
            (b"#EXTM3U\n#EXT-X-VERSION:3\n", None),
            (b"ffconcat version 1.0\n", None),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        ];
        for (head, expected) in cases {
            assert_eq!(container(head), expected, "{:?}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn what_is_refused_gets_a_word() {
        let cases: [(&[u8], &str); 11] = [
            (b"", "empty"),
            (b"\x89PNG\r\n", "picture"),
            (b"<?xml version='1.0'?>\n<svg/>", "picture"),
            (b"#EXTM3U\nfile:///etc/passwd", "playlist"),
            (b"ffconcat version 1.0\nfile x", "playlist"),
            (b"Dear diary", "text"),
            (b"PK\x03\x04", "archive"),
            (b"\0\x01\x02\x03", "unknown"),
            (b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01\x02", "MXF"),
            (b"run-in \x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01\x02", "MXF"),
            (b".RMF\0\0\0\x12", "RealMedia"),
        ];
        for (head, expected) in cases {
            assert_eq!(looks_like(head), expected, "{head:?}");
        }
    }

    #[test]
    fn a_transport_stream_may_begin_anywhere() {
        for size in [188, 192, 204] {
            for from in [0, 1, 100, 187, 700, 1023] {
                let mut stream: Vec<u8> =
                    (0..HEAD_BYTES).map(|n| (n * 7 + n / 251) as u8 & 0xbf | 0x80).collect();
                stream.iter_mut().skip(from).step_by(size).for_each(|byte| *byte = 0x47);
                assert_eq!(container(&stream), Some(Container::MpegTs), "{size} bytes a packet, from {from}");
                // Further in than any first packet may stand, so that none behind it can be taken for the first.
                stream[from + 8 * size] = 0;
                assert!(from == 0 || container(&stream) != Some(Container::MpegTs), "out of step");
            }
        }
        assert_eq!(container("Good Golly! ".repeat(300).as_bytes()), None);
    }

    #[test]
    fn the_sound_behind_a_tag_is_found() {
        assert_eq!(id3_length(b"ID3\x04\0\0\0\0\x02\x01rest"), Some(10 + 257));
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("tagged");
        let tagged = [b"ID3\x04\0\0\0\0\0\x05.....".as_slice(), b"\xff\xfb\x90\x64"].concat();
        std::fs::write(&file, tagged).expect("a file");
        assert_eq!(sniff(&file), Ok(Container::Mp3));
    }
}
