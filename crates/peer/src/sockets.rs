//! The UDP sockets of one endpoint, one per local address: bound at once, read in batches, and
//! written in batches that the kernel splits into datagrams.

use std::future::poll_fn;
use std::io::{self, IoSliceMut};
use std::net::{IpAddr, SocketAddr};
use std::task::Poll;

use anyhow::Context;
use quinn_udp::{RecvMeta, Transmit, UdpSockRef, UdpSocketState};
use tokio::io::Interest;
use tokio::net::UdpSocket;

use crate::egress::Batch;
use crate::limits;
use crate::local_addresses::{LocalAddress, ranked};

/// The maximum that the kernel returns in one coalesced read.
const READ_BYTES: usize = 64 * 1024;

/// Where relays have their ports by default: a router that forwards these to a relay beside us gives us no packet for
/// them.
const FIRST_RELAY_PORT: u16 = 49_152;
/// How often another port than one of a relay is looked for.
const PORT_TRIES: usize = 4;

/// The result of sending a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sent {
    /// It was sent, or can never be sent.
    Done,
    /// The socket buffer is full.
    Blocked,
}

/// All sockets of an endpoint.
#[derive(Debug)]
pub(crate) struct Sockets {
    sockets: Vec<BoundSocket>,
    buffer: Vec<u8>,
    is_blocked: bool,
}

/// A bound UDP socket whose port a router maps.
#[derive(Debug)]
pub struct MappedSocket {
    /// A socket of [`bind_udp`].
    pub socket: std::net::UdpSocket,
    /// Where the router receives for it.
    pub external: SocketAddr,
}

#[derive(Debug)]
struct BoundSocket {
    address: SocketAddr,
    /// Where a router receives for it.
    external: Option<SocketAddr>,
    io: UdpSocket,
    state: UdpSocketState,
}

impl Sockets {
    /// Takes the mapped sockets and binds one on each other usable local address, or only on `bind`.
    pub(crate) fn bind(
        mapped: Vec<MappedSocket>,
        bind: Option<IpAddr>,
        with_loopback: bool,
    ) -> anyhow::Result<Sockets> {
        let mapped = mapped.into_iter().take(limits::MAX_LOCAL_ADDRESSES);
        let mut sockets = Sockets {
            sockets: mapped.map(BoundSocket::mapped).collect::<Result<_, _>>()?,
            buffer: vec![0; READ_BYTES],
            is_blocked: false,
        };
        sockets.bind_new(bind, with_loopback)?;
        anyhow::ensure!(
            !sockets.sockets.is_empty(),
            "this machine has no network address that a call could use"
        );
        Ok(sockets)
    }

    /// Binds a socket on each address without one; returns the new local addresses.
    pub(crate) fn bind_new(
        &mut self,
        bind: Option<IpAddr>,
        with_loopback: bool,
    ) -> anyhow::Result<Vec<SocketAddr>> {
        let addresses = match bind {
            Some(ip) => vec![ip],
            None => usable_addresses(with_loopback)?,
        };
        let mut bound = Vec::new();
        for ip in addresses {
            let is_known = self.sockets.iter().any(|socket| socket.address.ip() == ip);
            if is_known || self.sockets.len() >= limits::MAX_LOCAL_ADDRESSES {
                continue;
            }
            match BoundSocket::bind(ip) {
                Ok(socket) => {
                    bound.push(socket.address);
                    self.sockets.push(socket);
                }
                // An address may disappear between listing and binding.
                Err(error) => tracing::debug!(%ip, %error, "cannot use an address for calls"),
            }
        }
        Ok(bound)
    }

    /// Closes the sockets whose address this machine no longer has; returns their addresses.
    pub(crate) fn drop_vanished(&mut self) -> Vec<SocketAddr> {
        // Without a list nothing is known to be gone.
        let Ok(present) = if_addrs::get_if_addrs() else {
            return Vec::new();
        };
        let is_gone = |ip: IpAddr| !present.iter().any(|interface| interface.ip() == ip);
        self.sockets
            .extract_if(.., |socket| is_gone(socket.address.ip()))
            .map(|socket| socket.address)
            .collect()
    }

