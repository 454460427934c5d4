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
use crate::private;

/// Name of the file with the rows.
pub const FILE: &str = "peerview.db";

/// The two pools of one file.
#[derive(Debug, Clone)]
pub struct Pools {
    /// It has one connection, so statements on it never meet `SQLITE_BUSY`.
    pub(in crate::db) writer: SqlitePool,
    pub(in crate::db) readers: SqlitePool,
    pub(in crate::db) reserve: Arc<Reserve>,
    pub(in crate::db) turns: ConnectionTurns,
}

impl Pools {
    /// Fails when the disk is full and the rest is kept for signing in.
    pub(in crate::db) fn may_write(&self) -> Result<()> {
        let full = |error| Error::Full(sqlx::Error::Io(error));
        self.reserve.check().map_err(full)
    }

    /// Starts a transaction that may write.
    pub(in crate::db) async fn begin(&self) -> Result<Transaction<'static, Sqlite>> {
        // A deferred transaction asks for the write lock at its first write, and fails there if another process
        // wrote meanwhile.
        const BEGIN: &str = "BEGIN IMMEDIATE";
        self.may_write()?;
        match self.writer.begin_with(BEGIN).await {
            // A full disk makes SQLite roll a transaction back by itself; sqlx (0.9.0) then takes this
            // connection for one inside a transaction for ever. Another connection takes its place.
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
        // Readers go on while somebody writes.
        .journal_mode(SqliteJournalMode::Wal)
        // A commit is on disk before it is answered; with NORMAL, WAL may lose the last ones in a power cut.
        .synchronous(SqliteSynchronous::Full)
        // SQLite ignores foreign keys unless it is told otherwise.
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
        .with_context(|| format!("opening read connections to {}", path.display()))?;
    let reserve = Reserve::open(&config.data_dir, config.sign_in_reserve_bytes);
    Ok(Pools {
        writer,
        readers,
        reserve: Arc::new(reserve),
        turns: ConnectionTurns::new(limits::TURNS_SQLITE),
    })
}

/// Creates the file with mode 0600. SQLite would make it readable by everybody; the files beside it get
/// the mode of this one.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = private::options();
    options.write(true).create(true).truncate(false);
    options.open(path).map(drop)
}
