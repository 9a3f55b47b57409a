//! Which engine a test runs on.

/// An engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One process, one file.
    Sqlite,
    /// Several processes, one server.
    Postgres,
}

impl Kind {
    /// How many processes serve one site in tests that use all that the engine allows.
    pub const fn processes(self) -> usize {
        match self {
            Self::Sqlite => 1,
            Self::Postgres => 2,
        }
    }
}
