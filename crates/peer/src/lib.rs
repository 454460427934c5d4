//! The WebRTC endpoint that the agent and the native viewer drive: ICE with trickle and restart,
//! DTLS-SRTP, H.264, H.265 and G.711 passed through untouched, and one control channel.
//!
//! [`endpoint`] is the door. One task owns one connection; everything else here is the pure
//! part of it: when packets leave ([`egress`]), which frames wait ([`slot_queue`]), what time a
//! picture carries ([`timeline`]), which candidates are believed ([`candidate`]).

pub mod candidate;
pub mod egress;
pub mod endpoint;
pub mod frame;
pub mod limits;
pub mod reflexive;
pub mod sdp;
pub mod slot_queue;
mod sockets;
pub mod timeline;

pub use endpoint::{
    Config, ConnectionStats, Ended, Endpoint, Event, Events, MediaSender, Negotiated, Offer, Path,
};
pub use frame::{AudioCodec, Frame, Received, ReceivedAudio, Sound, VideoCodec};
