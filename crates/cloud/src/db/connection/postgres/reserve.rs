//! Space on PostgreSQL's disk that is reserved for signing in: a table full of random bytes. Dropping it
//! needs no space, and frees its space for sessions and their counters. PostgreSQL does not report free
//! space: a failed statement shows that there is none, and a temporary file once a minute shows whether there
//! is enough again.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::{PostgresServer, PostgresWriting};
use crate::db::connection::limits;
use crate::db::error::{Error, Result};
use crate::disk;
use crate::random::Random;

/// "reserve1" in ASCII: the advisory lock held while the table is created or dropped.
const LOCK: &str = "SELECT pg_advisory_xact_lock(x'7265736572766531'::BIGINT)";
const TRY_LOCK: &str = "SELECT pg_try_advisory_xact_lock(x'7265736572766531'::BIGINT)";

const SIZE: &str =
    "SELECT COALESCE(pg_total_relation_size(to_regclass('sign_in_reserve')), 0)::BIGINT";
const DROP: &str = "DROP TABLE IF EXISTS sign_in_reserve";
/// No migration creates it: it comes and goes, and everything works without it. Unlogged: it takes no room in
/// PostgreSQL's log, and after a crash it is emptied first, which leaves room to recover in.
const MAKE: &str =
    "CREATE UNLOGGED TABLE sign_in_reserve (noise BYTEA NOT NULL) WITH (autovacuum_enabled = off)";
/// Rows too short to be compressed or stored elsewhere by PostgreSQL, and random, so that a file
/// system cannot compress them either.
const FILL: &str = "INSERT INTO sign_in_reserve
                    SELECT substr($1, 1 + n * 1900, 1900) FROM generate_series(0, $2) AS n";
/// Takes the room with a temporary file for a moment: nothing of it is logged, and no table grows.
const TRY: &str = "WITH noise AS MATERIALIZED (
                       SELECT substr($1, 1 + (n % 512) * 1900, 1900) FROM generate_series(1, $2) AS n
                   ) SELECT COUNT(*) FROM noise";
/// The file is beside the tables, and almost nothing of it stays in memory.
const TRY_ON_DISK: &str = "SET LOCAL work_mem = '64kB'; SET LOCAL temp_tablespaces = ''";

/// Bytes of noise in one row.
const ROW_BYTES: usize = 1_900;
/// Bytes that one row takes on disk: a page of 8 KiB holds four.
const ROW_ON_DISK: u64 = 2_048;
/// Rows of one statement, 1 MiB on the disk, so that none takes long.
const ROWS_AT_ONCE: u64 = 512;

/// The reserve of one database; clouds that share the database share it.
#[derive(Debug)]
pub(in crate::db) struct Reserve {
    /// For a connection beside the pool, whose connections may all be in transactions that wait for room.
    options: PgConnectOptions,
    bytes: u64,
    is_full: AtomicBool,
    /// The reason why it cannot be kept was logged, and nothing has changed since.
    is_told: AtomicBool,
    n_released: AtomicU64,
    /// Only one task at a time creates or drops the table.
    changing: Semaphore,
}

impl Reserve {
    pub(super) fn new(options: PgConnectOptions, bytes: u64) -> Reserve {
        Reserve {
            options,
            bytes,
            is_full: AtomicBool::new(false),
            is_told: AtomicBool::new(false),
            n_released: AtomicU64::new(0),
            changing: Semaphore::new(1),
        }
    }

    /// Whether a write may begin.
    ///
    /// # Errors
    /// The disk is full, and what is left is for signing in.
    pub(in crate::db) fn check(&self, signs_in: bool) -> Result<()> {
        if signs_in || !self.is_full.load(Ordering::Relaxed) {
            return Ok(());
        }
        Err(Error::Full(sqlx::Error::Io(disk::kept_for_sign_in())))
    }

    /// Notes that a write found the disk full; true when there may be room for another try.
    pub(in crate::db) async fn gives_room(&self, error: &Error, signs_in: bool) -> bool {
        if !matches!(error, Error::Full(_)) {
            return false;
        }
        if !self.is_full.swap(true, Ordering::Relaxed) {
            tracing::error!("PostgreSQL's disk is full: only log-ins are written from now on");
        }
        if !signs_in {
            return false;
        }
        let released = timeout(limits::SILENCE, self.release()).await;
        let released = released.unwrap_or(Err(Error::Silent));
        if let Err(error) = &released {
            tracing::warn!(%error, "using the space reserved for signing in");
        }
        released.is_ok()
    }

