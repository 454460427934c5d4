//! Rows of `captchas`: how often a picture was answered, and that it was used up.

use crate::db::{Db, Result, sql};

/// Counts one more answer to a captcha; false when it is used up or has no try left.
pub async fn count_try(db: &Db, id: &str, most_tries: i64, expires_at: i64) -> Result<bool> {
    // The first answer makes the row, so a captcha that nobody answers costs none.
    let tried: Option<i64> = sql::query_scalar(
        "INSERT INTO captchas (id, n_tries, expires_at) VALUES ($1, 1, $3)
         ON CONFLICT (id) DO UPDATE SET n_tries = captchas.n_tries + 1
         WHERE captchas.used_at IS NULL AND captchas.n_tries < $2
         RETURNING n_tries",
    )
    .bind(id)
    .bind(most_tries)
    .bind(expires_at)
    .fetch_optional(db.writer())
    .await?;
    Ok(tried.is_some())
}

/// Uses a captcha up; true for the first caller.
pub async fn consume(db: &Db, id: &str, now: i64) -> Result<bool> {
    sql::query("UPDATE captchas SET used_at = $2 WHERE id = $1 AND used_at IS NULL")
        .bind(id)
        .bind(now)
        .changes_one(db.writer())
        .await
}

/// Removes what expired before `now`.
pub async fn purge(db: &Db, now: i64) -> Result<()> {
    sql::query("DELETE FROM captchas WHERE expires_at <= $1")
        .bind(now)
        .run(db.writer())
        .await
}
