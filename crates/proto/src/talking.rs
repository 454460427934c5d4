//! The person who talks through a camera, as shown to others who want to talk.

use serde::{Deserialize, Serialize};

/// Whoever talks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TalkedBy {
    /// The person's user name.
    pub name: String,
}
