//! The inputs of an endpoint: how it reaches the network, what it offers, commands and media.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use tokio::sync::oneshot;
use tokio_rustls::rustls::ClientConfig;

use crate::frame::{AudioCodec, Frame, Sound, VideoCodec};
use crate::sdp::BadSdp;
use crate::sockets::MappedSocket;
use crate::turn::TurnServer;

/// How an endpoint reaches the network.
#[derive(Debug, Default)]
pub struct Config {
    /// Whether loopback addresses are used and accepted (a demo or a test).
    pub with_loopback: bool,
    /// The one local address to use; all if `None`.
    pub bind: Option<IpAddr>,
    /// `stun:` URLs (RFC 7064) for finding the public address; others are ignored.
    pub stun_servers: Vec<String>,
    /// Sockets that the router at this site already maps; each is the only one of its local address.
    pub mapped: Vec<MappedSocket>,
    /// Relays, the preferred one first.
    pub turn_servers: Vec<TurnServer>,
    /// Whom to trust as a relay over TLS; without it, none is used.
    pub tls: Option<Arc<ClientConfig>>,
    /// Labels of the data channels that the other side may open besides the control channel; all others are
    /// closed.
    pub data_labels: Vec<String>,
}

/// What an offer contains besides the control channel.
#[derive(Debug, Clone, Copy)]
pub struct Offer {
    /// Video m-lines, at most [`crate::limits::MAX_SLOTS`].
    pub n_video: u8,
    /// Whether there is an audio m-line.
    pub with_audio: bool,
    /// Whether H.265 is offered in addition to H.264.
    pub with_h265: bool,
    /// Whether this end estimates what the path carries. The other side then reports each packet, and now
    /// and then some packets are sent only to try the path; pictures leave as they do without.
    pub with_estimate: bool,
}

/// What the other side can play.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Negotiated {
    /// Codecs of each video m-line; empty if it was refused.
    pub video: Vec<Vec<VideoCodec>>,
    /// Codecs of the audio m-line.
    pub audio: Vec<AudioCodec>,
}

pub(super) enum EndpointCommand {
    Answer(String, oneshot::Sender<Result<Negotiated, BadSdp>>),
    Offer(String, oneshot::Sender<Result<String, BadSdp>>),
    Restart(oneshot::Sender<Result<String, BadSdp>>),
    AddressesChanged,
    Relays(Vec<TurnServer>),
    MappingChanged(SocketAddr, Option<SocketAddr>),
    Candidate(String),
    Control(String),
    Clear(u8),
    RequestKeyFrame(u8),
    Aim(u64),
    Close,
}

pub(super) enum Media {
    Video(u8, Frame),
    Burst(u8, Vec<Frame>),
    Sound(Sound),
}
