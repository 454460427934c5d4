//! The driver of one allocation: looks up the relay, connects over UDP, TCP or TLS, and moves bytes
//! between the socket, the client's rules and the endpoint. A relay that does not answer or refuses
//! costs nothing but this task.

use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use proto::machine::Machine;
use tokio::net::{TcpSocket, TcpStream, UdpSocket};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

use super::client::{ClientInput, ClientOutput, RelayClient};
use super::ladder::AttemptId;
use super::relays::RelayReport;
use super::server::{RelayTransport, TurnServer};
use super::stream::{FrameStream, RelayByteStream};
use crate::limits;

/// Larger than any datagram of a call; longer ones are cut, and then useless.
const DATAGRAM_BYTES: usize = limits::MAX_RELAY_FRAME_BYTES;
/// Requested send buffer of a stream: what is in it can no longer be dropped, so it stays small.
const STREAM_SEND_BUFFER: u32 = 128 * 1024;
/// Errors in a row after which an allocation over UDP is given up.
const MAX_UDP_ERRORS: usize = 8;
/// Batches taken from the endpoint before the socket gets its turn.
const MAX_ORDERS_AT_ONCE: usize = 16;

/// Packets of one size for one peer (the last may be shorter).
#[derive(Debug)]
pub(super) struct RelayOrder {
    pub(super) to: SocketAddr,
    pub(super) contents: Vec<u8>,
    pub(super) segment: usize,
}

/// What one attempt needs.
pub(super) struct RelayConnection {
    pub(super) id: AttemptId,
    pub(super) server: TurnServer,
    pub(super) bind: Option<IpAddr>,
    pub(super) tls: Option<Arc<ClientConfig>>,
    /// Packets to send; closed when the allocation is no longer needed.
    pub(super) orders: mpsc::Receiver<RelayOrder>,
    /// All peers that may send.
    pub(super) peers: watch::Receiver<BTreeSet<IpAddr>>,
    pub(super) reports: mpsc::Sender<(AttemptId, RelayReport)>,
}

enum RelaySocket {
    Udp(UdpSocket, Vec<u8>),
    Stream(FrameStream),
}

/// How serving one address of a relay ended.
enum Served {
    /// There was an allocation, or it is no longer wanted.
    Done,
    /// There was none; another address may do better.
    Nothing,
}

