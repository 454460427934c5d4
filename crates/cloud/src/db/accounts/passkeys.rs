//! Rows of `passkeys`, and of `used_ceremonies`, which make a ceremony count once.

use crate::db::{Db, Result, Writing, accounts, sql};

/// A passkey as its owner sees it, with its sealed credential.
#[derive(Debug, Clone, PartialEq, Eq, sqlx_macros::FromRow)]
pub struct Passkey {
    /// Random identifier; not a secret.
    pub id: String,
    /// Account that it belongs to.
    pub account_id: String,
    /// What the authenticator calls it, base64url.
    pub credential_id: String,
    /// Sealed public key and use counter.
    pub credential: String,
    /// What its owner calls it.
    pub name: String,
    /// When it was added, seconds since 1970.
    pub added_at: i64,
    /// When it was last used, seconds since 1970.
    pub last_used_at: Option<i64>,
}

/// What a new passkey is made of.
pub struct NewPasskey<'a> {
    /// Random identifier; not a secret.
    pub id: &'a str,
    /// Account that it belongs to.
    pub account_id: &'a str,
    /// What the authenticator calls it, base64url.
    pub credential_id: &'a str,
    /// Sealed public key and use counter.
    pub credential: &'a str,
    /// What its owner calls it.
    pub name: &'a str,
}

/// The passkeys of an account, oldest first.
pub async fn list(db: &Db, account_id: &str) -> Result<Vec<Passkey>> {
    sql::query_as(
        "SELECT id, account_id, credential_id, credential, name, added_at, last_used_at
         FROM passkeys WHERE account_id = $1 ORDER BY added_at, id",
    )
    .bind(account_id)
    .fetch_all(db.reader())
    .await
}

/// The passkey with this credential identifier.
pub async fn find_by_credential(db: &Db, credential_id: &str) -> Result<Option<Passkey>> {
    sql::query_as(
        "SELECT id, account_id, credential_id, credential, name, added_at, last_used_at
         FROM passkeys WHERE credential_id = $1",
    )
    .bind(credential_id)
    .fetch_optional(db.reader())
    .await
}

/// Adds a passkey; false when its account has `most` already, or when the credential is known.
pub async fn insert(tx: &mut Writing, new: &NewPasskey<'_>, most: i64, now: i64) -> Result<bool> {
    // Held, so that two additions at the same moment are counted one after the other.
    accounts::hold(tx, new.account_id).await?;
    sql::query(
        "INSERT INTO passkeys (id, account_id, credential_id, credential, name, added_at)
         SELECT $1, $2, $3, $4, $5, $6
         WHERE (SELECT COUNT(*) FROM passkeys WHERE account_id = $2) < $7
         ON CONFLICT DO NOTHING",
    )
    .bind(new.id)
    .bind(new.account_id)
    .bind(new.credential_id)
    .bind(new.credential)
    .bind(new.name)
    .bind(now)
    .bind(most)
    .changes_one(&mut *tx)
    .await
}

/// Gives a passkey of this account another name; false when there is none.
pub async fn rename(db: &Db, account_id: &str, id: &str, name: &str) -> Result<bool> {
    sql::query("UPDATE passkeys SET name = $3 WHERE account_id = $1 AND id = $2")
        .bind(account_id)
        .bind(id)
        .bind(name)
        .changes_one(db.writer())
        .await
}

/// Removes a passkey of this account; returns its name.
pub async fn delete(tx: &mut Writing, account_id: &str, id: &str) -> Result<Option<String>> {
    sql::query_scalar("DELETE FROM passkeys WHERE account_id = $1 AND id = $2 RETURNING name")
        .bind(account_id)
        .bind(id)
        .fetch_optional(&mut *tx)
        .await
}

/// Notes a use; false when the passkey was changed since `before` was read.
pub async fn set_used(
    tx: &mut Writing,
    id: &str,
    before: &str,
    credential: &str,
    now: i64,
) -> Result<bool> {
    // Only over the credential that was checked: a slower request must not set its use counter back.
    sql::query(
        "UPDATE passkeys SET credential = $3, last_used_at = $4 WHERE id = $1 AND credential = $2",
    )
    .bind(id)
    .bind(before)
    .bind(credential)
    .bind(now)
    .changes_one(&mut *tx)
    .await
}

/// Uses a ceremony up; true for the first caller.
pub async fn use_ceremony(tx: &mut Writing, id: &str, expires_at: i64) -> Result<bool> {
    sql::query(
        "INSERT INTO used_ceremonies (id, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
    )
    .bind(id)
    .bind(expires_at)
    .changes_one(&mut *tx)
    .await
}

/// Deletes used ceremonies that have expired, which no request can use again.
pub async fn purge(db: &Db, now: i64) -> Result<()> {
    sql::query("DELETE FROM used_ceremonies WHERE expires_at <= $1")
        .bind(now)
        .run(db.writer())
        .await
}
