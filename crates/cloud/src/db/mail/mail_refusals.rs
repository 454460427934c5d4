//! Rows of `mail_refusals`: addresses whose mail server refused mail.

use crate::db::{Db, Result, Writing, sql};

/// An address that refused, as far as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, sqlx_macros::FromRow)]
pub struct Refused {
    /// First letter and host of the address.
    pub address_shown: String,
    /// Number of refusals in a row.
    pub n: i64,
    /// When it refused last, seconds since 1970.
    pub refused_at: i64,
    /// No mail goes there before.
    pub suppressed_until: i64,
    /// What its mail server said last.
    pub reason: String,
}

/// Counts a refusal; returns how many there were in a row, including this one.
pub async fn record(db: &Db, hash: &str, shown: &str, reason: &str, now: i64) -> Result<i64> {
    sql::query_scalar(
        "INSERT INTO mail_refusals (address_hash, address_shown, n, refused_at, suppressed_until, reason)
         VALUES ($1, $2, 1, $4, $4, $3)
         ON CONFLICT (address_hash) DO UPDATE
         SET n = mail_refusals.n + 1, refused_at = excluded.refused_at, reason = excluded.reason
         RETURNING n",
    )
    .bind(hash)
    .bind(shown)
    .bind(reason)
    .bind(now)
    .fetch_one(db.writer())
    .await
}

/// Lets no mail leave to it before `until`.
pub async fn suppress(db: &Db, hash: &str, until: i64) -> Result<()> {
    sql::query("UPDATE mail_refusals SET suppressed_until = $2 WHERE address_hash = $1")
        .bind(hash)
        .bind(until)
        .run(db.writer())
        .await
}

/// The refusals of an address that are still kept.
pub async fn find(db: &Db, hash: &str) -> Result<Option<Refused>> {
    sql::query_as(
        "SELECT address_shown, n, refused_at, suppressed_until, reason FROM mail_refusals
         WHERE address_hash = $1",
    )
    .bind(hash)
    .fetch_optional(db.reader())
    .await
}

/// All of them, newest first.
pub async fn list(db: &Db, most: i64) -> Result<Vec<Refused>> {
    sql::query_as(
        "SELECT address_shown, n, refused_at, suppressed_until, reason FROM mail_refusals
         ORDER BY refused_at DESC LIMIT $1",
    )
    .bind(most)
    .fetch_all(db.reader())
    .await
}

/// Forgets the refusals of an address.
pub async fn forget(tx: &mut Writing, hash: &str) -> Result<()> {
    sql::query("DELETE FROM mail_refusals WHERE address_hash = $1")
        .bind(hash)
        .run(&mut *tx)
        .await
}

/// Deletes addresses whose last refusal was before `before`.
pub async fn purge(db: &Db, before: i64) -> Result<()> {
    sql::query("DELETE FROM mail_refusals WHERE refused_at < $1")
        .bind(before)
        .run(db.writer())
        .await
}

#[cfg(test)]
mod tests {
    use super::super::super::test::fresh;
    use super::*;

    #[tokio::test]
    async fn an_address_is_forgotten_some_time_after_its_last_refusal() {
        let (_dir, db) = fresh().await;
        record(&db, "hash", "a…@host", "full", 10).await.unwrap();
        record(&db, "hash", "a…@host", "full", 20).await.unwrap();

        purge(&db, 20).await.unwrap();
        assert!(find(&db, "hash").await.unwrap().is_some());

        purge(&db, 21).await.unwrap();
        assert!(find(&db, "hash").await.unwrap().is_none());
    }
}
