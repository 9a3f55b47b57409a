//! A disk of its own, as small as a test needs; unmounted when dropped. Only root may have one.

use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use testkit::{program, shout};

pub(crate) struct SmallDisk {
    folder: tempfile::TempDir,
}

pub(crate) fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

impl SmallDisk {
    /// None, with a word about it, for who may not mount. Where root is there, it must succeed.
    pub(crate) fn mount(mebibytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let mut mount = program("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={mebibytes}m"), "tmpfs"]).arg(folder.path());
        mount.stderr(std::process::Stdio::null());
        if mount.status().is_ok_and(|status| status.success()) {
            return Some(Self { folder });
        }
        assert!(
            !is_root(),
            "root cannot mount a small disk here: give the runner the right to (CAP_SYS_ADMIN)"
        );
        shout("not shown: only root can mount a small disk");
        None
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn free_bytes(&self) -> u64 {
        free_bytes(self.folder.path())
    }

    /// A file of somebody else takes what is free but for so many bytes.
    pub(crate) fn fill_but(&self, bytes: u64) {
        let mut filler = std::fs::File::options()
            .append(true)
            .create(true)
            .open(self.folder.path().join("filler"))
            .expect("a filler");
        let piece = vec![1; 64 << 10];
        while self.free_bytes() > bytes {
            let most = piece.len().min((self.free_bytes() - bytes) as usize);
            if filler.write_all(&piece[..most.max(1)]).is_err() {
                return;
            }
        }
    }

    pub(crate) fn clear(&self) {
        std::fs::remove_file(self.folder.path().join("filler")).expect("the filler goes");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = program("umount").arg("-l").arg(self.folder.path()).status();
    }
}

/// Bytes that ordinary users may still take on the disk of a folder.
pub(crate) fn free_bytes(folder: &Path) -> u64 {
    let facts = rustix::fs::statvfs(folder).expect("the disk answers");
    facts.f_bavail * facts.f_frsize
}
