//! What an endpoint is told: how it reaches the network, what it offers, commands and media.

use std::net::IpAddr;

use tokio::sync::oneshot;

use crate::frame::{AudioCodec, Frame, Sound, VideoCodec};
use crate::sdp::BadSdp;

/// How an endpoint reaches the network.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Whether addresses of this machine alone are used and believed (a demo or a test).
    pub with_loopback: bool,
    /// The one local address to use; all where `None`.
    pub bind: Option<IpAddr>,
    /// `stun:` URLs (RFC 7064) to find the public address with; others are passed over.
    pub stun_servers: Vec<String>,
}

/// What an offer contains besides the control channel.
#[derive(Debug, Clone, Copy)]
pub struct Offer {
    /// Video m-lines, at most [`crate::limits::MAX_SLOTS`].
    pub n_video: u8,
    /// Whether there is an audio m-line.
    pub with_audio: bool,
    /// Whether H.265 is offered beside H.264.
    pub with_h265: bool,
}

/// What the other side can play.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Negotiated {
    /// Codecs of each video m-line; empty where it was refused.
    pub video: Vec<Vec<VideoCodec>>,
    /// Codecs of the audio m-line.
    pub audio: Vec<AudioCodec>,
}

pub(super) enum EndpointCommand {
    Answer(String, oneshot::Sender<Result<Negotiated, BadSdp>>),
    Offer(String, oneshot::Sender<Result<String, BadSdp>>),
    Restart(oneshot::Sender<Result<String, BadSdp>>),
    Candidate(String),
    Control(String),
    Clear(u8),
    RequestKeyFrame(u8),
    Close,
}

pub(super) enum Media {
    Video(u8, Frame),
    Burst(u8, Vec<Frame>),
    Sound(Sound),
}