impl RelayConnection {
    /// Runs until the allocation is gone.
    pub(super) async fn run(mut self) {
        let host = (self.server.host.clone(), self.server.port);
        let found = timeout(limits::ALLOCATE, tokio::net::lookup_host(host)).await;
        let addresses: Vec<SocketAddr> = match found {
            Ok(Ok(found)) => found.take(limits::MAX_RELAY_ADDRESSES).collect(),
            Ok(Err(error)) => {
                tracing::debug!(relay = ?self.server, %error, "relay not found");
                return;
            }
            Err(_) => return,
        };
        let begun = Instant::now();
        for (position, address) in addresses.iter().enumerate() {
            let is_last = position + 1 == addresses.len();
            let left = limits::ALLOCATE.saturating_sub(begun.elapsed());
            let patience = if is_last {
                left
            } else {
                left.min(limits::ALLOCATE_FIRST)
            };
            match self.try_address(*address, patience).await {
                Ok(Served::Done) => return,
                Ok(Served::Nothing) => {}
                // Only TLS finds data invalid: a certificate that is not trusted, or no TLS at all.
                Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                    tracing::warn!(relay = ?self.server, %address, %error, "TLS to a relay failed");
                }
                Err(error) => {
                    tracing::debug!(relay = ?self.server, %address, %error, "cannot open a connection to the relay");
                }
            }
        }
    }

    async fn try_address(&mut self, address: SocketAddr, patience: Duration) -> io::Result<Served> {
        let deadline = Instant::now() + patience;
        let opening = open(self.server.clone(), self.bind, self.tls.clone(), address);
        let opened = tokio::select! {
            opened = tokio::time::timeout_at(deadline, opening) => opened,
            () = unwanted(&mut self.orders) => return Ok(Served::Done),
        };
        let (socket, local) = opened.map_err(|_| io::ErrorKind::TimedOut)??;
        self.serve(socket, (local, address), deadline).await
    }

    async fn serve(
        &mut self,
        mut socket: RelaySocket,
        addresses: (SocketAddr, SocketAddr),
        deadline: Instant,
    ) -> io::Result<Served> {
        let begun = Instant::now();
        let mut client = RelayClient::new(&self.server, addresses, Duration::ZERO);
        let mut health = SocketHealth::default();
        let mut has_allocation = false;
        let mut is_wanted = true;
        self.peers.mark_changed();
        loop {
            while let Some(output) = client.poll_output() {
                has_allocation |= matches!(output, ClientOutput::Allocated(_));
                if let ClientOutput::Over(reason) = output {
                    tracing::debug!(relay = ?self.server, reason, "relay connection ended");
                    let is_done = has_allocation || !is_wanted;
                    return Ok(if is_done {
                        Served::Done
                    } else {
                        Served::Nothing
                    });
                }
                let acted = self.act(&mut socket, output, addresses.1.ip()).await;
                health.note(&socket, acted, has_allocation)?;
            }
            let Some(due) = client.poll_timeout() else {
                return Ok(Served::Done);
            };
            let mut due = begun + due;
            if !has_allocation {
                due = due.min(deadline);
            }
            if let Some(stalled) = health.check_stream(&socket, begun.elapsed())? {
                due = due.min(begun + stalled);
            }
            tokio::select! {
                frame = socket.receive() => {
                    if let Some(frame) = health.note(&socket, frame, has_allocation)? {
                        health.n_errors = 0;
                        client.handle(ClientInput::Received(frame), begun.elapsed());
                    }
                }
                order = self.orders.recv(), if is_wanted => match order {
                    Some(order) => self.send(&mut client, order, begun),
                    None => {
                        is_wanted = false;
                        client.handle(ClientInput::End, begun.elapsed());
                    }
                },
                Ok(()) = self.peers.changed() => self.permit(&mut client, begun),
                () = tokio::time::sleep_until(due) => {
                    if !has_allocation && Instant::now() >= deadline {
                        return Ok(Served::Nothing);
                    }
                    client.handle_timeout(begun.elapsed());
                }
            }
        }
    }

    /// Asks for the permissions of all peers; the client knows which it has.
    fn permit(&mut self, client: &mut RelayClient, begun: Instant) {
        let peers = self.peers.borrow_and_update().clone();
        for ip in peers {
            client.handle(ClientInput::Permit(ip), begun.elapsed());
        }
    }

    /// Hands packets to the client, and those that wait behind them.
    fn send(&mut self, client: &mut RelayClient, first: RelayOrder, begun: Instant) {
        // A check may overtake the notice of its peer, and would be dropped without a permission.
        if self.peers.has_changed().unwrap_or(false) {
            self.permit(client, begun);
        }
        let mut order = first;
        for n in 0.. {
            for packet in order.contents.chunks(order.segment.max(1)) {
                let packet = ClientInput::Send(order.to, packet.to_vec());
                client.handle(packet, begun.elapsed());
            }
            if n == MAX_ORDERS_AT_ONCE {
                return;
            }
            match self.orders.try_recv() {
                Ok(next) => order = next,
                Err(_) => return,
            }
        }
    }

    async fn act(
        &self,
        socket: &mut RelaySocket,
        output: ClientOutput,
        server: IpAddr,
    ) -> io::Result<()> {
        match output {
            ClientOutput::Request(bytes) => socket.send_request(&bytes)?,
            ClientOutput::Packet(bytes) => socket.send_packet(&bytes),
            ClientOutput::Allocated(relayed) => {
                let report = RelayReport::Allocated { relayed, server };
                let _ = self.reports.send((self.id, report)).await;
            }
            ClientOutput::Received {
                relayed,
                from,
                contents,
            } => {
                // An endpoint that does not keep up loses packets, as with a full socket.
                let report = RelayReport::Received {
                    relayed,
                    from,
                    contents,
                };
                let _ = self.reports.try_send((self.id, report));
            }
            ClientOutput::Over(_) => {}
        }
        Ok(())
    }
}

/// Connects to one address of a relay; returns the local address too.
async fn open(
    server: TurnServer,
    bind: Option<IpAddr>,
    tls: Option<Arc<ClientConfig>>,
    address: SocketAddr,
) -> io::Result<(RelaySocket, SocketAddr)> {
    if server.transport == RelayTransport::Udp {
        let socket = bind_udp(bind, address)?;
        socket.connect(address).await?;
        // A new socket counts as full until the runtime has looked.
        socket.writable().await?;
        let local = socket.local_addr()?;
        return Ok((RelaySocket::Udp(socket, vec![0; DATAGRAM_BYTES]), local));
    }
    let stream = connect_tcp(bind, address).await?;
    let local = stream.local_addr()?;
    let stream: Box<dyn RelayByteStream> = if server.transport == RelayTransport::Tls {
        let tls = tls.ok_or(io::ErrorKind::Unsupported)?;
        let name = ServerName::try_from(server.host).map_err(|_| io::ErrorKind::InvalidInput)?;
        Box::new(TlsConnector::from(tls).connect(name, stream).await?)
    } else {
        Box::new(stream)
    };
    Ok((RelaySocket::Stream(FrameStream::new(stream)), local))
}

