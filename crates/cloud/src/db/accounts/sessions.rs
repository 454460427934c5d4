//! Rows of `sessions`: which account is signed in where.

use crate::db::{Db, Result, Writing, sql};

/// A live session and its account.
#[derive(Debug, Clone, sqlx_macros::FromRow)]
pub struct Session {
    /// Identifier of the session; not a secret.
    pub id: String,
    /// Account that it belongs to.
    pub account_id: String,
    /// User name of the account.
    pub user_name: String,
    /// Mail address of the account.
    pub email: String,
    /// Whether it was started with Auto-login.
    pub persistent: bool,
    /// Public key that renews it, base64url; empty when none does.
    pub browser_key: String,
    /// Its token is valid until this time, seconds since 1970.
    pub token_until: i64,
    /// Last time the password was given, seconds since 1970.
    pub proven_at: i64,
    /// Last use that was noted, seconds since 1970.
    pub last_seen_at: i64,
    /// Language of the account, or nothing.
    pub language: String,
    /// Whether it is an operator's who has yet to turn on the second factor.
    pub lacks_factor: bool,
}

/// What a new session is made of; times in seconds since 1970.
pub struct NewSession<'a> {
    /// Random identifier; not a secret.
    pub id: &'a str,
    /// SHA-256 of the session's token.
    pub token_hash: &'a str,
    /// The token is valid until this time.
    pub token_until: i64,
    /// Account that it belongs to.
    pub account_id: &'a str,
    /// Whether it was started with Auto-login.
    pub persistent: bool,
    /// What the browser calls itself.
    pub user_agent: &'a str,
    /// Masked address that it was started from.
    pub place: &'a str,
    /// SHA-256 of the cookie that knows the browser.
    pub browser_hash: &'a str,
    /// Public key that renews it, or empty.
    pub browser_key: &'a str,
    /// It ends at this time unless it is used before.
    pub idle_until: i64,
    /// It ends here at the latest.
    pub expires_at: i64,
}

/// A session as its owner sees it.
#[derive(Debug, Clone, sqlx_macros::FromRow)]
pub struct SessionOverview {
    /// Identifier of the session; not a secret.
    pub id: String,
    /// What the browser calls itself.
    pub user_agent: String,
    /// Masked address of the last use.
    pub place: String,
    /// Whether it was started with Auto-login.
    pub persistent: bool,
    /// When it began, seconds since 1970.
    pub created_at: i64,
    /// Last use that was noted, seconds since 1970.
    pub last_seen_at: i64,
}

/// A session that its browser's key may renew.
#[derive(Debug, Clone, sqlx_macros::FromRow)]
pub struct Renewable {
    /// Identifier of the session; not a secret.
    pub id: String,
    /// Public key that renews it, base64url.
    pub browser_key: String,
}

/// A token that takes the place of another.
pub struct NewToken<'a> {
    /// SHA-256 of the new one.
    pub hash: &'a str,
    /// It is valid until this time.
    pub until: i64,
    /// The previous token stays valid until this time; 0 ends it at once.
    pub previous_until: i64,
}

/// Adds a session that begins now.
pub async fn insert(tx: &mut Writing, new: &NewSession<'_>, now: i64) -> Result<()> {
    sql::query(
        "INSERT INTO sessions (id, token_hash, token_until, account_id, persistent, user_agent, place,
                               browser_hash, browser_key, created_at, last_seen_at, proven_at, idle_until, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $10, $11, $12)",
    )
    .bind(new.id)
    .bind(new.token_hash)
    .bind(new.token_until)
    .bind(new.account_id)
    .bind(new.persistent)
    .bind(new.user_agent)
    .bind(new.place)
    .bind(new.browser_hash)
    .bind(new.browser_key)
    .bind(now)
    .bind(new.idle_until)
    .bind(new.expires_at)
    .run(&mut *tx)
    .await
}

