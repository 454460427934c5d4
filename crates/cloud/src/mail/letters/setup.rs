//! The first account was made, and mail arrives.

use crate::mail::letter::{Facts, MailContent, Paragraph};

/// The mail to the person who set the cloud up.
pub(super) struct SetUp;

impl MailContent for SetUp {
    fn subject(&self, facts: &Facts) -> String {
        say!("mail-setup-subject", host = facts.host.as_str())
    }

    fn body(&self, facts: &Facts) -> Vec<Paragraph> {
        vec![
            Paragraph::Text(say!("mail-setup", host = facts.host.as_str())),
            Paragraph::Text(say!("mail-setup-junk")),
            Paragraph::Way(facts.home.clone(), facts.home.clone()),
        ]
    }
}
