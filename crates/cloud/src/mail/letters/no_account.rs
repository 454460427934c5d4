//! For somebody who uses Forgot password with an address that has no account.

use crate::mail::letter::{Cause, Facts, MailContent, Paragraph};

/// The mail to this address.
pub(super) struct NoAccount;

impl MailContent for NoAccount {
    fn subject(&self, _: &Facts) -> String {
        say!("mail-no-account-subject")
    }

    fn body(&self, facts: &Facts) -> Vec<Paragraph> {
        vec![
            Paragraph::Text(say!("mail-no-account")),
            Paragraph::Link(facts.address("register"), say!("mail-no-account-register")),
            Paragraph::Text(say!("mail-no-account-ignore")),
        ]
    }

    fn cause(&self) -> Cause {
        Cause::Stranger
    }
}
