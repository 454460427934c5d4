//! Configuration of a client: the stream, the login and the transport.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::address::StreamAddress;
use crate::headers::PlayRange;
use crate::limits;
use crate::login::Credentials;

/// Settings of one stream. Those that [`super::RtspEnd::Again`] gives are for the next connection.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientConfig {
    /// What is played, and where to connect to.
    pub address: StreamAddress,
    /// Login, if the camera requires one.
    pub credentials: Option<Credentials>,
    /// Whether the password may be sent in clear text, where the camera knows nothing better.
    pub is_basic_allowed: bool,
    /// `User-Agent` of requests.
    pub user_agent: String,
    /// What carries the packets.
    pub transport: TransportPolicy,
    /// Whether the camera is asked for tracks to talk on (ONVIF Streaming §5.3).
    pub wants_backchannel: bool,
    /// Tracks that are not set up, because the camera failed on them.
    pub skipped_tracks: BTreeSet<usize>,
    /// Time for the answer to one request.
    pub answer_limit: Duration,
    /// Time until the first packet, and silence that is allowed while the stream's rate is not known.
    pub first_packet_limit: Duration,
    /// Silence that counts as the end of a stream, unless it is so slow; `None` lets it be silent forever.
    pub silence_limit: Option<Duration>,
    /// Redirects that were followed; 0 for a new attempt.
    pub n_redirects: u8,
    /// Connections that followed at once on another; 0 for a new attempt.
    pub n_connections: u8,
}

impl ClientConfig {
    /// Settings for an address, over TCP.
    pub fn new(
        address: StreamAddress,
        credentials: Option<Credentials>,
        user_agent: &str,
    ) -> ClientConfig {
        ClientConfig {
            address,
            credentials,
            is_basic_allowed: false,
            user_agent: user_agent.to_owned(),
            transport: TransportPolicy::Tcp,
            wants_backchannel: false,
            skipped_tracks: BTreeSet::new(),
            answer_limit: limits::ANSWER_LIMIT,
            first_packet_limit: limits::FIRST_PACKET_LIMIT,
            silence_limit: Some(limits::SILENCE_FLOOR),
            n_redirects: 0,
            n_connections: 0,
        }
    }
}

/// What carries the packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransportPolicy {
    /// The RTSP connection.
    Tcp,
    /// UDP.
    Udp,
    /// UDP, and TCP if the camera refuses it or no packet arrives.
    UdpThenTcp,
    /// TCP, and UDP if the camera refuses it.
    TcpThenUdp,
}

impl TransportPolicy {
    /// Whether the driver opens a pair of ports for each track.
    pub fn is_udp(self) -> bool {
        matches!(self, TransportPolicy::Udp | TransportPolicy::UdpThenTcp)
    }

    /// What is tried after this one.
    pub(super) fn next(self) -> Option<TransportPolicy> {
        match self {
            TransportPolicy::Tcp | TransportPolicy::Udp => None,
            TransportPolicy::UdpThenTcp => Some(TransportPolicy::Tcp),
            TransportPolicy::TcpThenUdp => Some(TransportPolicy::Udp),
        }
    }
}

/// A track to set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrackChoice {
    /// Index of the track in [`crate::sdp::Description::tracks`].
    pub track: usize,
    /// Whether the stream is worth nothing without it. Sound is not required.
    pub is_required: bool,
    /// The driver's ports for RTP and RTCP; `None` for TCP.
    pub ports: Option<(u16, u16)>,
}

/// How to play. The default is a live stream.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PlayOptions {
    /// What to play; `None` for a live stream, or to go on after a pause.
    pub range: Option<PlayRange>,
    /// How fast; negative is backwards.
    pub scale: Option<f64>,
    /// Whether the camera paces what it sends: `Some(false)` makes it send as fast as it is read (ONVIF Streaming §6.5).
    pub rate_control: Option<bool>,
    /// Whether to leave the current place at once instead of playing to its end (ONVIF Streaming §6.4).
    pub is_immediate: bool,
    /// Which pictures to send (ONVIF Streaming §6.6).
    pub frames: Option<FrameFilter>,
    /// Whether to insist that the camera knows the last three (`Require: onvif-replay`).
    pub requires_replay: bool,
}

/// Pictures that a recorder sends of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameFilter {
    /// Key frames, at least so far apart.
    Key(Option<Duration>),
    /// Key frames and what other pictures depend on.
    Predicted,
}
