//! Files that somebody is watching right now, opened once for all of them.
//!
//! A file stays open as long as a connection remembers that it sent it last. So what nobody watches is closed
//! without anybody looking for it, and there are never more than connections. Published files never change; one that
//! was deleted has no name left, which is asked before every use.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use app::App;
use app::store::MediaVersion;
use app::viewing::MediaPass;

use crate::media_answer::MediaFile;

/// Versions whose files are all closed are swept out when there are more than this, and twice those in use.
const SWEEP_ABOVE: usize = 64;

#[derive(Default)]
pub(crate) struct Files {
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    versions: HashMap<MediaVersion, HashMap<Box<str>, Weak<MediaFile>>>,
    sweep_above: usize,
}

impl Files {
    /// The file of a pass. `held`: the one that this connection sent last, which is this one from now on.
    pub(super) fn open(
        &self,
        app: &App,
        pass: &MediaPass,
        held: &mut Option<Held>,
    ) -> Option<Arc<MediaFile>> {
        if let Some(held) = held.as_ref().filter(|held| held.is_of(pass) && held.file.has_name()) {
            return Some(held.file.clone());
        }
        let known = self.find(pass).filter(|file| file.has_name());
        let file = match known {
            Some(file) => file,
            None => {
                let file = Arc::new(MediaFile::open(&app.media_path(pass))?);
                self.remember(pass, &file);
                file
            }
        };
        *held = Some(Held { media: pass.media(), name: pass.name().into(), file: file.clone() });
        Some(file)
    }

    fn find(&self, pass: &MediaPass) -> Option<Arc<MediaFile>> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.versions.get(&pass.media())?.get(pass.name())?.upgrade()
    }

    fn remember(&self, pass: &MediaPass, file: &Arc<MediaFile>) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let files = open.versions.entry(pass.media()).or_default();
        // One version has some thousand files at most; most of them are behind whoever watches.
        files.retain(|_, file| file.strong_count() > 0);
        files.insert(pass.name().into(), Arc::downgrade(file));
        if open.versions.len() > open.sweep_above.max(SWEEP_ABOVE) {
            open.versions.retain(|_, files| files.values().any(|file| file.strong_count() > 0));
            open.sweep_above = 2 * open.versions.len();
        }
    }
}

/// The file that a connection sent last.
pub(super) struct Held {
    media: MediaVersion,
    name: Box<str>,
    file: Arc<MediaFile>,
}

impl Held {
    fn is_of(&self, pass: &MediaPass) -> bool {
        self.media == pass.media() && *self.name == *pass.name()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(folder: &std::path::Path, name: &str) -> Arc<MediaFile> {
        std::fs::write(folder.join(name), "bytes").expect("a file");
        Arc::new(MediaFile::open(&folder.join(name)).expect("it is there"))
    }

    #[test]
    fn a_deleted_file_has_no_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = file(folder.path(), "v0-00001.m4s");
        assert!(file.has_name());
        std::fs::remove_file(folder.path().join("v0-00001.m4s")).expect("it goes");
        assert!(!file.has_name());
    }
}
