//! Whether the clock of a container may start again in the middle of a film.

use crate::facts::Container;

/// A leap forward by more than this is a new clock where clocks may start again, microseconds. It is ffmpeg's own bound.
pub(super) const LEAP_US: i64 = 10_000_000;

/// Whether a container's clock may start again by design.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    /// It counts on; a leap forward is a pause, and a leap back is a fault that we mend.
    Steady,
    /// Broadcast streams: it may leap either way, and ffmpeg follows by itself.
    Leaping,
}

impl Clock {
    /// Whether a leap by so much is a new clock and not a pause in the film.
    pub(super) fn starts_again(self, by_us: i64) -> bool {
        by_us < 0 || (self == Self::Leaping && by_us > LEAP_US)
    }
}

impl Container {
    pub(crate) fn clock(self) -> Clock {
        match self {
            Self::MpegTs | Self::MpegPs | Self::Ogg => Clock::Leaping,
            _ => Clock::Steady,
        }
    }
}
