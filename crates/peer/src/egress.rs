//! Pacing of packets: small and urgent ones are sent at once, pictures at a pace that overflows neither a
//! socket buffer nor a home router, in batches that one system call can send.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::limits;

/// One datagram to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    /// Local address of the sending socket.
    pub source: SocketAddr,
    /// Remote address that it goes to.
    pub destination: SocketAddr,
    /// The UDP payload, already encrypted.
    pub contents: Vec<u8>,
}

/// A batch of datagrams of one size (the last may be shorter) to one destination.
#[derive(Debug, PartialEq, Eq)]
pub struct Batch<'a> {
    /// Local address of the sending socket.
    pub source: SocketAddr,
    /// Remote address that they go to.
    pub destination: SocketAddr,
    /// All datagrams one after the other.
    pub contents: &'a [u8],
    /// Size of each datagram in bytes.
    pub segment: usize,
    /// Number of datagrams in `contents`.
    pub n_packets: usize,
}

/// Packets waiting to be sent.
#[derive(Debug)]
pub struct Egress {
    urgent: VecDeque<Packet>,
    paced: VecDeque<Packet>,
    n_paced_bytes: usize,
    pace: u64,
    /// Bytes that may be sent now; a large packet may overdraw it.
    budget: i64,
    filled: Instant,
    scratch: Vec<u8>,
}

impl Egress {
    /// Nothing is waiting, and one burst may be sent at once.
    pub fn new(now: Instant) -> Egress {
        Egress {
            urgent: VecDeque::new(),
            paced: VecDeque::new(),
            n_paced_bytes: 0,
            pace: limits::WIDE_PACE,
            budget: BURST,
            filled: now,
            scratch: Vec::new(),
        }
    }

    /// Sets the bytes per second that are sent unless the queue needs more.
    pub fn set_pace(&mut self, bytes_per_second: u64) {
        self.pace = bytes_per_second;
    }

    /// Takes one more packet.
    pub fn push(&mut self, packet: Packet) {
        if is_video(&packet.contents) {
            self.n_paced_bytes += packet.contents.len();
            self.paced.push_back(packet);
        } else {
            self.urgent.push_back(packet);
        }
    }

    /// Whether more pictures may be encrypted.
    pub fn has_room(&self) -> bool {
        self.n_paced_bytes < limits::EGRESS_BYTES
    }

    /// Lets time pass; `n_waiting` further bytes are waiting behind these.
    pub fn refill(&mut self, now: Instant, n_waiting: usize) {
        let rate = self.rate(n_waiting);
        let span = now.saturating_duration_since(self.filled);
        let bytes = span.as_micros() * u128::from(rate) / 1_000_000;
        // A span too short for one byte must not be lost: `filled` stays.
        if bytes > 0 {
            self.filled = now;
            let bytes = i64::try_from(bytes).unwrap_or(BURST);
            self.budget = (self.budget + bytes).min(BURST);
        }
    }

    /// The batch of packets that may be sent now, at most `max_packets` long.
    pub fn batch(&mut self, max_packets: usize) -> Option<Batch<'_>> {
        // Checks, DTLS, RTCP and sound first: behind a picture they would come too late.
        let (queue, max_bytes) = if !self.urgent.is_empty() {
            (&self.urgent, MAX_BATCH_BYTES)
        } else {
            let budget = usize::try_from(self.budget).unwrap_or(0);
            (&self.paced, budget.min(MAX_BATCH_BYTES))
        };
        if max_bytes == 0 {
            return None;
        }
        let first = queue.front()?;
        let segment = first.contents.len();
        self.scratch.clear();
        let mut n_packets = 0;
        for packet in queue.iter().take(max_packets.max(1)) {
            let fits = packet.source == first.source
                && packet.destination == first.destination
                && packet.contents.len() <= segment
                && self.scratch.len() + packet.contents.len() <= max_bytes;
            if n_packets > 0 && !fits {
                break;
            }
            self.scratch.extend_from_slice(&packet.contents);
            n_packets += 1;
            // The kernel cuts a batch into equal parts; only the last may be shorter (UDP GSO).
            if packet.contents.len() < segment {
                break;
            }
        }
        Some(Batch {
            source: first.source,
            destination: first.destination,
            contents: &self.scratch,
            segment,
            n_packets,
        })
    }

    /// Removes the first packets of the queue that the last batch came from.
    pub fn sent(&mut self, n_packets: usize) {
        if !self.urgent.is_empty() {
            self.urgent.drain(..n_packets.min(self.urgent.len()));
            return;
        }
        for packet in self.paced.drain(..n_packets.min(self.paced.len())) {
            self.n_paced_bytes -= packet.contents.len();
            self.budget -= i64::try_from(packet.contents.len()).unwrap_or(0);
        }
    }

    /// Time until enough may be sent to be worth a wake-up; `None` if nothing is waiting.
    pub fn next_wait(&self, n_waiting: usize) -> Option<Duration> {
        if self.paced.is_empty() {
            return None;
        }
        let wanted = self.n_paced_bytes.min(limits::PACE_QUANTUM_BYTES);
        let lacking = i64::try_from(wanted).unwrap_or(0) - self.budget.max(-BURST);
        let lacking = u64::try_from(lacking).unwrap_or(0);
        Some(Duration::from_micros(
            lacking * 1_000_000 / self.rate(n_waiting).max(1),
        ))
    }

    /// Drops all pictures, for example when the path is lost.
    pub fn drop_paced(&mut self) {
        self.paced.clear();
        self.n_paced_bytes = 0;
    }

    fn rate(&self, n_waiting: usize) -> u64 {
        let per_second = 1_000 / limits::DRAIN_WITHIN.as_millis() as u64;
        let queued = (self.n_paced_bytes + n_waiting) as u64;
        self.pace.max(queued * per_second)
    }
}

