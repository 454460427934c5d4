//! Rows of `outbox`: mails to send. Each is sent once, or fails with a reason.

use crate::db::{Db, Result, Writing, sql};

/// A mail that was taken to be sent.
#[derive(Debug, Clone, sqlx_macros::FromRow)]
pub struct Mail {
    /// Random identifier; not a secret.
    pub id: String,
    /// The same for every attempt, so that a mail that arrives twice is recognised as one.
    pub message_id: String,
    /// Mail address of the recipient.
    pub recipient: String,
    /// What it says, JSON of [`crate::mail::Letter`].
    pub letter: String,
    /// Language to write it in.
    pub language: String,
    /// JSON of [`crate::visitor::Seen`]: who caused it; empty where nobody asked.
    pub asked_from: String,
    /// When it was written, seconds since 1970.
    pub created_at: i64,
    /// Attempts so far, this one included.
    pub attempts: i64,
    /// Not sent from here on.
    pub expires_at: i64,
}

/// A mail that is still kept, as its reader may see it.
#[derive(Debug, Clone, sqlx_macros::FromRow)]
pub struct KeptMail {
    /// What it says, JSON of [`crate::mail::Letter`].
    pub letter: String,
    /// When it was written, seconds since 1970.
    pub created_at: i64,
    /// When it left, seconds since 1970.
    pub sent_at: Option<i64>,
}

/// What a new mail is made of.
pub struct NewMail<'a> {
    /// Random identifier; not a secret.
    pub id: &'a str,
    /// Value of its `Message-ID` header.
    pub message_id: &'a str,
    /// Mail address of the recipient.
    pub recipient: &'a str,
    /// What it says, JSON of [`crate::mail::Letter`].
    pub letter: &'a str,
    /// Language to write it in.
    pub language: &'a str,
    /// JSON of who caused it, or empty.
    pub asked_from: &'a str,
    /// Keyed hash of topic and account; empty if each mail is sent separately.
    pub topic: &'a str,
    /// It is not sent before this time.
    pub run_at: i64,
    /// Not sent from here on.
    pub expires_at: i64,
}

/// A mail that waits for its moment and has not been tried.
#[derive(Debug, Clone, sqlx_macros::FromRow)]
pub struct UntriedMail {
    /// Random identifier; not a secret.
    pub id: String,
    /// What it says, JSON of [`crate::mail::Letter`].
    pub letter: String,
}

