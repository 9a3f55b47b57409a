//! The key and the database belong together: the database keeps the key's fingerprint, so that a lost or mistaken key
//! file is noticed before anything is sealed with the wrong one.

#[cfg(test)]
mod tests;

use std::path::Path;

use domain::Instant;
use store::site_key::{self, Fingerprint, Sealed};
use store::{Conn, Store, StoreError, process};

use crate::config::DEAD_AFTER;
use crate::folder::{OpenError, lock_folder};
use crate::keys::Keys;
use crate::{Config, Outside};

/// What became of the wish to go on with another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewed {
    /// The key that is there is the right one; nothing was changed.
    Fits,
    /// The key that is there counts from now on.
    Accepted,
    /// There was none: a new one was made.
    Made,
}

/// What the database knows of its key.
struct Known {
    fingerprint: Option<Fingerprint>,
    sealed: Vec<Sealed>,
}

impl Known {
    async fn read(store: &Store) -> Result<Self, StoreError> {
        store
            .read(async |conn: &mut Conn| {
                let fingerprint = site_key::find(conn).await?;
                Ok(Self { fingerprint, sealed: site_key::list_newest_sealed(conn).await? })
            })
            .await
    }

    /// By the fingerprint; without one, as older versions left it, by what was sealed last.
    fn fits(&self, keys: &Keys) -> bool {
        match self.fingerprint {
            Some(known) => known == keys.fingerprint(),
            None => self.sealed.iter().all(|one| keys.open_seal(&one.token, one.link, one.item).is_some()),
        }
    }

    const fn needs_its_key(&self) -> bool {
        self.fingerprint.is_some() || !self.sealed.is_empty()
    }
}

/// The key of this database: the one in the folder, or a new one where nothing was ever sealed.
pub(crate) async fn find_or_make(store: &Store, data: &Path, outside: &Outside) -> Result<Keys, OpenError> {
    let known = Known::read(store).await?;
    let wrong = |what: &str| {
        OpenError::Keys(format!(
            "{} {what}. Put the right one back from a backup. If it is lost, run `anteroom keys renew`: links that were \
             made before go on working but can no longer be copied",
            data.join("keys").display()
        ))
    };
    let keys = match Keys::find(data).map_err(OpenError::Keys)? {
        Some(keys) if known.fits(&keys) => keys,
        Some(_) => return Err(wrong("is not the key that the database was sealed with")),
        None if known.needs_its_key() => {
            return Err(wrong("is missing, and the database was sealed with it"));
        }
        None => Keys::make(data, outside).map_err(OpenError::Keys)?,
    };
    if known.fingerprint.is_none() {
        let fingerprint = keys.fingerprint();
        let kept: Option<Fingerprint> = store
            .write(async move |conn: &mut Conn| {
                site_key::put(conn, fingerprint).await?;
                site_key::find(conn).await
            })
            .await
            .map_err(OpenError::Store)?;
        // Two processes that begin a site from two folders: one of them was first.
        if kept != Some(fingerprint) {
            return Err(wrong("is not the key that the database was sealed with"));
        }
    }
    Ok(keys)
}

/// Goes on with the key that lies in the folder, or with a new one where there is none, whatever was sealed before.
/// No server may be running.
///
/// # Errors
/// See [`OpenError`].
pub async fn renew_keys(config: Config, outside: Outside) -> Result<Renewed, OpenError> {
    let lock = lock_folder(&config)?;
    let store = Store::open(&config.engine, outside.clock()).await?;
    let alive = outside.now().minus(DEAD_AFTER);
    let known = Known::read(&store).await?;
    let living: Result<Option<Instant>, StoreError> =
        store.read(async move |conn: &mut Conn| process::find_oldest_start(conn, alive).await).await;
    // On SQLite the lock of the folder says so, and rows of a process that was killed say nothing.
    if lock.is_none() && living?.is_some() {
        return Err(OpenError::InUse(config.data));
    }
    let found = Keys::find(&config.data).map_err(OpenError::Keys)?;
    let (keys, renewed) = match found {
        Some(keys) if known.fits(&keys) => (keys, Renewed::Fits),
        Some(keys) => (keys, Renewed::Accepted),
        None => (Keys::make(&config.data, &outside).map_err(OpenError::Keys)?, Renewed::Made),
    };
    let fingerprint = keys.fingerprint();
    let kept: Result<(), StoreError> =
        store.write(async move |conn: &mut Conn| site_key::replace(conn, fingerprint).await).await;
    kept?;
    Ok(renewed)
}
