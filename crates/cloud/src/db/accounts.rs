//! Rows of `accounts`.

pub mod browsers;
pub mod mailed_secrets;
pub mod passkeys;
pub mod pending_sign_ins;
pub mod second_factors;
pub mod sessions;

use super::{Db, Result, Writing, sql};

/// Name of the lock for everything that gives an account an address.
const ADDRESSES: &str = "addresses of accounts";

/// One account, as the table has it.
#[derive(Clone, sqlx_macros::FromRow)]
pub struct Account {
    /// Random identifier; not a secret.
    pub id: String,
    /// As its owner wrote it.
    pub user_name: String,
    /// As its owner wrote it.
    pub email: String,
    /// The canonical form of the address.
    pub email_key: String,
    /// Argon2 hash as a PHC string.
    pub password_hash: String,
    /// Since when nobody can sign in, seconds since 1970.
    pub locked_at: Option<i64>,
    /// `operator` or `person`: who locked it.
    pub locked_by: Option<String>,
    /// 1 if the account belongs to an operator of the cloud.
    pub is_operator: i64,
    /// When it was made, seconds since 1970.
    pub created_at: i64,
}

/// What a new account is made of.
pub struct NewAccount<'a> {
    /// Random identifier; not a secret.
    pub id: &'a str,
    /// As its owner wrote it.
    pub user_name: &'a str,
    /// The user name in lower case.
    pub user_name_key: &'a str,
    /// As its owner wrote it.
    pub email: &'a str,
    /// The canonical form of the address.
    pub email_key: &'a str,
    /// Argon2 hash as a PHC string.
    pub password_hash: &'a str,
}

/// Whether the canonical address has an account.
pub async fn is_known_email(db: &Db, email_key: &str) -> Result<bool> {
    let n: i64 = sql::query_scalar("SELECT COUNT(*) FROM accounts WHERE email_key = $1")
        .bind(email_key)
        .fetch_one(db.reader())
        .await?;
    Ok(n > 0)
}

/// Whether the lower-case user name has an account.
pub async fn is_known_user_name(db: &Db, user_name_key: &str) -> Result<bool> {
    let n: i64 = sql::query_scalar("SELECT COUNT(*) FROM accounts WHERE user_name_key = $1")
        .bind(user_name_key)
        .fetch_one(db.reader())
        .await?;
    Ok(n > 0)
}

/// The account that signs in with this lower-case user name or canonical address.
pub async fn find_by_login(
    db: &Db,
    user_name_key: &str,
    email_key: &str,
) -> Result<Option<Account>> {
    sql::query_as(
        "SELECT id, user_name, email, email_key, password_hash, locked_at, locked_by, is_operator, created_at
         FROM accounts WHERE user_name_key = $1 OR email_key = $2",
    )
    .bind(user_name_key)
    .bind(email_key)
    .fetch_optional(db.reader())
    .await
}

/// The address of an account.
pub async fn email(tx: &mut Writing, id: &str) -> Result<Option<String>> {
    sql::query_scalar("SELECT email FROM accounts WHERE id = $1")
        .bind(id)
        .fetch_optional(&mut *tx)
        .await
}

/// The PHC string of an account's password.
pub async fn password_hash(db: &Db, id: &str) -> Result<Option<String>> {
    sql::query_scalar("SELECT password_hash FROM accounts WHERE id = $1")
        .bind(id)
        .fetch_optional(db.reader())
        .await
}

/// Holds an account until the transaction ends, so that nobody else changes meanwhile what belongs to it. It
/// comes first in its transaction: two that lock other rows before this one could wait for each other. False
/// when there is no such account.
pub async fn hold(tx: &mut Writing, id: &str) -> Result<bool> {
    // An update that changes nothing locks the row; SQLite has no `SELECT … FOR UPDATE`.
    sql::query("UPDATE accounts SET created_at = created_at WHERE id = $1")
        .bind(id)
        .changes_one(&mut *tx)
        .await
}

/// [`hold`] for somebody who has just proven who they are; false when the account was locked, or its password
/// changed, since that was read. Without a password after a passkey.
pub async fn hold_to_sign_in(
    tx: &mut Writing,
    id: &str,
    password_hash: Option<&str>,
) -> Result<bool> {
    sql::query(
        "UPDATE accounts SET created_at = created_at
         WHERE id = $1 AND locked_at IS NULL AND ($2 IS NULL OR password_hash = $2)",
    )
    .bind(id)
    .bind(password_hash)
    .changes_one(&mut *tx)
    .await
}

/// Adds an account; false when the user name or address is taken.
pub async fn insert(tx: &mut Writing, new: &NewAccount<'_>, now: i64) -> Result<bool> {
    tx.lock(ADDRESSES).await?;
    sql::query(
        "INSERT INTO accounts (id, user_name, user_name_key, email, email_key, password_hash, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
    )
    .bind(new.id)
    .bind(new.user_name)
    .bind(new.user_name_key)
    .bind(new.email)
    .bind(new.email_key)
    .bind(new.password_hash)
    .bind(now)
    .changes_one(&mut *tx)
    .await
}

