//! The data folder: whose it is, and why a process cannot open it.

use std::path::PathBuf;

use store::{Engine, StoreError};

use crate::Config;

/// Why a process could not open. Each is a sentence for the administrator.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data folder cannot be used.
    #[error("the data folder {folder}: {why}")]
    Folder {
        /// Which.
        folder: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Another server has this data folder.
    #[error(
        "another Anteroom is running on the data folder {0}; stop it first, or give this one another folder"
    )]
    InUse(PathBuf),
    /// The key file cannot be used.
    #[error("the key file: {0}")]
    Keys(String),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Only one server may have a folder with SQLite in it. With PostgreSQL several share it.
pub(crate) fn lock_folder(config: &Config) -> Result<Option<std::fs::File>, OpenError> {
    if !matches!(config.engine, Engine::Sqlite { .. }) {
        return Ok(None);
    }
    let folder_error =
        |e: std::io::Error| OpenError::Folder { folder: config.data.clone(), why: e.to_string() };
    std::fs::create_dir_all(&config.data).map_err(folder_error)?;
    let path = config.data.join("anteroom.lock");
    let file = std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(folder_error)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(_) => Err(OpenError::InUse(config.data.clone())),
    }
}
