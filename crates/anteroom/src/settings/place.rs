//! The folder of a site: whether there is one, and whether others on this machine can read it.

use std::fs::{self, Metadata, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use anyhow::bail;
use app::store::Engine;

use super::Settings;

impl Settings {
    /// There must be a site already, key and all.
    pub(crate) fn check_site(&self) -> anyhow::Result<()> {
        self.check_database()?;
        let keys = self.app.data.join("keys");
        if !keys.exists() {
            bail!("{} is not there: {}", keys.display(), no_site(&self.app.data));
        }
        Ok(())
    }

    /// There must be a database already, as far as can be seen without opening it.
    pub(crate) fn check_database(&self) -> anyhow::Result<()> {
        let there = match &self.app.engine {
            Engine::Sqlite { file } => file,
            Engine::Postgres { .. } => &self.app.data,
        };
        if !there.exists() {
            bail!("{} is not there: {}", there.display(), no_site(&self.app.data));
        }
        Ok(())
    }

    /// Takes from others on this machine what an older version let them read: names and addresses of people.
    pub(crate) fn tighten(&self) {
        let data = &self.app.data;
        let files = ["anteroom.sqlite3", "anteroom.sqlite3-wal", "anteroom.sqlite3-shm"];
        let all = std::iter::once((data.clone(), 0o700)).chain(files.map(|name| (data.join(name), 0o600)));
        for (path, mode) in all {
            let Ok(found) = fs::metadata(&path) else { continue };
            if is_ours(&found) && found.permissions().mode() & 0o077 != 0 {
                match fs::set_permissions(&path, Permissions::from_mode(mode)) {
                    Ok(()) => tracing::info!(path = %path.display(), "closed to other users of this machine"),
                    Err(error) => tracing::warn!(%error, path = %path.display(), "others can read it"),
                }
            }
        }
    }
}

fn is_ours(found: &Metadata) -> bool {
    found.uid() == rustix::process::geteuid().as_raw()
}

fn no_site(data: &Path) -> String {
    format!(
        "{} holds no site. Name its folder with --data or ANTEROOM_DATA; `anteroom serve` makes a new one",
        data.display()
    )
}
