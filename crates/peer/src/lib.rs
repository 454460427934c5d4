//! The WebRTC endpoint used by the agent and the native viewer: ICE with trickle and restart,
//! DTLS-SRTP, H.264, H.265 and G.711 passed through unchanged, one control channel, and data channels for
//! other pictures.
//!
//! Start reading at [`endpoint`]. One task owns one connection; everything else here is its pure
//! part: when packets are sent ([`egress`]), which frames wait ([`slot_queue`]), the time of each
//! picture ([`timeline`]), and which candidates are accepted ([`candidate`]).
//! Relays are in [`turn`].

pub mod candidate;
pub mod egress;
pub mod endpoint;
pub mod frame;
pub mod limits;
pub mod local_addresses;
mod presumed;
pub mod reflexive;
pub mod sdp;
pub mod slot_queue;
mod sockets;
pub mod timeline;
pub mod turn;

pub use endpoint::{
    Config, ConnectionStats, DataError, DataMessage, DataSender, Ended, Endpoint, Event, Events,
    MediaSender, Negotiated, Offer, Path, SeenAddress,
};
pub use frame::{AudioCodec, Frame, Received, ReceivedAudio, Sound, VideoCodec};
pub use sockets::{MappedSocket, bind_udp};
pub use turn::{RelayTransport, TurnServer};
