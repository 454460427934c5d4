//! Rows of `second_factors`, `app_keys` and `recovery_codes`: the factors of an account besides its password.

use crate::db::sql::On;
use crate::db::{Db, Result, Writing, sql};

/// The second factors of an account, and what decides whether they count.
#[derive(Debug, Clone, PartialEq, Eq, sqlx_macros::FromRow)]
pub struct HeldFactors {
    /// Mail address of the account's owner.
    pub email: String,
    /// Since when nobody can sign in, seconds since 1970.
    pub locked_at: Option<i64>,
    /// Since when its second factor is on, if it is; seconds since 1970.
    pub turned_on_at: Option<i64>,
    /// Salt of its recovery codes, while they count.
    pub code_salt: Option<String>,
    /// Sealed key of its code app, once confirmed.
    pub app_key: Option<String>,
    /// Recovery codes that are left.
    pub n_codes: i64,
    /// Number of passkeys of the account.
    pub n_passkeys: i64,
}

/// The second factors of this account, as the database or the transaction sees them.
pub async fn find<'a>(on: impl Into<On<'a>>, account_id: &str) -> Result<Option<HeldFactors>> {
    sql::query_as(
        "SELECT a.email, a.locked_at, f.turned_on_at, f.code_salt, k.sealed_key AS app_key,
                (SELECT COUNT(*) FROM recovery_codes c WHERE c.account_id = a.id AND c.used_at IS NULL) AS n_codes,
                (SELECT COUNT(*) FROM passkeys p WHERE p.account_id = a.id) AS n_passkeys
         FROM accounts a
         LEFT JOIN second_factors f ON f.account_id = a.id
         LEFT JOIN app_keys k ON k.account_id = a.id
         WHERE a.id = $1",
    )
    .bind(account_id)
    .fetch_optional(on)
    .await
}

/// Turns the second factor on, with recovery codes of this salt.
pub async fn turn_on(tx: &mut Writing, account_id: &str, salt: &str, now: i64) -> Result<()> {
    // New codes of a factor that is on already do not change since when it is on.
    sql::query(
        "INSERT INTO second_factors (account_id, code_salt, turned_on_at) VALUES ($1, $2, $3)
         ON CONFLICT (account_id) DO UPDATE SET code_salt = excluded.code_salt",
    )
    .bind(account_id)
    .bind(salt)
    .bind(now)
    .run(&mut *tx)
    .await
}

/// Turns the second factor off; recovery codes and the app's key are deleted. False when it was off.
pub async fn turn_off(tx: &mut Writing, account_id: &str) -> Result<bool> {
    sql::query("DELETE FROM recovery_codes WHERE account_id = $1")
        .bind(account_id)
        .execute(&mut *tx)
        .await?;
    sql::query("DELETE FROM app_keys WHERE account_id = $1")
        .bind(account_id)
        .execute(&mut *tx)
        .await?;
    sql::query("DELETE FROM second_factors WHERE account_id = $1")
        .bind(account_id)
        .changes_one(&mut *tx)
        .await
}

/// Stores a sealed key that its owner has yet to confirm; a confirmed key stays as it is.
pub async fn offer_key(db: &Db, account_id: &str, sealed: &str, now: i64) -> Result<()> {
    sql::query(
        "INSERT INTO app_keys (account_id, offered_key, offered_at) VALUES ($1, $2, $3)
         ON CONFLICT (account_id) DO UPDATE SET
             offered_key = excluded.offered_key, offered_at = excluded.offered_at",
    )
    .bind(account_id)
    .bind(sealed)
    .bind(now)
    .run(db.writer())
    .await
}

/// The sealed key that was offered after `offered_after` and not confirmed yet.
pub async fn offered_key(db: &Db, account_id: &str, offered_after: i64) -> Result<Option<String>> {
    let sealed: Option<Option<String>> = sql::query_scalar(
        "SELECT offered_key FROM app_keys WHERE account_id = $1 AND offered_at > $2",
    )
    .bind(account_id)
    .bind(offered_after)
    .fetch_optional(db.reader())
    .await?;
    Ok(sealed.flatten())
}

/// Confirms the offered key, with `step` used up; true for the first caller.
pub async fn adopt_key(
    tx: &mut Writing,
    account_id: &str,
    offered: &str,
    step: i64,
) -> Result<bool> {
    sql::query(
        "UPDATE app_keys SET sealed_key = offered_key, offered_key = NULL, last_step = $3
         WHERE account_id = $1 AND offered_key = $2",
    )
    .bind(account_id)
    .bind(offered)
    .bind(step)
    .changes_one(&mut *tx)
    .await
}

/// Uses up a time step of this very key and all steps before it; true for the first caller.
pub async fn use_step(
    tx: &mut Writing,
    account_id: &str,
    sealed_key: &str,
    step: i64,
) -> Result<bool> {
    // A code must not be accepted twice (RFC 6238 §5.2), also when two requests bring it at once.
    sql::query(
        "UPDATE app_keys SET last_step = $3
         WHERE account_id = $1 AND sealed_key = $2 AND last_step < $3",
    )
    .bind(account_id)
    .bind(sealed_key)
    .bind(step)
    .changes_one(&mut *tx)
    .await
}

/// Replaces an account's recovery codes by these hashes.
pub async fn replace_codes(tx: &mut Writing, account_id: &str, hashes: &[String]) -> Result<()> {
    sql::query("DELETE FROM recovery_codes WHERE account_id = $1")
        .bind(account_id)
        .execute(&mut *tx)
        .await?;
    for hash in hashes {
        sql::query("INSERT INTO recovery_codes (account_id, code_hash) VALUES ($1, $2)")
            .bind(account_id)
            .bind(hash)
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

/// Uses a recovery code up; true for the first caller.
pub async fn use_code(tx: &mut Writing, account_id: &str, hash: &str, now: i64) -> Result<bool> {
    sql::query(
        "UPDATE recovery_codes SET used_at = $3
         WHERE account_id = $1 AND code_hash = $2 AND used_at IS NULL",
    )
    .bind(account_id)
    .bind(hash)
    .bind(now)
    .changes_one(&mut *tx)
    .await
}
