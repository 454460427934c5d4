//! Rows of `live_arrangements`: order, favourites and saved views of Live view.
//! `crate::accounts::live_arrangement` defines their content.

use super::{Db, Result, Writing, sql};

/// What an account keeps.
#[derive(Debug, Clone, PartialEq, Eq, sqlx_macros::FromRow)]
pub struct LiveArrangement {
    /// JSON.
    pub arrangement: String,
    /// Counts the changes, from 1.
    pub version: i64,
}

/// What an account keeps, if anything.
pub async fn find(db: &Db, account_id: &str) -> Result<Option<LiveArrangement>> {
    sql::query_as("SELECT arrangement, version FROM live_arrangements WHERE account_id = $1")
        .bind(account_id)
        .fetch_optional(db.reader())
        .await
}

/// [`find`] inside the caller's transaction.
pub async fn find_in(tx: &mut Writing, account_id: &str) -> Result<Option<LiveArrangement>> {
    sql::query_as("SELECT arrangement, version FROM live_arrangements WHERE account_id = $1")
        .bind(account_id)
        .fetch_optional(&mut *tx)
        .await
}

/// Replaces what an account keeps; returns the new version.
pub async fn set_in(tx: &mut Writing, account_id: &str, arrangement: &str) -> Result<i64> {
    sql::query_scalar(
        "INSERT INTO live_arrangements (account_id, arrangement, version) VALUES ($1, $2, 1)
         ON CONFLICT (account_id) DO UPDATE SET arrangement = $2, version = live_arrangements.version + 1
         RETURNING version",
    )
    .bind(account_id)
    .bind(arrangement)
    .fetch_one(&mut *tx)
    .await
}
