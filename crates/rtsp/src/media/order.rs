//! Order of packets: repeats, gaps and new beginnings; datagrams wait a little for earlier ones.

use std::collections::VecDeque;
use std::time::Duration;

use super::carrier::Carrier;
use super::limits::{
    MAX_DROPOUT, MAX_FOREIGN_NUMBERS, MAX_REORDERED_BYTES, MAX_REORDERED_PACKETS,
    REORDER_WAIT_FIRST, REORDER_WAIT_MOST, REPEAT_WINDOW,
};
use super::rtp::RtpPacket;
use super::stats::MediaStats;

/// A packet in its place.
#[derive(Debug)]
pub(super) struct OrderedPacket {
    pub(super) packet: RtpPacket,
    /// Whether packets before it are missing.
    pub(super) is_after_gap: bool,
}

/// Brings the packets of one source into order.
#[derive(Debug)]
pub(super) struct PacketOrder {
    carrier: Carrier,
    /// The next number; `None` before the first packet.
    expected: Option<u16>,
    /// Fingerprints of the last packets, by number.
    seen: Box<[u32]>,
    /// Numbers that packets of other payload types used.
    foreign: VecDeque<u16>,
    /// Datagrams from `expected` on that came too early; the first is always missing.
    early: VecDeque<Option<RtpPacket>>,
    n_early_bytes: usize,
    ready: VecDeque<OrderedPacket>,
    /// A datagram with a number far away: the next of its kind proves a new beginning (RFC 3550 A.1).
    stray: Option<RtpPacket>,
    wait: Duration,
    /// When a wait last ended without the missing datagrams.
    gave_up: Option<Duration>,
}

impl PacketOrder {
    pub(super) fn new(carrier: Carrier) -> Self {
        PacketOrder {
            carrier,
            expected: None,
            seen: vec![0; usize::from(REPEAT_WINDOW)].into(),
            foreign: VecDeque::new(),
            early: VecDeque::new(),
            n_early_bytes: 0,
            ready: VecDeque::new(),
            stray: None,
            wait: REORDER_WAIT_FIRST,
            gave_up: None,
        }
    }

    /// A number was used by a packet of another payload type, or by one without payload. Some cameras
    /// use the number again for the next packet, others count on.
    pub(super) fn note_foreign(&mut self, number: u16) {
        if self.foreign.len() >= MAX_FOREIGN_NUMBERS {
            self.foreign.pop_front();
        }
        self.foreign.push_back(number);
    }

    /// Another source begins: what waits is given out, and numbers start again.
    pub(super) fn restart(&mut self, stats: &mut MediaStats) {
        self.flush(stats);
        self.expected = None;
        self.foreign.clear();
        self.stray = None;
        self.seen.fill(0);
    }

    /// Takes a packet; [`PacketOrder::pop`] gives out what is in order.
    pub(super) fn push(&mut self, packet: RtpPacket, stats: &mut MediaStats) {
        let Some(expected) = self.expected else {
            return self.accept(packet, false);
        };
        let ahead = packet.number.wrapping_sub(expected);
        if ahead == 0 {
            self.accept(packet, false);
            self.drain();
        } else if expected.wrapping_sub(packet.number) <= REPEAT_WINDOW {
            self.push_old(packet, stats);
        } else {
            match self.carrier {
                Carrier::Interleaved => self.skip_to(packet, stats),
                Carrier::Datagrams => self.push_early(packet, ahead, stats),
            }
        }
    }

    /// The next packet in order.
    pub(super) fn pop(&mut self) -> Option<OrderedPacket> {
        self.ready.pop_front()
    }

    /// When waiting for a missing datagram ends.
    pub(super) fn poll_timeout(&self) -> Option<Duration> {
        let first = self.early.iter().flatten().next()?;
        Some(first.arrived + self.wait)
    }

    pub(super) fn handle_timeout(&mut self, now: Duration, stats: &mut MediaStats) {
        while self.poll_timeout().is_some_and(|at| at <= now) {
            self.gave_up = Some(now);
            self.give_up_gap(stats);
        }
    }

    fn accept(&mut self, packet: RtpPacket, is_after_gap: bool) {
        self.seen[usize::from(packet.number % REPEAT_WINDOW)] = packet.fingerprint();
        self.expected = Some(packet.number.wrapping_add(1));
        self.stray = None;
        // Its own place in the row of those that wait.
        self.early.pop_front();
        self.ready.push_back(OrderedPacket {
            packet,
            is_after_gap,
        });
    }

