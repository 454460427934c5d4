//! The code and the link of a registration.

use serde::{Deserialize, Serialize};

use crate::db::accounts::mailed_secrets::Purpose;
use crate::mail::letter::{Cause, Facts, MailContent, Paragraph, SecretSource};

/// The mail to an address without an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// Identifier of the mailed secret.
    pub flow: String,
    /// What code and link are derived from.
    pub nonce: String,
    /// Whether there is a code besides the link.
    #[serde(default = "yes")]
    pub short_code: bool,
}

// A mail that an older version put into the outbox lacks the field, and each of those had a code.
fn yes() -> bool {
    true
}

impl MailContent for Code {
    fn subject(&self, facts: &Facts) -> String {
        match &facts.code {
            Some(code) => say!("mail-code-subject", code = code.as_str()),
            None => say!("mail-button-subject"),
        }
    }

    fn body(&self, facts: &Facts) -> Vec<Paragraph> {
        let mut parts = match &facts.code {
            Some(code) => vec![
                Paragraph::Text(say!("mail-code-is")),
                Paragraph::Digits(code.clone()),
                Paragraph::Text(say!("mail-code-use", minutes = facts.minutes)),
                Paragraph::Text(say!("mail-code-or")),
            ],
            None => vec![Paragraph::Text(say!("mail-code-only-button"))],
        };
        parts.extend([
            Paragraph::Button(facts.link.clone(), say!("mail-code-button")),
            Paragraph::Text(say!("mail-code-never")),
        ]);
        parts
    }

    fn cause(&self) -> Cause {
        Cause::Stranger
    }

    fn secret(&self) -> Option<SecretSource<'_>> {
        Some(SecretSource {
            purpose: Purpose::Registration,
            id: &self.flow,
            nonce: &self.nonce,
            short_code: self.short_code,
        })
    }
}
