//! Steering a camera: movements with a time limit, stop, presets.

use crate::error::OnvifError;
use crate::limits::MAX_PRESETS;
use crate::request::{OnvifRequest, OnvifService, SCHEMA};
use crate::xml::XmlNode;

/// What a motor can do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PtzNode {
    /// Turns and tilts with a speed.
    pub has_pan_tilt: bool,
    /// Zooms with a speed.
    pub has_zoom: bool,
    /// Most presets; 0 if it has none or does not say.
    pub n_presets: u32,
}

/// Speeds in percent: right, up and towards the picture are positive.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PtzVelocity {
    /// To the right.
    pub pan: i8,
    /// Up.
    pub tilt: i8,
    /// Towards the picture.
    pub zoom: i8,
}

/// A saved position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnvifPreset {
    /// What it is called in requests.
    pub token: String,
    /// Its name for people; may be empty.
    pub name: String,
}

impl PtzNode {
    /// Asks what a motor can do.
    pub fn get(token: &str) -> OnvifRequest {
        OnvifRequest::new(OnvifService::Ptz, "GetNode").with("NodeToken", token)
    }

    /// Reads the answer.
    pub fn parse(answer: &[u8]) -> Result<PtzNode, OnvifError> {
        let answer = XmlNode::answer(answer, "GetNodeResponse")?;
        let node = answer
            .child("PTZNode")
            .ok_or(OnvifError::Field("PTZNode"))?;
        let spaces = node.child("SupportedPTZSpaces");
        let has = |name| spaces.is_some_and(|spaces| spaces.child(name).is_some());
        Ok(PtzNode {
            has_pan_tilt: has("ContinuousPanTiltVelocitySpace"),
            has_zoom: has("ContinuousZoomVelocitySpace"),
            n_presets: node.number_of("MaximumNumberOfPresets").unwrap_or(0),
        })
    }
}

/// Moves a camera for a while. Some firmware ignores the time limit, so a stop has to follow all the
/// same.
pub fn continuous_move(profile: &str, velocity: PtzVelocity, ms: u16) -> OnvifRequest {
    let share = |percent: i8| f32::from(percent) / 100.0;
    let mut inside = String::new();
    // A camera without one of both refuses a request that names it, even with 0.
    if velocity.pan != 0 || velocity.tilt != 0 {
        let (x, y) = (share(velocity.pan), share(velocity.tilt));
        inside.push_str(&format!(
            "<PanTilt xmlns=\"{SCHEMA}\" x=\"{x:.2}\" y=\"{y:.2}\"/>"
        ));
    }
    if velocity.zoom != 0 {
        let x = share(velocity.zoom);
        inside.push_str(&format!("<Zoom xmlns=\"{SCHEMA}\" x=\"{x:.2}\"/>"));
    }
    let (whole, rest) = (ms / 1_000, ms % 1_000);
    OnvifRequest::new(OnvifService::Ptz, "ContinuousMove")
        .with("ProfileToken", profile)
        .with_markup(&format!("<Velocity>{inside}</Velocity>"))
        .with("Timeout", &format!("PT{whole}.{rest:03}S"))
}

/// Stops every movement of a camera.
pub fn stop(profile: &str) -> OnvifRequest {
    OnvifRequest::new(OnvifService::Ptz, "Stop")
        .with("ProfileToken", profile)
        .with("PanTilt", "true")
        .with("Zoom", "true")
}

/// Asks for the saved positions.
pub fn get_presets(profile: &str) -> OnvifRequest {
    OnvifRequest::new(OnvifService::Ptz, "GetPresets").with("ProfileToken", profile)
}

/// Reads the saved positions.
pub fn parse_presets(answer: &[u8]) -> Result<Vec<OnvifPreset>, OnvifError> {
    let answer = XmlNode::answer(answer, "GetPresetsResponse")?;
    let presets = answer.children("Preset").take(MAX_PRESETS);
    let read = presets.filter_map(|preset| {
        Some(OnvifPreset {
            token: preset.token()?.to_owned(),
            name: preset.text_of("Name").unwrap_or_default().to_owned(),
        })
    });
    Ok(read.collect())
}

/// Goes to a saved position.
pub fn goto_preset(profile: &str, preset: &str) -> OnvifRequest {
    OnvifRequest::new(OnvifService::Ptz, "GotoPreset")
        .with("ProfileToken", profile)
        .with("PresetToken", preset)
}

/// Saves the present position under a token, or lets the device choose one.
pub fn set_preset(profile: &str, name: &str, preset: Option<&str>) -> OnvifRequest {
    let request = OnvifRequest::new(OnvifService::Ptz, "SetPreset")
        .with("ProfileToken", profile)
        .with("PresetName", name);
    match preset {
        Some(preset) => request.with("PresetToken", preset),
        None => request,
    }
}

/// Forgets a saved position.
pub fn remove_preset(profile: &str, preset: &str) -> OnvifRequest {
    OnvifRequest::new(OnvifService::Ptz, "RemovePreset")
        .with("ProfileToken", profile)
        .with("PresetToken", preset)
}

/// Whether a device has done what was asked: any answer that is no fault.
pub fn parse_done(answer: &[u8]) -> Result<(), OnvifError> {
    let root = XmlNode::read(answer)?;
    let body = root.take("Body").ok_or(OnvifError::Field("Body"))?;
    match body.all().first() {
        Some(first) if first.name() == "Fault" => {
            Err(OnvifError::Fault(crate::SoapFault::of(first)))
        }
        _ => Ok(()),
    }
}