    /// A packet whose number was used before.
    fn push_old(&mut self, packet: RtpPacket, stats: &mut MediaStats) {
        let seen = self.seen[usize::from(packet.number % REPEAT_WINDOW)];
        if seen == packet.fingerprint() {
            stats.n_repeated += 1;
            return;
        }
        match self.carrier {
            Carrier::Interleaved => {
                // Nothing overtakes in a stream: the camera began again, or does not count at all.
                let is_stuck = self.expected == Some(packet.number.wrapping_add(1));
                self.accept(packet, !is_stuck);
            }
            Carrier::Datagrams => {
                stats.n_late += 1;
                let given_up = self.gave_up.unwrap_or(packet.arrived);
                let too_late = packet.arrived.saturating_sub(given_up);
                if too_late < REORDER_WAIT_MOST {
                    self.wait = (self.wait + too_late + too_late / 2).min(REORDER_WAIT_MOST);
                }
            }
        }
    }

    /// Takes a packet although others before it are missing.
    fn skip_to(&mut self, packet: RtpPacket, stats: &mut MediaStats) {
        let expected = self.expected.unwrap_or(packet.number);
        let n_missing = self.n_missing(expected, packet.number);
        stats.n_lost += n_missing;
        self.accept(packet, n_missing > 0);
    }

    fn push_early(&mut self, packet: RtpPacket, ahead: u16, stats: &mut MediaStats) {
        if ahead >= MAX_DROPOUT {
            return self.push_stray(packet, stats);
        }
        let is_full = self.n_early_bytes + packet.payload.len() > MAX_REORDERED_BYTES;
        let mut place = usize::from(ahead);
        if is_full || place >= MAX_REORDERED_PACKETS {
            self.flush(stats);
            place = self.expected.map_or(0, |expected| {
                usize::from(packet.number.wrapping_sub(expected))
            });
            if place == 0 || place >= MAX_REORDERED_PACKETS {
                return self.skip_to(packet, stats);
            }
        }
        if self.early.len() <= place {
            self.early.resize(place + 1, None);
        }
        if self.early[place].is_some() {
            stats.n_repeated += 1;
            return;
        }
        self.n_early_bytes += packet.payload.len();
        self.early[place] = Some(packet);
        self.drain();
    }

    /// A datagram with a number far from the others: two in a row are a new beginning.
    fn push_stray(&mut self, packet: RtpPacket, stats: &mut MediaStats) {
        let before = packet.number.wrapping_sub(1);
        let stray = self.stray.take_if(|stray| stray.number == before);
        match stray {
            Some(stray) => {
                self.flush(stats);
                self.accept(stray, true);
                self.accept(packet, false);
            }
            None => self.stray = Some(packet),
        }
    }

    /// Gives out what follows without a gap.
    fn drain(&mut self) {
        while let (Some(first), Some(expected)) = (self.early.front_mut(), self.expected) {
            if let Some(packet) = first.take() {
                self.n_early_bytes -= packet.payload.len();
                self.accept(packet, false);
            } else if self.foreign.contains(&expected) {
                self.early.pop_front();
                self.expected = Some(expected.wrapping_add(1));
            } else {
                break;
            }
        }
    }

    /// Gives up the missing datagrams before the first that waits.
    fn give_up_gap(&mut self, stats: &mut MediaStats) {
        while let (Some(first), Some(expected)) = (self.early.front_mut(), self.expected) {
            if let Some(packet) = first.take() {
                self.n_early_bytes -= packet.payload.len();
                self.accept(packet, true);
                return self.drain();
            }
            self.early.pop_front();
            self.expected = Some(expected.wrapping_add(1));
            if !self.foreign.contains(&expected) {
                stats.n_lost += 1;
            }
        }
    }

    fn flush(&mut self, stats: &mut MediaStats) {
        // The last one in the row is always there, so each turn gives one out.
        while !self.early.is_empty() {
            self.give_up_gap(stats);
        }
    }

    /// Packets between two numbers that nothing explains; those of a new beginning count as one.
    fn n_missing(&self, expected: u16, number: u16) -> u64 {
        let n = number.wrapping_sub(expected);
        if n >= MAX_DROPOUT {
            return 1;
        }
        let is_between = |foreign: &&u16| foreign.wrapping_sub(expected) < n;
        let n_explained = self.foreign.iter().filter(is_between).count();
        u64::from(n).saturating_sub(n_explained as u64)
    }
}
