//! How something went that the log notes.

use serde::{Deserialize, Serialize};

/// The result of what is noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It was done as asked.
    Ok,
    /// It was refused by a rule.
    Denied,
    /// It could not be done.
    Failed,
}

impl Outcome {
    /// Done if true, otherwise refused.
    pub fn of(is_done: bool) -> Outcome {
        if is_done {
            Outcome::Ok
        } else {
            Outcome::Denied
        }
    }
}
