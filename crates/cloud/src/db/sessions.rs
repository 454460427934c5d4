//! Rows of `sessions`: who is signed in where.

use super::{Db, Result, Writing};

/// A live session and its account.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Session {
    /// Identifier of the session; not a secret.
    pub id: String,
    /// Whose it is.
    pub account_id: String,
    /// User name of the account.
    pub user_name: String,
    /// Address of the account.
    pub email: String,
    /// With Auto-login.
    pub persistent: bool,
    /// Last use that was noted, seconds since 1970.
    pub last_seen_at: i64,
}

/// What a new session is made of; times in seconds since 1970.
pub struct NewSession<'a> {
    /// Random identifier.
    pub id: &'a str,
    /// SHA-256 of its token.
    pub token_hash: &'a str,
    /// Whose it is.
    pub account_id: &'a str,
    /// With Auto-login.
    pub persistent: bool,
    /// What the browser calls itself.
    pub user_agent: &'a str,
    /// It ends when unused until here.
    pub idle_until: i64,
    /// It ends here at the latest.
    pub expires_at: i64,
}

/// Adds a session.
pub async fn insert(tx: &mut Writing, new: &NewSession<'_>, now: i64) -> Result<()> {
    sqlx::query(
        "INSERT INTO sessions (id, token_hash, account_id, persistent, user_agent, created_at, last_seen_at,
                               idle_until, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8)",
    )
    .bind(new.id)
    .bind(new.token_hash)
    .bind(new.account_id)
    .bind(new.persistent)
    .bind(new.user_agent)
    .bind(now)
    .bind(new.idle_until)
    .bind(new.expires_at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The session of a token, unless it has ended.
pub async fn find(db: &Db, token_hash: &str, now: i64) -> Result<Option<Session>> {
    let session = sqlx::query_as(
        "SELECT s.id, s.account_id, a.user_name, a.email, s.persistent, s.last_seen_at
         FROM sessions s JOIN accounts a ON a.id = s.account_id
         WHERE s.token_hash = $1 AND s.idle_until > $2 AND s.expires_at > $2 AND a.locked_at IS NULL",
    )
    .bind(token_hash)
    .bind(now)
    .fetch_optional(db.reader())
    .await?;
    Ok(session)
}

/// Whether a session, by its identifier, has not ended.
pub async fn is_live(db: &Db, id: &str, now: i64) -> Result<bool> {
    let n: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM sessions s JOIN accounts a ON a.id = s.account_id
         WHERE s.id = $1 AND s.idle_until > $2 AND s.expires_at > $2 AND a.locked_at IS NULL",
    )
    .bind(id)
    .bind(now)
    .fetch_one(db.reader())
    .await?;
    Ok(n > 0)
}

/// When a session ends if it is not used, seconds since 1970; `None` when it has ended by log-out.
pub async fn ends_at(db: &Db, id: &str) -> Result<Option<i64>> {
    let limits: Option<(i64, i64)> =
        sqlx::query_as("SELECT idle_until, expires_at FROM sessions WHERE id = $1")
            .bind(id)
            .fetch_optional(db.reader())
            .await?;
    Ok(limits.map(|(idle_until, expires_at)| idle_until.min(expires_at)))
}

/// Notes a use and moves the idle limit.
pub async fn touch(db: &Db, id: &str, now: i64, idle_until: i64) -> Result<()> {
    sqlx::query("UPDATE sessions SET last_seen_at = $2, idle_until = $3 WHERE id = $1")
        .bind(id)
        .bind(now)
        .bind(idle_until)
        .execute(db.writer())
        .await?;
    Ok(())
}

/// Ends one session.
pub async fn delete(db: &Db, id: &str) -> Result<()> {
    sqlx::query("DELETE FROM sessions WHERE id = $1")
        .bind(id)
        .execute(db.writer())
        .await?;
    Ok(())
}

/// Ends every session of an account and tells which.
pub async fn delete_all(tx: &mut Writing, account_id: &str) -> Result<Vec<String>> {
    let ids = sqlx::query_scalar("DELETE FROM sessions WHERE account_id = $1 RETURNING id")
        .bind(account_id)
        .fetch_all(&mut **tx)
        .await?;
    Ok(ids)
}

/// Removes what ended before `now`.
pub async fn purge(db: &Db, now: i64) -> Result<()> {
    sqlx::query("DELETE FROM sessions WHERE idle_until <= $1 OR expires_at <= $1")
        .bind(now)
        .execute(db.writer())
        .await?;
    Ok(())
}
