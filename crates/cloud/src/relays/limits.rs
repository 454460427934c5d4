//! Limits on sockets of relays. What one of them may send is in `proto::joining::limits`.

/// Sockets of relays, those of strangers who never prove a secret included.
pub const MAX_SOCKETS: usize = 1_000;
/// Of one client address; this machine is not counted.
pub const MAX_SOCKETS_PER_CLIENT: usize = 4;
/// Of one network, /24 of IPv4 or /48 of IPv6.
pub const MAX_SOCKETS_PER_NETWORK: usize = 16;
/// Lines of the book that are passed on before frames of the relay are read.
// A whole book must not hold up the relay's signs of life.
pub const LINES_PER_TURN: usize = 256;
/// Relays that are announced to an agent; it keeps the two that answer first.
pub const RELAYS_OF_AGENT: usize = 4;
/// Relays that are announced to a page: browsers query every server on every network before gathering ends.
pub const RELAYS_OF_VIEWER: usize = 2;
