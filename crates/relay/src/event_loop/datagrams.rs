//! A UDP socket that is read in batches (recvmmsg, with UDP GRO) and sends runs of datagrams with
//! one system call (UDP GSO).

use std::io::{self, IoSliceMut};
use std::net::SocketAddr;

use quinn_udp::{RecvMeta, Transmit, UdpSockRef, UdpSocketState};
use rustix::net::sockopt::{Ipv4PathMtuDiscovery, Ipv6PathMtuDiscovery};
use rustix::net::sockopt::{set_ip_mtu_discover, set_ipv6_mtu_discover};
use socket2::SockRef;
use tokio::io::Interest;
use tokio::net::UdpSocket;

use super::super::limits::READS_PER_TURN;

/// The most that one read returns: datagrams of one sender that the kernel put together (UDP GRO).
const READ_BYTES: usize = 64 * 1024;

/// A listener or a relayed socket.
pub(super) struct DatagramSocket {
    io: UdpSocket,
    state: UdpSocketState,
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
    pub(super) fn new(socket: std::net::UdpSocket, buffer_bytes: usize) -> io::Result<Self> {
        let buffers = SockRef::from(&socket);
        buffers.set_recv_buffer_size(buffer_bytes).ok();
        buffers.set_send_buffer_size(buffer_bytes).ok();
        let state = UdpSocketState::new(UdpSockRef::from(&socket))?;
        // The state forbids fragments, which suits QUIC. A relay passes on what it is given: a
        // header of TURN can make a datagram too long for one packet.
        if socket.local_addr()?.is_ipv4() {
            set_ip_mtu_discover(&socket, Ipv4PathMtuDiscovery::WANT)?;
        } else {
            set_ipv6_mtu_discover(&socket, Ipv6PathMtuDiscovery::WANT)?;
        }
        let io = UdpSocket::from_std(socket)?;
        Ok(Self { io, state })
    }

    pub(super) fn is_ipv4(&self) -> bool {
        self.io.local_addr().is_ok_and(|addr| addr.is_ipv4())
    }

    pub(super) async fn readable(&self) {
        // Readiness of an open socket cannot fail; a false alarm costs one empty read.
        self.io.readable().await.ok();
    }

    /// Reads what has arrived, up to a full batch; says whether the socket is empty now.
    pub(super) fn read(&self, batch: &mut ReadBatch) -> bool {
        let ReadBatch {
            bytes,
            metas,
            n_reads,
        } = batch;
        *n_reads = 0;
        let outcome = self.io.try_io(Interest::READABLE, || {
            let mut chunks = bytes.chunks_mut(READ_BYTES);
            let mut slices: [IoSliceMut<'_>; READS_PER_TURN] =
                std::array::from_fn(|_| IoSliceMut::new(chunks.next().unwrap_or_default()));
            *n_reads = self
                .state
                .recv(UdpSockRef::from(&self.io), &mut slices, metas)?;
            if *n_reads < READS_PER_TURN {
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
        let socket = UdpSockRef::from(&self.io);
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
            let sent = self.state.try_send(UdpSockRef::from(&self.io), &transmit);
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
            socket.read(&mut batch);
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

            assert!(receiver.read(&mut batch), "it is empty now");

            let got: Vec<&[u8]> = batch.datagrams().map(|(_, datagram)| datagram).collect();
            assert_eq!(got, [&[n]]);
        }
    }

    #[tokio::test]
    async fn datagrams_may_be_fragmented() {
        let (socket, _) = bound();

        let rule = ip_mtu_discover(&socket.io).unwrap();

        assert_eq!(rule, Ipv4PathMtuDiscovery::WANT);
    }
}
