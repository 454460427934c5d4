//! Rows of `recoveries`: one walk through Forgot password by one browser.

use super::{Db, Result, Writing, sql};

/// One walk.
#[derive(Clone, sqlx_macros::FromRow)]
pub struct Recovery {
    /// Random identifier; not the cookie's secret.
    pub id: String,
    /// The form it came from.
    pub form_id: String,
    /// User name or address as it was typed.
    pub login: String,
    /// Whose password; none when nobody has this name or address, and then no code is right.
    pub account_id: Option<String>,
    /// What code and button are derived from.
    pub code_nonce: String,
    /// Whether its mail holds a code.
    pub short_code: bool,
    /// Tries of the code.
    pub n_tries: i64,
    /// End of code, button and walk, seconds since 1970.
    pub expires_at: i64,
    /// When the right code came, or the button was pressed.
    pub proven_at: Option<i64>,
}

/// What a new walk is made of.
pub struct NewRecovery<'a> {
    /// Random identifier.
    pub id: &'a str,
    /// SHA-256 of the cookie's secret.
    pub flow_hash: &'a str,
    /// The form it came from.
    pub form_id: &'a str,
    /// User name or address as it was typed.
    pub login: &'a str,
    /// Whose password.
    pub account_id: Option<&'a str>,
    /// What code and button are derived from.
    pub code_nonce: &'a str,
    /// Whether its mail holds a code.
    pub short_code: bool,
    /// Its end, seconds since 1970.
    pub expires_at: i64,
    /// When the button was pressed that starts it.
    pub proven_at: Option<i64>,
}

/// Adds a walk.
pub async fn insert(tx: &mut Writing, new: &NewRecovery<'_>, now: i64) -> Result<()> {
    sql::query(
        "INSERT INTO recoveries (id, flow_hash, form_id, login, account_id, code_nonce, short_code, n_tries,
                                 expires_at, proven_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10)",
    )
    .bind(new.id)
    .bind(new.flow_hash)
    .bind(new.form_id)
    .bind(new.login)
    .bind(new.account_id)
    .bind(new.code_nonce)
    .bind(new.short_code)
    .bind(new.expires_at)
    .bind(new.proven_at)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    Ok(())
}

/// The walk of a cookie, while it can set a password.
pub async fn find(db: &Db, flow_hash: &str, now: i64) -> Result<Option<Recovery>> {
    let recovery = sql::query_as(
        "SELECT * FROM recoveries
         WHERE flow_hash = $1 AND expires_at > $2 AND finished_at IS NULL AND ended_at IS NULL",
    )
    .bind(flow_hash)
    .bind(now)
    .fetch_optional(db.reader())
    .await?;
    Ok(recovery)
}

/// Whether a cookie's secret has ever started a walk.
pub async fn is_used(db: &Db, flow_hash: &str) -> Result<bool> {
    let n: i64 = sql::query_scalar("SELECT COUNT(*) FROM recoveries WHERE flow_hash = $1")
        .bind(flow_hash)
        .fetch_one(db.reader())
        .await?;
    Ok(n > 0)
}

/// A walk by its identifier, inside a transaction.
pub async fn find_by_id(tx: &mut Writing, id: &str) -> Result<Option<Recovery>> {
    let recovery = sql::query_as("SELECT * FROM recoveries WHERE id = $1")
        .bind(id)
        .fetch_optional(&mut *tx)
        .await?;
    Ok(recovery)
}

/// Counts a try of the code before anybody compares it; false when it is dead or proven.
pub async fn count_try(db: &Db, id: &str, most_tries: i64, now: i64) -> Result<bool> {
    let counted = sql::query(
        "UPDATE recoveries SET n_tries = n_tries + 1
         WHERE id = $1 AND n_tries < $2 AND expires_at > $3 AND short_code
           AND proven_at IS NULL AND finished_at IS NULL AND ended_at IS NULL",
    )
    .bind(id)
    .bind(most_tries)
    .bind(now)
    .execute(db.writer())
    .await?;
    Ok(counted.rows_affected() == 1)
}

/// Notes that the right code came; true for the first.
pub async fn set_proven(db: &Db, id: &str, now: i64) -> Result<bool> {
    let proven = sql::query(
        "UPDATE recoveries SET proven_at = $2
         WHERE id = $1 AND proven_at IS NULL AND finished_at IS NULL AND ended_at IS NULL",
    )
    .bind(id)
    .bind(now)
    .execute(db.writer())
    .await?;
    Ok(proven.rows_affected() == 1)
}

/// Whether the right code has come, as the writer sees it.
pub async fn is_proven(db: &Db, id: &str) -> Result<bool> {
    let n: i64 = sql::query_scalar(
        "SELECT COUNT(*) FROM recoveries
         WHERE id = $1 AND proven_at IS NOT NULL AND finished_at IS NULL AND ended_at IS NULL",
    )
    .bind(id)
    .fetch_one(db.writer())
    .await?;
    Ok(n == 1)
}

/// Ends a proven walk; true for the first who does.
pub async fn finish(tx: &mut Writing, id: &str, now: i64) -> Result<bool> {
    let finished = sql::query(
        "UPDATE recoveries SET finished_at = $2
         WHERE id = $1 AND proven_at IS NOT NULL AND expires_at > $2
           AND finished_at IS NULL AND ended_at IS NULL",
    )
    .bind(id)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    Ok(finished.rows_affected() == 1)
}

/// Ends every open walk of an account.
pub async fn end_all(tx: &mut Writing, account_id: &str, now: i64) -> Result<()> {
    sql::query(
        "UPDATE recoveries SET ended_at = $2
         WHERE account_id = $1 AND finished_at IS NULL AND ended_at IS NULL",
    )
    .bind(account_id)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    Ok(())
}

/// Removes walks that somebody began with this user name or address, in whichever case.
pub async fn delete_of(tx: &mut Writing, login: &str) -> Result<()> {
    sql::query("DELETE FROM recoveries WHERE lower(login) = $1")
        .bind(login)
        .execute(&mut *tx)
        .await?;
    Ok(())
}

/// Removes walks that ended before `before`.
pub async fn purge(db: &Db, before: i64) -> Result<()> {
    sql::query("DELETE FROM recoveries WHERE expires_at <= $1")
        .bind(before)
        .execute(db.writer())
        .await?;
    Ok(())
}
