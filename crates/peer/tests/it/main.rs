//! Two endpoints in one process over real sockets of the loopback interface.

mod connection;
mod control;
mod data;
mod encryption;
mod estimate;
mod hostile;
mod media;
mod relayed;
mod support;
mod wire;
