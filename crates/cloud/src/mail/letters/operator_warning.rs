//! Warnings mailed to operators.

use serde::{Deserialize, Serialize};

use crate::mail::letter::{Facts, MailContent, Paragraph};
use crate::throttle::limits::{MAILS_STUCK, MINUTE, RELAY_GONE};

/// The mail to each operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// What is wrong with the cloud.
    pub alarm: OperatorWarning,
}

impl MailContent for Alarm {
    fn subject(&self, _: &Facts) -> String {
        self.alarm.words()
    }

    fn body(&self, facts: &Facts) -> Vec<Paragraph> {
        let advice = self.alarm.advice(&facts.host);
        vec![
            Paragraph::Headline(self.alarm.words() + "."),
            Paragraph::Text(advice),
        ]
    }

    fn why(&self, facts: &Facts) -> String {
        let (host, asked_at) = (facts.host.as_str(), facts.asked_at.as_str());
        say!("mail-alarm-sent-by", host = host, asked_at = asked_at)
    }
}

/// Something that an operator has to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OperatorWarning {
    /// So many codes were wrong that short ones are off for everybody.
    StrongMode,
    /// Lines of the audit log are missing or changed.
    AuditTampered,
    /// The audit log cannot be written.
    AuditLosing,
    /// Mails have waited too long for the mail server.
    MailStuck,
    /// A relay in the settings has not been there for too long.
    RelayGone,
}

impl OperatorWarning {
    /// Every warning that there is.
    pub const ALL: [OperatorWarning; 5] = [
        OperatorWarning::StrongMode,
        OperatorWarning::AuditTampered,
        OperatorWarning::AuditLosing,
        OperatorWarning::MailStuck,
        OperatorWarning::RelayGone,
    ];

    /// Its name in logs and counters.
    pub fn name(self) -> &'static str {
        match self {
            OperatorWarning::StrongMode => "strong mode",
            OperatorWarning::AuditTampered => "audit log changed",
            OperatorWarning::AuditLosing => "audit log not written",
            OperatorWarning::MailStuck => "mails do not leave",
            OperatorWarning::RelayGone => "a relay is gone",
        }
    }

    /// A one-line description: the subject and the beginning of the mail.
    fn words(self) -> String {
        match self {
            OperatorWarning::StrongMode => say!("mail-alarm-strong"),
            OperatorWarning::AuditTampered => say!("mail-alarm-tampered"),
            OperatorWarning::AuditLosing => say!("mail-alarm-losing"),
            OperatorWarning::MailStuck => say!("mail-alarm-mail"),
            OperatorWarning::RelayGone => say!("mail-alarm-relay"),
        }
    }

    /// What it means, and what to do.
    fn advice(self, host: &str) -> String {
        match self {
            OperatorWarning::StrongMode => say!("mail-alarm-strong-do", host = host),
            OperatorWarning::AuditTampered => say!("mail-alarm-tampered-do", host = host),
            OperatorWarning::AuditLosing => say!("mail-alarm-losing-do", host = host),
            OperatorWarning::MailStuck => {
                say!(
                    "mail-alarm-mail-do",
                    host = host,
                    minutes = MAILS_STUCK / MINUTE
                )
            }
            OperatorWarning::RelayGone => {
                say!(
                    "mail-alarm-relay-do",
                    host = host,
                    minutes = RELAY_GONE / MINUTE
                )
            }
        }
    }
}
