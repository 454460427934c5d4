//! One SQL text for both databases: [`query`], [`query_as`] and [`query_scalar`] take the text and its values
//! and run it on whichever database there is. They are used like sqlx's functions of these names.

use std::marker::PhantomData;

use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteConnection, SqlitePool, SqliteRow};
use sqlx::{Arguments, FromRow, PgPool, Postgres, Sqlite};

use super::connection::limits;
use super::connection::turns::ConnectionTurns;
use super::error::{Error, Result};
use super::{Db, Writing, connection::postgres, connection::sqlite};
use crate::disk;

/// What a statement runs on.
pub enum On<'a> {
    /// Any connection of a SQLite pool that only reads.
    Sqlite(&'a SqlitePool, &'a ConnectionTurns),
    /// The connection of SQLite that writes, while the disk has room.
    SqliteWriter(&'a sqlite::Pools),
    /// Any connection to PostgreSQL, for what only reads.
    Postgres(&'a postgres::PostgresServer),
    /// Any connection to PostgreSQL, while its disk has room.
    PostgresWriter(&'a postgres::PostgresServer),
    /// The connection of a transaction on SQLite.
    SqliteWriting(&'a mut SqliteConnection),
    /// The connection of a transaction on PostgreSQL.
    PostgresWriting(&'a mut postgres::PostgresWriting),
}

// A database by itself means a connection that only reads: writing has to be said.
impl<'a> From<&'a Db> for On<'a> {
    fn from(db: &'a Db) -> On<'a> {
        db.reader()
    }
}

impl<'a> From<&'a mut Writing> for On<'a> {
    fn from(tx: &'a mut Writing) -> On<'a> {
        match tx {
            Writing::Sqlite(tx, _) => On::SqliteWriting(tx),
            Writing::Postgres(tx, _) => On::PostgresWriting(tx),
        }
    }
}

/// A row that can be read from both databases: what `#[derive(sqlx_macros::FromRow)]` makes, and tuples.
pub trait AnyRow: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> {}
impl<T> AnyRow for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> {}

/// A value between `$1` and `$n`.
#[derive(Debug, Clone)]
pub enum Value {
    /// TEXT on both databases; `None` is NULL.
    Text(Option<String>),
    /// BIGINT, which is INTEGER on SQLite.
    Int(Option<i64>),
    /// BOOLEAN, which is INTEGER on SQLite.
    Bool(Option<bool>),
    /// BYTEA, which is BLOB on SQLite.
    Bytes(Option<Vec<u8>>),
}

/// PostgreSQL stores no NUL in a text. Nothing that we store has one, but what strangers ask for may.
fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

macro_rules! values {
    ($($from:ty, $value:ident => $to:expr;)*) => {$(
        impl From<$from> for Value {
            fn from($value: $from) -> Value {
                $to
            }
        }
    )*};
}

values! {
    &str, v => Value::Text(Some(storable(v)));
    &String, v => Value::Text(Some(storable(v)));
    String, v => Value::Text(Some(storable(&v)));
    Option<&str>, v => Value::Text(v.map(storable));
    Option<String>, v => Value::Text(v.as_deref().map(storable));
    i64, v => Value::Int(Some(v));
    i32, v => Value::Int(Some(v.into()));
    u32, v => Value::Int(Some(v.into()));
    Option<i64>, v => Value::Int(v);
    bool, v => Value::Bool(Some(v));
    Option<bool>, v => Value::Bool(v);
    &[u8], v => Value::Bytes(Some(v.to_vec()));
    Vec<u8>, v => Value::Bytes(Some(v));
    Option<Vec<u8>>, v => Value::Bytes(v);
}

/// A statement and its values, whose rows are `T`.
pub struct Query<T> {
    statement: Statement,
    row: PhantomData<fn() -> T>,
}

/// A statement whose rows have one column.
pub struct Scalar<T>(Query<(T,)>);

struct Statement {
    text: &'static str,
    values: Vec<Value>,
}

/// A statement that gives no rows.
pub fn query(text: &'static str) -> Query<()> {
    query_as(text)
}

/// A statement whose rows are read into `T`.
pub fn query_as<T>(text: &'static str) -> Query<T> {
    let statement = Statement {
        text,
        values: Vec::new(),
    };
    Query {
        statement,
        row: PhantomData,
    }
}

/// A statement whose rows have one column.
pub fn query_scalar<T>(text: &'static str) -> Scalar<T> {
    Scalar(query_as(text))
}

/// What a statement without rows did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatementResult {
    n_rows: u64,
}

impl StatementResult {
    /// How many rows it wrote or removed.
    pub fn rows_affected(self) -> u64 {
        self.n_rows
    }
}

impl<T> Query<T> {
    /// Gives `$n` its value, in order.
    pub fn bind(mut self, value: impl Into<Value>) -> Query<T> {
        self.statement.values.push(value.into());
        self
    }

    /// Runs the statement and drops its rows.
    pub async fn execute<'a>(self, on: impl Into<On<'a>>) -> Result<StatementResult> {
        let answer = self.statement.run(on.into(), false).await?;
        Ok(StatementResult {
            n_rows: answer.n_rows,
        })
    }

    /// Runs the statement where it does not matter how many rows it changes.
    pub async fn run<'a>(self, on: impl Into<On<'a>>) -> Result<()> {
        self.execute(on).await?;
        Ok(())
    }

    /// Runs the statement; whether it changed one row.
    pub async fn changes_one<'a>(self, on: impl Into<On<'a>>) -> Result<bool> {
        Ok(self.execute(on).await?.rows_affected() == 1)
    }
}

