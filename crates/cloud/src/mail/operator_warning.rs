//! Warnings mailed to operators.

use serde::{Deserialize, Serialize};

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
}

impl OperatorWarning {
    /// All there are.
    pub const ALL: [OperatorWarning; 4] = [
        OperatorWarning::StrongMode,
        OperatorWarning::AuditTampered,
        OperatorWarning::AuditLosing,
        OperatorWarning::MailStuck,
    ];

    /// Its name in logs and counters.
    pub fn name(self) -> &'static str {
        match self {
            OperatorWarning::StrongMode => "strong mode",
            OperatorWarning::AuditTampered => "audit log changed",
            OperatorWarning::AuditLosing => "audit log not written",
            OperatorWarning::MailStuck => "mails do not leave",
        }
    }

    /// A one-line description: the subject and the beginning of the mail.
    pub(super) fn words(self) -> String {
        match self {
            OperatorWarning::StrongMode => say!("mail-alarm-strong"),
            OperatorWarning::AuditTampered => say!("mail-alarm-tampered"),
            OperatorWarning::AuditLosing => say!("mail-alarm-losing"),
            OperatorWarning::MailStuck => say!("mail-alarm-mail"),
        }
    }

    /// What it means, and what to do.
    pub(super) fn advice(self, host: &str, minutes: i64) -> String {
        match self {
            OperatorWarning::StrongMode => say!("mail-alarm-strong-do", host = host),
            OperatorWarning::AuditTampered => say!("mail-alarm-tampered-do", host = host),
            OperatorWarning::AuditLosing => say!("mail-alarm-losing-do", host = host),
            OperatorWarning::MailStuck => {
                say!("mail-alarm-mail-do", host = host, minutes = minutes)
            }
        }
    }
}
