//! Commands about mails: show those that wait or failed, with the reason, and retry them.

use serde::Serialize;

use super::{Admin, MOST, NotFound, tell_mails_are_due};
use crate::db::upkeep::overview;

/// One mail that was not sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnsentMail {
    /// Identifier of the mail, as [`Admin::retry_mails`] takes it.
    pub id: String,
    /// Mail address of its recipient.
    pub recipient: String,
    /// Name of the letter, without its contents.
    pub letter: String,
    /// When it was written, seconds since 1970.
    pub created_at: i64,
    /// When it is tried next, seconds since 1970; none when it was given up.
    pub next_at: Option<i64>,
    /// Attempts so far, the running one included.
    pub attempts: i64,
    /// Not sent from here on, seconds since 1970.
    pub expires_at: i64,
    /// What the mail server said last.
    pub last_error: String,
}

impl Admin {
    /// Mails that wait or were given up, oldest first.
    pub async fn mails(&self) -> anyhow::Result<Vec<UnsentMail>> {
        let mails = overview::mails(&self.state().db, MOST).await?;
        let mails = mails.into_iter().map(|mail| UnsentMail {
            letter: name_of(&mail.letter),
            id: mail.id,
            recipient: mail.recipient,
            created_at: mail.created_at,
            next_at: mail.failed_at.is_none().then_some(mail.run_at),
            attempts: mail.attempts,
            expires_at: mail.expires_at,
            last_error: mail.last_error,
        });
        Ok(mails.collect())
    }

    /// Tries mails again at once, all or one; returns how many. Expired mails are never sent.
    pub async fn retry_mails(&self, id: Option<&str>) -> anyhow::Result<u64> {
        let now = self.state().clock.now();
        let n_due = overview::retry_mails(&self.state().db, id, now).await?;
        if let (0, Some(id)) = (n_due, id) {
            let words = format!("no mail with the id `{id}` waits, or it has expired");
            return Err(NotFound(words).into());
        }
        tell_mails_are_due(self.state()).await?;
        Ok(n_due)
    }
}

/// Name of a letter, without its contents.
fn name_of(json: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(json).unwrap_or_default();
    // Serde writes a letter without fields as a string, any other as an object with one field.
    let fields = value.as_object().and_then(|fields| fields.keys().next());
    let name = value.as_str().or(fields.map(String::as_str));
    name.unwrap_or("unreadable").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_named_without_its_contents() {
        assert_eq!(name_of("\"Known\""), "Known");
        assert_eq!(
            name_of("{\"Code\":{\"flow\":\"x\",\"nonce\":\"y\"}}"),
            "Code"
        );
        assert_eq!(name_of("nonsense"), "unreadable");
    }
}
