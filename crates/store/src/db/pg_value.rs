//! Between our values and errors and those of PostgreSQL's driver.

use tokio_postgres::error::SqlState;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use super::value::{Row, Value};
use crate::StoreError;

pub(super) fn read(row: &tokio_postgres::Row) -> Result<Row, StoreError> {
    let column = |at: usize| -> Result<Value, tokio_postgres::Error> {
        let kind = row.columns()[at].type_();
        Ok(if *kind == Type::INT8 {
            row.try_get::<_, Option<i64>>(at)?.map_or(Value::Null, Value::Int)
        } else if *kind == Type::INT4 {
            row.try_get::<_, Option<i32>>(at)?.map_or(Value::Null, |number| Value::Int(number.into()))
        } else if *kind == Type::BYTEA {
            row.try_get::<_, Option<Vec<u8>>>(at)?.map_or(Value::Null, Value::Blob)
        } else {
            row.try_get::<_, Option<String>>(at)?.map_or(Value::Null, Value::Text)
        })
    };
    let values = (0..row.len()).map(column).collect::<Result<_, _>>();
    values.map(Row::new).map_err(|error| StoreError::Corrupt(error.to_string()))
}

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) if *kind == Type::INT4 => i32::try_from(*number)?.to_sql(kind, out),
            Self::Int(number) => number.to_sql(kind, out),
            Self::Text(text) => text.to_sql(kind, out),
            Self::Blob(bytes) => bytes.to_sql(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

pub(super) fn to_error(error: tokio_postgres::Error) -> StoreError {
    // The driver's own text is only "db error"; what helps stands in its source.
    let text = error.as_db_error().map_or_else(|| error.to_string(), ToString::to_string);
    let Some(state) = error.code() else { return StoreError::Unavailable(text) };
    match *state {
        SqlState::UNIQUE_VIOLATION => StoreError::Duplicate(text),
        SqlState::DISK_FULL | SqlState::OUT_OF_MEMORY => StoreError::Full(text),
        SqlState::READ_ONLY_SQL_TRANSACTION => StoreError::ReadOnly(text),
        SqlState::T_R_SERIALIZATION_FAILURE
        | SqlState::T_R_DEADLOCK_DETECTED
        | SqlState::LOCK_NOT_AVAILABLE
        | SqlState::QUERY_CANCELED
        | SqlState::ADMIN_SHUTDOWN
        | SqlState::CRASH_SHUTDOWN
        | SqlState::CANNOT_CONNECT_NOW
        | SqlState::TOO_MANY_CONNECTIONS
        | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => StoreError::Unavailable(text),
        _ => StoreError::Broken(text),
    }
}