/// Adds a mail to the queue.
pub async fn insert(tx: &mut Writing, new: &NewMail<'_>, now: i64) -> Result<()> {
    sql::query(
        "INSERT INTO outbox (id, message_id, recipient, letter, language, asked_from, created_at, topic, run_at,
                             expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(new.id)
    .bind(new.message_id)
    .bind(new.recipient)
    .bind(new.letter)
    .bind(new.language)
    .bind(new.asked_from)
    .bind(now)
    .bind(new.topic)
    .bind(new.run_at)
    .bind(new.expires_at)
    .run(&mut *tx)
    .await
}

/// How many mails of a topic were written after `since`.
pub async fn count_since(tx: &mut Writing, topic: &str, since: i64) -> Result<i64> {
    sql::query_scalar("SELECT COUNT(*) FROM outbox WHERE topic = $1 AND created_at > $2")
        .bind(topic)
        .bind(since)
        .fetch_one(&mut *tx)
        .await
}

/// When the last mail of a topic was or will be due, of those that are still kept.
pub async fn last_due(tx: &mut Writing, topic: &str) -> Result<Option<i64>> {
    sql::query_scalar("SELECT MAX(run_at) FROM outbox WHERE topic = $1")
        .bind(topic)
        .fetch_one(&mut *tx)
        .await
}

/// The mail of a topic that can still take up another notice.
pub async fn find_open(tx: &mut Writing, topic: &str, now: i64) -> Result<Option<UntriedMail>> {
    sql::query_as(
        "SELECT id, letter FROM outbox
         WHERE topic = $1 AND attempts = 0 AND failed_at IS NULL AND run_at > $2
         ORDER BY run_at LIMIT 1",
    )
    .bind(topic)
    .bind(now)
    .fetch_optional(&mut *tx)
    .await
}

/// Replaces the letter of a mail; false when it has been tried meanwhile.
pub async fn rewrite(tx: &mut Writing, id: &str, letter: &str) -> Result<bool> {
    sql::query("UPDATE outbox SET letter = $2 WHERE id = $1 AND attempts = 0 AND failed_at IS NULL")
        .bind(id)
        .bind(letter)
        .changes_one(&mut *tx)
        .await
}

/// Mails to an address that are still kept, oldest first.
pub async fn to(db: &Db, recipient: &str) -> Result<Vec<KeptMail>> {
    sql::query_as(
        "SELECT letter, created_at, sent_at FROM outbox WHERE recipient = $1 ORDER BY created_at, id",
    )
    .bind(recipient)
    .fetch_all(db.reader())
    .await
}

/// Takes up to `most` mails that are due; nobody else gets them until `locked_until`.
pub async fn claim(db: &Db, most: i64, now: i64, locked_until: i64) -> Result<Vec<Mail>> {
    // On PostgreSQL two clouds may choose the same mails. The second waits for the first and then checks the
    // outer conditions again, which is why they are repeated.
    sql::query_as(
        "UPDATE outbox SET locked_until = $3, attempts = attempts + 1
         WHERE id IN (SELECT id FROM outbox
                      WHERE sent_at IS NULL AND failed_at IS NULL
                        AND run_at <= $2 AND locked_until <= $2 AND expires_at > $2
                      ORDER BY run_at LIMIT $1)
           AND sent_at IS NULL AND failed_at IS NULL AND locked_until <= $2
         RETURNING id, message_id, recipient, letter, language, asked_from, created_at, attempts, expires_at",
    )
    .bind(most)
    .bind(now)
    .bind(locked_until)
    .fetch_all(db.writer())
    .await
}

/// Notes that a mail left.
pub async fn set_sent(db: &Db, id: &str, now: i64) -> Result<()> {
    sql::query("UPDATE outbox SET sent_at = $2, last_error = '' WHERE id = $1")
        .bind(id)
        .bind(now)
        .run(db.writer())
        .await
}

/// Puts a mail back until `run_at`.
pub async fn retry_at(db: &Db, id: &str, run_at: i64, error: &str) -> Result<()> {
    sql::query("UPDATE outbox SET run_at = $2, locked_until = 0, last_error = $3 WHERE id = $1")
        .bind(id)
        .bind(run_at)
        .bind(error)
        .run(db.writer())
        .await
}

/// Gives a mail up for good.
pub async fn set_failed(db: &Db, id: &str, now: i64, error: &str) -> Result<()> {
    sql::query("UPDATE outbox SET failed_at = $2, last_error = $3 WHERE id = $1")
        .bind(id)
        .bind(now)
        .bind(error)
        .run(db.writer())
        .await
}

/// Gives up every mail that has expired; returns how many.
pub async fn fail_expired(db: &Db, now: i64) -> Result<u64> {
    let failed = sql::query(
        "UPDATE outbox SET failed_at = $1, last_error = 'expired before it could be sent'
         WHERE sent_at IS NULL AND failed_at IS NULL AND expires_at <= $1",
    )
    .bind(now)
    .execute(db.writer())
    .await?;
    Ok(failed.rows_affected())
}

/// When the next mail is due, if one waits.
pub async fn next_due(db: &Db) -> Result<Option<i64>> {
    sql::query_scalar(
        "SELECT MIN(CASE WHEN run_at > locked_until THEN run_at ELSE locked_until END) FROM outbox
         WHERE sent_at IS NULL AND failed_at IS NULL",
    )
    .fetch_one(db.reader())
    .await
}

/// Removes mails that were sent or given up before `before`.
pub async fn purge(db: &Db, before: i64) -> Result<()> {
    sql::query("DELETE FROM outbox WHERE sent_at < $1 OR failed_at < $1")
        .bind(before)
        .run(db.writer())
        .await
}

/// Deletes a mail, sent or not.
pub async fn delete(db: &Db, id: &str) -> Result<()> {
    sql::query("DELETE FROM outbox WHERE id = $1")
        .bind(id)
        .run(db.writer())
        .await
}

/// Removes every mail to an address, sent or not.
pub async fn delete_to(tx: &mut Writing, recipient: &str) -> Result<()> {
    // Recipients are kept as their owners wrote them.
    sql::query("DELETE FROM outbox WHERE LOWER(recipient) = LOWER($1)")
        .bind(recipient)
        .run(&mut *tx)
        .await
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::db::test::fresh;

    #[tokio::test]
    async fn a_mail_is_claimed_by_exactly_one_worker() {
        let (_guard, db) = fresh().await;
        let mut tx = db.begin().await.unwrap();
        for n in 0..60 {
            let id = format!("m{n}");
            let new = NewMail {
                id: &id,
                message_id: &id,
                recipient: "ana@example.org",
                letter: "{}",
                language: "",
                asked_from: "",
                topic: "",
                run_at: 1,
                expires_at: 1_000,
            };
            insert(&mut tx, &new, 1).await.unwrap();
        }
        tx.commit().await.unwrap();

        let mut taken = Vec::new();
        while taken.len() < 60 {
            let claims = (0..12).map(|_| claim(&db, 8, 2, 300));
            for mails in futures_util::future::join_all(claims).await {
                taken.extend(mails.unwrap().into_iter().map(|mail| mail.id));
            }
        }

        assert_eq!(taken.iter().collect::<BTreeSet<_>>().len(), taken.len());
    }
}
