//! Rows of `mailed_secrets`: a code and a link that were mailed (or, for the set-up, printed), valid for one
//! thing, once. A row is one mail; a browser that was sent several continues with the newest.

mod rows;

use crate::db::sql::On;
use crate::db::{Db, Result, Writing, sql};

pub use rows::{MailedSecret, Purpose};

/// Adds a secret that is mailed with a link, or one that a link led to.
pub async fn insert(tx: &mut Writing, new: &MailedSecret, token_hash: Option<&str>) -> Result<()> {
    sql::query(
        "INSERT INTO mailed_secrets (id, purpose, subject, account_id, address, address_key, nonce, token_hash,
                                     flow_hash, form_id, is_decoy, short_code, n_mails, n_names, expires_at,
                                     link_until, proven_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $16, $17)",
    )
    .bind(&new.id)
    .bind(new.purpose.as_str())
    .bind(&new.subject)
    .bind(new.account_id.as_deref())
    .bind(&new.address)
    .bind(&new.address_key)
    .bind(&new.nonce)
    .bind(token_hash)
    .bind(new.flow_hash.as_deref())
    .bind(&new.form_id)
    .bind(new.is_decoy)
    .bind(new.short_code)
    .bind(new.n_mails)
    .bind(new.n_names)
    .bind(new.expires_at)
    .bind(new.proven_at)
    .bind(new.created_at)
    .run(&mut *tx)
    .await
}

/// The secret that the browser with this cookie continues with, unless it was finished or has ended.
pub async fn find(db: &Db, purpose: Purpose, flow_hash: &str) -> Result<Option<MailedSecret>> {
    sql::query_as(
        "SELECT * FROM mailed_secrets
         WHERE purpose = $1 AND flow_hash = $2 AND finished_at IS NULL AND ended_at IS NULL",
    )
    .bind(purpose.as_str())
    .bind(flow_hash)
    .fetch_optional(db.reader())
    .await
}

/// Whether a cookie's secret has ever been used for this.
pub async fn is_used(db: &Db, purpose: Purpose, flow_hash: &str) -> Result<bool> {
    let n: i64 = sql::query_scalar(
        "SELECT COUNT(*) FROM mailed_secrets WHERE purpose = $1 AND flow_hash = $2",
    )
    .bind(purpose.as_str())
    .bind(flow_hash)
    .fetch_one(db.reader())
    .await?;
    Ok(n > 0)
}

/// A secret by its identifier, finished or not but not ended, as the connection that writes sees it.
pub async fn find_by_id(db: &Db, id: &str) -> Result<Option<MailedSecret>> {
    sql::query_as("SELECT * FROM mailed_secrets WHERE id = $1 AND ended_at IS NULL")
        .bind(id)
        .fetch_optional(db.writer())
        .await
}

/// The secret of a link, while the link is valid.
pub async fn find_by_link(
    db: &Db,
    purpose: Purpose,
    token_hash: &str,
    now: i64,
) -> Result<Option<MailedSecret>> {
    sql::query_as(
        "SELECT * FROM mailed_secrets
         WHERE purpose = $1 AND token_hash = $2 AND link_until > $3 AND NOT is_decoy
           AND finished_at IS NULL AND ended_at IS NULL",
    )
    .bind(purpose.as_str())
    .bind(token_hash)
    .bind(now)
    .fetch_optional(db.reader())
    .await
}

/// Uses a link up and returns its secret; `None` for all but the first caller.
pub async fn consume(
    tx: &mut Writing,
    purpose: Purpose,
    token_hash: &str,
    now: i64,
) -> Result<Option<MailedSecret>> {
    sql::query_as(
        "UPDATE mailed_secrets SET ended_at = $3
         WHERE purpose = $1 AND token_hash = $2 AND link_until > $3 AND NOT is_decoy
           AND finished_at IS NULL AND ended_at IS NULL
         RETURNING *",
    )
    .bind(purpose.as_str())
    .bind(token_hash)
    .bind(now)
    .fetch_optional(&mut *tx)
    .await
}

/// The newest secret of an account whose link was not used yet.
pub async fn find_waiting<'a>(
    on: impl Into<On<'a>>,
    purpose: Purpose,
    subject: &str,
    now: i64,
) -> Result<Option<MailedSecret>> {
    sql::query_as(
        "SELECT * FROM mailed_secrets
         WHERE purpose = $1 AND subject = $2 AND link_until > $3
           AND finished_at IS NULL AND ended_at IS NULL
         ORDER BY created_at DESC",
    )
    .bind(purpose.as_str())
    .bind(subject)
    .bind(now)
    .fetch_optional(on)
    .await
}

/// How many secrets were mailed to browsers since `since`, as far as rows are kept.
pub async fn count_since(db: &Db, purpose: Purpose, since: i64) -> Result<i64> {
    sql::query_scalar(
        "SELECT COUNT(*) FROM mailed_secrets
         WHERE purpose = $1 AND created_at > $2 AND flow_hash IS NOT NULL",
    )
    .bind(purpose.as_str())
    .bind(since)
    .fetch_one(db.reader())
    .await
}

