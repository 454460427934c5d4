//! The link that confirms an account's new address.

use serde::{Deserialize, Serialize};

use crate::db::accounts::mailed_secrets::Purpose;
use crate::mail::letter::{Cause, Facts, MailContent, Paragraph, SecretSource};

/// The mail to the new address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmEmail {
    /// What the link is derived from.
    pub nonce: String,
    /// User name of the account.
    pub user_name: String,
}

impl MailContent for ConfirmEmail {
    fn subject(&self, _: &Facts) -> String {
        say!("mail-email-subject")
    }

    fn body(&self, facts: &Facts) -> Vec<Paragraph> {
        let name = self.user_name.as_str();
        vec![
            Paragraph::Text(say!("mail-email-asked", name = name)),
            Paragraph::Text(say!("mail-email-press", minutes = facts.minutes)),
            Paragraph::Button(facts.link.clone(), say!("email-button")),
            Paragraph::Text(say!("mail-email-ignore")),
        ]
    }

    fn cause(&self) -> Cause {
        Cause::Asked
    }

    fn secret(&self) -> Option<SecretSource<'_>> {
        Some(SecretSource::link(Purpose::EmailChange, &self.nonce))
    }
}
