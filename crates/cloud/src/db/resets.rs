//! Rows of `resets`: mailed links that set a new password, each good for one use.

use super::{Db, Result, Writing, sql};

/// Adds a link that ends at `expires_at`.
pub async fn insert(
    tx: &mut Writing,
    token_hash: &str,
    account_id: &str,
    expires_at: i64,
    now: i64,
) -> Result<()> {
    sql::query("INSERT INTO resets (token_hash, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4)")
        .bind(token_hash)
        .bind(account_id)
        .bind(now)
        .bind(expires_at)
        .execute(&mut *tx)
        .await?;
    Ok(())
}

/// Whose password a link may set, while it is good: account id, user name, address.
pub async fn find(db: &Db, token_hash: &str, now: i64) -> Result<Option<(String, String, String)>> {
    let owner = sql::query_as(
        "SELECT a.id, a.user_name, a.email FROM resets r JOIN accounts a ON a.id = r.account_id
         WHERE r.token_hash = $1 AND r.used_at IS NULL AND r.expires_at > $2",
    )
    .bind(token_hash)
    .bind(now)
    .fetch_optional(db.reader())
    .await?;
    Ok(owner)
}

/// Uses a link up, and with it every other link of its account; true for the first who does.
pub async fn consume(tx: &mut Writing, token_hash: &str, now: i64) -> Result<bool> {
    let account_id: Option<String> = sql::query_scalar(
        "UPDATE resets SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2
         RETURNING account_id",
    )
    .bind(token_hash)
    .bind(now)
    .fetch_optional(&mut *tx)
    .await?;
    let Some(account_id) = account_id else {
        return Ok(false);
    };
    sql::query("UPDATE resets SET used_at = $2 WHERE account_id = $1 AND used_at IS NULL")
        .bind(account_id)
        .bind(now)
        .execute(&mut *tx)
        .await?;
    Ok(true)
}

/// Makes every link of an account dead.
pub async fn drop_all(tx: &mut Writing, account_id: &str) -> Result<()> {
    sql::query("DELETE FROM resets WHERE account_id = $1")
        .bind(account_id)
        .execute(&mut *tx)
        .await?;
    Ok(())
}

/// Removes what expired before `now`.
pub async fn purge(db: &Db, now: i64) -> Result<()> {
    sql::query("DELETE FROM resets WHERE expires_at <= $1")
        .bind(now)
        .execute(db.writer())
        .await?;
    Ok(())
}
