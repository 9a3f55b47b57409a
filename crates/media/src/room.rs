//! Whether a failure was really a full disk. It has to be asked for: ffmpeg's HLS writer swallows that error.

use std::path::Path;

use crate::failure::Failure;

/// Less than this free counts as full, bytes: one segment of the largest rendition may need as much.
const FULL_BELOW: u64 = 4 << 20;

/// Turns a failure without a named cause into [`Failure::DiskFull`] when the disk of `folder` is full.
pub(crate) fn blame(folder: &Path, failure: Failure) -> Failure {
    let unnamed = matches!(failure, Failure::FfmpegFailed { .. });
    let full = || {
        rustix::fs::statvfs(folder)
            .is_ok_and(|disk| full(disk.f_bavail * disk.f_frsize, disk.f_favail, disk.f_files))
    };
    if unnamed && full() { Failure::DiskFull } else { failure }
}

/// Some file systems do not count their entries and report 0 of 0.
fn full(free_bytes: u64, free_entries: u64, entries: u64) -> bool {
    free_bytes < FULL_BELOW || (entries > 0 && free_entries == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_means_bytes_or_entries() {
        assert!(full(0, 100, 1000) && full(FULL_BELOW - 1, 0, 0));
        assert!(full(u64::MAX, 0, 1000));
        assert!(!full(FULL_BELOW, 0, 0) && !full(u64::MAX, 1, 1000));
    }

    #[test]
    fn only_an_unnamed_failure_is_blamed_on_the_disk() {
        let folder = Path::new("/proc"); // a file system without any room
        let unnamed = Failure::FfmpegFailed { log: String::new() };
        assert_eq!(blame(folder, unnamed.clone()), Failure::DiskFull);
        assert_eq!(blame(folder, Failure::Truncated), Failure::Truncated);
        assert_eq!(blame(Path::new("/no/such/folder"), unnamed.clone()), unnamed);
    }
}
