//! Lists for the operator: people, recorders, counters, mails. Nothing of this is for answers to visitors.

use crate::db::{Db, Result, sql};

/// An account with what hangs on it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx_macros::FromRow)]
pub struct AccountOverview {
    /// Random identifier; not a secret.
    pub id: String,
    /// As its owner wrote it.
    pub user_name: String,
    /// As its owner wrote it.
    pub email: String,
    /// When it was made, seconds since 1970.
    pub created_at: i64,
    /// Since when nobody can sign in, seconds since 1970.
    pub locked_at: Option<i64>,
    /// `operator` or `person`: who locked it.
    pub locked_by: Option<String>,
    /// 1 for the account of an operator.
    pub is_operator: i64,
    /// Number of recorders that it owns.
    pub n_recorders: i64,
    /// Number of sessions that have not ended.
    pub n_sessions: i64,
}

/// A recorder with its owner's name.
#[derive(Debug, Clone, PartialEq, Eq, sqlx_macros::FromRow)]
pub struct RecorderOverview {
    /// Serial number in its canonical form.
    pub serial: String,
    /// What its owner calls it.
    pub name: String,
    /// Identifier of the owner's account.
    pub account_id: Option<String>,
    /// User name of its owner.
    pub owner: Option<String>,
    /// First register, seconds since 1970.
    pub first_seen_at: i64,
    /// Last sign of life that was noted, seconds since 1970.
    pub last_seen_at: i64,
}

/// All counters of one kind.
#[derive(Debug, Clone, PartialEq, Eq, sqlx_macros::FromRow)]
pub struct CounterKind {
    /// Name of the rate limit counted.
    pub kind: String,
    /// Number of clients, names or accounts counted.
    pub n_counters: i64,
    /// The highest count among them.
    pub highest: i64,
    /// How many are shut just now.
    pub n_blocked: i64,
}

/// A mail that waits, or was given up.
#[derive(Debug, Clone, PartialEq, Eq, sqlx_macros::FromRow)]
pub struct MailOverview {
    /// Random identifier; not a secret.
    pub id: String,
    /// Mail address of the recipient.
    pub recipient: String,
    /// What it says, JSON of [`crate::mail::Letter`].
    pub letter: String,
    /// When it was written, seconds since 1970.
    pub created_at: i64,
    /// When it is tried next, seconds since 1970.
    pub run_at: i64,
    /// Attempts to send it so far.
    pub attempts: i64,
    /// Not sent from here on.
    pub expires_at: i64,
    /// When it was given up, seconds since 1970.
    pub failed_at: Option<i64>,
    /// What the mail server said last.
    pub last_error: String,
}

/// Up to `most` accounts whose user name, address or identifier holds `part` (in lower case, with
/// `\` before `%`, `_` and `\`), by name.
pub async fn people(db: &Db, part: &str, most: i64, now: i64) -> Result<Vec<AccountOverview>> {
    sql::query_as(
        r"SELECT a.id, a.user_name, a.email, a.created_at, a.locked_at, a.locked_by, a.is_operator,
                 (SELECT COUNT(*) FROM recorders r WHERE r.account_id = a.id) AS n_recorders,
                 (SELECT COUNT(*) FROM sessions s WHERE s.account_id = a.id
                     AND s.idle_until > $3 AND s.expires_at > $3) AS n_sessions
          FROM accounts a
          WHERE a.user_name_key LIKE '%' || $1 || '%' ESCAPE '\'
             OR a.email_key LIKE '%' || $1 || '%' ESCAPE '\'
             OR lower(a.id) LIKE '%' || $1 || '%' ESCAPE '\'
          ORDER BY a.user_name_key LIMIT $2",
    )
    .bind(part)
    .bind(most)
    .bind(now)
    .fetch_all(db.reader())
    .await
}

/// Up to `most` recorders, those seen last first.
pub async fn recorders(db: &Db, most: i64) -> Result<Vec<RecorderOverview>> {
    sql::query_as(
        "SELECT r.serial, r.name, r.account_id, a.user_name AS owner, r.first_seen_at, r.last_seen_at
         FROM recorders r LEFT JOIN accounts a ON a.id = r.account_id
         ORDER BY r.last_seen_at DESC, r.serial LIMIT $1",
    )
    .bind(most)
    .fetch_all(db.reader())
    .await
}

/// Every kind of counter that there is.
pub async fn kinds(db: &Db, now: i64) -> Result<Vec<CounterKind>> {
    sql::query_as(
        "SELECT kind, COUNT(*) AS n_counters, MAX(n) AS highest,
                COUNT(CASE WHEN blocked_until > $1 THEN 1 END) AS n_blocked
         FROM counters GROUP BY kind ORDER BY kind",
    )
    .bind(now)
    .fetch_all(db.reader())
    .await
}

/// Deletes every counter of a kind; returns how many.
pub async fn forget_kind(db: &Db, kind: &str) -> Result<u64> {
    let forgotten = sql::query("DELETE FROM counters WHERE kind = $1")
        .bind(kind)
        .execute(db.writer())
        .await?;
    Ok(forgotten.rows_affected())
}

/// Up to `most` mails that were not sent, oldest first.
pub async fn mails(db: &Db, most: i64) -> Result<Vec<MailOverview>> {
    sql::query_as(
        "SELECT id, recipient, letter, created_at, run_at, attempts, expires_at, failed_at, last_error
         FROM outbox WHERE sent_at IS NULL ORDER BY created_at, id LIMIT $1",
    )
    .bind(most)
    .fetch_all(db.reader())
    .await
}

/// How many mails wait, and since when the oldest does, seconds since 1970.
pub async fn mails_waiting(db: &Db, now: i64) -> Result<(i64, Option<i64>)> {
    sql::query_as(
        "SELECT COUNT(*), MIN(created_at) FROM outbox
         WHERE sent_at IS NULL AND failed_at IS NULL AND expires_at > $1",
    )
    .bind(now)
    .fetch_one(db.reader())
    .await
}

/// How many mails that were tried before and have not expired are older than `since`.
pub async fn n_stuck_mails(db: &Db, since: i64, now: i64) -> Result<i64> {
    sql::query_scalar(
        "SELECT COUNT(*) FROM outbox WHERE sent_at IS NULL AND failed_at IS NULL AND attempts > 0
           AND created_at <= $1 AND expires_at > $2",
    )
    .bind(since)
    .bind(now)
    .fetch_one(db.reader())
    .await
}

/// Makes unsent mails due that have not expired: all, or the one with this identifier. Returns how many.
pub async fn retry_mails(db: &Db, id: Option<&str>, now: i64) -> Result<u64> {
    let due = sql::query(
        "UPDATE outbox SET run_at = $1, locked_until = 0, failed_at = NULL
         WHERE sent_at IS NULL AND expires_at > $1 AND ($2 = '' OR id = $2)",
    )
    .bind(now)
    .bind(id.unwrap_or_default())
    .execute(db.writer())
    .await?;
    Ok(due.rows_affected())
}

/// How many sessions have not ended.
pub async fn n_sessions(db: &Db, now: i64) -> Result<i64> {
    sql::query_scalar("SELECT COUNT(*) FROM sessions WHERE idle_until > $1 AND expires_at > $1")
        .bind(now)
        .fetch_one(db.reader())
        .await
}
