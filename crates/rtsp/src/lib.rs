//! An RTSP client without I/O (RFC 2326, and what cameras make of it): bytes and `now` go in; bytes
//! to send, frames and the next moment come out. It has no socket, clock or randomness.
//!
//! It is liberal in what it takes and exact in what it sends. Whatever one packet or header
//! contains, it costs at most the pictures up to the next key frame, never the session.
//!
//! [`client::RtspClient`] is one connection; `now` is any monotonic time, the same for all calls.

pub mod address;
pub mod client;
pub mod format;
pub mod frame;
pub mod headers;
pub mod limits;
pub mod login;
pub mod media;
pub mod message;
pub mod sdp;