impl RelaySocket {
    /// Waits for a datagram or frame. Dropping the future loses nothing.
    async fn receive(&mut self) -> io::Result<Vec<u8>> {
        match self {
            RelaySocket::Udp(socket, space) => {
                let length = socket.recv(space).await?;
                Ok(space[..length].to_vec())
            }
            RelaySocket::Stream(stream) => stream.next_frame().await,
        }
    }

    fn send_request(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            RelaySocket::Udp(socket, _) => send_datagram(socket, bytes),
            RelaySocket::Stream(stream) => stream.send_request(bytes),
        }
    }

    fn send_packet(&mut self, bytes: &[u8]) {
        match self {
            // An error that lasts is seen by requests.
            RelaySocket::Udp(socket, _) => {
                let _ = send_datagram(socket, bytes);
            }
            RelaySocket::Stream(stream) => stream.send_packet(bytes),
        }
    }
}

/// Whether a socket still leads to its relay.
#[derive(Default)]
struct SocketHealth {
    /// Errors since the last datagram.
    n_errors: usize,
    n_written: u64,
    was_waiting: bool,
    /// Since when a stream has taken no byte.
    since: Duration,
}

impl SocketHealth {
    /// Judges the outcome of an operation. An error ends a stream and an attempt; an allocation over
    /// UDP survives a few, such as an ICMP message while a router restarts.
    fn note<T>(
        &mut self,
        socket: &RelaySocket,
        outcome: io::Result<T>,
        has_allocation: bool,
    ) -> io::Result<Option<T>> {
        match (outcome, socket) {
            (Ok(value), _) => Ok(Some(value)),
            (Err(error), RelaySocket::Udp(..)) if has_allocation => {
                self.n_errors += 1;
                if self.n_errors > MAX_UDP_ERRORS {
                    return Err(error);
                }
                Ok(None)
            }
            (Err(error), _) => Err(error),
        }
    }

    /// When the stream counts as stalled; `None` while nothing waits.
    fn check_stream(
        &mut self,
        socket: &RelaySocket,
        now: Duration,
    ) -> io::Result<Option<Duration>> {
        let RelaySocket::Stream(stream) = socket else {
            return Ok(None);
        };
        let (n_written, is_waiting) = stream.progress();
        if n_written != self.n_written || !self.was_waiting {
            self.n_written = n_written;
            self.since = now;
        }
        self.was_waiting = is_waiting;
        let stalled = self.since + limits::RELAY_STALL;
        if is_waiting && now >= stalled {
            return Err(io::Error::other("the relay takes nothing"));
        }
        Ok(is_waiting.then_some(stalled))
    }
}

/// Sends a datagram; a full socket loses it like any link.
fn send_datagram(socket: &UdpSocket, bytes: &[u8]) -> io::Result<()> {
    match socket.try_send(bytes) {
        Err(error) if error.kind() != io::ErrorKind::WouldBlock => Err(error),
        _ => Ok(()),
    }
}

/// Waits until the owner has dropped the other end; packets that come before an allocation are dropped.
async fn unwanted(orders: &mut mpsc::Receiver<RelayOrder>) {
    while orders.recv().await.is_some() {}
}

fn bind_udp(bind: Option<IpAddr>, server: SocketAddr) -> io::Result<UdpSocket> {
    let domain = socket2::Domain::for_address(server);
    let socket = socket2::Socket::new(domain, socket2::Type::DGRAM, None)?;
    // The kernel may grant less; pacing stays within the default.
    let _ = socket.set_send_buffer_size(limits::SOCKET_BUFFER_BYTES);
    let _ = socket.set_recv_buffer_size(limits::SOCKET_BUFFER_BYTES);
    socket.set_nonblocking(true)?;
    socket.bind(&local_for(bind, server).into())?;
    UdpSocket::from_std(socket.into())
}

async fn connect_tcp(bind: Option<IpAddr>, server: SocketAddr) -> io::Result<TcpStream> {
    let socket = if server.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    let _ = socket.set_send_buffer_size(STREAM_SEND_BUFFER);
    socket.bind(local_for(bind, server))?;
    let stream = socket.connect(server).await?;
    // Packets must not wait for each other.
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// The local address to bind: the configured one if it is of the relay's family.
fn local_for(bind: Option<IpAddr>, server: SocketAddr) -> SocketAddr {
    let any = if server.is_ipv4() {
        IpAddr::from([0_u8; 4])
    } else {
        IpAddr::from([0_u16; 8])
    };
    let ip = bind.filter(|ip| ip.is_ipv4() == server.is_ipv4());
    SocketAddr::new(ip.unwrap_or(any), 0)
}