/// The session of a token, unless it has ended.
pub async fn find(db: &Db, token_hash: &str, now: i64) -> Result<Option<Session>> {
    // The previous token counts for a few seconds: requests that were on their way still carry it.
    sql::query_as(
        "SELECT s.id, s.account_id, a.user_name, a.email, s.persistent, s.browser_key, s.token_until, s.proven_at, s.last_seen_at, a.language,
                (a.is_operator = 1 AND NOT EXISTS (SELECT 1 FROM second_factors f WHERE f.account_id = a.id)) AS lacks_factor
         FROM sessions s JOIN accounts a ON a.id = s.account_id
         WHERE ((s.token_hash = $1 AND s.token_until > $2) OR (s.previous_hash = $1 AND s.previous_until > $2))
           AND s.idle_until > $2 AND s.expires_at > $2 AND a.locked_at IS NULL",
    )
    .bind(token_hash)
    .bind(now)
    .fetch_optional(db.reader())
    .await
}

/// The session that a browser's key may renew.
pub async fn find_renewable(db: &Db, browser_hash: &str, now: i64) -> Result<Option<Renewable>> {
    sql::query_as(
        "SELECT s.id, s.browser_key FROM sessions s JOIN accounts a ON a.id = s.account_id
         WHERE s.browser_hash = $1 AND s.browser_key <> '' AND s.idle_until > $2 AND s.expires_at > $2
           AND a.locked_at IS NULL
         ORDER BY s.created_at DESC LIMIT 1",
    )
    .bind(browser_hash)
    .bind(now)
    .fetch_optional(db.reader())
    .await
}

/// Live sessions of an account, newest use first.
pub async fn of_account(db: &Db, account_id: &str, now: i64) -> Result<Vec<SessionOverview>> {
    sql::query_as(
        "SELECT id, user_agent, place, persistent, created_at, last_seen_at FROM sessions
         WHERE account_id = $1 AND idle_until > $2 AND expires_at > $2
           AND (token_until > $2 OR browser_key <> '')
         ORDER BY last_seen_at DESC, id",
    )
    .bind(account_id)
    .bind(now)
    .fetch_all(db.reader())
    .await
}

/// Whether a session, by its identifier, has not ended.
pub async fn is_live(db: &Db, id: &str, now: i64) -> Result<bool> {
    let n: i64 = sql::query_scalar(
        "SELECT COUNT(*) FROM sessions s JOIN accounts a ON a.id = s.account_id
         WHERE s.id = $1 AND s.token_until > $2 AND s.idle_until > $2 AND s.expires_at > $2
           AND a.locked_at IS NULL",
    )
    .bind(id)
    .bind(now)
    .fetch_one(db.reader())
    .await?;
    Ok(n > 0)
}

/// When a session ends unless it is used or renewed, seconds since 1970; `None` when log-out
/// or a lock ended it.
pub async fn ends_at(db: &Db, id: &str) -> Result<Option<i64>> {
    let limits: Option<(i64, i64, i64)> =
        sql::query_as(
            "SELECT s.token_until, s.idle_until, s.expires_at FROM sessions s JOIN accounts a ON a.id = s.account_id
             WHERE s.id = $1 AND a.locked_at IS NULL",
        )
        .bind(id)
        .fetch_optional(db.reader())
        .await?;
    Ok(limits.map(|(token, idle, life)| token.min(idle).min(life)))
}

/// Notes a use and moves the idle limit.
pub async fn touch(db: &Db, id: &str, now: i64, idle_until: i64) -> Result<()> {
    sql::query("UPDATE sessions SET last_seen_at = $2, idle_until = $3 WHERE id = $1")
        .bind(id)
        .bind(now)
        .bind(idle_until)
        .run(db.writer())
        .await
}

/// Replaces the token of a live session, notes the use and moves the idle limit; false
/// when it has ended meanwhile.
pub async fn renew(
    tx: &mut Writing,
    id: &str,
    token: &NewToken<'_>,
    idle_until: i64,
    now: i64,
) -> Result<bool> {
    sql::query(
        "UPDATE sessions SET previous_hash = token_hash, previous_until = $4, token_hash = $2, token_until = $3,
                             idle_until = $5, last_seen_at = $6
         WHERE id = $1 AND idle_until > $6 AND expires_at > $6",
    )
    .bind(id)
    .bind(token.hash)
    .bind(token.until)
    .bind(token.previous_until)
    .bind(idle_until)
    .bind(now)
    .changes_one(&mut *tx)
    .await
}

