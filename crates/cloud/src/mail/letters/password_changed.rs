//! A new password was set by mail.

use crate::mail::letter::{Facts, MailContent, Paragraph};

/// The mail to the owner.
pub(super) struct PasswordChanged;

impl MailContent for PasswordChanged {
    fn subject(&self, _: &Facts) -> String {
        say!("mail-changed-subject")
    }

    fn body(&self, facts: &Facts) -> Vec<Paragraph> {
        vec![
            Paragraph::Text(say!("mail-changed")),
            Paragraph::Text(say!("mail-changed-not-you")),
            Paragraph::Way(facts.address("forgot"), say!("mail-changed-forgot")),
        ]
    }
}
