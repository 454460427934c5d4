//! What whoever runs the cloud is told by mail without having asked.

use serde::{Deserialize, Serialize};

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Alarm {
    /// So many codes were wrong that short ones count for nobody.
    StrongMode,
    /// Lines of the audit log are gone or changed.
    AuditTampered,
    /// The audit log cannot be written.
    AuditLosing,
    /// Mails do not leave.
    MailStuck,
}

impl Alarm {
    /// All there are.
    pub const ALL: [Alarm; 4] = [
        Alarm::StrongMode,
        Alarm::AuditTampered,
        Alarm::AuditLosing,
        Alarm::MailStuck,
    ];

    /// As logs and counters name it.
    pub fn name(self) -> &'static str {
        match self {
            Alarm::StrongMode => "strong mode",
            Alarm::AuditTampered => "audit log changed",
            Alarm::AuditLosing => "audit log not written",
            Alarm::MailStuck => "mails do not leave",
        }
    }

    /// One line that says it; the subject, and the beginning of the mail.
    pub(super) fn words(self) -> String {
        match self {
            Alarm::StrongMode => say!("mail-alarm-strong"),
            Alarm::AuditTampered => say!("mail-alarm-tampered"),
            Alarm::AuditLosing => say!("mail-alarm-losing"),
            Alarm::MailStuck => say!("mail-alarm-mail"),
        }
    }

    /// What it means, and what there is to do.
    pub(super) fn advice(self, host: &str, minutes: i64) -> String {
        match self {
            Alarm::StrongMode => say!("mail-alarm-strong-do", host = host),
            Alarm::AuditTampered => say!("mail-alarm-tampered-do", host = host),
            Alarm::AuditLosing => say!("mail-alarm-losing-do", host = host),
            Alarm::MailStuck => say!("mail-alarm-mail-do", host = host, minutes = minutes),
        }
    }
}
