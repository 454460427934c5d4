//! The relay through its sockets.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "clients own sockets and clocks"
)]

mod families;
mod handover;
mod sockets;
mod turn_client;
