//! What an endpoint tells its owner.

use std::time::Duration;

use crate::frame::{Received, ReceivedAudio};
use crate::turn::RelayTransport;

/// Whether packets need the relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Path {
    /// Straight between the two.
    Direct,
    /// Through a relay, which this end reaches over this transport.
    Relayed(RelayTransport),
}

/// Statistics of a connection, once a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConnectionStats {
    /// Whether the path in use needs the relay.
    pub path: Path,
    /// Round trip of the connectivity checks on it.
    pub round_trip: Option<Duration>,
    /// Bits per second sent since the last event.
    pub sent_bits_per_second: u64,
    /// Bits per second received since the last event.
    pub received_bits_per_second: u64,
    /// Fraction of packets that the other side reports lost, 0 to 1.
    pub loss: Option<f32>,
    /// Frames dropped since the start because the path was too slow.
    pub n_dropped: u64,
    /// Datagrams since the start that did not belong to this connection.
    pub n_garbage: u64,
}

/// Why a connection is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// The owner closed it.
    Closed,
    /// The other side closed it.
    ClosedByPeer,
    /// No path was found in time.
    NoPath,
    /// The path was lost and no restart found another in time.
    PathLost,
    /// The other side's certificate is not the one named in its SDP.
    WrongFingerprint,
    /// The owner or the other side does not read its data.
    Overloaded,
    /// Something went wrong; the reason is for a log.
    Failed(String),
    /// A defect ended the task.
    Crashed,
}

/// What an endpoint tells its owner.
#[derive(Debug, Clone)]
pub enum Event {
    /// A local candidate that is not in the SDP; `None` when there will be no more.
    Candidate(Option<String>),
    /// Path and keys are established: data sent now arrives.
    Connected,
    /// The path is lost; [`super::Endpoint::restart`] may find another.
    Disconnected,
    /// There is a path again.
    Reconnected,
    /// The first frame of this connection was sent; the time since the endpoint was created.
    FirstFrame(Duration),
    /// The other side cannot continue with this slot without a key frame.
    KeyFrameWanted(u8),
    /// The control channel is open.
    ControlOpen,
    /// A text on the control channel.
    Control(String),
    /// Something on the control channel that is not text or is too long; it was dropped.
    ControlGarbage,
    /// A whole picture, which may follow a gap.
    Frame(Received),
    /// An audio packet arrived.
    Sound(ReceivedAudio),
    /// How it goes, once a second.
    Stats(ConnectionStats),
    /// The connection has ended; this is the last event.
    Ended(Ended),
}