/// Makes an account an operator's, or an ordinary one; false when there is no such account.
pub async fn set_operator(tx: &mut Writing, id: &str, is_operator: bool) -> Result<bool> {
    sql::query("UPDATE accounts SET is_operator = $2 WHERE id = $1")
        .bind(id)
        .bind(i64::from(is_operator))
        .changes_one(&mut *tx)
        .await
}

/// Addresses of the operators' accounts, except locked ones.
pub async fn operators(tx: &mut Writing) -> Result<Vec<String>> {
    let text = "SELECT email FROM accounts WHERE is_operator = 1 AND locked_at IS NULL ORDER BY id";
    sql::query_scalar(text).fetch_all(&mut *tx).await
}

/// Gives an account another password.
pub async fn set_password(tx: &mut Writing, id: &str, password_hash: &str) -> Result<()> {
    sql::query("UPDATE accounts SET password_hash = $2 WHERE id = $1")
        .bind(id)
        .bind(password_hash)
        .run(&mut *tx)
        .await
}

/// Replaces the password with this hash by another one; false when the account has a different one by now.
pub async fn replace_password(
    tx: &mut Writing,
    id: &str,
    old_hash: &str,
    new_hash: &str,
) -> Result<bool> {
    let text = "UPDATE accounts SET password_hash = $3 WHERE id = $1 AND password_hash = $2";
    let replaced = sql::query(text).bind(id).bind(old_hash).bind(new_hash);
    Ok(replaced.execute(&mut *tx).await?.rows_affected() == 1)
}

/// Gives an account another address; false when somebody else has it.
pub async fn set_email(tx: &mut Writing, id: &str, email: &str, email_key: &str) -> Result<bool> {
    // Without the lock, the loser of a race for an address would break the constraint: an error instead of
    // an answer.
    tx.lock(ADDRESSES).await?;
    sql::query(
        "UPDATE accounts SET email = $2, email_key = $3
         WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM accounts WHERE email_key = $3 AND id <> $1)",
    )
    .bind(id)
    .bind(email)
    .bind(email_key)
    .changes_one(&mut *tx)
    .await
}

/// The account with this identifier.
pub async fn find(db: &Db, id: &str) -> Result<Option<Account>> {
    sql::query_as(
        "SELECT id, user_name, email, email_key, password_hash, locked_at, locked_by, is_operator, created_at
         FROM accounts WHERE id = $1",
    )
    .bind(id)
    .fetch_optional(db.reader())
    .await
}

/// Locks an account; an operator's lock is never replaced. False when there is no such account.
pub async fn lock(tx: &mut Writing, id: &str, by: &str, now: i64) -> Result<bool> {
    sql::query(
        "UPDATE accounts SET
             locked_at = COALESCE(locked_at, $3),
             locked_by = CASE WHEN locked_by = 'operator' THEN locked_by ELSE $2 END
         WHERE id = $1",
    )
    .bind(id)
    .bind(by)
    .bind(now)
    .changes_one(&mut *tx)
    .await
}

/// Unlocks an account; false when it was not locked.
pub async fn unlock(tx: &mut Writing, id: &str) -> Result<bool> {
    sql::query(
        "UPDATE accounts SET locked_at = NULL, locked_by = NULL WHERE id = $1 AND locked_at IS NOT NULL",
    )
    .bind(id)
    .changes_one(&mut *tx)
    .await
}

/// Unlocks an account if it was locked by `by`.
pub async fn lift_lock_of(tx: &mut Writing, id: &str, by: &str) -> Result<()> {
    sql::query(
        "UPDATE accounts SET locked_at = NULL, locked_by = NULL WHERE id = $1 AND locked_by = $2",
    )
    .bind(id)
    .bind(by)
    .run(&mut *tx)
    .await
}

/// Deletes an account and, by foreign keys, the rows that are about it alone; false when it is already gone.
pub async fn delete(tx: &mut Writing, id: &str) -> Result<bool> {
    sql::query("DELETE FROM accounts WHERE id = $1")
        .bind(id)
        .changes_one(&mut *tx)
        .await
}

/// The language of the account with this address; nothing where there is none.
pub async fn language_of_email(tx: &mut Writing, email_key: &str) -> Result<Option<String>> {
    sql::query_scalar("SELECT language FROM accounts WHERE email_key = $1")
        .bind(email_key)
        .fetch_optional(&mut *tx)
        .await
}

/// Sets the language that somebody chose.
pub async fn set_language(db: &Db, id: &str, language: &str) -> Result<()> {
    sql::query("UPDATE accounts SET language = $2 WHERE id = $1")
        .bind(id)
        .bind(language)
        .run(db.writer())
        .await
}

/// Sets the language of an account that has none yet.
pub async fn set_first_language(tx: &mut Writing, id: &str, language: &str) -> Result<()> {
    sql::query("UPDATE accounts SET language = $2 WHERE id = $1 AND language = ''")
        .bind(id)
        .bind(language)
        .run(&mut *tx)
        .await
}
