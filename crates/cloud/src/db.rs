//! The database: one writer connection, a pool of readers, migrations at start, and one mapping
//! of what can go wrong. Rules live elsewhere; the SQL text is the same for PostgreSQL.

pub mod accounts;
pub mod browsers;
pub mod captchas;
pub mod counters;
pub mod mailbox;
pub mod orders;
pub mod outbox;
pub mod passkeys;
pub mod pending_sign_ins;
pub mod recorders;
pub mod registrations;
pub mod resets;
pub mod second_factors;
pub mod sessions;

use std::path::Path;

use anyhow::Context;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, SqlitePool, Transaction};

use crate::limits;

const FILE: &str = "peerview.db";

/// Why the database did not answer. All but `Broken` pass: the visitor is asked to try again.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No space for another row; what is stored stays readable.
    #[error("the disk or database is full: {0}")]
    Full(sqlx::Error),
    /// Too many writers at once.
    #[error("the database is busy: {0}")]
    Busy(sqlx::Error),
    /// The file cannot be read or written.
    #[error("the database cannot be used: {0}")]
    Gone(sqlx::Error),
    /// A statement that should work did not.
    #[error("a database statement failed: {0}")]
    Broken(sqlx::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Error {
        match &error {
            sqlx::Error::PoolTimedOut => Error::Busy(error),
            sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed | sqlx::Error::Io(_) => {
                Error::Gone(error)
            }
            sqlx::Error::Database(inner) => {
                // https://www.sqlite.org/rescode.html: the low byte is the primary result code.
                let code = inner
                    .code()
                    .and_then(|code| code.parse::<u32>().ok())
                    .unwrap_or(0)
                    & 0xff;
                match code {
                    5 | 6 => Error::Busy(error),
                    13 => Error::Full(error),
                    8 | 10 | 11 | 14 | 26 => Error::Gone(error),
                    _ => Error::Broken(error),
                }
            }
            _ => Error::Broken(error),
        }
    }
}

/// What every function of this module returns.
pub type Result<T> = std::result::Result<T, Error>;

/// An open write transaction; it is undone unless committed.
pub type Writing = Transaction<'static, Sqlite>;

/// The open database; clones share it.
#[derive(Debug, Clone)]
pub struct Db {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Db {
    /// Opens or makes the database in `data_dir` and brings its tables up to date.
    pub async fn open(data_dir: &Path) -> anyhow::Result<Db> {
        let path = data_dir.join(FILE);
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(limits::DB_BUSY);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(limits::DB_BUSY)
            .connect_with(options.clone())
            .await
            .with_context(|| format!("opening the database {}", path.display()))?;
        sqlx::migrate!()
            .run(&writer)
            .await
            .with_context(|| format!("updating {}", path.display()))?;
        let readers = SqlitePoolOptions::new()
            .max_connections(limits::READ_CONNECTIONS)
            .acquire_timeout(limits::DB_BUSY)
            .connect_with(options.create_if_missing(false))
            .await
            .with_context(|| format!("opening readers of {}", path.display()))?;
        Ok(Db { writer, readers })
    }

    /// The connection that writes; there is one, so statements on it never meet `SQLITE_BUSY`.
    pub fn writer(&self) -> &SqlitePool {
        &self.writer
    }

    /// The connections that only read.
    pub fn reader(&self) -> &SqlitePool {
        &self.readers
    }

    /// Starts a transaction that may write; it holds the writer until it ends.
    pub async fn begin(&self) -> Result<Writing> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// Fails unless the database answers.
    pub async fn check(&self) -> Result<()> {
        sqlx::query("SELECT COUNT(*) FROM accounts")
            .execute(&self.readers)
            .await?;
        Ok(())
    }

    /// Writes everything out and closes; gives up on a statement that does not end.
    pub async fn close(&self) {
        let closing = async {
            self.readers.close().await;
            self.writer.close().await;
        };
        if tokio::time::timeout(limits::DB_CLOSE, closing)
            .await
            .is_err()
        {
            tracing::warn!("the database was still busy at the end");
        }
    }
}

#[cfg(test)]
pub(crate) mod test {
    use super::*;

    /// A database in a folder that goes away with the first value.
    pub(crate) async fn fresh() -> (tempdir::Dir, Db) {
        let dir = tempdir::Dir::new();
        let db = Db::open(dir.path()).await.unwrap();
        (dir, db)
    }

    /// Temporary folders for tests.
    pub(crate) mod tempdir {
        use std::path::{Path, PathBuf};

        /// Removed when dropped.
        pub(crate) struct Dir(PathBuf);

        impl Dir {
            pub(crate) fn new() -> Dir {
                let path =
                    std::env::temp_dir().join(format!("cloud-{}", crate::random::Random.id()));
                std::fs::create_dir_all(&path).unwrap();
                Dir(path)
            }

            pub(crate) fn path(&self) -> &Path {
                &self.0
            }
        }

        impl Drop for Dir {
            fn drop(&mut self) {
                std::fs::remove_dir_all(&self.0).ok();
            }
        }
    }
}
