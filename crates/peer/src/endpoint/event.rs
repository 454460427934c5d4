//! What an endpoint tells its owner.

use std::time::Duration;

use crate::frame::{Received, ReceivedAudio};

/// How packets travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Path {
    /// Straight between the two.
    Direct,
    /// Through the relay.
    Relayed,
}

/// How a connection does, once a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConnectionStats {
    /// The path in use.
    pub path: Path,
    /// Round trip of the connectivity checks on it.
    pub round_trip: Option<Duration>,
    /// Bits per second sent since the last event.
    pub sent_bits_per_second: u64,
    /// Bits per second received since the last event.
    pub received_bits_per_second: u64,
    /// Share of packets that the other side reports lost, 0 to 1.
    pub loss: Option<f32>,
    /// Frames dropped since the start because they came faster than the path takes them.
    pub n_dropped: u64,
    /// Datagrams since the start that were no part of this connection.
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
    /// The path went away and no restart found another in time.
    PathLost,
    /// The other side's certificate is not the one its SDP named.
    WrongFingerprint,
    /// The owner or the other side does not read what it is sent.
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
    /// Path and keys are there: what is sent now arrives.
    Connected,
    /// The path is gone; [`super::Endpoint::restart`] may find another.
    Disconnected,
    /// There is a path again.
    Reconnected,
    /// The first frame of this connection left; the time since the endpoint was made.
    FirstFrame(Duration),
    /// The other side cannot go on with this slot without a key frame.
    KeyFrameWanted(u8),
    /// The control channel is open.
    ControlOpen,
    /// A text on the control channel.
    Control(String),
    /// Something on the control channel that is no text or too long; it was dropped.
    ControlGarbage,
    /// A picture came.
    Frame(Received),
    /// A packet of sound came.
    Sound(ReceivedAudio),
    /// How it goes, once a second.
    Stats(ConnectionStats),
    /// It is over; nothing comes after this.
    Ended(Ended),
}
