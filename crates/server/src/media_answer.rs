//! What an answer with media bytes says, whichever way its bytes leave: status, headers, which bytes.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use http::StatusCode;

/// Which bytes of a file, as a half-open interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bytes {
    pub(crate) from: u64,
    pub(crate) to: u64,
}

impl Bytes {
    pub(crate) const fn len(self) -> u64 {
        self.to - self.from
    }
}

/// A published file, opened. Its bytes never change.
#[derive(Debug)]
pub(crate) struct MediaFile {
    pub(crate) file: File,
    pub(crate) content_type: &'static str,
    size: u64,
}

impl MediaFile {
    /// None when there is no such file.
    pub(crate) fn open(path: &Path) -> Option<Self> {
        let file = File::open(path).ok()?;
        let facts = file.metadata().ok().filter(std::fs::Metadata::is_file)?;
        let content_type = content_type(path.file_name()?.to_str()?);
        Some(Self { file, content_type, size: facts.len() })
    }

    /// Whether it still lies in its folder: an open file outlives its name.
    pub(crate) fn has_name(&self) -> bool {
        rustix::fs::fstat(&self.file).is_ok_and(|facts| facts.st_nlink > 0)
    }
}

/// An answer before its bytes.
#[derive(Debug)]
pub(crate) struct MediaAnswer {
    pub(crate) status: StatusCode,
    /// Present in answers to a range.
    pub(crate) content_range: Option<String>,
    pub(crate) bytes: Bytes,
    pub(crate) file: Arc<MediaFile>,
}

/// On every answer with media.
pub(crate) const ALWAYS: [(&str, &str); 3] = [
    ("accept-ranges", "bytes"),
    ("cache-control", "private, no-store"),
    // A proxy that reads ahead would go on sending what was ended.
    ("x-accel-buffering", "no"),
];

/// What a file is, by the few endings that published files have.
fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "m3u8" => "application/vnd.apple.mpegurl",
        "m4s" => "video/iso.segment",
        "mp4" => "video/mp4",
        "jpg" => "image/jpeg",
        "vtt" => "text/vtt",
        _ => "application/octet-stream",
    }
}

impl MediaAnswer {
    /// What a request with this Range header gets (RFC 9110, section 14).
    pub(crate) fn new(file: Arc<MediaFile>, range: Option<&str>) -> Self {
        let size = file.size;
        let (status, bytes, content_range) = match range.map(|text| read_range(text, size)) {
            None | Some(Range::Ignored) => (StatusCode::OK, Bytes { from: 0, to: size }, None),
            Some(Range::Of(bytes)) => {
                let text = format!("bytes {}-{}/{size}", bytes.from, bytes.to - 1);
                (StatusCode::PARTIAL_CONTENT, bytes, Some(text))
            }
            Some(Range::Outside) => {
                (StatusCode::RANGE_NOT_SATISFIABLE, Bytes { from: 0, to: 0 }, Some(format!("bytes */{size}")))
            }
        };
        Self { status, content_range, bytes, file }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Range {
    Of(Bytes),
    Outside,
    /// Several ranges, another unit, or nonsense: the whole file answers.
    Ignored,
}

fn read_range(text: &str, size: u64) -> Range {
    let Some((first, last)) = text.trim().strip_prefix("bytes=").and_then(|spec| spec.split_once('-')) else {
        return Range::Ignored;
    };
    let number = |text: &str| text.parse::<u64>().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
    match (number(first), number(last)) {
        (None, Some(tail)) if first.is_empty() => {
            if tail == 0 || size == 0 {
                Range::Outside
            } else {
                Range::Of(Bytes { from: size.saturating_sub(tail), to: size })
            }
        }
        (Some(from), _) if from >= size && (last.is_empty() || number(last).is_some()) => Range::Outside,
        (Some(from), None) if last.is_empty() => Range::Of(Bytes { from, to: size }),
        (Some(from), Some(last)) if from <= last => {
            Range::Of(Bytes { from, to: last.saturating_add(1).min(size) })
        }
        _ => Range::Ignored,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_follow_the_rules() {
        let of = |from, to| Range::Of(Bytes { from, to });
        for (text, expected) in [
            ("bytes=0-", of(0, 10)),
            ("bytes=0-0", of(0, 1)),
            ("bytes=3-99", of(3, 10)),
            ("bytes=-4", of(6, 10)),
            ("bytes=-99", of(0, 10)),
            ("bytes=-0", Range::Outside),
            ("bytes=10-", Range::Outside),
            ("bytes=10-12", Range::Outside),
            ("bytes=5-2", Range::Ignored),
            ("bytes=0-1,3-4", Range::Ignored),
            ("bytes=+1-2", Range::Ignored),
            ("lines=0-1", Range::Ignored),
            ("bytes=a-", Range::Ignored),
            ("bytes=0-18446744073709551615", of(0, 10)),
        ] {
            assert_eq!(read_range(text, 10), expected, "{text}");
        }
        assert_eq!(read_range("bytes=0-", 0), Range::Outside);
    }
}
