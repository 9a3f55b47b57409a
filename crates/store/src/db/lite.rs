//! SQLite: one file, write-ahead log, synchronous FULL. Calls block; they run on the store's own threads.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, types::ValueRef};

use super::Now;
use super::boundary::{Access, Boundary};
use super::question::Asked;
use super::value::{Row, Value};
use crate::StoreError;

/// How long a statement waits for a lock that somebody else holds (a backup, a shell) before it gives up. Higher
/// rides out longer backups, lower answers 503 sooner.
const BUSY_TIMEOUT: Duration = Duration::from_secs(4);
/// Pause before the log is turned on once more.
const LOG_PAUSE: Duration = Duration::from_millis(10);
/// Prepared statements kept per connection; there are fewer than this in the whole program.
const STATEMENTS_KEPT: usize = 256;

pub(super) struct Lite {
    connection: Connection,
    now: Now,
}

impl Lite {
    pub(super) fn open(file: &Path, now: Now, access: Access) -> Result<Self, StoreError> {
        let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        flags.set(OpenFlags::SQLITE_OPEN_CREATE, access == Access::Make);
        let connection = Connection::open_with_flags(file, flags).map_err(to_error)?;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(to_error)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        turn_log_on(&connection)?;
        connection
            .execute_batch(
                "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
                 PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;
                 PRAGMA journal_size_limit = 67108864;",
            )
            .map_err(to_error)?;
        // Partial indexes make SQLite look at the values that are bound, and prepare anew whenever they change.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(to_error)?;
        if access == Access::Read {
            connection.execute_batch("PRAGMA query_only = ON;").map_err(to_error)?;
        }
        Ok(Self { connection, now })
    }

    pub(super) fn execute(&self, sql: &'static str, params: &[Value]) -> Result<u64, StoreError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(to_error)?;
        bind(&mut statement, params)?;
        statement.raw_execute().map(|rows| rows as u64).map_err(to_error)
    }

    pub(super) fn query(&self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(to_error)?;
        bind(&mut statement, params)?;
        let columns = statement.column_count();
        let mut rows = statement.raw_query();
        let mut answer = Vec::new();
        while let Some(row) = rows.next().map_err(to_error)? {
            let values = (0..columns)
                .map(|at| row.get_ref(at).map_err(to_error).and_then(read))
                .collect::<Result<_, _>>();
            answer.push(Row::new(values?));
        }
        Ok(answer)
    }

    pub(super) fn ask(&self, asked: Asked) -> Result<Vec<Row>, StoreError> {
        match asked {
            Asked::Rows(sql, params) => self.query(sql, &params),
            Asked::Each(sql, rows) => {
                let mut found = Vec::with_capacity(rows.len());
                for row in &rows {
                    found.append(&mut self.query(sql, row)?);
                }
                Ok(found)
            }
            Asked::Lock(..) => Ok(Vec::new()),
            Asked::Clock => Ok(vec![Row::new(vec![Value::Int((self.now)().as_ms())])]),
        }
    }

    pub(super) fn script(&self, sql: &str) -> Result<(), StoreError> {
        self.connection.execute_batch(sql).map_err(to_error)
    }

    pub(super) fn prepare(&self, sql: &'static str) -> Result<(), StoreError> {
        self.connection.prepare(sql).map(drop).map_err(to_error)
    }

    pub(super) fn boundary(&self, boundary: Boundary) -> Result<(), StoreError> {
        let sql = match boundary {
            Boundary::Begin => "BEGIN IMMEDIATE",
            Boundary::Commit => "COMMIT",
            // SQLite has rolled back by itself after some errors; a second rollback would be one too many.
            Boundary::Rollback if self.connection.is_autocommit() => return Ok(()),
            Boundary::Rollback => "ROLLBACK",
        };
        self.execute(sql, &[]).map(drop)
    }

    /// Marks the point to which a single piece of work in a shared transaction can be undone.
    pub(super) fn savepoint(&self) -> Result<(), StoreError> {
        self.execute("SAVEPOINT work", &[]).map(drop)
    }

    /// Keeps or undoes everything since the savepoint. False when SQLite gave up the whole transaction.
    pub(super) fn release(&self, keep: bool) -> bool {
        if self.connection.is_autocommit() {
            return false;
        }
        let undone = keep || self.execute("ROLLBACK TO work", &[]).is_ok();
        undone && self.execute("RELEASE work", &[]).is_ok()
    }
}

/// Two that open a new file in the same moment both turn on its log, and SQLite tells one of them that the file is
/// locked without any waiting.
#[expect(clippy::disallowed_methods, reason = "SQLite tells of no moment in which the file is free")]
fn turn_log_on(connection: &Connection) -> Result<(), StoreError> {
    let mut tries = BUSY_TIMEOUT.as_millis() / LOG_PAUSE.as_millis();
    loop {
        match connection.execute_batch("PRAGMA journal_mode = WAL").map_err(to_error) {
            Err(StoreError::Unavailable(_)) if tries > 0 => std::thread::sleep(LOG_PAUSE),
            done => return done,
        }
        tries -= 1;
    }
}

fn bind(statement: &mut rusqlite::Statement<'_>, params: &[Value]) -> Result<(), StoreError> {
    for (at, value) in params.iter().enumerate() {
        let bound = match value {
            Value::Null => statement.raw_bind_parameter(at + 1, rusqlite::types::Null),
            Value::Int(number) => statement.raw_bind_parameter(at + 1, number),
            Value::Text(text) => statement.raw_bind_parameter(at + 1, text),
            Value::Blob(bytes) => statement.raw_bind_parameter(at + 1, bytes),
        };
        bound.map_err(to_error)?;
    }
    Ok(())
}

fn read(value: ValueRef<'_>) -> Result<Value, StoreError> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Text(text) => Value::Text(
            std::str::from_utf8(text)
                .map_err(|_| StoreError::Corrupt("a text is not UTF-8".into()))?
                .to_owned(),
        ),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
        ValueRef::Real(_) => return Err(StoreError::Corrupt("a fraction where none is stored".into())),
    })
}

fn to_error(error: rusqlite::Error) -> StoreError {
    let text = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::CannotOpen) => {
            StoreError::Unavailable(text)
        }
        Some(ErrorCode::SystemIoFailure | ErrorCode::FileLockingProtocolFailed) => {
            StoreError::Unavailable(text)
        }
        Some(ErrorCode::DiskFull) => StoreError::Full(text),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => StoreError::ReadOnly(text),
        Some(ErrorCode::ConstraintViolation) => StoreError::Duplicate(text),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Corrupt(text),
        _ => StoreError::Broken(text),
    }
}
