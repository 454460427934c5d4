//! Brings the tables up to date at start: forward only, all or nothing. A database written by a newer Peerview
//! is refused.

use std::sync::LazyLock;

use anyhow::bail;
use sqlx::migrate::{MigrateError, Migration, Migrator};
use sqlx::{Connection, PgConnection, SqlitePool};

static SQLITE: LazyLock<Migrator> =
    LazyLock::new(|| with_both(sqlx_macros::migrate!("migrations/sqlite")));
static POSTGRES: LazyLock<Migrator> =
    LazyLock::new(|| with_both(sqlx_macros::migrate!("migrations/postgres")));

/// Adds the steps with one text for both databases. The other folders contain one file each of a
/// step whose column types differ.
fn with_both(of_one: Migrator) -> Migrator {
    let both = sqlx_macros::migrate!("migrations/both");
    let mut steps: Vec<Migration> = both.iter().chain(of_one.iter()).cloned().collect();
    steps.sort_by_key(|step| step.version);
    Migrator::with_migrations(steps)
}

/// "peerview" in ASCII: the advisory lock held while a PostgreSQL database is migrated.
const LOCK: i64 = 0x7065_6572_7669_6577;

/// The last step that this program knows, the same for both.
pub(in crate::db) fn newest_version() -> i64 {
    SQLITE.iter().map(|step| step.version).max().unwrap_or(0)
}

/// Applies what is missing, in one transaction.
pub(in crate::db) async fn run_on_sqlite(writer: &SqlitePool) -> anyhow::Result<()> {
    apply_to_sqlite(&SQLITE, writer).await
}

async fn apply_to_sqlite(migrator: &Migrator, writer: &SqlitePool) -> anyhow::Result<()> {
    let mut connection = writer.acquire().await?;
    // One transaction for all steps: when one fails, the database is as it was.
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
    in_words(migrator.run_direct(None, &mut *tx, false).await)?;
    Ok(tx.commit().await?)
}

/// Applies what is missing, in one transaction. Several clouds that start at once take turns.
pub(in crate::db) async fn run_on_postgres(connection: &mut PgConnection) -> anyhow::Result<()> {
    apply_to_postgres(&POSTGRES, connection).await
}

async fn apply_to_postgres(
    migrator: &Migrator,
    connection: &mut PgConnection,
) -> anyhow::Result<()> {
    let mut tx = connection.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(LOCK)
        .execute(&mut *tx)
        .await?;
    // sqlx's own lock would end before the transaction does, and the next cloud would begin too early.
    let mut migrator = Migrator::with_migrations(migrator.iter().cloned().collect());
    migrator.set_locking(false);
    in_words(migrator.run_direct(None, &mut *tx, false).await)?;
    Ok(tx.commit().await?)
}

fn in_words(outcome: Result<(), MigrateError>) -> anyhow::Result<()> {
    match outcome {
        Err(MigrateError::VersionMissing(version)) => bail!(
            "a newer Peerview has already migrated this database (step {version}), which this one does not know; \
             start the newer version, or restore an older backup"
        ),
        Err(MigrateError::VersionMismatch(version)) => bail!(
            "step {version} of this database differs from this Peerview's; start the Peerview that created it"
        ),
        outcome => Ok(outcome?),
    }
}

#[cfg(test)]
mod tests;
