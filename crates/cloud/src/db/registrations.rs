//! Rows of `registrations`: one walk through Register by one browser.

use super::{Db, Result, Writing, sql};

/// One flow.
#[derive(Clone, sqlx_macros::FromRow)]
pub struct Registration {
    /// Random identifier; not the cookie's secret.
    pub id: String,
    /// The form it came from.
    pub form_id: String,
    /// The address as it was typed.
    pub email: String,
    /// Its canonical form.
    pub email_key: String,
    /// The address has an account: no code is right.
    pub is_known: bool,
    /// Whether its mails hold a code besides the button.
    pub short_code: bool,
    /// What the newest code is derived from.
    pub code_nonce: String,
    /// End of the newest code, seconds since 1970.
    pub code_expires_at: i64,
    /// Codes sent so far.
    pub n_codes: i64,
    /// Tries of the newest code.
    pub n_tries: i64,
    /// When the newest code was asked for, seconds since 1970.
    pub last_code_at: i64,
    /// When the right code came.
    pub proven_at: Option<i64>,
    /// When the account was made.
    pub finished_at: Option<i64>,
}

/// What a new flow is made of.
pub struct NewRegistration<'a> {
    /// Random identifier.
    pub id: &'a str,
    /// SHA-256 of the cookie's secret.
    pub flow_hash: &'a str,
    /// The form it came from.
    pub form_id: &'a str,
    /// The address as it was typed.
    pub email: &'a str,
    /// Its canonical form.
    pub email_key: &'a str,
    /// The address has an account.
    pub is_known: bool,
    /// Whether its mails hold a code besides the button.
    pub short_code: bool,
    /// What the first code is derived from.
    pub code_nonce: &'a str,
    /// Its end, seconds since 1970.
    pub code_expires_at: i64,
    /// When the button was pressed that starts it.
    pub proven_at: Option<i64>,
}

/// Adds a flow whose first mail is being sent, or which a button starts.
pub async fn insert(tx: &mut Writing, new: &NewRegistration<'_>, now: i64) -> Result<()> {
    sql::query(
        "INSERT INTO registrations (id, flow_hash, form_id, email, email_key, is_known, short_code, code_nonce,
                                    code_expires_at, proven_at, n_codes, n_tries, n_names, last_code_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, 0, 0, $11, $11)",
    )
    .bind(new.id)
    .bind(new.flow_hash)
    .bind(new.form_id)
    .bind(new.email)
    .bind(new.email_key)
    .bind(new.is_known)
    .bind(new.short_code)
    .bind(new.code_nonce)
    .bind(new.code_expires_at)
    .bind(new.proven_at)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    Ok(())
}

/// The flow of a cookie, unless it has made its account or was ended.
pub async fn find(db: &Db, flow_hash: &str) -> Result<Option<Registration>> {
    let registration = sql::query_as(
        "SELECT * FROM registrations WHERE flow_hash = $1 AND finished_at IS NULL AND ended_at IS NULL",
    )
    .bind(flow_hash)
    .fetch_optional(db.reader())
    .await?;
    Ok(registration)
}

/// Whether a cookie's secret has ever started a flow.
pub async fn is_used(db: &Db, flow_hash: &str) -> Result<bool> {
    let n: i64 = sql::query_scalar("SELECT COUNT(*) FROM registrations WHERE flow_hash = $1")
        .bind(flow_hash)
        .fetch_one(db.reader())
        .await?;
    Ok(n > 0)
}

/// Codes asked for since `since`, as far as flows are kept.
pub async fn count_codes(db: &Db, since: i64) -> Result<i64> {
    let n = sql::query_scalar("SELECT COUNT(*) FROM registrations WHERE last_code_at > $1")
        .bind(since)
        .fetch_one(db.reader())
        .await?;
    Ok(n)
}

/// A flow by its identifier, finished or not, as the writer sees it.
pub async fn find_by_id(db: &Db, id: &str) -> Result<Option<Registration>> {
    let registration = sql::query_as("SELECT * FROM registrations WHERE id = $1")
        .bind(id)
        .fetch_optional(db.writer())
        .await?;
    Ok(registration)
}

