//! SQLite: one file in the data folder, one connection that writes, a few that read.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, SqlitePool, Transaction};

use crate::config::Config;
use crate::db::connection::limits;
use crate::db::connection::turns::ConnectionTurns;
use crate::db::error::{Error, Result};
use crate::db::upkeep::migrations;
use crate::disk::Reserve;

/// Name of the file with the rows.
pub const FILE: &str = "peerview.db";

/// The two pools of one file.
#[derive(Debug, Clone)]
pub struct Pools {
    /// There is one connection, so statements on it never meet `SQLITE_BUSY`.
    pub(in crate::db) writer: SqlitePool,
    pub(in crate::db) readers: SqlitePool,
    pub(in crate::db) reserve: Arc<Reserve>,
    pub(in crate::db) turns: ConnectionTurns,
}

impl Pools {
    /// Fails when the disk is full and what is left is for signing in.
    pub(in crate::db) fn may_write(&self) -> Result<()> {
        let full = |error| Error::Full(sqlx::Error::Io(error));
        self.reserve.check().map_err(full)
    }

    /// Starts a transaction that may write.
    pub(in crate::db) async fn begin(&self) -> Result<Transaction<'static, Sqlite>> {
        const BEGIN: &str = "BEGIN IMMEDIATE";
        self.may_write()?;
        match self.writer.begin_with(BEGIN).await {
            // A full disk makes SQLite end a transaction by itself; then sqlx (0.9.0) takes this connection
            // for one inside a transaction for ever. Another one takes its place.
            Err(sqlx::Error::InvalidSavePointStatement) => {
                self.writer.acquire().await?.close().await?;
                Ok(self.writer.begin_with(BEGIN).await?)
            }
            begun => Ok(begun?),
        }
    }
}

/// Opens or makes the database in the data folder and brings its tables up to date.
pub(in crate::db) async fn open(config: &Config) -> anyhow::Result<Pools> {
    let (path, patience) = (config.data_dir.join(FILE), config.database.patience);
    make_private(&path).with_context(|| format!("making {}", path.display()))?;
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(patience);
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(patience)
        .connect_with(options.clone())
        .await
        .with_context(|| format!("opening the database {}", path.display()))?;
    migrations::run_on_sqlite(&writer)
        .await
        .with_context(|| format!("updating {}", path.display()))?;
    let readers = SqlitePoolOptions::new()
        .max_connections(limits::READ_CONNECTIONS)
        .acquire_timeout(patience)
        .connect_with(options.create_if_missing(false))
        .await
        .with_context(|| format!("opening readers of {}", path.display()))?;
    let reserve = Reserve::open(&config.data_dir, config.sign_in_reserve_bytes);
    Ok(Pools {
        writer,
        readers,
        reserve: Arc::new(reserve),
        turns: ConnectionTurns::new(limits::TURNS_SQLITE),
    })
}

/// SQLite would make it readable by everybody; the files beside it get the rights of this one.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}
