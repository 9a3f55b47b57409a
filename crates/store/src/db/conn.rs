//! One connection to either engine. A statement is a constant text that both engines understand; parameters
//! are `$1..$n` in the order in which they first appear (SQLite numbers names by first appearance).

use domain::Instant;

use super::boundary::{Access, Boundary};
use super::lite::Lite;
use super::pg::Pg;
use super::question::{Ask, Question};
use super::value::{FromValue, Row, Value};
use super::{Engine, Now};
use crate::StoreError;

/// One connection, used by one piece of work at a time.
pub struct Conn {
    engine: Open,
}

enum Open {
    Lite(Lite),
    Pg(Pg),
}

impl Conn {
    pub(super) async fn open(engine: &Engine, now: &Now, access: Access) -> Result<Self, StoreError> {
        let engine = match engine {
            Engine::Sqlite { file } => Open::Lite(Lite::open(file, now.clone(), access)?),
            Engine::Postgres { url } => Open::Pg(Pg::open(url, access).await?),
        };
        Ok(Self { engine })
    }

    /// Runs a statement; answers how many rows it touched.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn execute(&mut self, sql: &'static str, params: &[Value]) -> Result<u64, StoreError> {
        match &mut self.engine {
            Open::Lite(lite) => lite.execute(sql, params),
            Open::Pg(pg) => pg.execute(sql, params).await,
        }
    }

    /// Runs one statement for each row of parameters; on PostgreSQL in one flight. Answers the rows touched.
    ///
    /// # Errors
    /// The first failure; which of the others were done is then unknown until rollback.
    pub async fn execute_many(&mut self, sql: &'static str, rows: &[Vec<Value>]) -> Result<u64, StoreError> {
        match &mut self.engine {
            Open::Lite(lite) => rows.iter().map(|row| lite.execute(sql, row)).sum(),
            Open::Pg(pg) => pg.execute_many(sql, rows).await,
        }
    }

    /// All rows of a query.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn query(&mut self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, StoreError> {
        match &mut self.engine {
            Open::Lite(lite) => lite.query(sql, params),
            Open::Pg(pg) => pg.query(sql, params).await,
        }
    }

    /// Asks what does not wait for each other's answers; on PostgreSQL in one flight, in which the server answers in the
    /// order of asking.
    ///
    /// # Errors
    /// The first failure.
    pub async fn ask<A: Ask>(&mut self, mut question: A) -> Result<A::Answer, StoreError> {
        let mut flight = Vec::new();
        question.take_off(&mut flight);
        let landed = match &mut self.engine {
            Open::Lite(lite) => flight.into_iter().map(|asked| lite.ask(asked)).collect::<Result<_, _>>()?,
            Open::Pg(pg) => pg.ask(flight).await?,
        };
        question.land(&mut landed.into_iter())
    }

    /// Writes without waiting for the answer: on PostgreSQL the statement travels with the next flight, at the latest
    /// with the commit, and fails that one if it fails.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn post(&mut self, sql: &'static str, params: &[Value]) -> Result<(), StoreError> {
        match &mut self.engine {
            Open::Lite(lite) => lite.execute(sql, params).map(drop),
            Open::Pg(pg) => pg.post(sql, params).await,
        }
    }

    /// The same for each row of parameters, no two of which may touch the same row; on PostgreSQL as one statement.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn post_set(&mut self, sql: &'static str, rows: Vec<Vec<Value>>) -> Result<(), StoreError> {
        match &mut self.engine {
            _ if rows.is_empty() => Ok(()),
            Open::Lite(lite) => rows.iter().try_for_each(|row| lite.execute(sql, row).map(drop)),
            Open::Pg(pg) => pg.post_set(sql, rows).await,
        }
    }

    /// Runs a statement for each row of parameters, no two of which may touch the same row; on PostgreSQL all of
    /// them as one statement. Answers how many rows were touched.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn execute_set(&mut self, sql: &'static str, rows: Vec<Vec<Value>>) -> Result<u64, StoreError> {
        match &mut self.engine {
            _ if rows.is_empty() => Ok(0),
            Open::Lite(lite) => rows.iter().map(|row| lite.execute(sql, row)).sum(),
            Open::Pg(pg) => pg.execute_set(sql, rows).await,
        }
    }

    /// The first row of a query, if there is one.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn find(&mut self, sql: &'static str, params: &[Value]) -> Result<Option<Row>, StoreError> {
        Ok(self.query(sql, params).await?.into_iter().next())
    }

    /// The first column of the first row; for counts and single values that are always there.
    ///
    /// # Errors
    /// `Corrupt` when there is no row.
    pub async fn value<T: FromValue>(
        &mut self,
        sql: &'static str,
        params: &[Value],
    ) -> Result<T, StoreError> {
        let row = self.find(sql, params).await?;
        row.ok_or_else(|| StoreError::Corrupt("a row is missing".into()))?.take()
    }

    /// The door's clock.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn now(&mut self) -> Result<Instant, StoreError> {
        self.ask(Question::clock()).await
    }

    /// Sends a wake-up to every process that listens; a no-op on SQLite, where there is only one. Must not be
    /// used inside a transaction of the door: PostgreSQL takes a global lock for it at commit.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn notify(&mut self, payload: &str) -> Result<(), StoreError> {
        match &mut self.engine {
            Open::Lite(_) => Ok(()),
            Open::Pg(pg) => pg.notify(payload).await,
        }
    }

    /// Moves everything from SQLite's write-ahead log into its file and empties the log: what was erased is gone from
    /// the disk then. Outside of a transaction; a no-op on PostgreSQL, whose log is the operator's.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn settle(&mut self) -> Result<(), StoreError> {
        match &mut self.engine {
            Open::Lite(lite) => lite.script("PRAGMA wal_checkpoint(TRUNCATE)"),
            Open::Pg(_) => Ok(()),
        }
    }

    /// Runs a script of several statements; only migrations do.
    pub(super) async fn script(&mut self, sql: &str) -> Result<(), StoreError> {
        match &mut self.engine {
            Open::Lite(lite) => lite.script(sql),
            Open::Pg(pg) => pg.script(sql).await,
        }
    }

    /// Checks that the engine understands a statement without running it.
    pub(super) async fn prepare(&mut self, sql: &'static str) -> Result<(), StoreError> {
        match &mut self.engine {
            Open::Lite(lite) => lite.prepare(sql),
            Open::Pg(pg) => pg.prepare(sql).await,
        }
    }

    pub(super) async fn boundary(&mut self, boundary: Boundary) -> Result<(), StoreError> {
        match &mut self.engine {
            Open::Lite(lite) => lite.boundary(boundary),
            Open::Pg(pg) => pg.boundary(boundary).await,
        }
    }

    /// Whether the connection can no longer be used.
    pub(super) fn is_lost(&self) -> bool {
        match &self.engine {
            Open::Lite(_) => false,
            Open::Pg(pg) => pg.is_lost(),
        }
    }

    /// Several commits may share one flush; each piece of work stands inside a savepoint of its own.
    pub(super) fn lite(&mut self) -> Option<&mut Lite> {
        match &mut self.engine {
            Open::Lite(lite) => Some(lite),
            Open::Pg(_) => None,
        }
    }
}
