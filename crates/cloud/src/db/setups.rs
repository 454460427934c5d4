//! Rows of `setups`: printed links that make the first account, each good for one use.

use super::{Db, Result, Writing, sql};

/// Whether there is no account and never was one that a link made.
pub async fn is_open(db: &Db) -> Result<bool> {
    let text = "SELECT (SELECT COUNT(*) FROM accounts)
                     + (SELECT COUNT(*) FROM setups WHERE used_at IS NOT NULL)";
    let n: i64 = sql::query_scalar(text).fetch_one(db.reader()).await?;
    Ok(n == 0)
}

/// Adds a link that ends at `expires_at`.
pub async fn insert(db: &Db, token_hash: &str, expires_at: i64, now: i64) -> Result<()> {
    sql::query("INSERT INTO setups (token_hash, created_at, expires_at) VALUES ($1, $2, $3)")
        .bind(token_hash)
        .bind(now)
        .bind(expires_at)
        .execute(db.writer())
        .await?;
    Ok(())
}

/// Whether a link can still be used.
pub async fn is_good(db: &Db, token_hash: &str, now: i64) -> Result<bool> {
    let text = "SELECT COUNT(*) FROM setups
                WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2";
    let n: i64 = sql::query_scalar(text)
        .bind(token_hash)
        .bind(now)
        .fetch_one(db.reader())
        .await?;
    Ok(n > 0)
}

/// Uses a link up; true for the first of all links, while nobody has an account.
pub async fn consume(tx: &mut Writing, token_hash: &str, now: i64) -> Result<bool> {
    // Two links at once must not both find nothing.
    tx.lock("setups").await?;
    let text = "UPDATE setups SET used_at = $2
         WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2
           AND NOT EXISTS (SELECT 1 FROM accounts)
           AND NOT EXISTS (SELECT 1 FROM setups WHERE used_at IS NOT NULL)";
    let used = sql::query(text)
        .bind(token_hash)
        .bind(now)
        .execute(&mut *tx)
        .await?;
    Ok(used.rows_affected() == 1)
}

/// Removes links that nobody used before `now`; the used one stays, so that none works again.
pub async fn purge(db: &Db, now: i64) -> Result<()> {
    sql::query("DELETE FROM setups WHERE used_at IS NULL AND expires_at <= $1")
        .bind(now)
        .execute(db.writer())
        .await?;
    Ok(())
}
