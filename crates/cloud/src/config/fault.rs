//! One problem in the settings, and how to fix it.

/// Why settings are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found}: {fix}")]
pub struct Fault {
    /// The setting to change, such as `mail.host`.
    pub setting: String,
    /// What is wrong, without repeating a secret.
    pub found: String,
    /// What to do, as a sentence without its full stop.
    pub fix: String,
}

impl Fault {
    /// A fault of one setting.
    pub fn new(setting: &str, found: impl Into<String>, fix: impl Into<String>) -> Fault {
        Fault {
            setting: setting.to_owned(),
            found: found.into(),
            fix: fix.into(),
        }
    }
}
