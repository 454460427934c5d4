//! The TURN client of an endpoint (RFC 8656): relayed addresses over UDP, TCP and TLS.
//!
//! `ladder` decides which servers are tried and which allocation is kept, `client` speaks the protocol
//! (both are pure), `connection` owns one socket, and `relays` is what an endpoint holds.

mod client;
mod connection;
pub mod framing;
mod ladder;
mod relays;
mod server;
mod stream;

pub(crate) use relays::{RelayChange, RelayReport, Relays};
pub(crate) use server::host_and_port;
pub use server::{RelayTransport, TurnServer};
