//! What the machine has: programs, and a disk that flushes.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use tempfile::TempDir;

const TMPFS: u32 = 0x0102_1994;

/// Where a program lies: on `PATH`, in the system folders that a plain user's `PATH` leaves out, or among PostgreSQL's.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    folders.extend(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from));
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        let mut versions: Vec<PathBuf> = versions.flatten().map(|entry| entry.path().join("bin")).collect();
        versions.sort();
        folders.extend(versions.into_iter().rev());
    }
    folders.into_iter().map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// The line that tells how to get what is missing.
pub(crate) fn missing(package: &str) -> String {
    format!("not measured ({package} is missing: sudo apt-get install -y --no-install-recommends {package})")
}

/// A folder for one benchmark, on a real disk; `folder` says where, else the system's temporary folder.
pub(crate) fn folder(folder: Option<&Path>) -> Result<TempDir> {
    let within = folder.map_or_else(std::env::temp_dir, Path::to_owned);
    let kind = rustix::fs::statfs(&within)?.f_type;
    if u32::try_from(kind) == Ok(TMPFS) {
        bail!(
            "{} lies in memory, where a flush costs nothing; name a folder on a disk with --folder",
            within.display()
        );
    }
    Ok(tempfile::Builder::new().prefix("anteroom-bench-").tempdir_in(within)?)
}
