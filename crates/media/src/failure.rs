//! What can go wrong, as a closed list whose `code()` is kept on the item and turned into words elsewhere.
//! `log()` is for the server's log only: it holds ffmpeg's own words and local paths.

use std::path::PathBuf;

/// Why a file could not become playable media.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The bytes are no film or sound: a picture, text, playlist, archive, or nothing known.
    #[error("not a media file (looks like {looks_like})")]
    NotMedia {
        /// One of: empty, text, playlist, picture, document, archive, unknown; or the name of a format of films or
        /// sounds that is not accepted, as its makers write it: `MXF`.
        looks_like: &'static str,
    },
    /// A container without any picture and without any sound, or without picture where one is required.
    #[error("no video in the file")]
    NoVideo,
    /// The file ends early, or is damaged so that most of it cannot be decoded.
    #[error("the file is cut off or damaged")]
    Truncated,
    /// Encrypted by a copy protection.
    #[error("the file is copy-protected")]
    Protected,
    /// Longer than [`Limits::max_duration_ms`](crate::Limits).
    #[error("{found_ms} ms long, limit {limit_ms} ms")]
    TooLong {
        /// Length of the file, in ms.
        found_ms: u64,
        /// The limit, in ms.
        limit_ms: u64,
    },
    /// More pixels per frame, or more frames per second, than the limits allow.
    #[error("{what} {found}, limit {limit}")]
    TooLarge {
        /// `pixels` or `frames_per_second`.
        what: &'static str,
        /// What the file has.
        found: u64,
        /// What is allowed.
        limit: u64,
    },
    /// A codec that is unknown or not on our list.
    #[error("codec {codec} is not supported")]
    UnsupportedCodec {
        /// Its short name in ffmpeg, or the four-letter tag.
        codec: String,
    },
    /// More tracks than [`Limits::max_tracks`](crate::Limits).
    #[error("more than {limit} tracks")]
    TooManyTracks {
        /// The limit.
        limit: usize,
    },
    /// ffmpeg or ffprobe is not there any more.
    #[error("ffmpeg is missing: {path}")]
    FfmpegMissing {
        /// The program that could not be started.
        path: String,
    },
    /// ffmpeg ended with an error that means none of the above.
    #[error("ffmpeg failed")]
    FfmpegFailed {
        /// The last lines that it wrote.
        log: String,
    },
    /// It took longer than the limits allow, or stood still.
    #[error("timed out")]
    TimedOut {
        /// The last lines that ffmpeg wrote.
        log: String,
    },
    /// No room on the disk (or the bound on one file's size was met).
    #[error("the disk is full")]
    DiskFull,
    /// Cancelled by the caller. The item's state is then `cancelled`, not `failed`.
    #[error("cancelled")]
    Cancelled,
}

impl Failure {
    /// The code that is stored and sent; its words are in the catalogue under `failure.<code>`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotMedia { .. } => "not_media",
            Self::NoVideo => "no_video",
            Self::Truncated => "truncated",
            Self::Protected => "protected",
            Self::TooLong { .. } => "too_long",
            Self::TooLarge { .. } => "too_large",
            Self::UnsupportedCodec { .. } => "unsupported_codec",
            Self::TooManyTracks { .. } => "too_many_tracks",
            Self::FfmpegMissing { .. } => "ffmpeg_missing",
            Self::FfmpegFailed { .. } => "ffmpeg_failed",
            Self::TimedOut { .. } => "timed_out",
            Self::DiskFull => "disk_full",
            Self::Cancelled => "cancelled",
        }
    }

    /// A short detail that is safe to show to the item's owner: no path, no text of ffmpeg.
    #[must_use]
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::NotMedia { looks_like } => Some((*looks_like).to_owned()),
            Self::UnsupportedCodec { codec } => Some(codec.clone()),
            Self::TooLong { limit_ms, .. } => Some(limit_ms.to_string()),
            Self::TooLarge { what, .. } => Some((*what).to_owned()),
            Self::TooManyTracks { limit } => Some(limit.to_string()),
            _ => None,
        }
    }

    /// Whether a failure of this code may pass, by itself or when somebody mends the server. All others are of the
    /// file, and would come again.
    #[must_use]
    pub fn can_pass(code: &str) -> bool {
        matches!(code, "ffmpeg_missing" | "ffmpeg_failed" | "timed_out" | "disk_full" | "cancelled")
    }

    /// ffmpeg's last lines, for the server's log.
    #[must_use]
    pub fn log(&self) -> Option<&str> {
        match self {
            Self::FfmpegFailed { log } | Self::TimedOut { log } => Some(log),
            _ => None,
        }
    }

    /// Whether trying again by itself may help. Trouble of the file never passes, and what only a person can mend, a
    /// missing ffmpeg or a full disk, is said at once rather than after all tries.
    #[must_use]
    pub fn may_retry(&self) -> bool {
        matches!(self, Self::FfmpegFailed { .. } | Self::TimedOut { .. })
    }
}

/// Trouble of the machine that is met outside any one file.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// ffmpeg or ffprobe was not found.
    #[error("{tool} was not found{}; install ffmpeg (Debian: apt install ffmpeg) or name its folder in the settings", looked_in(.path))]
    ToolMissing {
        /// `ffmpeg` or `ffprobe`.
        tool: &'static str,
        /// Where it was looked for, when the caller named a place.
        path: Option<PathBuf>,
    },
    /// The program is there but cannot do what we need, or does not start.
    #[error("{tool} cannot be used: {why}")]
    ToolUnusable {
        /// `ffmpeg` or `ffprobe`.
        tool: &'static str,
        /// What is missing and what to do.
        why: String,
    },
}

fn looked_in(path: &Option<PathBuf>) -> String {
    path.as_ref().map(|p| format!(" in {}", p.display())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_of_the_file_does_not_pass() {
        let of_the_file = [
            Failure::NotMedia { looks_like: "MXF" },
            Failure::NoVideo,
            Failure::Truncated,
            Failure::Protected,
            Failure::TooLong { found_ms: 2, limit_ms: 1 },
            Failure::TooLarge { what: "pixels", found: 2, limit: 1 },
            Failure::UnsupportedCodec { codec: "snow".to_owned() },
            Failure::TooManyTracks { limit: 64 },
        ];
        for failure in of_the_file {
            assert!(!Failure::can_pass(failure.code()) && !failure.may_retry(), "{failure:?}");
        }
        let log = String::new();
        let of_the_server = [
            Failure::FfmpegMissing { path: String::new() },
            Failure::FfmpegFailed { log: log.clone() },
            Failure::TimedOut { log },
            Failure::DiskFull,
        ];
        assert!(of_the_server.iter().all(|failure| Failure::can_pass(failure.code())));
    }
}
