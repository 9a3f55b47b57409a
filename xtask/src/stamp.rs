//! Stamps: a number over the contents of files, to know whether work must be done again.
//!
//! A stamp is a note to this machine and no proof: it is not stable between Rust versions, and need not be.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A number over names and contents, in the order given.
pub(crate) fn of_files(root: &Path, files: &[String]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        std::fs::read(root.join(file)).with_context(|| format!("cannot read {file}"))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Every file below a folder, relative to it and sorted; empty when there is no such folder.
pub(crate) fn listing(folder: &Path) -> Result<Vec<String>> {
    let mut files = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(below) = open.pop() {
        if !folder.join(&below).is_dir() {
            continue;
        }
        for entry in std::fs::read_dir(folder.join(&below))? {
            let entry = entry?;
            let path = below.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                open.push(path);
            } else {
                files.push(path.to_string_lossy().into_owned());
            }
        }
    }
    files.sort_unstable();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_changes_with_a_name_and_with_a_byte() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("b")).unwrap();
        std::fs::write(folder.path().join("a"), "1").unwrap();
        std::fs::write(folder.path().join("b/c"), "1").unwrap();
        let files = listing(folder.path()).unwrap();
        assert_eq!(files, ["a", "b/c"]);
        let first = of_files(folder.path(), &files).unwrap();
        assert_eq!(of_files(folder.path(), &files).unwrap(), first);
        assert_ne!(of_files(folder.path(), &files[..1]).unwrap(), first);
        std::fs::write(folder.path().join("b/c"), "2").unwrap();
        assert_ne!(of_files(folder.path(), &files).unwrap(), first);
    }
}
