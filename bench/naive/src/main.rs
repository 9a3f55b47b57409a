//! The peer of `bench door`: the same entry as many would write it, with axum and sqlx, one transaction per request.
//!
//! It is meant to be good work, not a straw man: prepared statements, one conditional UPDATE, the same schema, the
//! same durability, and the pool sizes that suit each engine best.

mod door;
mod lite;
mod pg;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Parser;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

#[derive(Parser)]
struct Options {
    #[arg(long)]
    listen: SocketAddr,
    /// A file, for SQLite, or `postgres://…`
    #[arg(long)]
    database: String,
    /// Connections in the pool; SQLite writes with one at a time anyway
    #[arg(long)]
    pool: Option<u32>,
}

/// Connections on SQLite: only one can write, and more of them wait for its lock by sleeping.
const LITE_POOL: u32 = 1;
const PG_POOL: u32 = 16;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let router = if options.database.starts_with("postgres://") {
        door::router(pg::Rows::open(&options.database, options.pool.unwrap_or(PG_POOL)).await?)
    } else {
        let file = PathBuf::from(&options.database);
        door::router(lite::Rows::open(&file, options.pool.unwrap_or(LITE_POOL)).await?)
    };
    let listener = TcpListener::bind(options.listen).await?;
    let mut terminate = signal(SignalKind::terminate())?;
    let stop = async move {
        terminate.recv().await;
    };
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await?;
    Ok(())
}
