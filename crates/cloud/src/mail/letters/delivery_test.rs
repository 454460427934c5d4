//! A test mail that only shows that mails arrive. The doctor sends it; it is never in an outbox.

use crate::mail::letter::{self, Facts, MailContent, Paragraph, Written};

struct DeliveryTest;

impl MailContent for DeliveryTest {
    fn subject(&self, facts: &Facts) -> String {
        say!("mail-test-subject", host = facts.host.as_str())
    }

    fn body(&self, facts: &Facts) -> Vec<Paragraph> {
        vec![Paragraph::Text(say!(
            "mail-test",
            host = facts.host.as_str()
        ))]
    }
}

/// Writes a test mail that was asked for at `asked_at`, in seconds since 1970.
pub fn write(host: &str, asked_at: i64) -> Result<Written, askama::Error> {
    letter::write(&DeliveryTest, &Facts::new(host, "", asked_at))
}
