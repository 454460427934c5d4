//! The parts of a simulated recorder: addresses, its account, and its cameras.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

/// Settings of one simulated recorder.
#[derive(Clone)]
pub struct Config {
    /// Address of ISAPI; port 0 picks a free one.
    pub http: SocketAddr,
    /// Address of RTSP; port 0 picks a free one.
    pub rtsp: SocketAddr,
    /// User name of the only account.
    pub user: String,
    /// Password of the only account.
    pub password: String,
    /// Device name in `deviceInfo`.
    pub device_name: String,
    /// Serial number in `deviceInfo`.
    pub serial_number: String,
    /// The cameras; the first is camera 1 with the streams 101 and 102.
    pub cameras: Vec<CameraConfig>,
    /// Analog inputs without a camera after the last one ("NO VIDEO").
    pub empty_inputs: usize,
    /// Maximum number of open RTSP sessions; further ones get 453.
    pub max_sessions: usize,
    /// The digest algorithm for HTTP and RTSP.
    pub digest: DigestAlgorithm,
    /// How long an RTSP session lives without activity from its client.
    pub session_timeout: Duration,
    /// Interval of RTCP sender reports; `None` sends none, as some firmware does.
    pub sender_reports: Option<Duration>,
    /// How long the cameras have been running when the recorder starts; it determines their
    /// position in the clips and on the RTP clocks.
    pub running_for: Duration,
}

impl Config {
    /// A hybrid recorder on free loopback ports: two analog and two network cameras, all H.264, the
    /// first two with G.711 audio, and one analog input without a camera.
    pub fn four_cameras(user: &str, password: &str) -> Self {
        let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            http: loopback,
            rtsp: loopback,
            user: user.to_owned(),
            password: password.to_owned(),
            device_name: "Simulated DVR".to_owned(),
            serial_number: "DS-7204HUHI-SIM0420260101CCWRE00000001WCVU".to_owned(),
            cameras: vec![
                CameraConfig::analog("Entrance", 0).with_audio(),
                CameraConfig::analog("Counter", 1).with_audio(),
                CameraConfig::network("Back door", 2),
                CameraConfig::network("Car park", 3),
            ],
            empty_inputs: 1,
            max_sessions: 32,
            digest: DigestAlgorithm::Md5,
            session_timeout: Duration::from_secs(60),
            sender_reports: Some(Duration::from_secs(5)),
            running_for: Duration::ZERO,
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("http", &self.http)
            .field("rtsp", &self.rtsp)
            .field("user", &self.user)
            .field("password", &"…")
            .field("cameras", &self.cameras)
            .finish_non_exhaustive()
    }
}

/// One camera of the recorder.
#[derive(Clone, Debug)]
pub struct CameraConfig {
    /// The name in the channel lists.
    pub name: String,
    /// Whether both streams carry a G.711 µ-law track.
    pub has_audio: bool,
    /// Which built-in scene it shows, 0 to 3; larger numbers wrap around.
    pub clip: usize,
    /// Codec of the main stream.
    pub codec: ClipCodec,
    /// Codec of the sub stream.
    pub sub_codec: ClipCodec,
    /// How it is connected, which determines the ISAPI list that contains it.
    pub input: Input,
}

impl CameraConfig {
    /// An H.264 camera on an analog input, without audio.
    pub fn analog(name: &str, clip: usize) -> Self {
        Self {
            name: name.to_owned(),
            has_audio: false,
            clip,
            codec: ClipCodec::H264,
            sub_codec: ClipCodec::H264,
            input: Input::Analog,
        }
    }

    /// An H.264 network camera behind the recorder, without audio.
    pub fn network(name: &str, clip: usize) -> Self {
        Self {
            input: Input::Network,
            ..Self::analog(name, clip)
        }
    }

    /// The same camera with an audio track.
    #[must_use]
    pub fn with_audio(mut self) -> Self {
        self.has_audio = true;
        self
    }
}

/// Video coding of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClipCodec {
    /// H.264 (AVC).
    H264,
    /// H.265 (HEVC).
    H265,
}

impl ClipCodec {
    /// The ISAPI name.
    pub fn isapi_name(self) -> &'static str {
        match self {
            Self::H264 => "H.264",
            Self::H265 => "H.265",
        }
    }
}

/// How a camera is connected to the recorder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// Coaxial input: listed under `System/Video/inputs/channels`.
    Analog,
    /// Network camera: listed under `ContentMgmt/InputProxy/channels`.
    Network,
}

/// Hash of the Digest scheme (RFC 7616).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigestAlgorithm {
    /// MD5, which third-party clients expect.
    Md5,
    /// SHA-256, an option on newer firmware.
    Sha256,
}
