//! What a connection may do, and what begins and ends a transaction.

/// Whether a connection may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Makes the database where there is none, and writes.
    Make,
    Read,
    Write,
}

/// What begins or ends a transaction.
#[derive(Debug, Clone, Copy)]
pub(super) enum Boundary {
    Begin,
    Commit,
    Rollback,
}
