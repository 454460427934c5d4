//! Rows of `buttons`: the long secret in each mail, good for one press.

use super::{Db, Result, Writing, sql};

/// What a button leads on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A registration.
    Register,
    /// A new password.
    Reset,
}

impl Purpose {
    /// As the table keeps it.
    pub fn as_str(self) -> &'static str {
        match self {
            Purpose::Register => "register",
            Purpose::Reset => "reset",
        }
    }
}

/// What a new button is made of.
pub struct NewButton<'a> {
    /// SHA-256 of its token.
    pub token_hash: &'a str,
    /// What it leads on with.
    pub purpose: Purpose,
    /// Whose mailbox it is in.
    pub subject: &'a str,
    /// The walk that asked for its mail.
    pub flow_id: &'a str,
    /// Not good from here on.
    pub expires_at: i64,
}

/// Adds a button that is being mailed.
pub async fn insert(tx: &mut Writing, new: &NewButton<'_>, now: i64) -> Result<()> {
    sql::query(
        "INSERT INTO buttons (token_hash, purpose, subject, flow_id, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(new.token_hash)
    .bind(new.purpose.as_str())
    .bind(new.subject)
    .bind(new.flow_id)
    .bind(now)
    .bind(new.expires_at)
    .execute(&mut *tx)
    .await?;
    Ok(())
}

/// Uses a button up and gives the walk it came from; `None` for all but the first who does.
pub async fn consume(
    tx: &mut Writing,
    purpose: Purpose,
    token_hash: &str,
    now: i64,
) -> Result<Option<String>> {
    let flow_id = sql::query_scalar(
        "UPDATE buttons SET used_at = $3
         WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3
         RETURNING flow_id",
    )
    .bind(token_hash)
    .bind(purpose.as_str())
    .bind(now)
    .fetch_optional(&mut *tx)
    .await?;
    Ok(flow_id)
}

/// Ends every other button of a mailbox.
pub async fn end_all(tx: &mut Writing, purpose: Purpose, subject: &str, now: i64) -> Result<()> {
    sql::query(
        "UPDATE buttons SET used_at = $3 WHERE subject = $2 AND purpose = $1 AND used_at IS NULL",
    )
    .bind(purpose.as_str())
    .bind(subject)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    Ok(())
}

/// Lets the newest button of a mailbox be good for `seconds` after its mail.
pub async fn prolong_last(db: &Db, purpose: Purpose, subject: &str, seconds: i64) -> Result<()> {
    sql::query(
        "UPDATE buttons SET expires_at = created_at + $3
         WHERE subject = $2 AND purpose = $1 AND used_at IS NULL
           AND created_at = (SELECT MAX(created_at) FROM buttons WHERE subject = $2 AND purpose = $1)",
    )
    .bind(purpose.as_str())
    .bind(subject)
    .bind(seconds)
    .execute(db.writer())
    .await?;
    Ok(())
}

/// Removes every button of a mailbox.
pub async fn delete_of(tx: &mut Writing, subject: &str) -> Result<()> {
    sql::query("DELETE FROM buttons WHERE subject = $1")
        .bind(subject)
        .execute(&mut *tx)
        .await?;
    Ok(())
}

/// Removes buttons that were mailed before `before`.
pub async fn purge(db: &Db, before: i64) -> Result<()> {
    sql::query("DELETE FROM buttons WHERE created_at <= $1")
        .bind(before)
        .execute(db.writer())
        .await?;
    Ok(())
}