/// Notes that the password was given again.
pub async fn set_proven(tx: &mut Writing, id: &str, now: i64) -> Result<()> {
    sql::query("UPDATE sessions SET proven_at = $2 WHERE id = $1")
        .bind(id)
        .bind(now)
        .run(&mut *tx)
        .await
}

/// Notes where a session was last used from.
pub async fn set_place(tx: &mut Writing, id: &str, place: &str) -> Result<()> {
    sql::query("UPDATE sessions SET place = $2 WHERE id = $1")
        .bind(id)
        .bind(place)
        .run(&mut *tx)
        .await
}

/// Uses a nonce up; true for the first caller.
pub async fn use_nonce(tx: &mut Writing, nonce: &str, expires_at: i64) -> Result<bool> {
    sql::query(
        "INSERT INTO renewals (nonce, expires_at) VALUES ($1, $2) ON CONFLICT (nonce) DO NOTHING",
    )
    .bind(nonce)
    .bind(expires_at)
    .changes_one(&mut *tx)
    .await
}

/// Ends one session if it is this account's; false when it is not.
pub async fn delete(tx: &mut Writing, id: &str, account_id: &str) -> Result<bool> {
    sql::query("DELETE FROM sessions WHERE id = $1 AND account_id = $2")
        .bind(id)
        .bind(account_id)
        .changes_one(&mut *tx)
        .await
}

/// Ends every session of an account and returns which.
pub async fn delete_all(tx: &mut Writing, account_id: &str) -> Result<Vec<String>> {
    delete_others(tx, account_id, "").await
}

/// Ends every session of an account but one and returns which.
pub async fn delete_others(tx: &mut Writing, account_id: &str, kept: &str) -> Result<Vec<String>> {
    sql::query_scalar("DELETE FROM sessions WHERE account_id = $1 AND id <> $2 RETURNING id")
        .bind(account_id)
        .bind(kept)
        .fetch_all(&mut *tx)
        .await
}

/// Ends what a new session replaces: the sessions of its browser, and of the account's others all but the
/// `most` that were used last. Returns which.
pub async fn make_room(
    tx: &mut Writing,
    account_id: &str,
    browser_hash: &str,
    most: i64,
) -> Result<Vec<String>> {
    // Of any account, because one browser is signed in to one account at a time.
    sql::query_scalar(
        "DELETE FROM sessions
         WHERE (browser_hash = $2 AND browser_hash <> '')
            OR (account_id = $1 AND id NOT IN
                (SELECT id FROM sessions WHERE account_id = $1 ORDER BY last_seen_at DESC, id LIMIT $3))
         RETURNING id",
    )
    .bind(account_id)
    .bind(browser_hash)
    .bind(most)
    .fetch_all(&mut *tx)
    .await
}

/// Removes what ended before `now`.
pub async fn purge(db: &Db, now: i64) -> Result<()> {
    sql::query(
        "DELETE FROM sessions WHERE idle_until <= $1 OR expires_at <= $1 OR (token_until <= $1 AND browser_key = '')",
    )
    .bind(now)
    .execute(db.writer())
    .await?;
    sql::query("DELETE FROM renewals WHERE expires_at <= $1")
        .bind(now)
        .run(db.writer())
        .await
}

#[cfg(test)]
mod tests {
    use super::super::super::test::fresh;
    use super::*;

    async fn is_new(db: &Db, nonce: &str) -> bool {
        let mut tx = db.begin().await.unwrap();
        let is_new = use_nonce(&mut tx, nonce, 100).await.unwrap();
        tx.commit().await.unwrap();
        is_new
    }

    #[tokio::test]
    async fn used_nonces_are_forgotten_only_when_they_expire() {
        let (_dir, db) = fresh().await;
        assert!(is_new(&db, "once").await);

        purge(&db, 99).await.unwrap();
        assert!(!is_new(&db, "once").await);

        purge(&db, 100).await.unwrap();
        assert!(is_new(&db, "once").await);
    }
}
