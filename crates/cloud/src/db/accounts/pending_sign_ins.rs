//! Rows of `pending_sign_ins`: the password was right, the second factor is awaited.

use crate::db::{Db, Result, Writing, sql};

/// A log-in that waits for a second factor.
#[derive(Debug, Clone, PartialEq, Eq, sqlx_macros::FromRow)]
pub struct PendingSignIn {
    /// Account that it belongs to.
    pub account_id: String,
    /// Stay signed in after the browser ends.
    pub auto_login: bool,
    /// Public key that the browser offers to renew its session with; may be empty.
    pub browser_key: String,
    /// Answers in the second step so far.
    pub n_tries: i64,
}

/// What a new row is made of.
pub struct NewPending<'a> {
    /// SHA-256 of the token in its cookie.
    pub token_hash: &'a str,
    /// Account that it belongs to.
    pub account_id: &'a str,
    /// Stay signed in after the browser ends.
    pub auto_login: bool,
    /// Public key that the browser offers to renew its session with; may be empty.
    pub browser_key: &'a str,
    /// When it ends, seconds since 1970.
    pub expires_at: i64,
}

/// Adds a log-in that waits.
pub async fn insert(tx: &mut Writing, new: &NewPending<'_>) -> Result<()> {
    sql::query(
        "INSERT INTO pending_sign_ins (token_hash, account_id, auto_login, browser_key, expires_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(new.token_hash)
    .bind(new.account_id)
    .bind(new.auto_login)
    .bind(new.browser_key)
    .bind(new.expires_at)
    .run(&mut *tx)
    .await
}

/// The log-in of a token, while it waits and has fewer than `most_tries` answers.
pub async fn find(
    db: &Db,
    token_hash: &str,
    most_tries: i64,
    now: i64,
) -> Result<Option<PendingSignIn>> {
    sql::query_as(
        "SELECT account_id, auto_login, browser_key, n_tries FROM pending_sign_ins
         WHERE token_hash = $1 AND n_tries < $2 AND used_at IS NULL AND expires_at > $3",
    )
    .bind(token_hash)
    .bind(most_tries)
    .bind(now)
    .fetch_optional(db.reader())
    .await
}

/// Counts an answer; `None` when the log-in is over or has had `most_tries`.
pub async fn count_try(
    db: &Db,
    token_hash: &str,
    most_tries: i64,
    now: i64,
) -> Result<Option<PendingSignIn>> {
    sql::query_as(
        "UPDATE pending_sign_ins SET n_tries = n_tries + 1
         WHERE token_hash = $1 AND n_tries < $2 AND used_at IS NULL AND expires_at > $3
         RETURNING account_id, auto_login, browser_key, n_tries",
    )
    .bind(token_hash)
    .bind(most_tries)
    .bind(now)
    .fetch_optional(db.writer())
    .await
}

/// Refunds an answer that was not compared.
pub async fn refund_try(db: &Db, token_hash: &str) -> Result<()> {
    sql::query(
        "UPDATE pending_sign_ins SET n_tries = n_tries - 1 WHERE token_hash = $1 AND n_tries > 0",
    )
    .bind(token_hash)
    .run(db.writer())
    .await
}

/// Uses a log-in up; true for the first caller.
pub async fn consume(tx: &mut Writing, token_hash: &str, now: i64) -> Result<bool> {
    sql::query(
        "UPDATE pending_sign_ins SET used_at = $2
         WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2",
    )
    .bind(token_hash)
    .bind(now)
    .changes_one(&mut *tx)
    .await
}

/// Ends every log-in of an account that waits.
pub async fn delete_all(tx: &mut Writing, account_id: &str) -> Result<()> {
    sql::query("DELETE FROM pending_sign_ins WHERE account_id = $1")
        .bind(account_id)
        .run(&mut *tx)
        .await
}

/// Removes what ended before `now`.
pub async fn purge(db: &Db, now: i64) -> Result<()> {
    sql::query("DELETE FROM pending_sign_ins WHERE expires_at <= $1")
        .bind(now)
        .run(db.writer())
        .await
}
