//! The account was deleted. The outbox deletes this letter as soon as it is sent.

use crate::mail::letter::{Facts, MailContent, Paragraph};

/// The last mail to its owner.
pub(super) struct Deleted;

impl MailContent for Deleted {
    fn subject(&self, _: &Facts) -> String {
        say!("mail-deleted-subject")
    }

    fn body(&self, facts: &Facts) -> Vec<Paragraph> {
        let host = facts.host.as_str();
        vec![
            Paragraph::Text(say!("mail-deleted")),
            Paragraph::Text(say!("mail-deleted-not-you", host = host)),
        ]
    }
}
