//! Making sure that a finished folder is on the disk and not only in memory, before it is renamed into place.

use std::fs::File;
use std::io;
use std::path::Path;

/// Flushes every file in `work_dir` and then the folder itself to the disk. Blocks: thousands of small files may
/// take seconds.
///
/// # Errors
/// The first file that could not be flushed; its data must then be thought lost.
pub fn seal(work_dir: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(work_dir)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            File::open(entry.path())?.sync_all()?;
        }
    }
    File::open(work_dir)?.sync_all()
}
