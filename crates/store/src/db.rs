//! The two engines behind one connection type. Nothing outside this folder asks which of them it is.

mod boundary;
mod conn;
mod flight;
mod ground;
mod lite;
mod migrate;
mod pg;
mod pg_value;
mod question;
mod set;
mod statement;
mod value;
mod wake;
mod workers;

pub use conn::Conn;
pub use question::{Ask, Question};
pub use value::{FromValue, Row, ToValue, Value};

pub(crate) use migrate::STATEMENTS as MIGRATION_STATEMENTS;
pub(crate) use statement::statements;
pub(crate) use value::{params, row};

use std::path::PathBuf;
use std::sync::Arc;

use domain::Instant;

use crate::{Reserve, StoreError};
use ground::Ground;
use workers::Workers;

/// The clock of the door on SQLite: never steps back. PostgreSQL answers with its own.
pub type Now = Arc<dyn Fn() -> Instant + Send + Sync>;

/// Which engine keeps the rows, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Engine {
    /// One file; synchronous FULL, write-ahead log.
    Sqlite {
        /// The database file.
        file: PathBuf,
    },
    /// A server shared by several processes.
    Postgres {
        /// `postgres://user:password@host:port/database`.
        url: String,
    },
}

/// The rows. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    engine: Engine,
    workers: Arc<Workers>,
    ground: Arc<Ground>,
}

impl Store {
    /// Opens the database, brings its schema up to date and starts the workers.
    ///
    /// # Errors
    /// `Unavailable` when it does not answer, `Broken` when its schema is newer than this program.
    pub async fn open(engine: &Engine, now: Now) -> Result<Self, StoreError> {
        Self::open_on(engine, now, None).await
    }

    /// The same, with a reserve to give up when the disk is full.
    ///
    /// # Errors
    /// As for [`Store::open`].
    pub async fn open_on(engine: &Engine, now: Now, reserve: Option<Reserve>) -> Result<Self, StoreError> {
        let ground = Arc::new(Ground::of(engine, reserve));
        ground.prepare()?;
        let mut conn = Conn::open(engine, &now, boundary::Access::Make).await?;
        migrate::run(&mut conn).await?;
        let workers = Arc::new(Workers::start(engine, &now, &ground)?);
        drop(conn);
        Ok(Self { engine: engine.clone(), workers, ground })
    }

    /// Whether several processes may have the rows open at a time.
    pub const fn is_shared(&self) -> bool {
        matches!(self.engine, Engine::Postgres { .. })
    }

    /// Whether the rows are still where they were when they were opened. Blocks as long as the disk takes to say so.
    ///
    /// # Errors
    /// `Unavailable` when SQLite's file is gone or another.
    pub fn check_ground(&self) -> Result<(), StoreError> {
        self.ground.look()
    }

    /// Runs `work` with a connection that only reads.
    ///
    /// # Errors
    /// What `work` answers, or `Unavailable` when no connection can be had.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: AsyncFnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    {
        self.workers.read(work).await
    }

    /// Runs `work` as one transaction: committed when it answers Ok, rolled back when it answers Err. The answer
    /// comes after the commit is durable. Runs to its end even when the caller goes away.
    ///
    /// # Errors
    /// What `work` answers, or the store's own error when the commit failed.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: AsyncFnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    {
        self.workers.write(work).await
    }

    /// Wake-ups of other processes, from now on. Must be called on a runtime.
    pub fn listen(&self) -> tokio::sync::mpsc::Receiver<String> {
        wake::listen(&self.engine)
    }

    /// Asks the engine whether it understands a statement, without running it.
    ///
    /// # Errors
    /// `Broken` when it does not.
    pub async fn prepare(&self, sql: &'static str) -> Result<(), StoreError> {
        self.write(async move |conn: &mut Conn| conn.prepare(sql).await).await
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}
