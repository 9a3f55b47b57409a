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

/// What stands between `before` and `after`, and the rest of that line.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<(&'a str, &'a str)> {
    let line = text.lines().find(|line| line.contains(after))?;
    line.split_once(before)?.1.split_once(after)
}
