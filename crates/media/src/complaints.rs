//! ffmpeg's words into causes. Its exit status says almost nothing; its wording has been stable for years, and
//! each phrase here is made to happen by a test.

use crate::failure::Failure;

/// What is wrong, when ffmpeg's words name a known cause.
pub(crate) fn cause(complaints: &str) -> Option<Failure> {
    let says = |words: &[&str]| words.iter().any(|word| complaints.contains(word));
    if says(&["No space left on device", "Disk quota exceeded", "File too large"]) {
        return Some(Failure::DiskFull);
    }
    if says(&["max_streams"]) {
        return Some(Failure::TooManyTracks { limit: 0 }); // the caller knows the limit
    }
    if let Some(refused) = refusal(complaints) {
        return Some(refused);
    }
    says(&["moov atom not found", "EBML header parsing failed", "End of file"]).then_some(Failure::Truncated)
}

/// What one of our own bounds has refused. These words count even when ffprobe reports success.
pub(crate) fn refusal(complaints: &str) -> Option<Failure> {
    if let Some((size, limit)) = between(complaints, "Picture size ", " exceeds specified max pixel count ") {
        let found = size.split('x').filter_map(|side| side.parse::<u64>().ok()).product();
        let limit =
            limit.split(|c: char| !c.is_ascii_digit()).next().and_then(|text| text.parse().ok()).unwrap_or(0);
        return Some(Failure::TooLarge { what: "pixels", found, limit });
    }
    let (codec, _) = between(complaints, "Codec (", ") not on whitelist")?;
    Some(Failure::UnsupportedCodec { codec: codec.chars().take(32).collect() })
}

/// The track that ffprobe gave up on because its decoder is not on our list, and that decoder.
pub(crate) fn unopened(complaints: &str) -> Option<(u32, String)> {
    let (before, track) = complaints.rsplit_once("Could not open codec for input stream ")?;
    let (_, codec) = before.rsplit_once("Codec (")?;
    let codec = codec.split_once(") not on whitelist")?.0;
    let plain = codec.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    let track = track.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?;
    (plain && codec.len() <= 32).then(|| (track, codec.to_owned()))
}

/// What stands between `before` and `after`, and the rest of that line.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<(&'a str, &'a str)> {
    let line = text.lines().find(|line| line.contains(after))?;
    line.split_once(before)?.1.split_once(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_track_that_could_not_be_opened_is_found() {
        let words = "[tta @ 0x1] Codec (tta) not on whitelist 'h264,aac'\n\
                     [matroska,webm @ 0x2] Failed to open codec in avformat_find_stream_info\n\
                     [gif @ 0x3] Codec (gif) not on whitelist 'h264,aac'\n\
                     Could not open codec for input stream 12\n";
        assert_eq!(unopened(words), Some((12, "gif".to_owned())));
        assert_eq!(unopened("Codec (x;y) not on whitelist\nCould not open codec for input stream 1"), None);
        assert_eq!(unopened("Could not open codec for input stream 1"), None);
    }
}
