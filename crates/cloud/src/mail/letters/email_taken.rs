//! For somebody who requested a new address for their account that another account has.

use crate::mail::letter::{Cause, Facts, MailContent, Paragraph};

/// The mail to this address.
pub(super) struct EmailTaken;

impl MailContent for EmailTaken {
    fn subject(&self, _: &Facts) -> String {
        say!("mail-email-taken-subject")
    }

    fn body(&self, _: &Facts) -> Vec<Paragraph> {
        vec![
            Paragraph::Text(say!("mail-email-taken")),
            Paragraph::Text(say!("mail-known-ignore")),
        ]
    }

    fn cause(&self) -> Cause {
        Cause::Asked
    }
}