    /// Local addresses of all sockets.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = SocketAddr> + '_ {
        self.sockets.iter().map(|socket| socket.address)
    }

    /// Local and external address of each mapped socket.
    pub(crate) fn mapped(&self) -> impl Iterator<Item = (SocketAddr, SocketAddr)> + '_ {
        self.sockets
            .iter()
            .filter_map(|socket| Some((socket.address, socket.external?)))
    }

    /// Notes where the router receives for a mapped socket, if anywhere; whether that is news.
    pub(crate) fn set_external(&mut self, local: SocketAddr, external: Option<SocketAddr>) -> bool {
        let socket = self.sockets.iter_mut().find(|it| it.address == local);
        socket.is_some_and(|it| std::mem::replace(&mut it.external, external) != external)
    }

    pub(crate) fn send(&mut self, batch: &Batch<'_>) -> Sent {
        let Some(socket) = self
            .sockets
            .iter()
            .find(|socket| socket.address == batch.source)
        else {
            return Sent::Done;
        };
        let transmit = Transmit {
            destination: batch.destination,
            ecn: None,
            contents: batch.contents,
            segment_size: (batch.n_packets > 1).then_some(batch.segment),
            src_ip: None,
        };
        let outcome = socket.io.try_io(Interest::WRITABLE, || {
            socket
                .state
                .try_send(UdpSockRef::from(&socket.io), &transmit)
        });
        match outcome {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.is_blocked = true;
                Sent::Blocked
            }
            Err(error) => {
                // Lost like any datagram: retransmission and other paths compensate.
                tracing::trace!(%error, "could not send a datagram");
                Sent::Done
            }
            Ok(()) => Sent::Done,
        }
    }

    /// How many datagrams one send may carry.
    pub(crate) fn max_batch(&self) -> usize {
        self.sockets
            .iter()
            .map(|socket| socket.state.max_gso_segments())
            .min()
            .unwrap_or(1)
    }

    /// Reads from one socket; passes each datagram to `take` as (local, remote, bytes). Returns
    /// whether anything was read.
    pub(crate) fn receive(&mut self, mut take: impl FnMut(SocketAddr, SocketAddr, &[u8])) -> bool {
        let Sockets {
            sockets, buffer, ..
        } = self;
        let mut has_read = false;
        for socket in sockets {
            let mut meta = [RecvMeta::default()];
            let outcome = socket.io.try_io(Interest::READABLE, || {
                let mut slices = [IoSliceMut::new(buffer)];
                socket
                    .state
                    .recv(UdpSockRef::from(&socket.io), &mut slices, &mut meta)
            });
            // Nothing to read, or an ICMP error that concerns no other socket.
            if outcome.is_err() {
                continue;
            }
            has_read = true;
            let [meta] = meta;
            let filled = &buffer[..meta.len.min(READ_BYTES)];
            // One read may return several datagrams of one size (UDP GRO).
            for datagram in filled.chunks(meta.stride.max(1)) {
                take(socket.address, meta.addr, datagram);
            }
        }
        has_read
    }

    /// Waits until a datagram arrives, or until a full socket buffer has space again.
    pub(crate) async fn ready(&mut self) {
        let is_blocked = self.is_blocked;
        poll_fn(|context| {
            let is_ready = self.sockets.iter().any(|socket| {
                let readable = socket.io.poll_recv_ready(context).is_ready();
                readable || (is_blocked && socket.io.poll_send_ready(context).is_ready())
            });
            if is_ready {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
        self.is_blocked = false;
    }
}

impl BoundSocket {
    fn bind(ip: IpAddr) -> anyhow::Result<BoundSocket> {
        BoundSocket::new(bind_udp(ip)?, None)
    }

    fn mapped(mapped: MappedSocket) -> anyhow::Result<BoundSocket> {
        BoundSocket::new(mapped.socket, Some(mapped.external))
    }

    fn new(
        socket: std::net::UdpSocket,
        external: Option<SocketAddr>,
    ) -> anyhow::Result<BoundSocket> {
        let io = UdpSocket::from_std(socket).context("registering a UDP socket")?;
        let state = UdpSocketState::new(UdpSockRef::from(&io)).context("preparing a UDP socket")?;
        let address = io
            .local_addr()
            .context("reading the address of a UDP socket")?;
        Ok(BoundSocket {
            address,
            external,
            io,
            state,
        })
    }
}

/// Binds a UDP socket as calls need it: any port, below those of relays where one is free; large buffers, not blocking.
pub fn bind_udp(ip: IpAddr) -> anyhow::Result<std::net::UdpSocket> {
    for _ in 1..PORT_TRIES {
        let socket = bind_any_port(ip)?;
        if socket.local_addr()?.port() < FIRST_RELAY_PORT {
            return Ok(socket);
        }
    }
    bind_any_port(ip)
}

fn bind_any_port(ip: IpAddr) -> anyhow::Result<std::net::UdpSocket> {
    let domain = socket2::Domain::for_address(SocketAddr::new(ip, 0));
    let socket =
        socket2::Socket::new(domain, socket2::Type::DGRAM, None).context("opening a UDP socket")?;
    // The kernel may grant less; pacing stays within the default.
    let _ = socket.set_send_buffer_size(limits::SOCKET_BUFFER_BYTES);
    let _ = socket.set_recv_buffer_size(limits::SOCKET_BUFFER_BYTES);
    if ip.is_ipv6() {
        socket
            .set_only_v6(true)
            .context("restricting a UDP socket to IPv6")?;
    }
    socket
        .set_nonblocking(true)
        .context("making a UDP socket non-blocking")?;
    socket
        .bind(&SocketAddr::new(ip, 0).into())
        .with_context(|| format!("binding a UDP socket to {ip}"))?;
    Ok(socket.into())
}

fn usable_addresses(with_loopback: bool) -> anyhow::Result<Vec<IpAddr>> {
    let addresses: Vec<LocalAddress> = if_addrs::get_if_addrs()
        .context("listing network interfaces")?
        .into_iter()
        .filter(|interface| {
            let is_up = matches!(
                interface.oper_status,
                if_addrs::IfOperStatus::Up | if_addrs::IfOperStatus::Unknown
            );
            (is_up || interface.is_loopback()) && (with_loopback || !interface.is_loopback())
        })
        .map(|interface| LocalAddress {
            ip: interface.ip(),
            interface: interface.name,
        })
        .collect();
    Ok(ranked(addresses, &ways_out()))
}

/// The addresses from which packets to the internet leave, one of each family.
fn ways_out() -> Vec<IpAddr> {
    // Connecting a UDP socket looks up the route and sends nothing.
    let source = |any: IpAddr, far: IpAddr| {
        let socket = std::net::UdpSocket::bind((any, 0)).ok()?;
        socket.connect((far, 9)).ok()?;
        Some(socket.local_addr().ok()?.ip())
    };
    [
        source([0_u8; 4].into(), [192, 0, 2, 1].into()),
        source([0_u16; 8].into(), [0x2000, 0, 0, 0, 0, 0, 0, 1].into()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_run_of_datagrams_arrives_one_by_one() {
        let loopback = IpAddr::from([127, 0, 0, 1]);
        let mut sender =
            Sockets::bind(Vec::new(), Some(loopback), true).expect("loopback is there");
        let mut receiver =
            Sockets::bind(Vec::new(), Some(loopback), true).expect("loopback is there");
        let destination = receiver.addresses().next().expect("one socket");
        let source = sender.addresses().next().expect("one socket");
        let contents: Vec<u8> = (0..2_500_u32).map(|n| n as u8).collect();
        let n_packets = if sender.max_batch() > 2 { 3 } else { 1 };
        let contents = &contents[..if n_packets == 3 { 2_500 } else { 1_000 }];

        let batch = Batch {
            source,
            destination,
            contents,
            segment: 1_000,
            n_packets,
        };
        // A new socket counts as full until the runtime has checked it.
        while sender.send(&batch) == Sent::Blocked {
            sender.ready().await;
        }
        let mut got = Vec::new();
        while got.iter().map(Vec::len).sum::<usize>() < contents.len() {
            receiver.ready().await;
            while receiver.receive(|local, remote, bytes| {
                assert_eq!((local, remote), (destination, source));
                got.push(bytes.to_vec());
            }) {}
        }

        assert_eq!(got.len(), n_packets);
        assert_eq!(got.concat(), contents);
    }

    #[test]
    fn loopback_is_used_only_on_request() {
        let without = usable_addresses(false).expect("interfaces");
        let with = usable_addresses(true).expect("interfaces");

        assert!(without.iter().all(|ip| !ip.is_loopback()));
        assert!(with.iter().any(IpAddr::is_loopback));
    }
}
