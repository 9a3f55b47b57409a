//! PostgreSQL. A connection belongs to one worker and is never cancelled in the middle of a transaction.

use std::collections::HashMap;
use std::time::Duration;

use tokio_postgres::{Client, Config, NoTls, Statement};

use super::boundary::{Access, Boundary};
use super::flight::{self, Landed, Order};
use super::pg_value::to_error;
use super::question::Asked;
use super::set::{Take, over_set};
use super::value::{Row, Value};
use crate::StoreError;

/// How long to wait for a server that does not answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A server that does not even take bytes for this long is gone; the connection is given up.
const GONE_AFTER: Duration = Duration::from_secs(15);

pub(super) struct Pg {
    client: Client,
    prepared: HashMap<&'static str, Statement>,
    /// Statements for sets of rows.
    prepared_sets: HashMap<(&'static str, Take), Statement>,
    /// What the next flight takes along: writes whose answers nobody waits for, and the beginning of the transaction.
    posted: Vec<Order>,
    transaction: Transaction,
}

/// How far a transaction has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Transaction {
    /// There is none.
    None,
    /// Its beginning is posted; the server does not know of it.
    Unsent,
    /// The server knows.
    Begun,
}

/// Where rows are found by their keys, nothing but an index is right: a plan outlives the time when a table was so
/// small that reading all of it was quicker.
const BY_INDEX: &str =
    "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off;";
const CLOCK: &str = "SELECT CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS BIGINT)";

/// The settings of a connection URL.
pub(super) fn config(url: &str) -> Result<Config, StoreError> {
    let mut config: Config = url.parse().map_err(|e| StoreError::Broken(format!("the database URL: {e}")))?;
    config
        .connect_timeout(CONNECT_TIMEOUT)
        .tcp_user_timeout(GONE_AFTER)
        .keepalives_idle(GONE_AFTER)
        .application_name("anteroom");
    Ok(config)
}

