//! The bounds on what is accepted and on what a child process may use. Every figure names its unit and what
//! a higher or lower one does. The defaults suit a two-core machine with 4 GB.

use std::time::Duration;

/// Bounds for one file and for the child processes that work on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Longest accepted duration, ms (default 12 h). Higher: longer jobs and more disk. Lower: refuses sooner.
    pub max_duration_ms: u64,
    /// Most pixels in one decoded frame (default 36 million: 8K). Higher: more memory per frame, about 100 bytes
    /// per pixel over all threads. Lower: big camera originals are refused.
    pub max_pixels: u64,
    /// Highest average frame rate, frames per second (default 480: phones' slow motion). Higher: more decoding
    /// per second of film. Lower: slow-motion originals are refused.
    pub max_frame_rate: u32,
    /// Most tracks of all kinds (default 64). Higher: longer probing of odd files. Lower: refuses some
    /// productions with many languages.
    pub max_tracks: usize,
    /// Wall-clock time for looking at a file (default 60 s). Higher: a slow disk is forgiven. Lower: a hostile
    /// file is dropped sooner.
    pub probe_time: Duration,
    /// Wall-clock time that every run gets, whatever its length (default 5 min).
    pub run_time_base: Duration,
    /// Wall-clock seconds on top for each second of film (default 20). Higher: slower machines and 8K are
    /// forgiven. Lower: a stuck job frees its place sooner.
    pub run_time_factor: u32,
    /// How long ffmpeg may go without getting further (default 3 min). Higher: heavy frames on a busy machine
    /// are forgiven. Lower: a hang is noticed sooner.
    pub stall_time: Duration,
    /// Address space of one child, bytes (default 16 GiB). It is virtual memory, several times what is really
    /// used. Higher: 8K on many cores. Lower: ffmpeg fails on ordinary files below about 2 GiB.
    pub memory_bytes: u64,
    /// Largest single file that a child may write, bytes (default 256 MiB; a segment has about 2 MB). Higher or
    /// lower changes only how far a run gone wrong can fill the disk.
    pub file_bytes: u64,
    /// Open files of one child (default 256; a full ladder needs about 40).
    pub open_files: u64,
    /// Threads and processes (default 1024). Without a user namespace the kernel counts those of the whole
    /// account, so a lower figure can hinder the server itself.
    pub threads: u64,
    /// Niceness of the children, 0 to 19 (default 10). Higher: pages stay quick while encoding. Lower: encoding
    /// takes its share.
    pub niceness: i32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_duration_ms: 12 * 3_600_000,
            max_pixels: 36_000_000,
            max_frame_rate: 480,
            max_tracks: 64,
            probe_time: Duration::from_secs(60),
            run_time_base: Duration::from_secs(300),
            run_time_factor: 20,
            stall_time: Duration::from_secs(180),
            memory_bytes: 16 << 30,
            file_bytes: 256 << 20,
            open_files: 256,
            threads: 1024,
            niceness: 10,
        }
    }
}

impl Limits {
    /// Wall-clock bound of an encode of `duration_ms` of film.
    #[must_use]
    pub fn run_time(&self, duration_ms: u64) -> Duration {
        self.run_time_base + Duration::from_millis(duration_ms.saturating_mul(self.run_time_factor.into()))
    }
}
