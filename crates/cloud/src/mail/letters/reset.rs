//! The mail with the link and the code for setting a new password.

use serde::{Deserialize, Serialize};

use crate::db::accounts::mailed_secrets::Purpose;
use crate::mail::letter::{Cause, Facts, MailContent, Paragraph, SecretSource};

/// The mail to the owner of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reset {
    /// Identifier of the mailed secret.
    pub flow: String,
    /// What code and link are derived from.
    pub nonce: String,
    /// Whether there is a code besides the link.
    pub short_code: bool,
}

impl MailContent for Reset {
    fn subject(&self, _: &Facts) -> String {
        say!("mail-reset-subject")
    }

    fn body(&self, facts: &Facts) -> Vec<Paragraph> {
        let mut parts = vec![
            Paragraph::Text(say!("mail-reset")),
            Paragraph::Button(facts.link.clone(), say!("mail-reset-button")),
        ];
        if let Some(code) = &facts.code {
            parts.push(Paragraph::Text(say!("mail-reset-or")));
            parts.push(Paragraph::Characters(code.clone()));
        }
        parts.push(Paragraph::Text(say!(
            "mail-reset-use",
            minutes = facts.minutes
        )));
        parts.push(Paragraph::Text(say!("mail-reset-never")));
        parts
    }

    fn cause(&self) -> Cause {
        Cause::Stranger
    }

    fn secret(&self) -> Option<SecretSource<'_>> {
        Some(SecretSource {
            purpose: Purpose::Recovery,
            id: &self.flow,
            nonce: &self.nonce,
            short_code: self.short_code,
        })
    }
}
