//! Inspects a database without changing it: whether it is intact, and whether its version fits this program.
//! For `peerview doctor`, with or without a running cloud.

use anyhow::{Context, bail, ensure};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor, Row};

use crate::config::Config;
use crate::db::{connection::sqlite, upkeep::migrations};

const VERSION: &str = "SELECT MAX(version) FROM _sqlx_migrations";

/// Looks at the database of the settings and says how it is.
///
/// # Errors
/// It cannot be used, and why.
pub(crate) async fn look(config: &Config) -> anyhow::Result<String> {
    if config.database.url.is_empty() {
        look_at_sqlite(config).await
    } else {
        look_at_postgres(config).await
    }
}

async fn look_at_sqlite(config: &Config) -> anyhow::Result<String> {
    let path = config.data_dir.join(sqlite::FILE);
    if !path.exists() {
        return Ok("none yet: it is created at the first start".to_owned());
    }
    let reading = || format!("reading {}", path.display());
    let options = SqliteConnectOptions::new().filename(&path).read_only(true);
    let mut connection = options.connect().await.with_context(reading)?;
    // Much faster than `integrity_check`, which compares the indexes as well.
    let row = connection.fetch_one("PRAGMA quick_check(1)").await;
    let whole: String = row.with_context(reading)?.try_get(0)?;
    ensure!(whole == "ok", "{} is damaged: {whole}", path.display());
    let row = connection.fetch_one(VERSION).await.with_context(reading)?;
    let version = row.try_get::<Option<i64>, _>(0)?;
    connection.close().await?;
    judge("SQLite is intact", version.unwrap_or(0))
}

async fn look_at_postgres(config: &Config) -> anyhow::Result<String> {
    let options = config.database.postgres()?;
    let mut connection = options
        .connect()
        .await
        .context("connecting to PostgreSQL")?;
    let there = "SELECT to_regclass('_sqlx_migrations') IS NOT NULL";
    let is_used: bool = connection.fetch_one(there).await?.try_get(0)?;
    if !is_used {
        return Ok(
            "PostgreSQL accepts the connection; the tables are created at the first start"
                .to_owned(),
        );
    }
    let row = connection.fetch_one(VERSION).await?;
    let version = row.try_get::<Option<i64>, _>(0)?;
    connection.close().await?;
    judge("PostgreSQL accepts the connection", version.unwrap_or(0))
}

fn judge(words: &str, version: i64) -> anyhow::Result<String> {
    let newest = migrations::newest_version();
    if version > newest {
        bail!("a newer Peerview has already migrated it (step {version}); start the newer version");
    }
    if version < newest {
        return Ok(format!("{words}; the next start migrates it"));
    }
    Ok(format!("{words} and up to date"))
}