/// Detaches a secret from its browser, which continues with another mail; the link stays valid. `None` for
/// all but the first caller.
pub async fn release(tx: &mut Writing, id: &str) -> Result<Option<MailedSecret>> {
    sql::query_as(
        "UPDATE mailed_secrets SET flow_hash = NULL
         WHERE id = $1 AND flow_hash IS NOT NULL AND finished_at IS NULL AND ended_at IS NULL
         RETURNING *",
    )
    .bind(id)
    .fetch_optional(&mut *tx)
    .await
}

/// Counts a try of the code before it is compared; false when the code is used up, expired,
/// proven or was never mailed.
pub async fn count_try(db: &Db, id: &str, most_tries: i64, now: i64) -> Result<bool> {
    sql::query(
        "UPDATE mailed_secrets SET n_tries = n_tries + 1
         WHERE id = $1 AND n_tries < $2 AND expires_at > $3 AND short_code AND flow_hash IS NOT NULL
           AND proven_at IS NULL AND finished_at IS NULL AND ended_at IS NULL",
    )
    .bind(id)
    .bind(most_tries)
    .bind(now)
    .changes_one(db.writer())
    .await
}

/// Notes that the right code came; true for the first time, while its browser continues with it.
pub async fn set_proven(db: &Db, id: &str, now: i64) -> Result<bool> {
    sql::query(
        "UPDATE mailed_secrets SET proven_at = $2
         WHERE id = $1 AND flow_hash IS NOT NULL
           AND proven_at IS NULL AND finished_at IS NULL AND ended_at IS NULL",
    )
    .bind(id)
    .bind(now)
    .changes_one(db.writer())
    .await
}

/// Counts a user name that was asked for; false when there were too many.
pub async fn count_name(db: &Db, id: &str, most_names: i64) -> Result<bool> {
    sql::query("UPDATE mailed_secrets SET n_names = n_names + 1 WHERE id = $1 AND n_names < $2")
        .bind(id)
        .bind(most_names)
        .changes_one(db.writer())
        .await
}

/// Finishes what a proven secret is for; true for the first caller, and only while it is valid.
pub async fn finish(tx: &mut Writing, id: &str, now: i64) -> Result<bool> {
    sql::query(
        "UPDATE mailed_secrets SET finished_at = $2
         WHERE id = $1 AND proven_at IS NOT NULL AND expires_at > $2
           AND finished_at IS NULL AND ended_at IS NULL",
    )
    .bind(id)
    .bind(now)
    .changes_one(&mut *tx)
    .await
}

/// Ends every code and link for this purpose that somebody was mailed.
pub async fn end_all(tx: &mut Writing, purpose: Purpose, subject: &str, now: i64) -> Result<()> {
    end_others(tx, purpose, subject, "", now).await
}

/// [`end_all`] except for the secret with this identifier.
pub async fn end_others(
    tx: &mut Writing,
    purpose: Purpose,
    subject: &str,
    id: &str,
    now: i64,
) -> Result<()> {
    sql::query(
        "UPDATE mailed_secrets SET ended_at = $4
         WHERE purpose = $1 AND subject = $2 AND id <> $3
           AND finished_at IS NULL AND ended_at IS NULL",
    )
    .bind(purpose.as_str())
    .bind(subject)
    .bind(id)
    .bind(now)
    .run(&mut *tx)
    .await
}

/// Makes the link of somebody's newest mail valid until `seconds` after it was mailed.
pub async fn prolong_last(db: &Db, purpose: Purpose, subject: &str, seconds: i64) -> Result<()> {
    sql::query(
        "UPDATE mailed_secrets SET link_until = created_at + $3
         WHERE purpose = $1 AND subject = $2 AND finished_at IS NULL AND ended_at IS NULL
           AND created_at = (SELECT MAX(created_at) FROM mailed_secrets
                             WHERE purpose = $1 AND subject = $2 AND token_hash IS NOT NULL)",
    )
    .bind(purpose.as_str())
    .bind(subject)
    .bind(seconds)
    .run(db.writer())
    .await
}

/// Whether there is no account and never was one that a printed link created.
pub async fn is_setup_open<'a>(on: impl Into<On<'a>>) -> Result<bool> {
    // A used link counts for good: when the last account is deleted, the cloud must not be open to whoever
    // comes next.
    let n: i64 = sql::query_scalar(
        "SELECT (SELECT COUNT(*) FROM accounts)
              + (SELECT COUNT(*) FROM mailed_secrets WHERE purpose = 'setup' AND ended_at IS NOT NULL)",
    )
    .fetch_one(on)
    .await?;
    Ok(n == 0)
}

/// Removes everything that was mailed to somebody.
pub async fn delete_of(tx: &mut Writing, subject: &str) -> Result<()> {
    sql::query("DELETE FROM mailed_secrets WHERE subject = $1")
        .bind(subject)
        .run(&mut *tx)
        .await
}

/// Deletes what expired before `before`. The printed link that was used stays, so that no other one works.
pub async fn purge(db: &Db, purpose: Purpose, before: i64) -> Result<()> {
    sql::query(
        "DELETE FROM mailed_secrets
         WHERE purpose = $1 AND expires_at <= $2 AND (purpose <> 'setup' OR ended_at IS NULL)",
    )
    .bind(purpose.as_str())
    .bind(before)
    .run(db.writer())
    .await
}
