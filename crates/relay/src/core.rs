//! The relay engine as the driver sees it: bytes and time in, bytes and outputs out, no I/O.
//!
//! Any engine that keeps this contract can stand behind the driver: feed one input, send what it
//! wrote, then carry out every output of [`RelayCore::poll_output`] until it says to wait.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use ipnet::IpNet;

/// The time of an input, on both clocks that TURN needs.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// Time since an arbitrary start; it never runs backwards. For lifetimes and rates.
    pub monotonic: Duration,
    /// Seconds since the Unix epoch. For credentials and calls.
    pub unix: u64,
}

/// An address family of clients, peers and relayed addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    /// IPv4, also if written as an IPv4-mapped IPv6 address.
    V4,
    /// IPv6.
    V6,
}

impl Family {
    /// Both, in the order in which answers name them.
    pub const BOTH: [Family; 2] = [Family::V4, Family::V6];

    /// Returns the family of an address; IPv4-mapped IPv6 addresses are IPv4.
    pub fn of(ip: IpAddr) -> Family {
        match ip.to_canonical() {
            IpAddr::V4(_) => Family::V4,
            IpAddr::V6(_) => Family::V6,
        }
    }

    /// Returns the other one.
    #[must_use]
    pub fn other(self) -> Family {
        match self {
            Family::V4 => Family::V6,
            Family::V6 => Family::V4,
        }
    }
}

/// One value for each address family.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PerFamily<T> {
    /// That of IPv4.
    pub v4: T,
    /// That of IPv6.
    pub v6: T,
}

impl<T> PerFamily<T> {
    /// Returns the value of a family.
    pub fn of(&self, family: Family) -> &T {
        match family {
            Family::V4 => &self.v4,
            Family::V6 => &self.v6,
        }
    }

    /// Returns the value of a family for a change.
    pub fn of_mut(&mut self, family: Family) -> &mut T {
        match family {
            Family::V4 => &mut self.v4,
            Family::V6 => &mut self.v6,
        }
    }
}

/// The transport of a client's packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// One datagram is one message.
    Udp,
    /// A stream of frames; ChannelData is padded to four bytes.
    Tcp,
    /// The same, accepted by another listener and handed over, such as the decrypted content of
    /// TLS. One address may have a connection of each kind.
    Handed,
}

impl Transport {
    /// Says whether packets arrive in a stream, whose handshake proves the client's address.
    pub fn is_stream(self) -> bool {
        match self {
            Transport::Udp => false,
            Transport::Tcp | Transport::Handed => true,
        }
    }
}

/// The client's end of the 5-tuple that identifies an allocation; the other end is the relay's
/// listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientPath {
    /// The transport that the client chose.
    pub transport: Transport,
    /// The source of its packets, as the socket reports it.
    pub addr: SocketAddr,
}

/// Identifies an allocation; never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AllocationId(pub u64);

/// Identifies a relayed socket: an allocation has one, or one of each family (RFC 8656 §7.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SocketId {
    /// The allocation that it belongs to.
    pub allocation: AllocationId,
    /// The family of its address.
    pub family: Family,
}

/// Where to send the bytes that the engine wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// To a client, from the relay's listener.
    Client(ClientPath),
    /// To a peer, from this relayed socket.
    Peer(SocketId, SocketAddr),
}

/// What the driver has to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RelayOutput {
    /// Open a relayed UDP socket and report with [`RelayCore::socket_opened`].
    OpenSocket(SocketId),
    /// Close a relayed socket.
    CloseSocket(SocketId),
    /// Send a packet that was held back.
    Send(Destination, Vec<u8>),
    /// Nothing until this time (monotonic) or the next input.
    WaitUntil(Duration),
}

/// A STUN/TURN engine without sockets and clocks.
///
/// Every `handle_*` clears `out`, writes at most one packet into it and returns its destination;
/// `None` means there is nothing to send.
pub trait RelayCore: Send + 'static {
    /// Takes one datagram, or one frame of a TCP stream, from a client.
    fn handle_client(
        &mut self,
        path: ClientPath,
        packet: &[u8],
        now: Now,
        out: &mut Vec<u8>,
    ) -> Option<Destination>;

    /// Takes one datagram that a relayed socket received.
    fn handle_peer(
        &mut self,
        id: SocketId,
        from: SocketAddr,
        packet: &[u8],
        now: Now,
        out: &mut Vec<u8>,
    ) -> Option<Destination>;

    /// Takes the port of a socket that was asked for, or `None` when there is no free one.
    fn socket_opened(
        &mut self,
        id: SocketId,
        port: Option<u16>,
        now: Now,
        out: &mut Vec<u8>,
    ) -> Option<Destination>;

    /// Called when the book of calls has changed, where it may be late.
    fn book_changed(&mut self, now: Now);

    /// Called when the client of a stream has disconnected.
    fn client_gone(&mut self, path: ClientPath);

    /// Takes the addresses of the relay's machine, which may change.
    fn own_addresses(&mut self, own: Vec<IpNet>);

    /// Takes the addresses that clients are given from now on, which may change.
    fn advertise(&mut self, advertised: PerFamily<Option<IpAddr>>);

    /// Says whether this client holds an allocation.
    fn has_allocation(&self, path: ClientPath) -> bool;

    /// Returns the next output; to be called until it is [`RelayOutput::WaitUntil`].
    fn poll_output(&mut self, now: Now) -> RelayOutput;
}
