//! Rows of `email_changes`: new addresses that were asked for, and those that came into use.

use super::sql::On;
use super::{Db, Result, Writing, sql};

/// What a new row is made of.
pub struct NewChange<'a> {
    /// Random identifier.
    pub id: &'a str,
    /// Whose address it is about.
    pub account_id: &'a str,
    /// SHA-256 of the token in the mail to the new address.
    pub token_hash: &'a str,
    /// The address as it is.
    pub old_email: &'a str,
    /// Its canonical form.
    pub old_email_key: &'a str,
    /// The address as it is to be.
    pub new_email: &'a str,
    /// Its canonical form.
    pub new_email_key: &'a str,
    /// The mailed button works until here.
    pub expires_at: i64,
}

/// A change that waits for its mailbox to say yes.
#[derive(Debug, Clone, sqlx_macros::FromRow)]
pub struct Pending {
    /// Identifier.
    pub id: String,
    /// Whose address it is about.
    pub account_id: String,
    /// The address as it is.
    pub old_email: String,
    /// The address as it is to be.
    pub new_email: String,
    /// Its canonical form.
    pub new_email_key: String,
}

/// Adds a change; those of the account that wait are gone.
pub async fn insert(tx: &mut Writing, new: &NewChange<'_>, now: i64) -> Result<()> {
    drop_pending(tx, new.account_id).await?;
    sql::query(
        "INSERT INTO email_changes (id, account_id, token_hash, old_email, old_email_key, new_email,
                                    new_email_key, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(new.id)
    .bind(new.account_id)
    .bind(new.token_hash)
    .bind(new.old_email)
    .bind(new.old_email_key)
    .bind(new.new_email)
    .bind(new.new_email_key)
    .bind(now)
    .bind(new.expires_at)
    .execute(&mut *tx)
    .await?;
    Ok(())
}

/// The change that a mailed button confirms, while it waits.
pub async fn find(db: &Db, token_hash: &str, now: i64) -> Result<Option<Pending>> {
    let pending = sql::query_as(
        "SELECT c.id, c.account_id, c.old_email, c.new_email, c.new_email_key
         FROM email_changes c JOIN accounts a ON a.id = c.account_id
         WHERE c.token_hash = $1 AND c.confirmed_at IS NULL AND c.expires_at > $2 AND a.locked_at IS NULL",
    )
    .bind(token_hash)
    .bind(now)
    .fetch_optional(db.reader())
    .await?;
    Ok(pending)
}

/// The address that waits for its mailbox to say yes.
pub async fn waiting(db: &Db, account_id: &str, now: i64) -> Result<Option<String>> {
    let address = sql::query_scalar(
        "SELECT new_email FROM email_changes
         WHERE account_id = $1 AND confirmed_at IS NULL AND expires_at > $2",
    )
    .bind(account_id)
    .bind(now)
    .fetch_optional(db.reader())
    .await?;
    Ok(address)
}

/// Whether this account asked for this address after `since` and its mailbox has not said yes.
pub async fn is_asked<'a>(
    on: impl Into<On<'a>>,
    account_id: &str,
    new_email_key: &str,
    since: i64,
) -> Result<bool> {
    let n: i64 = sql::query_scalar(
        "SELECT COUNT(*) FROM email_changes WHERE account_id = $1 AND new_email_key = $2
           AND created_at > $3 AND confirmed_at IS NULL",
    )
    .bind(account_id)
    .bind(new_email_key)
    .bind(since)
    .fetch_one(on)
    .await?;
    Ok(n > 0)
}

/// Confirms a change; true for the first who does while it waits.
pub async fn confirm(tx: &mut Writing, id: &str, now: i64) -> Result<bool> {
    let confirmed = sql::query(
        "UPDATE email_changes SET confirmed_at = $2
         WHERE id = $1 AND confirmed_at IS NULL AND expires_at > $2",
    )
    .bind(id)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    Ok(confirmed.rows_affected() == 1)
}

/// The address that a change took away, and its canonical form.
pub async fn old_address(tx: &mut Writing, id: &str) -> Result<Option<(String, String)>> {
    let old = sql::query_as("SELECT old_email, old_email_key FROM email_changes WHERE id = $1")
        .bind(id)
        .fetch_optional(&mut *tx)
        .await?;
    Ok(old)
}

/// Forgets the changes of an account that wait.
pub async fn drop_pending(tx: &mut Writing, account_id: &str) -> Result<()> {
    sql::query("DELETE FROM email_changes WHERE account_id = $1 AND confirmed_at IS NULL")
        .bind(account_id)
        .execute(&mut *tx)
        .await?;
    Ok(())
}

/// Removes what waited in vain, and what came into use before `before`.
pub async fn purge(db: &Db, now: i64, before: i64) -> Result<()> {
    sql::query(
        "DELETE FROM email_changes
         WHERE (confirmed_at IS NULL AND expires_at <= $1) OR confirmed_at <= $2",
    )
    .bind(now)
    .bind(before)
    .execute(db.writer())
    .await?;
    Ok(())
}
