//! Packets that wait to be sent, grouped into runs that one system call can send: to one
//! destination, of one size, the last one may be shorter (UDP GSO).

use std::sync::Arc;

use super::super::core::{Destination, SocketId};
use super::datagrams::DatagramSocket;

/// Packets of one run; more than one call could send (UDP_MAX_SEGMENTS of Linux).
const MAX_PACKETS: usize = 64;
/// Bytes of one run, below the longest datagram of IPv4 and IPv6.
const MAX_BYTES: usize = 60_000;
/// Bytes of one run to a stream: little enough to fit into the queue of its client.
const MAX_STREAM_BYTES: usize = 16_000;

/// Consecutive packets to one destination.
pub(super) struct PacketRun {
    pub(super) to: Destination,
    /// The relayed socket that sends it; `None` if it goes to a client.
    pub(super) socket: Option<Arc<DatagramSocket>>,
    pub(super) bytes: Vec<u8>,
    /// Bytes of every packet but the last.
    pub(super) segment: usize,
    pub(super) n_packets: usize,
    is_open: bool,
}

/// The runs of one turn; the buffers are reused.
#[derive(Default)]
pub(super) struct Outbox {
    runs: Vec<PacketRun>,
    n_used: usize,
    n_bytes: usize,
}

impl Outbox {
    /// Adds a packet. `socket_of` finds a relayed socket; without it the packet goes nowhere.
    pub(super) fn add(
        &mut self,
        to: Destination,
        packet: &[u8],
        socket_of: impl FnOnce(SocketId) -> Option<Arc<DatagramSocket>>,
    ) {
        // The latest run first: pictures come in bursts.
        let mut used = self.runs[..self.n_used].iter_mut().rev();
        if let Some(run) = used.find(|run| run.to == to)
            && run.takes(packet.len())
        {
            run.add(packet);
            self.n_bytes += packet.len();
            return;
        }
        let socket = match to {
            Destination::Client(_) => None,
            Destination::Peer(id, _) => match socket_of(id) {
                Some(socket) => Some(socket),
                None => return,
            },
        };
        self.n_bytes += packet.len();
        self.start(to, socket).add(packet);
    }

    fn start(&mut self, to: Destination, socket: Option<Arc<DatagramSocket>>) -> &mut PacketRun {
        let index = self.n_used;
        self.n_used += 1;
        if index == self.runs.len() {
            self.runs.push(PacketRun {
                to,
                socket: None,
                bytes: Vec::new(),
                segment: 0,
                n_packets: 0,
                is_open: true,
            });
        }
        let run = &mut self.runs[index];
        (run.to, run.socket) = (to, socket);
        (run.segment, run.n_packets, run.is_open) = (0, 0, true);
        run.bytes.clear();
        run
    }

    /// The bytes that wait.
    pub(super) fn len_bytes(&self) -> usize {
        self.n_bytes
    }

    /// Passes every run to `send`, in the order of their first packets, and forgets it.
    pub(super) fn send_all(&mut self, mut send: impl FnMut(&PacketRun)) {
        for run in &mut self.runs[..self.n_used] {
            send(run);
            run.socket = None;
        }
        (self.n_used, self.n_bytes) = (0, 0);
    }
}

impl PacketRun {
    fn is_stream(&self) -> bool {
        matches!(self.to, Destination::Client(path) if path.transport.is_stream())
    }

    fn takes(&self, length: usize) -> bool {
        if self.is_stream() {
            return self.bytes.len() + length <= MAX_STREAM_BYTES;
        }
        self.is_open
            && (1..=self.segment).contains(&length)
            && self.n_packets < MAX_PACKETS
            && self.bytes.len() + length <= MAX_BYTES
    }

    fn add(&mut self, packet: &[u8]) {
        if self.n_packets == 0 {
            self.segment = packet.len();
        }
        // A shorter packet ends the run; an empty one cannot be followed at all.
        self.is_open = !packet.is_empty() && packet.len() == self.segment;
        self.n_packets += 1;
        self.bytes.extend_from_slice(packet);
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::super::super::core::{AllocationId, ClientPath, Family, Transport};
    use super::*;

    const SOCKET: SocketId = SocketId {
        allocation: AllocationId(1),
        family: Family::V4,
    };

    fn client(port: u16, transport: Transport) -> Destination {
        let addr = SocketAddr::from(([8, 8, 4, 4], port));
        Destination::Client(ClientPath { transport, addr })
    }

    fn udp(port: u16) -> Destination {
        client(port, Transport::Udp)
    }

    /// Destination, segment, bytes and packets of the runs that these packets make.
    fn runs(packets: &[(Destination, usize)]) -> Vec<(Destination, usize, usize, usize)> {
        let mut outbox = Outbox::default();
        for &(to, length) in packets {
            outbox.add(to, &vec![7; length], |_| None);
        }
        let mut runs = Vec::new();
        outbox.send_all(|run| runs.push((run.to, run.segment, run.bytes.len(), run.n_packets)));
        assert_eq!(outbox.len_bytes(), 0);
        outbox.send_all(|_| panic!("it is empty"));
        runs
    }

    #[test]
    fn equal_packets_and_a_shorter_one_make_one_run() {
        let to = udp(1);

        let got = runs(&[(to, 1_200), (to, 1_200), (to, 400), (to, 400), (to, 1_200)]);

        let first = (to, 1_200, 2_800, 3);
        assert_eq!(got, [first, (to, 400, 400, 1), (to, 1_200, 1_200, 1)]);
    }

    #[test]
    fn destinations_are_kept_apart_and_in_order() {
        let (a, b) = (udp(1), udp(2));

        let got = runs(&[(a, 10), (b, 10), (a, 10), (b, 20), (a, 10)]);

        assert_eq!(got, [(a, 10, 30, 3), (b, 10, 10, 1), (b, 20, 20, 1)]);
    }

    #[test]
    fn a_run_is_no_longer_than_the_kernel_takes() {
        let to = udp(1);

        let many = runs(&[(to, 100); 130]);
        let long = runs(&[(to, 8_000); 10]);

        let counts: Vec<usize> = many.iter().map(|run| run.3).collect();
        assert_eq!(counts, [64, 64, 2]);
        assert!(long.iter().all(|run| run.2 <= MAX_BYTES));
    }

    #[test]
    fn an_empty_packet_is_a_run_of_its_own() {
        let to = udp(1);

        let got = runs(&[(to, 0), (to, 0), (to, 5), (to, 0)]);

        let empty = (to, 0, 0, 1);
        assert_eq!(got, [empty, empty, (to, 5, 5, 1), empty]);
    }

    #[test]
    fn frames_of_a_stream_join_whatever_their_size() {
        let to = client(1, Transport::Tcp);

        let got = runs(&[(to, 100), (to, 1_200), (to, 8), (to, 15_000)]);

        assert_eq!(got, [(to, 100, 1_308, 3), (to, 15_000, 15_000, 1)]);
    }

    #[test]
    fn a_packet_for_a_closed_socket_goes_nowhere() {
        let peer = Destination::Peer(SOCKET, SocketAddr::from(([8, 8, 4, 4], 1)));

        assert_eq!(runs(&[(peer, 100)]), []);
    }
}
