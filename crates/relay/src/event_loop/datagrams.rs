//! A UDP socket that is read in batches (recvmmsg, with UDP GRO) and sends runs of datagrams with
//! one system call (UDP GSO).

use std::io::{self, IoSliceMut};
use std::net::{SocketAddr, UdpSocket};

use quinn_udp::{RecvMeta, Transmit, UdpSockRef, UdpSocketState};
use rustix::net::sockopt::{Ipv4PathMtuDiscovery, Ipv6PathMtuDiscovery};
use rustix::net::sockopt::{set_ip_mtu_discover, set_ipv6_mtu_discover};
use socket2::SockRef;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::super::limits::READS_PER_TURN;

/// The most that one read returns: datagrams of one sender that the kernel put together (UDP GRO).
const READ_BYTES: usize = 64 * 1024;

/// A listener or a relayed socket.
pub(super) struct DatagramSocket {
    io: AsyncFd<UdpSocket>,
    state: UdpSocketState,
    is_ipv4: bool,
}

/// What has been read from one socket in one go; reused, so that a packet costs no allocation.
pub(super) struct ReadBatch {
    bytes: Vec<u8>,
    metas: [RecvMeta; READS_PER_TURN],
    n_reads: usize,
}

impl DatagramSocket {
    /// Registers a bound socket with the current runtime; `buffer_bytes` is the size of its
    /// buffers, of which the kernel may grant less.
    pub(super) fn new(socket: UdpSocket, buffer_bytes: usize) -> io::Result<Self> {
        let buffers = SockRef::from(&socket);
        buffers.set_recv_buffer_size(buffer_bytes).ok();
        buffers.set_send_buffer_size(buffer_bytes).ok();
        let state = UdpSocketState::new(UdpSockRef::from(&socket))?;
        // The state forbids fragments, which suits QUIC. A relay passes on what it is given: a
        // header of TURN can make a datagram too long for one packet.
        let is_ipv4 = socket.local_addr()?.is_ipv4();
        if is_ipv4 {
            set_ip_mtu_discover(&socket, Ipv4PathMtuDiscovery::WANT)?;
        } else {
            set_ipv6_mtu_discover(&socket, Ipv6PathMtuDiscovery::WANT)?;
        }
        let options = SockRef::from(&socket);
        // Only QUIC reads the congestion marks of each datagram.
        options.set_recv_tos_v4(false).ok();
        options.set_recv_tclass_v6(false).ok();
        // Nobody waits for room to send, and otherwise every datagram that has left would wake the thread.
        #[expect(
            deprecated,
            reason = "a standard socket keeps its descriptor, and the new name is unsafe"
        )]
        let io = AsyncFd::with_interest(socket, Interest::READABLE)?;
        Ok(Self { io, state, is_ipv4 })
    }

    pub(super) fn is_ipv4(&self) -> bool {
        self.is_ipv4
    }

    pub(super) async fn readable(&self) {
        // Readiness of an open socket cannot fail; a false alarm costs one empty read.
        self.io.readable().await.ok();
    }

    /// Reads what has arrived, up to `room` reads; says whether the socket is empty now.
    pub(super) fn read(&self, batch: &mut ReadBatch, room: usize) -> bool {
        let ReadBatch {
            bytes,
            metas,
            n_reads,
        } = batch;
        *n_reads = 0;
        let room = room.clamp(2, READS_PER_TURN);
        let outcome = self.io.try_io(Interest::READABLE, |io| {
            let mut chunks = bytes.chunks_mut(READ_BYTES);
            let mut slices: [IoSliceMut<'_>; READS_PER_TURN] =
                std::array::from_fn(|_| IoSliceMut::new(chunks.next().unwrap_or_default()));
            *n_reads = self
                .state
                .recv(UdpSockRef::from(io), &mut slices[..room], metas)?;
            if *n_reads < room {
                // The socket is empty. Told so, the runtime waits for the next packet; otherwise a
                // second read would have to find out.
                return Err(io::ErrorKind::WouldBlock.into());
            }
            Ok(())
        });
        outcome.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
    }

    /// Sends datagrams of `segment` bytes each, the last may be shorter; returns how many are lost.
    // Waiting for a full buffer would hold up every call: it drops packets, as a full link does.
    pub(super) fn send(&self, datagrams: &[u8], segment: usize, to: SocketAddr) -> usize {
        let socket = UdpSockRef::from(self.io.get_ref());
        let mut transmit = Transmit {
            destination: to,
            ecn: None,
            contents: datagrams,
            segment_size: Some(segment),
            src_ip: None,
        };
        let n_datagrams = datagrams.len().div_ceil(segment.max(1)).max(1);
        let has_gso = self.state.max_gso_segments() > 1;
        if n_datagrams == 1 || has_gso {
            let Err(error) = self.state.try_send(socket, &transmit) else {
                return 0;
            };
            if n_datagrams == 1 || error.kind() == io::ErrorKind::WouldBlock {
                return n_datagrams;
            }
        }
        // The kernel refuses a whole run if its interface cannot segment (EIO), or if one datagram
        // is too long for its path and must be fragmented (EINVAL, EMSGSIZE).
        let mut n_lost = 0;
        for datagram in datagrams.chunks(segment.max(1)) {
            transmit.contents = datagram;
            transmit.segment_size = None;
            let sent = self
                .state
                .try_send(UdpSockRef::from(self.io.get_ref()), &transmit);
            n_lost += usize::from(sent.is_err());
        }
        n_lost
    }
}