impl<T: AnyRow> Query<T> {
    /// All rows, in the statement's order.
    pub async fn fetch_all<'a>(self, on: impl Into<On<'a>>) -> Result<Vec<T>> {
        let answer = self.statement.run(on.into(), true).await?;
        let rows: sqlx::Result<Vec<T>> = match answer.rows {
            DatabaseRows::Sqlite(rows) => rows.iter().map(T::from_row).collect(),
            DatabaseRows::Postgres(rows) => rows.iter().map(T::from_row).collect(),
        };
        Ok(rows?)
    }

    /// The first row, if there is one.
    pub async fn fetch_optional<'a>(self, on: impl Into<On<'a>>) -> Result<Option<T>> {
        Ok(self.fetch_all(on).await?.into_iter().next())
    }

    /// The first row, which has to exist.
    ///
    /// # Errors
    /// The statement gave no row at all.
    pub async fn fetch_one<'a>(self, on: impl Into<On<'a>>) -> Result<T> {
        let row = self.fetch_optional(on).await?;
        row.ok_or(Error::Broken(sqlx::Error::RowNotFound))
    }
}

impl<T> Scalar<T>
where
    (T,): AnyRow,
{
    /// Gives `$n` its value, in order.
    pub fn bind(self, value: impl Into<Value>) -> Scalar<T> {
        Scalar(self.0.bind(value))
    }

    /// The column of all rows.
    pub async fn fetch_all<'a>(self, on: impl Into<On<'a>>) -> Result<Vec<T>> {
        let rows = self.0.fetch_all(on).await?;
        Ok(rows.into_iter().map(|(value,)| value).collect())
    }

    /// The column of the first row, if there is one.
    pub async fn fetch_optional<'a>(self, on: impl Into<On<'a>>) -> Result<Option<T>> {
        Ok(self.0.fetch_optional(on).await?.map(|(value,)| value))
    }

    /// The column of the first row.
    ///
    /// # Errors
    /// The statement gave no row at all.
    pub async fn fetch_one<'a>(self, on: impl Into<On<'a>>) -> Result<T> {
        Ok(self.0.fetch_one(on).await?.0)
    }
}

enum DatabaseRows {
    Sqlite(Vec<SqliteRow>),
    Postgres(Vec<PgRow>),
}

struct StatementAnswer {
    rows: DatabaseRows,
    n_rows: u64,
}

