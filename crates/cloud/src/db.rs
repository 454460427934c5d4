//! The database: SQLite in the data folder, or PostgreSQL by `[cloud.database]`, behind one interface. Rules
//! are elsewhere.

// How to write a function of this module:
// - `sql::query`, `sql::query_as::<T>`, `sql::query_scalar` with `.bind(…)` as in sqlx; then
//   `.execute(on)`, `.fetch_one(on)`, `.fetch_optional(on)` or `.fetch_all(on)`, where `on` is
//   `db.reader()`, `db.writer()` or, inside a transaction, `&mut *tx` of a [`Writing`].
// - One text for both databases: `$1…$n`, `ON CONFLICT … DO UPDATE … RETURNING`, `TRUE`/`FALSE`,
//   `CAST(SUM(x) AS BIGINT)`, `lower()` around `LIKE`; no `datetime()`, `now()` or `ROWID`, and no order of
//   text beyond ASCII.
// - Identifiers are TEXT, times and counts BIGINT (`i64`), JSON is TEXT, yes and no is BOOLEAN (`bool`; SQLite
//   keeps 0 and 1).
// - A migration is one file in `migrations/both`. Where column types differ it is two files of the same name,
//   in `migrations/sqlite` and `migrations/postgres`.
// - PostgreSQL has many writers, and it reads what was committed (READ COMMITTED): a `SELECT` before a write
//   proves nothing. Put the condition into the `WHERE` of the one statement that writes (`… AND used_at IS
//   NULL`, then `rows_affected() == 1`), or into a constraint. What is about one account begins with
//   `accounts::hold`. Where one statement cannot say it, `tx.lock("name")` lets one in at a time.
// - Inside a transaction every statement runs on it. A transaction that waits for a second connection can block
//   everybody who holds one.
// - Await a transaction to its end: in a future that is kept but not polled it holds what everybody waits for.
//   Statements outside of a transaction run in their own task (`turns.rs`).
// - What is not a page runs in `behind_pages`.

pub mod accounts;
pub mod arrangements;
pub mod bot_check;
pub mod connection;
pub mod counters;
mod error;
pub mod live_arrangements;
pub mod mail;
pub mod orders;
pub mod outages;
pub mod recorders;
pub mod sql;
pub mod upkeep;

use sqlx::{Sqlite, SqlitePool, Transaction};

pub use connection::sqlite::FILE;
pub use connection::turns::{ConnectionTurn, ConnectionTurns, behind_pages};
pub use error::{Error, Result};
use sql::On;
pub use upkeep::copy::{EMPTIED_BY_RESTORE, KEPT_BY_RESTORE, copy_to, mend_copy};

use crate::config::Config;

/// The open database; clones share it.
#[derive(Debug, Clone)]
pub enum Db {
    /// A file in the data folder.
    Sqlite(connection::sqlite::Pools),
    /// A PostgreSQL server, reached through a pool.
    Postgres(connection::postgres::PostgresServer),
}

/// An open write transaction; it is undone unless committed.
#[derive(Debug)]
pub enum Writing {
    /// It holds the one connection that writes.
    Sqlite(Transaction<'static, Sqlite>, ConnectionTurn),
    /// Others write at the same time.
    Postgres(connection::postgres::PostgresWriting, ConnectionTurn),
}

impl Db {
    /// Opens the database that the settings name, creates it where that is possible, and migrates its tables.
    pub async fn open(config: &Config) -> anyhow::Result<Db> {
        Ok(if config.database.url.is_empty() {
            Db::Sqlite(connection::sqlite::open(config).await?)
        } else {
            Db::Postgres(connection::postgres::open(config).await?)
        })
    }

    /// Where statements run that write.
    pub fn writer(&self) -> On<'_> {
        match self {
            Db::Sqlite(pools) => On::SqliteWriter(pools),
            Db::Postgres(server) => On::PostgresWriter(server),
        }
    }

    /// Where statements run that only read.
    pub fn reader(&self) -> On<'_> {
        match self {
            Db::Sqlite(pools) => On::Sqlite(&pools.readers, &pools.turns),
            Db::Postgres(server) => On::Postgres(server),
        }
    }

    /// The SQLite connection that writes, for what only SQLite has.
    pub fn sqlite_writer(&self) -> Option<&SqlitePool> {
        match self {
            Db::Sqlite(pools) => Some(&pools.writer),
            Db::Postgres(..) => None,
        }
    }

    /// Starts a transaction that may write.
    pub async fn begin(&self) -> Result<Writing> {
        Ok(match self {
            Db::Sqlite(pools) => {
                // The turn comes first: whoever waits for one must not hold a connection meanwhile.
                let turn = pools.turns.take().await?;
                Writing::Sqlite(pools.begin().await?, turn)
            }
            Db::Postgres(server) => {
                let turn = server.turns.take().await?;
                Writing::Postgres(server.begin().await?, turn)
            }
        })
    }

    /// Keeps room for signing in on the disk of PostgreSQL, and finds out when a full disk has room again. On
    /// SQLite every write does so.
    pub async fn keep_room(&self) {
        if let Db::Postgres(server) = self {
            server.keep_room().await;
        }
    }

    /// Fails unless the database answers.
    pub async fn check(&self) -> Result<()> {
        // `SELECT 1` would succeed without reading anything from the database.
        let text = "SELECT COUNT(*) FROM accounts WHERE id = ''";
        sql::query_scalar::<i64>(text)
            .fetch_one(self.reader())
            .await?;
        Ok(())
    }

    /// Writes everything out and closes; gives up on a statement that does not end.
    pub async fn close(&self) {
        let closing = async {
            match self {
                Db::Sqlite(pools) => {
                    pools.turns.close();
                    pools.readers.close().await;
                    pools.writer.close().await;
                }
                Db::Postgres(server) => {
                    server.turns.close();
                    server.pool.close().await;
                }
            }
        };
        if tokio::time::timeout(connection::limits::CLOSE, closing)
            .await
            .is_err()
        {
            tracing::warn!("the database was still busy at shutdown");
        }
    }
}

impl Writing {
    /// Makes everything that was written in it permanent.
    ///
    /// # Errors
    /// Nothing was written; after [`Error::Gone`] or [`Error::Silent`] it may have been.
    pub async fn commit(self) -> Result<()> {
        match self {
            Writing::Sqlite(tx, _turn) => Ok(tx.commit().await?),
            Writing::Postgres(tx, _turn) => tx.commit().await,
        }
    }

    /// Until the transaction ends, nobody else can hold this name.
    pub async fn lock(&mut self, name: &str) -> Result<()> {
        match self {
            // `BEGIN IMMEDIATE` has kept every other writer out already.
            Writing::Sqlite(..) => Ok(()),
            Writing::Postgres(tx, _) => tx.lock(name).await,
        }
    }
}

#[cfg(test)]
pub(crate) mod test;
