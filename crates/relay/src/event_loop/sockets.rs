//! The relay's sockets: listeners on one port for UDP and TCP, relayed sockets from the
//! configured range, TCP clients with bounded queues.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::Arc;

use anyhow::Context as _;
use socket2::{Domain, Socket, Type};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

use super::super::core::Family;
use super::super::framing::Framer;
use super::super::limits::{PORT_ATTEMPTS, TCP_QUEUE_BYTES};

/// Number of attempts to find a port that is free for both transports when any port will do.
const PAIR_ATTEMPTS: usize = 16;
/// TCP connections that the kernel completes before they are accepted.
const BACKLOG: i32 = 1_024;

/// The listeners, at most one for each address family.
pub(crate) struct Listeners {
    pub(super) all: Vec<FamilyListener>,
}

/// Where clients of one address family reach the relay.
pub(crate) struct FamilyListener {
    pub(super) udp: Arc<UdpSocket>,
    pub(super) tcp: Arc<TcpListener>,
    pub(crate) addr: SocketAddr,
}

impl Listeners {
    /// Binds UDP and TCP of every address; port 0 means one that is free for all. Where a machine
    /// has no IPv6, `[::]` is left out.
    pub(crate) fn bind(listen: &[SocketAddr]) -> anyhow::Result<Self> {
        let is_any_port = listen.iter().any(|addr| addr.port() == 0);
        let attempts = if is_any_port { PAIR_ATTEMPTS } else { 1 };
        let mut last_error = None;
        for _ in 0..attempts {
            match Self::bind_all(listen) {
                Ok(all) => return Ok(Self { all }),
                Err(error) => last_error = Some(error),
            }
        }
        Err(last_error.expect("there was at least one attempt"))
    }

    fn bind_all(listen: &[SocketAddr]) -> anyhow::Result<Vec<FamilyListener>> {
        let mut all: Vec<FamilyListener> = Vec::new();
        for &addr in listen {
            let mut addr = addr;
            if let Some(first) = all.first().filter(|_| addr.port() == 0) {
                addr.set_port(first.addr.port());
            }
            match FamilyListener::bind(addr) {
                Ok(listener) => all.push(listener),
                Err(error) if listen.len() > 1 && is_without_ipv6(addr, &error) => {
                    tracing::info!(%addr, "this machine has no IPv6; the relay serves IPv4");
                }
                Err(error) => {
                    return Err(error).with_context(|| {
                        format!("listening for relay clients on UDP and TCP {addr}")
                    });
                }
            }
        }
        Ok(all)
    }

    /// The addresses, with the port that was really bound.
    pub(crate) fn addrs(&self) -> Vec<SocketAddr> {
        self.all.iter().map(|listener| listener.addr).collect()
    }

    /// The listener from which clients at `ip` are answered.
    pub(super) fn of(&self, ip: IpAddr) -> Option<&FamilyListener> {
        let family = Family::of(ip);
        let mut all = self.all.iter();
        all.find(|listener| Family::of(listener.addr.ip()) == family)
    }
}

impl FamilyListener {
    fn bind(addr: SocketAddr) -> io::Result<Self> {
        let tcp = open(addr, Type::STREAM)?;
        tcp.listen(BACKLOG)?;
        let tcp = TcpListener::from_std(tcp.into())?;
        let addr = tcp.local_addr()?;
        let udp = UdpSocket::from_std(open(addr, Type::DGRAM)?.into())?;
        Ok(Self {
            udp: Arc::new(udp),
            tcp: Arc::new(tcp),
            addr,
        })
    }
}

/// Opens a socket for one family only: IPv4 has its own beside it.
fn open(addr: SocketAddr, kind: Type) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(addr), kind, None)?;
    socket.set_nonblocking(true)?;
    if addr.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    if kind == Type::STREAM {
        // Otherwise a restart would have to wait for old connections to time out.
        socket.set_reuse_address(true)?;
    }
    socket.bind(&addr.into())?;
    Ok(socket)
}

/// Says whether binding to every IPv6 address failed because the system has none.
fn is_without_ipv6(addr: SocketAddr, error: &io::Error) -> bool {
    /// EAFNOSUPPORT of Linux, for which `ErrorKind` has no stable name.
    const NO_SUCH_FAMILY: i32 = 97;
    let is_missing = error.kind() == io::ErrorKind::AddrNotAvailable
        || error.raw_os_error() == Some(NO_SUCH_FAMILY);
    addr.is_ipv6() && addr.ip().is_unspecified() && is_missing
}

