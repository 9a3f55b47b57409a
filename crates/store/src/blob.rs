//! Bytes on disk. Everything that is published got there by write aside, flush, rename.
//!
//! ```text
//! uploads/<upload>          bytes as they arrive, then the source that jobs read
//! work/<job>/               what a job is making; nobody else looks here
//! media/<item>/<version>/   published files: playlists, segments, posters
//! ```

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use domain::{ItemId, JobId, UploadId};

use crate::StoreError;

/// One published set of files of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MediaVersion {
    /// The item.
    pub item: ItemId,
    /// Rises with every publication.
    pub version: i64,
}

/// What is left on a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Bytes that ordinary users may still take.
    pub free_bytes: u64,
    /// Whether so few files may still be made that a film could no longer be published.
    pub is_out_of_files: bool,
}

/// The part of a disk's files that is left to the database and to what is being published: a twentieth.
const FILES_KEPT: u64 = 20;

/// Disks that make room for files as they come say that they have none.
const fn is_out_of_files(all: u64, left: u64) -> bool {
    all > 0 && left < all / FILES_KEPT
}

/// The folder of all bytes. Calls block; callers on async threads move them off.
#[derive(Debug, Clone)]
pub struct Blobs {
    root: PathBuf,
}

impl Blobs {
    /// Opens the folder and makes what is missing in it.
    ///
    /// # Errors
    /// `ReadOnly`, `Full` or `File` when it cannot be written.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        for folder in ["uploads", "work", "media"] {
            fs::create_dir_all(root.join(folder))?;
        }
        Ok(Self { root: root.to_owned() })
    }

    /// What is left on the disk below.
    ///
    /// # Errors
    /// `File` when the disk does not say.
    pub fn space(&self) -> Result<Space, StoreError> {
        let facts = rustix::fs::statvfs(&self.root).map_err(std::io::Error::from)?;
        Ok(Space {
            free_bytes: facts.f_bavail.saturating_mul(facts.f_frsize),
            is_out_of_files: is_out_of_files(facts.f_files, facts.f_favail),
        })
    }

    /// The file of an upload.
    pub fn upload_path(&self, id: UploadId) -> PathBuf {
        self.root.join("uploads").join(id.to_string())
    }

    /// Removes an upload's file if it is there.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn remove_upload(&self, id: UploadId) -> Result<(), StoreError> {
        absent_is_fine(fs::remove_file(self.upload_path(id)))
    }

    /// An empty folder for a job, whatever an earlier try left there.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn fresh_work(&self, id: JobId) -> Result<PathBuf, StoreError> {
        let folder = self.work_path(id);
        absent_is_fine(fs::remove_dir_all(&folder))?;
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// Removes a job's folder if it is there.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn remove_work(&self, id: JobId) -> Result<(), StoreError> {
        absent_is_fine(fs::remove_dir_all(self.work_path(id)))
    }

    /// The jobs that have a folder.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn list_work(&self) -> Result<Vec<JobId>, StoreError> {
        let names = fs::read_dir(self.root.join("work"))?.map(|entry| Ok(entry?.file_name()));
        let names = names.collect::<std::io::Result<Vec<_>>>()?;
        Ok(names.iter().filter_map(|name| name.to_str()?.parse().ok()).collect())
    }

    fn work_path(&self, id: JobId) -> PathBuf {
        self.root.join("work").join(id.to_string())
    }

    /// Moves a finished, flushed work folder to its published place in one rename. A folder that is there
    /// already came from a try that died before its row was written, and goes first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn publish(&self, job: JobId, to: MediaVersion) -> Result<(), StoreError> {
        let place = self.media_path(to);
        let parent = self.root.join("media").join(to.item.to_string());
        fs::create_dir_all(&parent)?;
        absent_is_fine(fs::remove_dir_all(&place))?;
        fs::rename(self.work_path(job), &place)?;
        flush_folder(&parent)?;
        flush_folder(&self.root.join("media"))
    }

    /// The folder of a published version.
    pub fn media_path(&self, of: MediaVersion) -> PathBuf {
        self.root.join("media").join(of.item.to_string()).join(of.version.to_string())
    }

    /// Removes everything published of an item.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn remove_media(&self, item: ItemId) -> Result<(), StoreError> {
        absent_is_fine(fs::remove_dir_all(self.root.join("media").join(item.to_string())))
    }

    /// Removes the versions of an item that are older than `keep`.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn remove_older_media(&self, keep: MediaVersion) -> Result<(), StoreError> {
        let folder = self.root.join("media").join(keep.item.to_string());
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let version = entry.file_name().to_str().and_then(|name| name.parse::<i64>().ok());
            if version.is_some_and(|version| version < keep.version) {
                absent_is_fine(fs::remove_dir_all(entry.path()))?;
            }
        }
        Ok(())
    }
}

fn absent_is_fine(result: std::io::Result<()>) -> Result<(), StoreError> {
    match result {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

fn flush_folder(folder: &Path) -> Result<(), StoreError> {
    Ok(File::open(folder)?.sync_all()?)
}

#[cfg(test)]
mod tests {
    use super::is_out_of_files;

    #[test]
    fn the_last_twentieth_of_a_disks_files_is_kept() {
        for (all, left, is_out) in [(1000, 1000, false), (1000, 50, false), (1000, 49, true), (1000, 0, true)]
        {
            assert_eq!(is_out_of_files(all, left), is_out, "{left} of {all}");
        }
        assert!(!is_out_of_files(0, 0), "a disk that counts no files");
    }
}
