//! Rows of `objections`: links "that was not me" in mails to owners, each good once.

use super::{Db, Result, Writing, sql};

/// Whose account a link is about, and what it undoes.
#[derive(Debug, Clone, sqlx_macros::FromRow)]
pub struct NotMeReport {
    /// Identifier of the account.
    pub account_id: String,
    /// Its address.
    pub email: String,
    /// The change of address that it undoes.
    pub email_change_id: Option<String>,
}

/// Adds a link that ends at `expires_at`.
pub async fn insert(
    tx: &mut Writing,
    token_hash: &str,
    account_id: &str,
    email_change_id: Option<&str>,
    expires_at: i64,
    now: i64,
) -> Result<()> {
    sql::query(
        "INSERT INTO objections (token_hash, account_id, email_change_id, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(token_hash)
    .bind(account_id)
    .bind(email_change_id)
    .bind(now)
    .bind(expires_at)
    .execute(&mut *tx)
    .await?;
    Ok(())
}

/// How many links an account was given after `since`.
pub async fn count_since(tx: &mut Writing, account_id: &str, since: i64) -> Result<i64> {
    let n = sql::query_scalar(
        "SELECT COUNT(*) FROM objections WHERE account_id = $1 AND created_at > $2",
    )
    .bind(account_id)
    .bind(since)
    .fetch_one(&mut *tx)
    .await?;
    Ok(n)
}

/// What a link is about, while it is good.
pub async fn find(db: &Db, token_hash: &str, now: i64) -> Result<Option<NotMeReport>> {
    let objection = sql::query_as(
        "SELECT o.account_id, a.email, o.email_change_id
         FROM objections o JOIN accounts a ON a.id = o.account_id
         WHERE o.token_hash = $1 AND o.used_at IS NULL AND o.expires_at > $2",
    )
    .bind(token_hash)
    .bind(now)
    .fetch_optional(db.reader())
    .await?;
    Ok(objection)
}

/// Uses a link up; true for the first who does.
pub async fn consume(tx: &mut Writing, token_hash: &str, now: i64) -> Result<bool> {
    let used = sql::query(
        "UPDATE objections SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2",
    )
    .bind(token_hash)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    Ok(used.rows_affected() == 1)
}

/// Removes what expired before `now`.
pub async fn purge(db: &Db, now: i64) -> Result<()> {
    sql::query("DELETE FROM objections WHERE expires_at <= $1")
        .bind(now)
        .execute(db.writer())
        .await?;
    Ok(())
}
