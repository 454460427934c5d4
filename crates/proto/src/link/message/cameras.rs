//! What an agent tells of its recorder: the cameras, and what is known about the device itself.

use serde::{Deserialize, Serialize};

use super::about::AboutRecorder;
use crate::certificate::RecorderCertificate;
use crate::health::RecorderHealth;
use crate::reason::Reason;

/// One camera of a recorder, as the registry shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Camera {
    /// Stable within the recorder, 1–32 of `[A-Za-z0-9_-]`: `"1"`.
    pub id: String,
    /// The recorder's name for it, at most 64 characters.
    pub name: String,
    /// Whether its picture is available.
    #[serde(rename = "isOnline")]
    pub is_online: bool,
    /// What is wrong with its picture, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// All cameras of a recorder; replaces the earlier list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cameras {
    /// At most 256; others are refused.
    pub cameras: Vec<Camera>,
    /// What is wrong with the recorder itself, if anything. An empty list says nothing about its cameras
    /// then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The certificates that the recorder has made itself, at most 8; others are refused.
    #[serde(
        rename = "peerview/certificates",
        default,
        skip_serializing_if = "Vec::is_empty"
    )]
    pub certificates: Vec<RecorderCertificate>,
    /// What the recorder says it is, if it says so.
    #[serde(
        rename = "peerview/about",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub about: Option<AboutRecorder>,
    /// How its clock and its disks are, as far as it says.
    #[serde(
        rename = "peerview/health",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub health: Option<RecorderHealth>,
}

impl From<Vec<Camera>> for Cameras {
    fn from(cameras: Vec<Camera>) -> Cameras {
        Cameras {
            cameras,
            reason: None,
            certificates: Vec::new(),
            about: None,
            health: None,
        }
    }
}
