//! Who talks through a camera, for the screen of somebody else who wants to.

use serde::{Deserialize, Serialize};

/// Whoever talks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TalkedBy {
    /// The person's user name.
    pub name: String,
}
