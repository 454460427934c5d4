//! Who uses a camera just now, for the screen of somebody else who may want to.

use serde::{Deserialize, Serialize};

use crate::steering::SteeredBy;
use crate::talking::TalkedBy;

/// `inUse`: who else steers a camera and talks through it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InUseRequest {
    /// Id of the camera.
    pub camera: String,
}

/// The answer. Of what the viewer may not do, nothing is told; nor of what the viewer does in this call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameraUse {
    /// Whoever steers it.
    #[serde(rename = "steeredBy", default, skip_serializing_if = "Option::is_none")]
    pub steered_by: Option<SteeredBy>,
    /// Whoever talks through it.
    #[serde(rename = "talkedBy", default, skip_serializing_if = "Option::is_none")]
    pub talked_by: Option<TalkedBy>,
    /// Whoever talks on a line of the recorder, through whatever camera.
    #[serde(
        rename = "talkedAtRecorderBy",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub talked_at_recorder_by: Option<TalkedBy>,
}
