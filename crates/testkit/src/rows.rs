//! The rows of a site, beside its servers: for setting up, for counting, and for standing in the way.

use std::sync::Arc;

use app::domain::{Instant, ItemId};
use app::store::{Conn, Engine, Store, StoreError, ToValue, Value};
use tokio::runtime::Runtime;

use crate::machine::now_ms;

/// A connection to a site's rows. Closed when dropped.
pub struct Rows {
    runtime: Runtime,
    store: Store,
}

/// Whoever stands in the way of others; gone when dropped.
pub struct Standing {
    gone: Option<tokio::sync::oneshot::Sender<()>>,
    ended: std::sync::mpsc::Receiver<()>,
}

impl Rows {
    /// Opens them, making the schema when there is none.
    ///
    /// # Panics
    /// When the database does not answer.
    pub fn open(engine: &Engine) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let now = Arc::new(|| Instant::from_ms(now_ms()));
        let store = runtime.block_on(Store::open(engine, now)).expect("the database opens");
        Self { runtime, store }
    }

    /// Does something in one transaction.
    ///
    /// # Panics
    /// When it fails.
    pub fn write<T, F>(&self, work: F) -> T
    where
        T: Send + 'static,
        F: AsyncFnOnce(&mut Conn) -> Result<T, StoreError> + Send + 'static,
    {
        self.runtime.block_on(self.store.write(work)).expect("set-up is written")
    }

    /// Runs one statement; answers how many rows it touched.
    ///
    /// # Panics
    /// When it fails.
    pub fn run(&self, sql: &'static str, values: Vec<Value>) -> u64 {
        self.write(async move |conn: &mut Conn| conn.execute(sql, &values).await)
    }

    /// The number in the first column of the first row.
    ///
    /// # Panics
    /// When it fails.
    pub fn number(&self, sql: &'static str, values: Vec<Value>) -> i64 {
        let work = async move |conn: &mut Conn| conn.value::<i64>(sql, &values).await;
        self.runtime.block_on(self.store.read::<_, StoreError, _>(work)).expect("a number is read")
    }

    /// Seats made at an item.
    pub fn seats(&self, item: ItemId) -> i64 {
        self.number("SELECT COUNT(*) FROM seat WHERE item_id = $1", vec![item.to_value()])
    }

    /// Uses stored at all links of an item.
    pub fn uses(&self, item: ItemId) -> i64 {
        let sql = "SELECT CAST(COALESCE(SUM(uses), 0) AS BIGINT) FROM guest_link WHERE item_id = $1";
        self.number(sql, vec![item.to_value()])
    }

    /// Links of an item that are not deleted.
    pub fn links(&self, item: ItemId) -> i64 {
        let sql = "SELECT COUNT(*) FROM guest_link WHERE item_id = $1 AND deleted_ms IS NULL";
        self.number(sql, vec![item.to_value()])
    }

    /// Checks I1 and I2: no link has more seats than its limit, and each has as many uses as seats.
    ///
    /// # Panics
    /// When they are broken.
    pub fn check_counts(&self) {
        let over = "SELECT COUNT(*) FROM guest_link WHERE max_uses IS NOT NULL AND uses > max_uses";
        assert_eq!(self.number(over, vec![]), 0, "I1: a link has more uses than its limit");
        let apart = "SELECT COUNT(*) FROM guest_link
            WHERE uses <> (SELECT COUNT(*) FROM seat WHERE seat.link_id = guest_link.id)";
        assert_eq!(self.number(apart, vec![]), 0, "I2: a link's uses are not its seats");
    }

    /// Takes the writers' lock of SQLite, as a backup or a shell would, and keeps it.
    ///
    /// # Panics
    /// When it cannot be had.
    pub fn stand_in_the_way(&self) -> Standing {
        self.stand_with("UPDATE site_setting SET value = value")
    }

    /// Begins a transaction, runs one statement in it, and keeps the locks that it took.
    ///
    /// # Panics
    /// When they cannot be had.
    pub fn stand_with(&self, sql: &'static str) -> Standing {
        let (gone, told) = tokio::sync::oneshot::channel::<()>();
        let (tell, stands) = std::sync::mpsc::channel();
        let (done, ended) = std::sync::mpsc::channel();
        let store = self.store.clone();
        self.runtime.spawn(async move {
            let work = async move |conn: &mut Conn| {
                conn.execute(sql, &[]).await?;
                let _ = tell.send(());
                let _ = told.await;
                Ok::<_, StoreError>(())
            };
            let _ = store.write(work).await;
            let _ = done.send(());
        });
        stands.recv().expect("the lock is taken");
        Standing { gone: Some(gone), ended }
    }
}

impl Drop for Standing {
    fn drop(&mut self) {
        drop(self.gone.take());
        let _ = self.ended.recv();
    }
}
