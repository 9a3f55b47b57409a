//! How keeping can fail. Only `Broken` and `Corrupt` are bugs; the others pass when their cause passes.

/// A failure of the store.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The database does not answer, is locked by somebody else, or went away in the middle.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// No room on the disk.
    #[error("the disk is full: {0}")]
    Full(String),
    /// The database may not be written.
    #[error("the database is read-only: {0}")]
    ReadOnly(String),
    /// A row like this is there already.
    #[error("a row like this exists already: {0}")]
    Duplicate(String),
    /// A row does not say what the code expects.
    #[error("a row cannot be understood: {0}")]
    Corrupt(String),
    /// A statement is wrong.
    #[error("a statement failed: {0}")]
    Broken(String),
    /// A file operation failed.
    #[error("a file operation failed: {0}")]
    File(String),
}

impl StoreError {
    /// Whether trying again later may work without anybody mending a bug.
    pub const fn passes(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Full(_) | Self::ReadOnly(_))
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                Self::Full(error.to_string())
            }
            std::io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly(error.to_string()),
            _ => Self::File(error.to_string()),
        }
    }
}