impl Default for ReadBatch {
    fn default() -> Self {
        Self {
            bytes: vec![0; READS_PER_TURN * READ_BYTES],
            metas: [RecvMeta::default(); READS_PER_TURN],
            n_reads: 0,
        }
    }
}

impl ReadBatch {
    /// How often the socket was read.
    pub(super) fn n_reads(&self) -> usize {
        self.n_reads
    }

    /// Every datagram with its source, in the order of arrival.
    pub(super) fn datagrams(&self) -> impl Iterator<Item = (SocketAddr, &[u8])> {
        let reads = self
            .bytes
            .chunks(READ_BYTES)
            .zip(&self.metas[..self.n_reads]);
        reads.flat_map(|(bytes, meta)| {
            let bytes = &bytes[..meta.len.min(READ_BYTES)];
            // An empty datagram is one too.
            let empty = bytes.is_empty().then_some(bytes);
            let datagrams = bytes.chunks(meta.stride.max(1));
            empty
                .into_iter()
                .chain(datagrams)
                .map(|datagram| (meta.addr, datagram))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use futures_util::FutureExt as _;
    use rustix::net::sockopt::ip_mtu_discover;

    use super::*;

    const BUFFER: usize = 1 << 20;

    fn bound() -> (DatagramSocket, SocketAddr) {
        let socket = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let addr = socket.local_addr().unwrap();
        (DatagramSocket::new(socket, BUFFER).unwrap(), addr)
    }

    async fn receive(socket: &DatagramSocket, n_wanted: usize) -> Vec<(SocketAddr, Vec<u8>)> {
        let mut batch = ReadBatch::default();
        let mut got = Vec::new();
        while got.len() < n_wanted {
            socket.readable().await;
            socket.read(&mut batch, READS_PER_TURN);
            got.extend(
                batch
                    .datagrams()
                    .map(|(from, datagram)| (from, datagram.to_vec())),
            );
        }
        got
    }

    #[tokio::test]
    async fn a_run_arrives_as_single_datagrams() {
        let (sender, from) = bound();
        let (receiver, to) = bound();
        let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(10_500).collect();

        assert_eq!(sender.send(&bytes, 1_000, to), 0);

        let got = receive(&receiver, 11).await;
        assert!(got.iter().all(|(source, _)| *source == from));
        let lengths: Vec<usize> = got.iter().map(|(_, datagram)| datagram.len()).collect();
        assert_eq!(lengths, [[1_000; 10].as_slice(), &[500]].concat());
        let got: Vec<u8> = got.into_iter().flat_map(|(_, datagram)| datagram).collect();
        assert_eq!(got, bytes);
    }

    #[tokio::test]
    async fn a_run_that_cannot_be_segmented_is_sent_singly() {
        let (sender, _) = bound();
        let (receiver, to) = bound();
        // More than the kernel takes in one run.
        let bytes = vec![7; 3 * 30_000];

        assert_eq!(sender.send(&bytes, 30_000, to), 0);

        let got = receive(&receiver, 3).await;
        assert!(got.iter().all(|(_, datagram)| datagram.len() == 30_000));
    }

    #[tokio::test]
    async fn empty_and_single_datagrams_arrive() {
        let (sender, _) = bound();
        let (receiver, to) = bound();

        for bytes in [&b""[..], b"one", b""] {
            assert_eq!(sender.send(bytes, bytes.len(), to), 0);
        }

        let got = receive(&receiver, 3).await;
        let got: Vec<&[u8]> = got.iter().map(|(_, datagram)| &datagram[..]).collect();
        assert_eq!(got, [&b""[..], b"one", b""]);
    }

    #[tokio::test]
    async fn an_emptied_socket_waits_for_the_next_packet() {
        let (sender, _) = bound();
        let (receiver, to) = bound();
        let mut batch = ReadBatch::default();
        for n in 0..3u8 {
            sender.send(&[n], 1, to);
            receiver.readable().await;

            assert!(receiver.read(&mut batch, 2), "it is empty now");

            let got: Vec<&[u8]> = batch.datagrams().map(|(_, datagram)| datagram).collect();
            assert_eq!(got, [&[n]]);
        }
    }

    #[tokio::test]
    async fn a_sent_datagram_wakes_only_its_receiver() {
        let (sender, _) = bound();
        let (receiver, to) = bound();

        sender.send(b"one", 3, to);
        receiver.readable().await;

        // The runtime has looked at both sockets by now.
        let room = sender.io.writable().now_or_never();
        assert!(room.is_none(), "nobody asked for it");
    }

    #[tokio::test]
    async fn datagrams_may_be_fragmented() {
        let (socket, _) = bound();

        let rule = ip_mtu_discover(socket.io.get_ref()).unwrap();

        assert_eq!(rule, Ipv4PathMtuDiscovery::WANT);
    }
}
