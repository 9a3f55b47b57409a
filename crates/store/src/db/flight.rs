//! Orders to PostgreSQL that travel together. The server works them off one after the other, as if each had waited
//! for the answer to the one before; only the ways there and back are saved.

use futures_util::TryStreamExt;
use futures_util::future::join_all;
use tokio_postgres::{Client, Statement};

use super::pg_value::{read, to_error};
use super::value::{Row, Value};
use crate::StoreError;

/// One prepared statement with what it is to be run for.
pub(super) enum Order {
    /// For one row of parameters.
    One(Statement, Vec<Value>),
    /// For a set of rows: one array for each parameter.
    Set(Statement, Vec<Vec<Value>>),
    /// An empty set needs no statement.
    Nothing,
}

/// What came back for an order.
#[derive(Default)]
pub(super) struct Landed {
    pub(super) rows: Vec<Row>,
    /// How many rows were written, or found.
    pub(super) touched: u64,
}

impl Order {
    async fn send(&self, client: &Client) -> Result<Landed, StoreError> {
        let sent = match self {
            Self::Nothing => return Ok(Landed::default()),
            Self::One(statement, values) => client.query_raw(statement, values).await,
            Self::Set(statement, rows) => {
                let column = |at| rows.iter().map(|row| &row[at]).collect::<Vec<&Value>>();
                client.query_raw(statement, (0..statement.params().len()).map(column)).await
            }
        };
        let mut found = std::pin::pin!(sent.map_err(to_error)?);
        let mut rows = Vec::new();
        while let Some(row) = found.try_next().await.map_err(to_error)? {
            rows.push(read(&row)?);
        }
        Ok(Landed { rows, touched: found.rows_affected().unwrap_or_default() })
    }
}

/// Sends all orders, then waits for all answers. Futures are polled in their order the first time, and that sends.
///
/// # Errors
/// The first failure in the order of sending: later ones only say that the transaction has failed.
pub(super) async fn fly(client: &Client, orders: &[Order]) -> Result<Vec<Landed>, StoreError> {
    join_all(orders.iter().map(|order| order.send(client))).await.into_iter().collect()
}