impl Pg {
    pub(super) async fn open(url: &str, access: Access) -> Result<Self, StoreError> {
        let (client, connection) = config(url)?.connect(NoTls).await.map_err(to_error)?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!(%error, "a database connection ended");
            }
        });
        let read_only = if access == Access::Read { "on" } else { "off" };
        let settings = format!(
            "SET default_transaction_read_only = {read_only}; SET statement_timeout = '15s'; SET lock_timeout = '10s';
             SET idle_in_transaction_session_timeout = '30s'; SET synchronous_commit = on;"
        );
        client.batch_execute(&settings).await.map_err(to_error)?;
        if access != Access::Read {
            client.batch_execute(BY_INDEX).await.map_err(to_error)?;
        }
        Ok(Self {
            client,
            prepared: HashMap::new(),
            prepared_sets: HashMap::new(),
            posted: Vec::new(),
            transaction: Transaction::None,
        })
    }

    async fn statement(&mut self, sql: &'static str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).await.map_err(to_error)?;
        self.prepared.insert(sql, statement.clone());
        Ok(statement)
    }

    async fn set_statement(&mut self, sql: &'static str, take: Take) -> Result<Statement, StoreError> {
        if let Some(statement) = self.prepared_sets.get(&(sql, take)) {
            return Ok(statement.clone());
        }
        let one = self.client.prepare(sql).await.map_err(to_error)?;
        let text = over_set(sql, one.params(), take)
            .ok_or_else(|| StoreError::Broken(format!("no statement for sets: {sql}")))?;
        let statement = self.client.prepare(&text).await.map_err(to_error)?;
        self.prepared_sets.insert((sql, take), statement.clone());
        Ok(statement)
    }

    /// Runs a statement; answers how many rows it touched.
    pub(super) async fn execute(&mut self, sql: &'static str, params: &[Value]) -> Result<u64, StoreError> {
        let order = Order::One(self.statement(sql).await?, params.to_vec());
        Ok(self.fly(vec![order]).await?.iter().map(|landed| landed.touched).sum())
    }

    pub(super) async fn execute_many(
        &mut self,
        sql: &'static str,
        rows: &[Vec<Value>],
    ) -> Result<u64, StoreError> {
        let statement = self.statement(sql).await?;
        let orders = rows.iter().map(|row| Order::One(statement.clone(), row.clone())).collect();
        Ok(self.fly(orders).await?.iter().map(|landed| landed.touched).sum())
    }

    pub(super) async fn execute_set(
        &mut self,
        sql: &'static str,
        rows: Vec<Vec<Value>>,
    ) -> Result<u64, StoreError> {
        let order = Order::Set(self.set_statement(sql, Take::Read).await?, rows);
        Ok(self.fly(vec![order]).await?.iter().map(|landed| landed.touched).sum())
    }

    /// Sends a statement along with the next flight, at the latest with the commit. If it fails, that flight fails.
    pub(super) async fn post(&mut self, sql: &'static str, params: &[Value]) -> Result<(), StoreError> {
        if self.transaction == Transaction::None {
            return self.execute(sql, params).await.map(drop);
        }
        let order = Order::One(self.statement(sql).await?, params.to_vec());
        self.posted.push(order);
        Ok(())
    }

    /// The same for a set of rows.
    pub(super) async fn post_set(
        &mut self,
        sql: &'static str,
        rows: Vec<Vec<Value>>,
    ) -> Result<(), StoreError> {
        if self.transaction == Transaction::None {
            return self.execute_set(sql, rows).await.map(drop);
        }
        let order = Order::Set(self.set_statement(sql, Take::Read).await?, rows);
        self.posted.push(order);
        Ok(())
    }

    pub(super) async fn query(
        &mut self,
        sql: &'static str,
        params: &[Value],
    ) -> Result<Vec<Row>, StoreError> {
        let order = Order::One(self.statement(sql).await?, params.to_vec());
        Ok(self.fly(vec![order]).await?.pop().map(|landed| landed.rows).unwrap_or_default())
    }

    /// Asks all questions at once; answers in their order.
    pub(super) async fn ask(&mut self, asked: Vec<Asked>) -> Result<Vec<Vec<Row>>, StoreError> {
        let mut orders = Vec::with_capacity(asked.len());
        for asked in asked {
            orders.push(match asked {
                Asked::Rows(sql, params) => Order::One(self.statement(sql).await?, params),
                Asked::Each(_, rows) | Asked::Lock(_, rows) if rows.is_empty() => Order::Nothing,
                Asked::Each(sql, rows) => Order::Set(self.set_statement(sql, Take::Read).await?, rows),
                Asked::Lock(sql, rows) => Order::Set(self.set_statement(sql, Take::Lock).await?, rows),
                Asked::Clock => Order::One(self.statement(CLOCK).await?, Vec::new()),
            });
        }
        if orders.iter().all(|order| matches!(order, Order::Nothing)) {
            return Ok(orders.iter().map(|_| Vec::new()).collect());
        }
        Ok(self.fly(orders).await?.into_iter().map(|landed| landed.rows).collect())
    }

    pub(super) async fn notify(&mut self, payload: &str) -> Result<(), StoreError> {
        let params = [Value::Text(payload.to_owned())];
        self.query("SELECT CAST(pg_notify('anteroom', $1) AS TEXT)", &params).await.map(drop)
    }

    pub(super) async fn script(&mut self, sql: &str) -> Result<(), StoreError> {
        self.fly(Vec::new()).await?;
        self.client.batch_execute(sql).await.map_err(to_error)
    }

    pub(super) async fn prepare(&mut self, sql: &'static str) -> Result<(), StoreError> {
        self.statement(sql).await.map(drop)
    }

    pub(super) async fn boundary(&mut self, boundary: Boundary) -> Result<(), StoreError> {
        let sql = match boundary {
            Boundary::Begin => {
                self.transaction = Transaction::Unsent;
                return self.post("BEGIN", &[]).await;
            }
            Boundary::Commit => "COMMIT",
            Boundary::Rollback => {
                self.posted.clear();
                "ROLLBACK"
            }
        };
        // What the server never heard of needs no end.
        let ended = if self.transaction == Transaction::Unsent && self.posted.len() <= 1 {
            self.posted.clear();
            Ok(())
        } else {
            self.execute(sql, &[]).await.map(drop)
        };
        self.transaction = Transaction::None;
        ended
    }

    /// Sends these, after what was posted, and waits for all.
    async fn fly(&mut self, mut orders: Vec<Order>) -> Result<Vec<Landed>, StoreError> {
        let mut all = std::mem::take(&mut self.posted);
        let posted = all.len();
        all.append(&mut orders);
        if self.transaction == Transaction::Unsent {
            self.transaction = Transaction::Begun;
        }
        let mut landed = flight::fly(&self.client, &all).await?;
        Ok(landed.split_off(posted))
    }

    pub(super) fn is_lost(&self) -> bool {
        self.client.is_closed()
    }
}
