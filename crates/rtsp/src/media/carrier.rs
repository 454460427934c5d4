//! How the packets of a track travel.

/// What carries the packets of a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// Interleaved in the connection: what arrives is in order, so nothing is ever waited for.
    Interleaved,
    /// Datagrams, which may be reordered, doubled or lost.
    Datagrams,
}