const BURST: i64 = limits::BURST_BYTES as i64;
/// The kernel accepts no more in one segmented send.
const MAX_BATCH_BYTES: usize = 63_000;

/// Pictures are RTP (RFC 7983) that is neither RTCP (RFC 5761) nor G.711 (RFC 3551).
fn is_video(packet: &[u8]) -> bool {
    let [first, second, ..] = packet else {
        return false;
    };
    let kind = second & 0x7f;
    (128..192).contains(first) && !(64..96).contains(&kind) && kind != 0 && kind != 8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(port: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], port))
    }

    fn packet(payload_type: u8, size: usize, port: u16) -> Packet {
        let mut contents = vec![0x80, payload_type];
        contents.resize(size, 7);
        Packet {
            source: address(1),
            destination: address(port),
            contents,
        }
    }

    /// Sends until nothing more may be sent; returns the sizes of the batches.
    fn flush(egress: &mut Egress) -> Vec<usize> {
        let mut sizes = Vec::new();
        while let Some(batch) = egress.batch(64) {
            let n_packets = batch.n_packets;
            sizes.push(batch.contents.len());
            egress.sent(n_packets);
        }
        sizes
    }

    #[test]
    fn a_large_burst_is_spread_over_time() {
        let start = Instant::now();
        let mut egress = Egress::new(start);
        egress.set_pace(limits::LOCAL_PACE);
        for _ in 0..500 {
            egress.push(packet(127, 1_000, 9));
        }

        let mut now = start;
        let mut n_sent = 0;
        while let Some(wait) = egress.next_wait(0) {
            now += wait;
            egress.refill(now, 0);
            let n_now: usize = flush(&mut egress).iter().sum();
            assert!(n_now <= limits::BURST_BYTES + 1_000, "{n_now} at once");
            n_sent += n_now;
        }

        assert_eq!(n_sent, 500_000);
        let took = now - start;
        assert!(took >= Duration::from_millis(12), "{took:?}");
        assert!(took <= Duration::from_millis(16), "{took:?}");
    }

    #[test]
    fn a_queue_is_emptied_in_time_on_every_path() {
        let start = Instant::now();
        let mut egress = Egress::new(start);
        let mut waiting = 4_000_000;
        let mut now = start;

        while waiting > 0 {
            while egress.has_room() && waiting > 0 {
                egress.push(packet(127, 1_000, 9));
                waiting -= 1_000;
            }
            now += egress.next_wait(waiting).unwrap_or_default();
            egress.refill(now, waiting);
            flush(&mut egress);
        }

        assert!(now - start < Duration::from_secs(1), "{:?}", now - start);
    }

    #[test]
    fn checks_and_audio_are_sent_before_queued_pictures() {
        let now = Instant::now();
        let mut egress = Egress::new(now);
        egress.push(packet(127, 1_000, 9));
        egress.push(packet(8, 160, 9));
        egress.push(Packet {
            contents: vec![0, 1, 0, 0],
            ..packet(0, 0, 9)
        });

        let sizes = flush(&mut egress);

        assert_eq!(sizes, [164, 1_000]);
    }

    #[test]
    fn packets_of_equal_size_are_sent_in_one_batch() {
        let mut egress = Egress::new(Instant::now());
        for size in [1_200, 1_200, 1_200, 300, 1_200] {
            egress.push(packet(127, size, 9));
        }
        egress.push(packet(127, 1_200, 10));

        assert_eq!(flush(&mut egress), [3_900, 1_200, 1_200]);
    }

    #[test]
    fn a_longer_packet_never_joins_a_batch_of_shorter_ones() {
        let mut egress = Egress::new(Instant::now());
        egress.push(packet(127, 300, 9));
        egress.push(packet(127, 1_200, 9));

        assert_eq!(flush(&mut egress), [300, 1_200]);
    }

    #[test]
    fn dropped_pictures_leave_an_empty_queue() {
        let mut egress = Egress::new(Instant::now());
        egress.push(packet(127, 1_000, 9));
        egress.drop_paced();

        assert_eq!(egress.next_wait(0), None);
        assert!(flush(&mut egress).is_empty());
    }
}
