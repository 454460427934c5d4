//! Profiles, and the addresses of their streams and pictures, of both media services.

use crate::error::OnvifError;
use crate::limits::MAX_PROFILES;
use crate::request::{OnvifRequest, OnvifService, SCHEMA};
use crate::xml::XmlNode;

/// How the pictures of a profile are encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProfileCodec {
    /// H.264.
    H264,
    /// H.265, which the first media service has no name for; some firmware uses it all the same.
    H265,
    /// JPEG pictures.
    Jpeg,
    /// Anything else, as the device spells it.
    Other(String),
}

impl ProfileCodec {
    pub(crate) fn named(name: &str) -> ProfileCodec {
        // `H264`, `H.265`, `video/H265`: every spelling is in use.
        let plain: String = name
            .rsplit('/')
            .next()
            .unwrap_or(name)
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_ascii_uppercase();
        match plain.as_str() {
            "H264" | "AVC" => ProfileCodec::H264,
            "H265" | "HEVC" => ProfileCodec::H265,
            "JPEG" | "MJPEG" => ProfileCodec::Jpeg,
            _ => ProfileCodec::Other(name.to_owned()),
        }
    }
}

/// The pictures of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileVideo {
    /// How they are encoded.
    pub codec: ProfileCodec,
    /// In pixels; 0 if unknown.
    pub width: u32,
    /// In pixels; 0 if unknown.
    pub height: u32,
    /// Pictures per second at most; 0 if unknown.
    pub frame_rate: u32,
    /// Kilobits per second at most; 0 if unknown.
    pub bit_rate: u32,
    /// What its settings are called in requests.
    pub encoder: Option<String>,
}

/// A profile: one stream of one camera.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaProfile {
    /// What it is called in requests.
    pub token: String,
    /// Its name for people.
    pub name: String,
    /// The video source, which is the camera; profiles of the same one show the same scene.
    pub source: Option<String>,
    /// The settings of the video source, by which events name the camera.
    pub source_settings: Option<String>,
    /// The name of the video source's settings for people.
    pub source_name: String,
    /// Its pictures; nothing if no encoder belongs to it.
    pub video: Option<ProfileVideo>,
    /// Whether it has sound.
    pub has_audio: bool,
    /// How that is encoded, as the device spells it; may be empty.
    pub sound: String,
    /// Whether it has a loudspeaker, without which no sound is taken on some devices.
    pub has_loudspeaker: bool,
    /// Whether it says how sound for it is decoded.
    pub has_decoder: bool,
    /// The motor, if this camera can be steered.
    pub ptz: Option<String>,
}

/// Asks for all profiles of a media service.
pub fn get_profiles(service: OnvifService) -> OnvifRequest {
    let request = OnvifRequest::new(service, "GetProfiles");
    match service {
        // Media2 leaves out everything that is not named.
        OnvifService::Media2 => request.with("Type", "All"),
        _ => request,
    }
}

/// Reads the profiles of either media service.
pub fn parse_profiles(answer: &[u8]) -> Result<Vec<MediaProfile>, OnvifError> {
    let answer = XmlNode::answer(answer, "GetProfilesResponse")?;
    let profiles = answer.children("Profiles").take(MAX_PROFILES);
    Ok(profiles.filter_map(profile).collect())
}

fn profile(node: &XmlNode) -> Option<MediaProfile> {
    // Media2 has the same parts one level deeper, without "Configuration" in their names.
    let inner = node.child("Configurations");
    let part = |first: &str, second: &str| match inner {
        Some(inner) => inner.child(second),
        None => node.child(first),
    };
    let source = part("VideoSourceConfiguration", "VideoSource");
    let encoder = part("VideoEncoderConfiguration", "VideoEncoder");
    let text = |node: Option<&XmlNode>, name: &str| {
        let text = node.and_then(|node| node.text_of(name));
        text.map(str::to_owned)
    };
    let ptz = part("PTZConfiguration", "PTZ");
    let audio = part("AudioEncoderConfiguration", "AudioEncoder");
    // In Media1 they came later, and so stand one level deeper.
    let extension = node.child("Extension");
    let has = |first: &str, second: &str| {
        let later = extension.and_then(|extension| extension.child(first));
        part(first, second).or(later).is_some()
    };
    Some(MediaProfile {
        token: node.token()?.to_owned(),
        name: text(Some(node), "Name").unwrap_or_default(),
        source: text(source, "SourceToken"),
        source_settings: source.and_then(XmlNode::token).map(str::to_owned),
        source_name: text(source, "Name").unwrap_or_default(),
        video: encoder.map(video),
        has_audio: audio.is_some(),
        sound: text(audio, "Encoding").unwrap_or_default(),
        has_loudspeaker: has("AudioOutputConfiguration", "AudioOutput"),
        has_decoder: has("AudioDecoderConfiguration", "AudioDecoder"),
        ptz: text(ptz, "NodeToken").or_else(|| ptz?.token().map(str::to_owned)),
    })
}

/// What the settings of an encoder say about its pictures.
pub(crate) fn video(encoder: &XmlNode) -> ProfileVideo {
    let size = |name| encoder.child("Resolution")?.number_of(name);
    let rate = encoder.child("RateControl");
    let limit = |name| rate.and_then(|rate| rate.number_of(name)).unwrap_or(0);
    ProfileVideo {
        codec: ProfileCodec::named(encoder.text_of("Encoding").unwrap_or_default()),
        width: size("Width").unwrap_or(0),
        height: size("Height").unwrap_or(0),
        frame_rate: limit("FrameRateLimit"),
        bit_rate: limit("BitrateLimit"),
        encoder: encoder.token().map(str::to_owned),
    }
}

/// Asks for the address of a profile's stream.
pub fn get_stream_uri(service: OnvifService, profile: &str) -> OnvifRequest {
    let request = OnvifRequest::new(service, "GetStreamUri");
    match service {
        // RtspUnicast would be UDP only; the transport is chosen when the stream is opened.
        OnvifService::Media2 => request
            .with("Protocol", "RTSP")
            .with("ProfileToken", profile),
        _ => request
            .with_markup(&format!(
                "<StreamSetup><Stream xmlns=\"{SCHEMA}\">RTP-Unicast</Stream>\
                 <Transport xmlns=\"{SCHEMA}\"><Protocol>RTSP</Protocol></Transport></StreamSetup>"
            ))
            .with("ProfileToken", profile),
    }
}

/// Reads the address of a stream from either media service.
pub fn parse_stream_uri(answer: &[u8]) -> Result<String, OnvifError> {
    uri(&XmlNode::answer(answer, "GetStreamUriResponse")?)
}

/// Asks for the address of a profile's pictures.
pub fn get_snapshot_uri(service: OnvifService, profile: &str) -> OnvifRequest {
    OnvifRequest::new(service, "GetSnapshotUri").with("ProfileToken", profile)
}

/// Reads the address of pictures from either media service.
pub fn parse_snapshot_uri(answer: &[u8]) -> Result<String, OnvifError> {
    uri(&XmlNode::answer(answer, "GetSnapshotUriResponse")?)
}

/// `MediaUri/Uri` in Media1, `Uri` in Media2.
fn uri(answer: &XmlNode) -> Result<String, OnvifError> {
    let uri = answer.find("Uri").and_then(XmlNode::own_text);
    uri.map(str::to_owned).ok_or(OnvifError::Field("Uri"))
}
