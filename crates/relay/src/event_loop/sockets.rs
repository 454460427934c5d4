//! The relay's sockets: listeners on one port for UDP (one for each thread) and TCP, relayed sockets
//! from the configured range, TCP clients with bounded queues.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::ops::RangeInclusive;
use std::sync::Arc;

use anyhow::Context as _;
use socket2::{Domain, Socket, Type};
use tokio::net::{TcpListener, TcpStream};

use super::super::framing::Framer;
use super::super::limits::{PORT_ATTEMPTS, TCP_QUEUE_BYTES};

/// Number of attempts to find a port that is free for both transports when any port will do.
const PAIR_ATTEMPTS: usize = 16;
/// TCP connections that the kernel completes before they are accepted.
const BACKLOG: i32 = 1_024;

/// The listeners, at most one for each address family.
pub(crate) struct Listeners {
    /// For each thread, one socket for each listener.
    pub(super) udp: Vec<Vec<UdpSocket>>,
    pub(super) all: Vec<FamilyListener>,
}

/// Where TCP clients of one address family reach the relay.
pub(crate) struct FamilyListener {
    pub(super) tcp: Arc<TcpListener>,
    pub(crate) addr: SocketAddr,
}

impl Listeners {
    /// Binds TCP and the UDP sockets of `n_threads` for every address; port 0 means one that is
    /// free for all. Where a machine has no IPv6, `[::]` is left out.
    pub(crate) fn bind(listen: &[SocketAddr], n_threads: usize) -> anyhow::Result<Self> {
        let is_any_port = listen.iter().any(|addr| addr.port() == 0);
        let attempts = if is_any_port { PAIR_ATTEMPTS } else { 1 };
        let mut last_error = None;
        for _ in 0..attempts {
            match Self::bind_all(listen, n_threads) {
                Ok(listeners) => return Ok(listeners),
                Err(error) => last_error = Some(error),
            }
        }
        Err(last_error.expect("there was at least one attempt"))
    }

    fn bind_all(listen: &[SocketAddr], n_threads: usize) -> anyhow::Result<Self> {
        let mut all: Vec<FamilyListener> = Vec::new();
        let mut udp: Vec<Vec<UdpSocket>> = (0..n_threads).map(|_| Vec::new()).collect();
        for &addr in listen {
            let mut addr = addr;
            if let Some(first) = all.first().filter(|_| addr.port() == 0) {
                addr.set_port(first.addr.port());
            }
            match bind_family(addr, n_threads) {
                Ok((listener, of_threads)) => {
                    all.push(listener);
                    udp.iter_mut()
                        .zip(of_threads)
                        .for_each(|(all, one)| all.push(one));
                }
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
        Ok(Self { udp, all })
    }

    /// The addresses, with the port that was really bound.
    pub(crate) fn addrs(&self) -> Vec<SocketAddr> {
        self.all.iter().map(|listener| listener.addr).collect()
    }
}

/// Binds TCP and one UDP socket for each thread to the same port.
fn bind_family(addr: SocketAddr, n_threads: usize) -> io::Result<(FamilyListener, Vec<UdpSocket>)> {
    // TCP first: its port is this process's alone, whereas another one of the same user may share a
    // UDP port (SO_REUSEPORT).
    let tcp = open(addr, Type::STREAM)?;
    tcp.listen(BACKLOG)?;
    let tcp = Arc::new(TcpListener::from_std(tcp.into())?);
    let addr = tcp.local_addr()?;
    // The kernel gives all packets of a client to the same socket.
    let udp = (0..n_threads).map(|_| Ok(open_with(addr, Type::DGRAM, true)?.into()));
    let udp = udp.collect::<io::Result<_>>()?;
    Ok((FamilyListener { tcp, addr }, udp))
}

/// Listens for TCP at every address, each for its own family; port 0 means one that is free for all.
/// Where a machine has no IPv6, `[::]` is left out.
///
/// # Errors
/// An address cannot be used; the message says which.
pub fn listen_tcp(listen: &[SocketAddr]) -> anyhow::Result<Vec<TcpListener>> {
    let mut all: Vec<TcpListener> = Vec::new();
    for &addr in listen {
        let mut addr = addr;
        if let Some(first) = all.first().filter(|_| addr.port() == 0) {
            addr.set_port(first.local_addr()?.port());
        }
        let listening = open(addr, Type::STREAM).and_then(|socket| {
            socket.listen(BACKLOG)?;
            TcpListener::from_std(socket.into())
        });
        match listening {
            Ok(listener) => all.push(listener),
            Err(error) if listen.len() > 1 && is_without_ipv6(addr, &error) => {}
            Err(error) => return Err(error).with_context(|| format!("listening on TCP {addr}")),
        }
    }
    Ok(all)
}

/// Opens a socket for one family only: IPv4 has its own beside it.
fn open(addr: SocketAddr, kind: Type) -> io::Result<Socket> {
    open_with(addr, kind, false)
}

fn open_with(addr: SocketAddr, kind: Type, is_shared: bool) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(addr), kind, None)?;
    socket.set_nonblocking(true)?;
    if addr.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    if kind == Type::STREAM {
        // Otherwise a restart would have to wait for old connections to time out.
        socket.set_reuse_address(true)?;
    }
    if is_shared {
        socket.set_reuse_port(true)?;
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
        Ok(open(addr, Type::DGRAM)?.into())
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

    #[test]
    fn a_port_pool_opens_each_port_once() {
        let free = UdpSocket::bind((LOOPBACK, 0)).unwrap();
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
    async fn threads_share_a_port_that_others_cannot_take() {
        let listeners = Listeners::bind(&[SocketAddr::new(LOOPBACK, 0)], 3).unwrap();
        let addr = listeners.addrs()[0];

        let addrs = listeners.udp.iter().flatten().map(UdpSocket::local_addr);
        assert!(addrs.map(Result::unwrap).eq([addr; 3]));
        assert!(UdpSocket::bind(addr).is_err());
        let another = Listeners::bind(&[addr], 3).err().unwrap();
        assert!(format!("{another:#}").contains("TCP"));
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