/// Runs a statement on a connection to one of the databases: the same steps, other types.
macro_rules! on_a_database {
    ($name:ident, $database:ident, $connection:ty, $arguments:ty) => {
        async fn $name(
            &self,
            connection: &mut $connection,
            with_rows: bool,
        ) -> sqlx::Result<StatementAnswer> {
            let mut arguments = <$arguments>::default();
            // Cloned, because a statement may be tried again.
            for value in self.values.iter().cloned() {
                let added = match value {
                    Value::Text(v) => arguments.add(v),
                    Value::Int(v) => arguments.add(v),
                    Value::Bool(v) => arguments.add(v),
                    Value::Bytes(v) => arguments.add(v),
                };
                added.map_err(sqlx::Error::Encode)?;
            }
            let query = sqlx::query_with::<$database, _>(self.text, arguments);
            let (rows, n_rows) = if with_rows {
                (query.fetch_all(connection).await?, 0)
            } else {
                let done = query.execute(connection).await?;
                (Vec::new(), done.rows_affected())
            };
            Ok(StatementAnswer {
                rows: DatabaseRows::$database(rows),
                n_rows,
            })
        }
    };
}

impl Statement {
    async fn run(self, on: On<'_>, with_rows: bool) -> Result<StatementAnswer> {
        match on {
            On::Sqlite(pool, turns) => {
                let pool = pool.clone();
                let work = async move {
                    let mut connection = pool.acquire().await?;
                    Ok(self.on_sqlite(&mut connection, with_rows).await?)
                };
                turns.run(work).await
            }
            On::SqliteWriter(pools) => {
                pools.may_write()?;
                let pool = pools.writer.clone();
                let work = async move {
                    let mut connection = pool.acquire().await?;
                    Ok(self.on_sqlite(&mut connection, with_rows).await?)
                };
                pools.turns.run(work).await
            }
            On::SqliteWriting(connection) => Ok(self.on_sqlite(connection, with_rows).await?),
            On::Postgres(server) => {
                let pool = server.pool.clone();
                let work = async move { self.until_not_undone(&pool, with_rows).await };
                server.turns.run(work).await
            }
            On::PostgresWriter(server) => {
                // The task in which it runs does not know whether it belongs to a sign-in.
                let signs_in = disk::is_for_sign_in();
                server.reserve.check(signs_in)?;
                let its = server.clone();
                let work = async move { self.until_room(&its, signs_in, with_rows).await };
                server.turns.run(work).await
            }
            On::PostgresWriting(tx) => {
                tx.mark().await?;
                let answer = tx.run(async |c| self.on_postgres(c, with_rows).await).await;
                let Err(error) = answer else { return answer };
                if !tx.goes_back(&error).await? {
                    return Err(error);
                }
                tx.run(async |c| self.on_postgres(c, with_rows).await).await
            }
        }
    }

    /// A single statement that found the disk full changed nothing; for a sign-in there is room in reserve.
    async fn until_room(
        &self,
        server: &postgres::PostgresServer,
        signs_in: bool,
        with_rows: bool,
    ) -> Result<StatementAnswer> {
        match self.until_not_undone(&server.pool, with_rows).await {
            Err(error) if server.reserve.gives_room(&error, signs_in).await => {
                self.until_not_undone(&server.pool, with_rows).await
            }
            answer => answer,
        }
    }

    /// A single statement that lost a deadlock changed nothing, so it may be tried again.
    async fn until_not_undone(&self, pool: &PgPool, with_rows: bool) -> Result<StatementAnswer> {
        let mut n_left = limits::RETRIES;
        loop {
            let answer = postgres::run(pool, async |c| self.on_postgres(c, with_rows).await).await;
            match answer {
                Err(error) if n_left > 0 && error.is_undone() => n_left -= 1,
                answer => return answer,
            }
        }
    }

    on_a_database!(on_sqlite, Sqlite, SqliteConnection, SqliteArguments);
    on_a_database!(on_postgres, Postgres, PgConnection, PgArguments);
}
