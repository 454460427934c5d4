//! The link: how an agent and the cloud talk, one WebSocket per recorder (`GET /link`, subprotocol
//! `webrtc.onvif.org`). It is the device side of ONVIF WebRTC 26.06, plus our own methods with the
//! prefix `peerview/`. The viewer's socket (`GET /call`) uses the same messages from the client's
//! side.

pub mod agent_side;
pub mod bucket;
pub mod cloud_side;
pub mod leg;
pub mod limits;
pub mod message;
pub mod requests;
mod round_trip;
pub mod viewer_side;
pub mod work;

/// WebSocket subprotocol of both legs.
pub const SUBPROTOCOL: &str = "webrtc.onvif.org";