    /// Drops the table; waits for a task that is creating it.
    async fn release(&self) -> Result<()> {
        let before = self.n_released.load(Ordering::Acquire);
        let _alone = self.alone().await?;
        // Many sign-ins find the disk full at once; for those that waited here the table is gone already.
        if self.n_released.load(Ordering::Acquire) != before {
            return Ok(());
        }
        let mut connection = self.options.connect().await?;
        let mut tx = connection.begin().await?;
        for text in ["SET LOCAL lock_timeout = '1s'", LOCK, DROP] {
            sqlx::query(text).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        connection.close().await?;
        self.n_released.fetch_add(1, Ordering::Release);
        Ok(())
    }

    async fn alone(&self) -> Result<tokio::sync::SemaphorePermit<'_>> {
        let permit = self.changing.acquire().await;
        permit.map_err(|_| Error::Gone(sqlx::Error::PoolClosed))
    }
}

impl PostgresServer {
    /// Creates the table where it is missing, and finds out whether a full disk has room again.
    pub(in crate::db) async fn keep_room(&self) {
        let is_full = &self.reserve.is_full;
        match self.try_to_keep_room().await {
            Ok(true) => {
                self.reserve.is_told.store(false, Ordering::Relaxed);
                if is_full.swap(false, Ordering::Relaxed) {
                    tracing::info!("PostgreSQL's disk has free space again");
                }
            }
            Ok(false) => {}
            Err(error @ Error::Full(_)) => {
                self.reserve.gives_room(&error, false).await;
            }
            Err(error) => {
                if !self.reserve.is_told.swap(true, Ordering::Relaxed) {
                    tracing::warn!(%error, "reserving space on PostgreSQL's disk for signing in");
                }
                // Where nothing can be found out, nobody is refused what PostgreSQL itself would accept.
                if matches!(error, Error::Broken(_) | Error::Busy(_)) {
                    is_full.store(false, Ordering::Relaxed);
                }
            }
        }
    }

    /// False when another cloud is doing the same.
    async fn try_to_keep_room(&self) -> Result<bool> {
        let reserve = &self.reserve;
        let _alone = reserve.alone().await?;
        let mut tx = PostgresWriting::begin(self, false).await?;
        let is_mine = sqlx::query_scalar(TRY_LOCK);
        if !tx.run(async |c| is_mine.fetch_one(c).await).await? {
            return Ok(false);
        }
        let size = sqlx::query_scalar::<_, i64>(SIZE);
        let size = tx.run(async |c| size.fetch_one(c).await).await?;
        let is_kept = size.unsigned_abs() >= reserve.bytes;
        if is_kept && !reserve.is_full.load(Ordering::Relaxed) {
            return Ok(true);
        }
        let mut noise = vec![0; ROW_BYTES * ROWS_AT_ONCE as usize];
        Random.fill(&mut noise);
        let mut room = reserve.bytes / disk::MARGIN_PARTS;
        if !is_kept {
            room += reserve.bytes;
        }
        // Before the table is created: on a full disk each attempt to fill it would make PostgreSQL's log and
        // catalogs grow.
        try_room(&mut tx, room, &noise).await?;
        if !is_kept {
            for text in [DROP, MAKE] {
                tx.run(async |c| sqlx::query(text).execute(c).await).await?;
            }
            fill(&mut tx, reserve.bytes, &noise).await?;
        }
        tx.commit().await?;
        Ok(true)
    }
}

/// Fails when there is less room than that.
async fn try_room(tx: &mut PostgresWriting, bytes: u64, noise: &[u8]) -> Result<()> {
    let n_rows = bytes.div_ceil(ROW_BYTES as u64);
    let n_rows = i32::try_from(n_rows).unwrap_or(i32::MAX);
    tx.run(async |c| sqlx::raw_sql(TRY_ON_DISK).execute(c).await)
        .await?;
    let tried = sqlx::query(TRY).bind(noise).bind(n_rows);
    tx.run(async |c| tried.execute(c).await).await?;
    Ok(())
}

async fn fill(tx: &mut PostgresWriting, bytes: u64, noise: &[u8]) -> Result<()> {
    let mut n_left = bytes.div_ceil(ROW_ON_DISK);
    while n_left > 0 {
        let n_rows = n_left.min(ROWS_AT_ONCE);
        let last = i32::try_from(n_rows - 1).unwrap_or(0);
        let rows = sqlx::query(FILL).bind(noise).bind(last);
        tx.run(async |c| rows.execute(c).await).await?;
        n_left -= n_rows;
    }
    Ok(())
}
