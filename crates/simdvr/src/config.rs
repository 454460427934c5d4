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
    /// Address of ISAPI over TLS; port 0 picks a free one.
    pub https: Option<SocketAddr>,
    /// Address of RTSP over TLS; port 0 picks a free one.
    pub rtsps: Option<SocketAddr>,
    /// Whether it answers plain RTSP, too.
    pub has_plain_rtsp: bool,
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
    /// Whether it knows only Basic, as the cheapest cameras do.
    pub has_only_basic: bool,
    /// The digest algorithm for HTTP and RTSP.
    pub digest: DigestAlgorithm,
    /// How long an RTSP session lives without activity from its client.
    pub session_timeout: Duration,
    /// Interval of RTCP sender reports; `None` sends none, as some firmware does.
    pub sender_reports: Option<Duration>,
    /// Whether cameras that can be steered take movements that end by themselves.
    pub has_momentary_ptz: bool,
    /// How long the cameras have been running when the recorder starts; it determines their
    /// position in the clips and on the RTP clocks.
    pub running_for: Duration,
    /// The line of its own loudspeaker, if it has one.
    pub talk_line: Option<TalkLineConfig>,
    /// How it behaves over ONVIF.
    pub onvif: OnvifSide,
    /// Number of outputs.
    pub outputs: usize,
    /// Whether it takes image settings as a whole; some firmware only takes the parts.
    pub takes_whole_image: bool,
    /// How it tells of events over ISAPI.
    pub alerts: AlertSide,
}

impl Config {
    /// The same recorder with TLS, too, on free loopback ports.
    #[must_use]
    pub fn with_tls(mut self) -> Self {
        let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
        self.https = Some(loopback);
        self.rtsps = Some(loopback);
        self
    }

    /// A hybrid recorder on free loopback ports: two analog and two network cameras, all H.264, the
    /// first two with G.711 audio, the first with a loudspeaker, the last one can be steered, and one analog input without a camera.
    pub fn four_cameras(user: &str, password: &str) -> Self {
        let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            http: loopback,
            rtsp: loopback,
            https: None,
            rtsps: None,
            has_plain_rtsp: true,
            user: user.to_owned(),
            password: password.to_owned(),
            device_name: "Simulated DVR".to_owned(),
            serial_number: "DS-7204HUHI-SIM0420260101CCWRE00000001WCVU".to_owned(),
            cameras: vec![
                CameraConfig::analog("Entrance", 0).with_audio().with_talk(),
                CameraConfig::analog("Counter", 1).with_audio(),
                CameraConfig::network("Back door", 2),
                CameraConfig::network("Car park", 3).with_ptz(),
            ],
            empty_inputs: 1,
            max_sessions: 32,
            has_only_basic: false,
            digest: DigestAlgorithm::Md5,
            session_timeout: Duration::from_secs(60),
            sender_reports: Some(Duration::from_secs(5)),
            has_momentary_ptz: true,
            running_for: Duration::ZERO,
            talk_line: Some(TalkLineConfig::default()),
            onvif: OnvifSide::default(),
            outputs: 2,
            takes_whole_image: true,
            alerts: AlertSide::default(),
        }
    }
}

/// How a recorder tells of events over ISAPI, with what real firmware does wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertSide {
    /// Time between two heartbeats.
    pub heartbeat: Duration,
    /// The boundary that it announces; it always uses `boundary`.
    pub announced_boundary: &'static str,
    /// What ends its lines.
    pub line_end: &'static str,
    /// Whether the lengths of its parts are wrong.
    pub has_wrong_lengths: bool,
    /// Whether a picture follows every event.
    pub has_pictures: bool,
    /// Whether events are in JSON.
    pub is_json: bool,
    /// Whether it says when an event is over.
    pub says_end: bool,
    /// Whether the type of an event hides in a `duration`.
    pub is_duration: bool,
    /// Whether events are only there without the prefix of newer firmware.
    pub is_old: bool,
    /// Whether it refuses every login here and nowhere else, as some intercoms do.
    pub refuses_login: bool,
    /// How many may listen at a time.
    pub max_listeners: usize,
}

