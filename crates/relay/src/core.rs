//! The relay engine as the driver sees it: bytes and time in, bytes and outputs out, no I/O.
//!
//! Any engine that keeps this contract can stand behind the driver: feed one input, send what it
//! wrote, then carry out every output of [`RelayCore::poll_output`] until it says to wait.

use std::net::SocketAddr;
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

/// The transport of a client's packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// One datagram is one message.
    Udp,
    /// A stream of frames; ChannelData is padded to four bytes.
    Tcp,
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

/// Identifies one relayed socket; never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AllocationId(pub u64);

/// Where to send the bytes that the engine wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// To a client, from the relay's listener.
    Client(ClientPath),
    /// To a peer, from the relayed socket of this allocation.
    Peer(AllocationId, SocketAddr),
}

/// What the driver has to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelayOutput {
    /// Open a relayed UDP socket and report with [`RelayCore::socket_opened`].
    OpenSocket(AllocationId),
    /// Close a relayed socket.
    CloseSocket(AllocationId),
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
        id: AllocationId,
        from: SocketAddr,
        packet: &[u8],
        now: Now,
        out: &mut Vec<u8>,
    ) -> Option<Destination>;

    /// Takes the port of a socket that was asked for, or `None` when there is no free one.
    fn socket_opened(
        &mut self,
        id: AllocationId,
        port: Option<u16>,
        now: Now,
        out: &mut Vec<u8>,
    ) -> Option<Destination>;

    /// Called when a TCP client has disconnected.
    fn client_gone(&mut self, path: ClientPath);

    /// Takes the addresses of the relay's machine, which may change.
    fn own_addresses(&mut self, own: Vec<IpNet>);

    /// Says whether this client holds an allocation.
    fn has_allocation(&self, path: ClientPath) -> bool;

    /// Returns the next output; to be called until it is [`RelayOutput::WaitUntil`].
    fn poll_output(&mut self, now: Now) -> RelayOutput;
}
