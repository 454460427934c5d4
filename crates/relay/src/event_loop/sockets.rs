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

pub(crate) struct Listeners {
    /// For each thread, one socket for each address.
    pub(super) udp: Vec<Vec<UdpSocket>>,
    pub(super) tcp: Arc<TcpListener>,
    pub(crate) addr: SocketAddr,
}

impl Listeners {
    /// Binds TCP and the UDP sockets of `n_threads` to the same port; port 0 means any that is free
    /// for both.
    pub(crate) async fn bind(listen: SocketAddr, n_threads: usize) -> anyhow::Result<Self> {
        let mut last_error = None;
        let attempts = if listen.port() == 0 { PAIR_ATTEMPTS } else { 1 };
        for _ in 0..attempts {
            // TCP first: its port is this process's alone, whereas another one of the same user may
            // share a UDP port (SO_REUSEPORT).
            let tcp = TcpListener::bind(listen)
                .await
                .with_context(|| format!("listening for relay clients on TCP {listen}"))?;
            let addr = tcp.local_addr().context("reading the relay's address")?;
            let of_threads = (0..n_threads).map(|_| Ok(vec![bind_shared(addr)?]));
            match of_threads.collect::<io::Result<_>>() {
                Ok(udp) => {
                    return Ok(Self {
                        udp,
                        tcp: Arc::new(tcp),
                        addr,
                    });
                }
                Err(error) => last_error = Some((addr, error)),
            }
        }
        let (addr, error) = last_error.expect("there was at least one attempt");
        Err(error).with_context(|| format!("listening for relay clients on UDP {addr}"))
    }
}

/// Binds one of several sockets on an address. The kernel gives all packets of a client to the same
/// one.
fn bind_shared(addr: SocketAddr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(addr), Type::DGRAM, None)?;
    socket.set_reuse_port(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&addr.into())?;
    Ok(socket.into())
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
        let socket = UdpSocket::bind((self.ip, port))?;
        socket.set_nonblocking(true)?;
        Ok(socket)
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
        let listeners = Listeners::bind(SocketAddr::new(LOOPBACK, 0), 3)
            .await
            .unwrap();

        let addrs = listeners.udp.iter().flatten().map(UdpSocket::local_addr);
        assert!(addrs.map(Result::unwrap).eq([listeners.addr; 3]));
        assert!(UdpSocket::bind(listeners.addr).is_err());
        let another = Listeners::bind(listeners.addr, 3).await.err().unwrap();
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