impl Default for AlertSide {
    fn default() -> Self {
        Self {
            heartbeat: Duration::from_secs(10),
            announced_boundary: "boundary",
            line_end: "\r\n",
            has_wrong_lengths: false,
            has_pictures: false,
            is_json: false,
            says_end: true,
            is_duration: false,
            is_old: false,
            refuses_login: false,
            max_listeners: 4,
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

/// A line on which one talks at the recorder itself (`System/TwoWayAudio`). The microphones of cameras without a
/// loudspeaker of their own hear it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TalkLineConfig {
    /// The ISAPI name of the coding that it takes; only µ-law is heard.
    pub codec: &'static str,
    /// Whether a talk has a name that has to be given with it, as with newer firmware.
    pub has_sessions: bool,
}

impl Default for TalkLineConfig {
    fn default() -> Self {
        Self {
            codec: "G.711ulaw",
            has_sessions: true,
        }
    }
}

/// How a recorder behaves over ONVIF.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnvifSide {
    /// The login that it takes.
    pub login: OnvifLogin,
    /// Seconds by which its clock is ahead.
    pub clock_ahead: i64,
    /// Whether it has the second media service.
    pub has_media2: bool,
    /// Whether it knows `GetServices`, which old firmware does not.
    pub has_get_services: bool,
    /// The host that it reports for itself, as behind a NAT; its own address if absent.
    pub wrong_host: Option<String>,
    /// Where it answers searches of the LAN; nowhere if absent.
    pub discovery: Option<SocketAddr>,
    /// Longest lifetime of a subscription to events that it grants.
    pub longest_subscription: Duration,
    /// What clients must do before cameras with a loudspeaker describe it over RTSP.
    pub loudspeaker: SimLoudspeaker,
    /// Whether all subscriptions have one address, and their number in the header, as at Axis.
    pub has_reference_parameters: bool,
}

impl Default for OnvifSide {
    fn default() -> Self {
        Self {
            login: OnvifLogin::Either,
            clock_ahead: 0,
            has_media2: false,
            has_get_services: true,
            wrong_host: None,
            discovery: None,
            longest_subscription: Duration::from_secs(600),
            loudspeaker: SimLoudspeaker::Described,
            has_reference_parameters: false,
        }
    }
}

/// How the loudspeaker of a camera becomes part of its profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SimLoudspeaker {
    /// It is there from the beginning.
    Described,
    /// Only after an audio output and a decoder were added to a profile.
    Addable,
    /// As before, but the user may not add them.
    Forbidden,
}

/// The login that a device takes over ONVIF.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnvifLogin {
    /// HTTP Digest only.
    Digest,
    /// A WS-UsernameToken only, as firmware before 2015.
    Token,
    /// Both; without a login it offers Digest.
    Either,
}

/// One camera of the recorder.
#[derive(Clone, Debug)]
pub struct CameraConfig {
    /// The name in the channel lists.
    pub name: String,
    /// Whether both streams carry a track of sound.
    pub has_audio: bool,
    /// How that sound is encoded.
    pub sound: SimulatedSound,
    /// Whether it has a loudspeaker, whose sound its microphone hears; then the chime falls silent.
    pub has_talk: bool,
    /// Whether its loudspeaker takes A-law, and nothing else.
    pub takes_alaw: bool,
    /// Whether it can be steered; then each quarter turn shows the next scene.
    pub has_ptz: bool,
    /// Which built-in scene it shows, 0 to 3; larger numbers wrap around.
    pub clip: usize,
    /// Codec of the main stream.
    pub codec: ClipCodec,
    /// Codec of the sub stream.
    pub sub_codec: ClipCodec,
    /// Codec of the third stream, if it has one.
    pub third: Option<ClipCodec>,
    /// Codec of what the recorder re-encodes, if it does; such a stream is in no list.
    pub transcoded: Option<ClipCodec>,
    /// Whether main and sub stream are H.264+ or H.265+.
    pub is_smart: bool,
    /// How it is connected, which determines the ISAPI list that contains it.
    pub input: Input,
}

impl CameraConfig {
    /// An H.264 camera on an analog input, without audio.
    pub fn analog(name: &str, clip: usize) -> Self {
        Self {
            name: name.to_owned(),
            has_audio: false,
            sound: SimulatedSound::Ulaw,
            has_talk: false,
            takes_alaw: false,
            has_ptz: false,
            clip,
            codec: ClipCodec::H264,
            sub_codec: ClipCodec::H264,
            third: None,
            transcoded: None,
            is_smart: false,
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

    /// The same camera with a G.711 µ-law track.
    #[must_use]
    pub fn with_audio(self) -> Self {
        self.with_sound(SimulatedSound::Ulaw)
    }

    /// The same camera with a track of sound.
    #[must_use]
    pub fn with_sound(mut self, sound: SimulatedSound) -> Self {
        self.has_audio = true;
        self.sound = sound;
        self
    }

    /// The same camera with a loudspeaker: an ONVIF backchannel in G.711 µ-law.
    #[must_use]
    pub fn with_talk(mut self) -> Self {
        self.has_talk = true;
        self
    }

    /// The same camera with a loudspeaker that takes G.711 A-law instead.
    #[must_use]
    pub fn with_alaw_talk(mut self) -> Self {
        self.takes_alaw = true;
        self.with_talk()
    }

    /// The same camera on a motor.
    #[must_use]
    pub fn with_ptz(mut self) -> Self {
        self.has_ptz = true;
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
    /// H.265 with 2560 × 1440 pixels, more than decoders in software take.
    LargeH265,
    /// One JPEG after the other.
    Jpeg,
}

impl ClipCodec {
    /// The ISAPI name.
    pub fn isapi_name(self) -> &'static str {
        match self {
            Self::H264 => "H.264",
            Self::H265 | Self::LargeH265 => "H.265",
            Self::Jpeg => "MJPEG",
        }
    }
}

/// Coding of a camera's sound, and what is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SimulatedSound {
    /// G.711 µ-law: a chime.
    Ulaw,
    /// AAC at 16 kHz: a tone of 1,000 Hz.
    Aac,
    /// G.726 at 32 kbit/s: a tone of 600 Hz.
    G726,
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
