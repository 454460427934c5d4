//! Events that an endpoint reports to its owner.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use proto::addresses::is_local;

use super::data::DataMessage;
use crate::frame::{Received, ReceivedAudio};
use crate::turn::RelayTransport;

/// How packets travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Path {
    /// Straight between the two.
    Direct,
    /// Straight between the two, through a port that our router maps.
    Mapped,
    /// Through a relay, which this end reaches over this transport.
    Relayed(RelayTransport),
}

impl Path {
    /// The path to an address of the other side, from a socket with or without a port mapping.
    pub(super) fn of(relay: Option<RelayTransport>, is_mapped: bool, remote: IpAddr) -> Path {
        if let Some(transport) = relay {
            Path::Relayed(transport)
        } else if is_mapped && !is_local(remote) {
            Path::Mapped
        } else {
            // Within the site no router is on the way.
            Path::Direct
        }
    }
}

/// The address of one of our sockets, as one STUN server sees it: its own where no NAT is in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenAddress {
    /// Local address of the socket.
    pub socket: SocketAddr,
    /// The STUN server.
    pub server: SocketAddr,
    /// What it sees.
    pub address: SocketAddr,
}

/// Statistics of a connection, once a second.
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
    /// Fraction of packets that the other side reports lost, 0 to 1; only with an estimate.
    pub loss: Option<f32>,
    /// Bits per second that the path carries, as far as it was tried; only with an estimate.
    pub estimate: Option<u64>,
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
    /// What a STUN server answered; two may see the same address, or different ones.
    SeenAddress(SeenAddress),
    /// Path and keys are established: data sent now arrives.
    Connected,
    /// Nothing comes over the path any more, or its local address is gone: it is probably lost, and
    /// [`super::Endpoint::restart`] finds another sooner than ICE notices. Said once until something
    /// comes.
    Silent,
    /// The path is lost; [`super::Endpoint::restart`] may find another.
    Disconnected,
    /// There is a path again, after a loss or a restart.
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
    /// A message on a data channel.
    Data {
        /// Label of the channel.
        label: Arc<str>,
        /// The message.
        message: DataMessage,
    },
    /// A whole picture, which may follow a gap.
    Frame(Received),
    /// An audio packet arrived.
    Sound(ReceivedAudio),
    /// How it goes, once a second.
    Stats(ConnectionStats),
    /// The connection has ended; this is the last event.
    Ended(Ended),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_out_of_the_site_count_as_mapped() {
        let (inside, outside) = (
            IpAddr::from([192, 168, 1, 7]),
            IpAddr::from([203, 0, 113, 7]),
        );

        assert_eq!(Path::of(None, true, outside), Path::Mapped);
        assert_eq!(Path::of(None, true, inside), Path::Direct);
        assert_eq!(Path::of(None, false, outside), Path::Direct);
        assert_eq!(
            Path::of(Some(RelayTransport::Udp), true, outside),
            Path::Relayed(RelayTransport::Udp)
        );
    }
}
