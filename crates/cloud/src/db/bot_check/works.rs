//! Rows of `works`: pieces of work that were handed in, so that none counts twice.

use crate::db::{Db, Result, sql};

/// Notes a piece of work; true for the first who hands it in.
pub async fn hand_in(db: &Db, id: &str, expires_at: i64) -> Result<bool> {
    sql::query("INSERT INTO works (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING")
        .bind(id)
        .bind(expires_at)
        .changes_one(db.writer())
        .await
}

/// Removes what expired before `now`.
pub async fn purge(db: &Db, now: i64) -> Result<()> {
    sql::query("DELETE FROM works WHERE expires_at <= $1")
        .bind(now)
        .run(db.writer())
        .await
}
