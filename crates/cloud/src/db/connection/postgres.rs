//! PostgreSQL: one pool, time limits on both sides, and transactions that cannot hang. Several
//! clouds may share one database; it must not be behind a pooler that mixes up sessions.

mod reserve;

use std::sync::Arc;

use anyhow::Context;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool, Postgres};
use tokio::time::timeout;

use crate::config::Config;
use crate::db::connection::limits;
use crate::db::connection::turns::ConnectionTurns;
use crate::db::error::{Error, Result};
use crate::db::upkeep::migrations;
use crate::disk;
use reserve::Reserve;

/// Multiple of the reserve on SQLite's disk: where PostgreSQL's write-ahead log is on the same disk, the next
/// two files of it take 16 MiB each.
const RESERVE_PARTS: u64 = 3;

/// A server: the connections to it, and the reserve on its disk.
#[derive(Debug, Clone)]
pub struct PostgresServer {
    pub(in crate::db) pool: PgPool,
    pub(in crate::db) turns: ConnectionTurns,
    pub(in crate::db) reserve: Arc<Reserve>,
}

/// Opens the database and brings its tables up to date.
pub(in crate::db) async fn open(config: &Config) -> anyhow::Result<PostgresServer> {
    let bytes = RESERVE_PARTS * config.sign_in_reserve_bytes;
    let config = &config.database;
    let options = config.postgres()?;
    let place = config.place()?;
    migrate(&options)
        .await
        .with_context(|| format!("updating the PostgreSQL database {place}"))?;
    let options = options.options(session_settings());
    let pool = PgPoolOptions::new()
        .max_connections(limits::POSTGRES_CONNECTIONS)
        .acquire_timeout(config.patience)
        .connect_with(options.clone())
        .await
        .with_context(|| format!("opening the PostgreSQL database {place}"))?;
    Ok(PostgresServer::new(pool, options, bytes))
}

impl PostgresServer {
    pub(in crate::db) fn new(
        pool: PgPool,
        options: PgConnectOptions,
        bytes: u64,
    ) -> PostgresServer {
        PostgresServer {
            pool,
            turns: ConnectionTurns::new(limits::TURNS_POSTGRES),
            reserve: Arc::new(Reserve::new(options, bytes)),
        }
    }

    /// Starts a transaction that may write.
    pub(in crate::db) async fn begin(&self) -> Result<PostgresWriting> {
        let signs_in = disk::is_for_sign_in();
        self.reserve.check(signs_in)?;
        PostgresWriting::begin(self, signs_in).await
    }
}

/// Uses a separate connection: a migration may take long, and its locks end with the connection.
async fn migrate(options: &PgConnectOptions) -> anyhow::Result<()> {
    let mut connection = timeout(limits::CONNECT, options.connect())
        .await
        .context("it does not answer")?
        .context("connecting to the database")?;
    migrations::run_on_postgres(&mut connection).await?;
    Ok(connection.close().await?)
}

