//! A consistent copy of the SQLite file, and the rows that are deleted from a copy before it is used again.

use std::path::Path;

use anyhow::{Context, bail, ensure};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

use crate::db::Db;

macro_rules! emptied {
    ($($table:literal $(, $which:literal)?;)*) => {
        /// Tables that are empty after a restore: what is valid for one use, one browser or a moment. A session
        /// that ended after the backup must not live again.
        pub const EMPTIED_BY_RESTORE: &[&str] = &[$($table),*];

        /// The same as statements, by table.
        const EMPTYING: &[(&str, &str)] = &[$(($table, concat!("DELETE FROM ", $table $(, $which)?))),*];
    };
}

emptied! {
    "captchas";
    // The used link of the set-up must stay known, or another one would work.
    "mailed_secrets", " WHERE purpose <> 'setup' OR ended_at IS NULL";
    "orders";
    "pending_sign_ins";
    "renewals";
    "sessions";
    "works";
}

/// The same for copies of older programs, which have these tables instead of `mailed_secrets`.
const EMPTYING_OLDER: &[(&str, &str)] = &[
    // Before `email_changes`, whose rows these refer to.
    ("objections", "DELETE FROM objections"),
    ("email_changes", "DELETE FROM email_changes"),
    ("buttons", "DELETE FROM buttons"),
    ("recoveries", "DELETE FROM recoveries"),
    ("registrations", "DELETE FROM registrations"),
    ("setups", "DELETE FROM setups WHERE used_at IS NULL"),
];

/// Tables that a restored cloud keeps. Mails that were waiting count as given up, because most of them
/// were sent since the backup.
pub const KEPT_BY_RESTORE: &[&str] = &[
    "accounts",
    "app_keys",
    "arrangements",
    "browsers",
    "counters",
    "live_arrangements",
    "mail_refusals",
    "mailbox",
    "muted_notices",
    "outages",
    "outbox",
    "passkeys",
    "recorders",
    "recovery_codes",
    "second_factors",
    "used_ceremonies",
];

/// Copies the rows as of one moment into a new file, while others read and write.
pub async fn copy_to(db: &Db, path: &Path) -> anyhow::Result<()> {
    let Db::Sqlite(pools) = db else {
        bail!("use pg_dump to back up PostgreSQL");
    };
    let path = path.to_str().context("the path of the copy is not UTF-8")?;
    // A copy of the file alone would miss what is still in the write-ahead log.
    sqlx::query("VACUUM INTO $1")
        .bind(path)
        .execute(&pools.readers)
        .await
        .context("copying the database")?;
    Ok(())
}

/// Checks that a copy is intact, and deletes from it what must not come back. `now` in seconds since 1970.
pub async fn mend_copy(path: &Path, now: i64) -> anyhow::Result<()> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true);
    let mut copy = SqliteConnection::connect_with(&options).await?;
    let verdict: String = sqlx::query_scalar("PRAGMA integrity_check(1)")
        .fetch_one(&mut copy)
        .await?;
    ensure!(verdict == "ok", "the database is damaged: {verdict}");
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'table'")
            .fetch_all(&mut copy)
            .await?;
    for (table, statement) in EMPTYING.iter().chain(EMPTYING_OLDER) {
        // An older program's copy has fewer tables.
        if tables.iter().any(|name| name == table) {
            sqlx::query(*statement).execute(&mut copy).await?;
        }
    }
    let given_up = "UPDATE outbox SET failed_at = $1, last_error = 'not sent again after a restore'
                    WHERE sent_at IS NULL AND failed_at IS NULL";
    sqlx::query(given_up).bind(now).execute(&mut copy).await?;
    copy.close().await?;
    Ok(())
}
