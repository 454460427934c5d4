//! A recorder's model and firmware, for its owner to read.

use serde::{Deserialize, Serialize};

use crate::link::limits::MAX_NAME_CHARS;
use crate::shown::shown;

/// What a recorder says it is; nothing of it is sure. Texts are empty where it says nothing, and cut where it says
/// much.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AboutRecorder {
    /// Its model, as it spells it.
    #[serde(default)]
    pub model: String,
    /// The version of its firmware, as it spells it.
    #[serde(default)]
    pub firmware: String,
}

impl AboutRecorder {
    /// Only what can be shown.
    #[must_use]
    pub fn shown(&self) -> AboutRecorder {
        AboutRecorder {
            model: shown(&self.model, MAX_NAME_CHARS),
            firmware: shown(&self.firmware, MAX_NAME_CHARS),
        }
    }
}