/// Settings of every session, whatever the defaults of the server: an answer means that the row is on disk,
/// each statement sees what was committed before it, and nothing waits for ever.
fn session_settings() -> [(&'static str, String); 6] {
    let milliseconds = |time: std::time::Duration| time.as_millis().to_string();
    [
        ("synchronous_commit", "on".to_owned()),
        ("default_transaction_isolation", "read committed".to_owned()),
        ("lock_timeout", milliseconds(limits::LOCK)),
        ("statement_timeout", milliseconds(limits::STATEMENT)),
        (
            "idle_in_transaction_session_timeout",
            milliseconds(limits::IDLE_WRITING),
        ),
        ("TimeZone", "UTC".to_owned()),
    ]
}

/// Runs `work` on a connection of the pool, which is given up when it does not answer.
pub(in crate::db) async fn run<T>(
    pool: &PgPool,
    work: impl AsyncFnOnce(&mut PgConnection) -> sqlx::Result<T>,
) -> Result<T> {
    let mut connection = Some(pool.acquire().await?);
    within_time(&mut connection, work).await
}

/// After a timeout the connection is closed: in the middle of a statement it cannot be used again, and the
/// pool would wait for it.
async fn within_time<T>(
    slot: &mut Option<PoolConnection<Postgres>>,
    work: impl AsyncFnOnce(&mut PgConnection) -> sqlx::Result<T>,
) -> Result<T> {
    let connection = slot.as_mut().ok_or(Error::Silent)?;
    match timeout(limits::SILENCE, work(connection)).await {
        Ok(outcome) => Ok(outcome?),
        Err(_) => {
            drop(slot.take().map(PoolConnection::detach));
            Err(Error::Silent)
        }
    }
}

/// An open write transaction; it is undone unless committed.
#[derive(Debug)]
pub struct PostgresWriting {
    connection: Option<PoolConnection<Postgres>>,
    has_failed: bool,
    reserve: Arc<Reserve>,
    /// Whether it may use the reserve.
    signs_in: bool,
    has_savepoint: bool,
}

impl PostgresWriting {
    async fn begin(server: &PostgresServer, signs_in: bool) -> Result<PostgresWriting> {
        let mut tx = PostgresWriting {
            connection: Some(server.pool.acquire().await?),
            has_failed: false,
            reserve: Arc::clone(&server.reserve),
            signs_in,
            has_savepoint: false,
        };
        tx.run(async |c| sqlx::query("BEGIN").execute(c).await)
            .await?;
        Ok(tx)
    }

    pub(in crate::db) async fn run<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut PgConnection) -> sqlx::Result<T>,
    ) -> Result<T> {
        let outcome = within_time(&mut self.connection, work).await;
        self.has_failed |= outcome.is_err();
        outcome
    }

    /// Goes back to before the last statement when that found the disk full, is part of a sign-in,
    /// and may find room now.
    pub(in crate::db) async fn goes_back(&mut self, error: &Error) -> Result<bool> {
        if !self.reserve.gives_room(error, self.signs_in).await || !self.has_savepoint {
            return Ok(false);
        }
        let back = sqlx::raw_sql("ROLLBACK TO SAVEPOINT room");
        self.run(async |c| back.execute(c).await).await?;
        self.has_failed = false;
        Ok(true)
    }

    /// Before each statement: sets the savepoint that [`PostgresWriting::goes_back`] returns to.
    pub(in crate::db) async fn mark(&mut self) -> Result<()> {
        // Only sign-ins may use the reserve, so nobody else pays for savepoints.
        if !self.signs_in {
            return Ok(());
        }
        // The one before is released, or a long transaction would collect savepoints.
        let text = if self.has_savepoint {
            "RELEASE SAVEPOINT room; SAVEPOINT room"
        } else {
            "SAVEPOINT room"
        };
        self.run(async |c| sqlx::raw_sql(text).execute(c).await)
            .await?;
        self.has_savepoint = true;
        Ok(())
    }

    /// Waits until nobody else holds this name, then holds it until the transaction ends.
    pub(in crate::db) async fn lock(&mut self, name: &str) -> Result<()> {
        // Two names with the same 64-bit hash would only wait for each other.
        let lock = sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))").bind(name);
        self.run(async |c| lock.execute(c).await).await?;
        Ok(())
    }

    pub(in crate::db) async fn commit(mut self) -> Result<()> {
        // PostgreSQL answers COMMIT after a failed statement with success, but rolls back.
        if self.has_failed {
            return Err(Error::Broken(sqlx::Error::RowNotFound));
        }
        self.run(async |c| sqlx::query("COMMIT").execute(c).await)
            .await?;
        // Nothing is left for `drop` to roll back.
        drop(self.connection.take());
        Ok(())
    }
}

impl Drop for PostgresWriting {
    fn drop(&mut self) {
        // `drop` cannot wait, so a task rolls back; until then the rows stay locked.
        let (Some(connection), Ok(runtime)) = (
            self.connection.take(),
            tokio::runtime::Handle::try_current(),
        ) else {
            return;
        };
        runtime.spawn(async move {
            let rollback = async |c: &mut PgConnection| sqlx::query("ROLLBACK").execute(c).await;
            if let Err(error) = within_time(&mut Some(connection), rollback).await {
                tracing::debug!(%error, "could not roll back a transaction");
            }
        });
    }
}
