//! Rows of `mailbox`: where the demo's mails arrive.

use crate::db::{Db, Result, sql};

/// A mail in the demo's mailbox.
#[derive(Debug, Clone, sqlx_macros::FromRow)]
pub struct Arrived {
    /// Mail address of its recipient.
    pub recipient: String,
    /// Subject, in the recipient's language.
    pub subject: String,
    /// Body of the mail, plain text.
    pub body: String,
    /// When it arrived, seconds since 1970.
    pub arrived_at: i64,
}

/// Delivers a mail, once per `id`, and forgets all but the newest `keep`.
pub async fn deliver(db: &Db, id: &str, mail: &Arrived, keep: i64) -> Result<()> {
    let mut tx = db.begin().await?;
    // Without the lock, two deliveries on PostgreSQL would take the same position.
    tx.lock("mailbox").await?;
    sql::query(
        "INSERT INTO mailbox (id, position, recipient, subject, body, arrived_at)
         VALUES ($1, (SELECT COALESCE(MAX(position), 0) + 1 FROM mailbox), $2, $3, $4, $5)
         ON CONFLICT (id) DO NOTHING",
    )
    .bind(id)
    .bind(&mail.recipient)
    .bind(&mail.subject)
    .bind(&mail.body)
    .bind(mail.arrived_at)
    .execute(&mut tx)
    .await?;
    sql::query("DELETE FROM mailbox WHERE position <= (SELECT MAX(position) FROM mailbox) - $1")
        .bind(keep)
        .execute(&mut tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Everything that arrived, newest first.
pub async fn list(db: &Db) -> Result<Vec<Arrived>> {
    sql::query_as("SELECT recipient, subject, body, arrived_at FROM mailbox ORDER BY position DESC")
        .fetch_all(db.reader())
        .await
}