/// Opens relayed sockets, cycling through the range so that a port rests after use.
pub(crate) struct PortPool {
    ip: IpAddr,
    range: RangeInclusive<u16>,
    next: u16,
}

impl PortPool {
    /// Starts at a position in `range` that `random` selects. `range` must not be empty.
    pub(crate) fn new(ip: IpAddr, range: RangeInclusive<u16>, random: u16) -> Self {
        let (first, last) = range.clone().into_inner();
        let n_ports = u32::from(last - first) + 1;
        // Both are below 65,536, and so is the remainder.
        let next = first + (u32::from(random) % n_ports) as u16;
        Self { ip, range, next }
    }

    /// Opens further sockets on another address.
    pub(super) fn move_to(&mut self, ip: IpAddr) {
        self.ip = ip;
    }

    /// Opens a socket on the next free port.
    pub(super) fn open(&mut self) -> Option<(UdpSocket, u16)> {
        for _ in 0..self.range.len().min(PORT_ATTEMPTS) {
            let port = self.next;
            self.next = if port == *self.range.end() {
                *self.range.start()
            } else {
                port + 1
            };
            match self.open_at(port) {
                Ok(socket) => return Some((socket, port)),
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
                // Without a free descriptor, for example, every other port would fail too.
                Err(error) => {
                    tracing::warn!(%error, port, "cannot open a relayed socket");
                    return None;
                }
            }
        }
        None
    }

    fn open_at(&self, port: u16) -> io::Result<UdpSocket> {
        let addr = SocketAddr::new(self.ip, port);
        UdpSocket::from_std(open(addr, Type::DGRAM)?.into())
    }
}

/// A TCP client: the rest of its last frame, and the data that it has not taken yet.
pub(super) struct TcpClient {
    pub(super) stream: Arc<TcpStream>,
    pub(super) framer: Framer,
    queue: VecDeque<u8>,
}

/// A packet for a TCP client did not fit, or the connection is broken.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NotSent {
    /// The client does not take its data; this packet is lost, as it would be on a full link.
    Full,
    Broken,
}

impl TcpClient {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self {
            stream: Arc::new(stream),
            framer: Framer::default(),
            queue: VecDeque::new(),
        }
    }

    /// Sends a complete frame or queues it; `Ok(true)` if data has just started to wait.
    pub(super) fn send(&mut self, frame: &[u8]) -> Result<bool, NotSent> {
        if !self.queue.is_empty() {
            return self.enqueue(frame).map(|()| false);
        }
        let written = match self.stream.try_write(frame) {
            Ok(written) => written,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => 0,
            Err(_) => return Err(NotSent::Broken),
        };
        // The rest of a started frame must be sent, whatever the queue holds.
        self.queue.extend(&frame[written..]);
        Ok(!self.queue.is_empty())
    }

    /// Writes waiting data; `Ok(true)` if some data still waits.
    pub(super) fn flush(&mut self) -> Result<bool, NotSent> {
        while !self.queue.is_empty() {
            match self.stream.try_write(self.queue.as_slices().0) {
                Ok(0) => return Err(NotSent::Broken),
                Ok(written) => drop(self.queue.drain(..written)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(true),
                Err(_) => return Err(NotSent::Broken),
            }
        }
        Ok(false)
    }

    fn enqueue(&mut self, frame: &[u8]) -> Result<(), NotSent> {
        if self.queue.len() + frame.len() > TCP_QUEUE_BYTES {
            return Err(NotSent::Full);
        }
        self.queue.extend(frame);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOPBACK: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[tokio::test]
    async fn a_port_pool_opens_each_port_once() {
        let free = std::net::UdpSocket::bind((LOOPBACK, 0)).unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let mut pool = PortPool::new(LOOPBACK, port..=port, 7);

        let first = pool.open().unwrap();
        assert_eq!(first.1, port);
        assert!(pool.open().is_none(), "the only port is taken");

        drop(first);
        assert_eq!(pool.open().unwrap().1, port);
    }

    #[tokio::test]
    async fn the_queue_of_an_unread_client_is_limited() {
        let listener = TcpListener::bind((LOOPBACK, 0)).await.unwrap();
        let silent = TcpStream::connect(listener.local_addr().unwrap())
            .await
            .unwrap();
        let mut client = TcpClient::new(listener.accept().await.unwrap().0);

        let frame = [7; 8_000];
        let full = (0..100_000).find(|_| client.send(&frame) == Err(NotSent::Full));

        assert!(full.is_some(), "it was refused at some time");
        assert!(client.queue.len() <= TCP_QUEUE_BYTES);
        drop(silent);
    }
}
