//! For somebody who tries to register an address that already has an account.

use crate::mail::letter::{Cause, Facts, MailContent, Paragraph};

/// The mail to its owner.
pub(super) struct Known;

impl MailContent for Known {
    fn subject(&self, _: &Facts) -> String {
        say!("mail-known-subject")
    }

    fn body(&self, facts: &Facts) -> Vec<Paragraph> {
        vec![
            Paragraph::Text(say!("mail-known")),
            Paragraph::Link(facts.address("login"), say!("mail-known-login")),
            Paragraph::Link(facts.address("forgot"), say!("mail-known-forgot")),
            Paragraph::Text(say!("mail-known-ignore")),
        ]
    }

    fn cause(&self) -> Cause {
        Cause::Stranger
    }
}