/// Puts a new code in place of the old one, if `n_codes` are what was sent so far; false otherwise.
pub async fn renew_code(
    tx: &mut Writing,
    id: &str,
    n_codes: i64,
    code_nonce: &str,
    code_expires_at: i64,
    now: i64,
) -> Result<bool> {
    let renewed = sql::query(
        "UPDATE registrations SET code_nonce = $3, code_expires_at = $4, n_codes = n_codes + 1, n_tries = 0,
                                  last_code_at = $5, proven_at = NULL
         WHERE id = $1 AND n_codes = $2 AND finished_at IS NULL AND ended_at IS NULL",
    )
    .bind(id)
    .bind(n_codes)
    .bind(code_nonce)
    .bind(code_expires_at)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    Ok(renewed.rows_affected() == 1)
}

/// Counts a try of the newest code before anybody compares it; `None` when it is dead or expired.
/// Gives the row as it was compared with.
pub async fn count_try(
    db: &Db,
    id: &str,
    most_tries: i64,
    now: i64,
) -> Result<Option<Registration>> {
    let registration = sql::query_as(
        "UPDATE registrations SET n_tries = n_tries + 1
         WHERE id = $1 AND n_tries < $2 AND code_expires_at > $3
           AND finished_at IS NULL AND ended_at IS NULL AND proven_at IS NULL
         RETURNING *",
    )
    .bind(id)
    .bind(most_tries)
    .bind(now)
    .fetch_optional(db.writer())
    .await?;
    Ok(registration)
}

/// Notes that the right code came, if it is still the newest.
pub async fn set_proven(db: &Db, id: &str, code_nonce: &str, now: i64) -> Result<bool> {
    let proven = sql::query(
        "UPDATE registrations SET proven_at = $3 WHERE id = $1 AND code_nonce = $2 AND proven_at IS NULL",
    )
    .bind(id)
    .bind(code_nonce)
    .bind(now)
    .execute(db.writer())
    .await?;
    Ok(proven.rows_affected() == 1)
}

/// Counts a user name asked for in this flow; false when it has asked for enough.
pub async fn count_name(db: &Db, id: &str, most_names: i64) -> Result<bool> {
    let counted =
        sql::query("UPDATE registrations SET n_names = n_names + 1 WHERE id = $1 AND n_names < $2")
            .bind(id)
            .bind(most_names)
            .execute(db.writer())
            .await?;
    Ok(counted.rows_affected() == 1)
}

/// Ends a proven flow; true for the first who does, and only while its code is valid.
pub async fn finish(tx: &mut Writing, id: &str, now: i64) -> Result<bool> {
    let finished = sql::query(
        "UPDATE registrations SET finished_at = $2
         WHERE id = $1 AND finished_at IS NULL AND ended_at IS NULL AND proven_at IS NOT NULL AND code_expires_at > $2",
    )
    .bind(id)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    Ok(finished.rows_affected() == 1)
}

/// Ends every open flow of an address but one.
pub async fn end_others(tx: &mut Writing, email_key: &str, id: &str, now: i64) -> Result<()> {
    sql::query(
        "UPDATE registrations SET ended_at = $3
         WHERE email_key = $1 AND id <> $2 AND finished_at IS NULL AND ended_at IS NULL",
    )
    .bind(email_key)
    .bind(id)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    Ok(())
}

/// A flow by its identifier, inside a transaction.
pub async fn find_in(tx: &mut Writing, id: &str) -> Result<Option<Registration>> {
    let registration = sql::query_as("SELECT * FROM registrations WHERE id = $1")
        .bind(id)
        .fetch_optional(&mut *tx)
        .await?;
    Ok(registration)
}

/// Removes flows whose last code ended before `now`.
pub async fn purge(db: &Db, now: i64) -> Result<()> {
    sql::query("DELETE FROM registrations WHERE code_expires_at <= $1")
        .bind(now)
        .execute(db.writer())
        .await?;
    Ok(())
}

/// Removes every flow of an address.
pub async fn delete_of_address(tx: &mut Writing, email_key: &str) -> Result<()> {
    sql::query("DELETE FROM registrations WHERE email_key = $1")
        .bind(email_key)
        .execute(&mut *tx)
        .await?;
    Ok(())
}
