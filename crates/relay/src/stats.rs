//! The relay's counters; the relay's threads write them, and readers anywhere never block them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Why the relay refused or dropped something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// Username, password, realm or nonce is missing or wrong.
    BadCredential,
    /// The credential has expired.
    ExpiredCredential,
    /// The credential is valid but its call is not open.
    CallNotOpen,
    /// The request uses another credential than the allocation.
    OtherCredential,
    /// The peer is not globally routable.
    PeerNotRoutable,
    /// The peer is the relay's own listener.
    PeerIsListener,
    /// The peer was not announced by the other party.
    PeerNotOfCall,
    /// The call has reached its limit of allocations.
    CallQuota,
    /// The client's address has reached its limit of allocations.
    ClientQuota,
    /// The account (quota key) has reached its limit of allocations.
    AccountQuota,
    /// The client's network has reached its limit of allocations.
    NetworkQuota,
    /// The relay, or the allocation, is full.
    Capacity,
    /// The source has reached its limit of unproven answers.
    AnswerBudget,
    /// The allocation has used its bytes of this second.
    Bandwidth,
    /// The account (quota key) has used its bytes of the day, and the reduced rate after that.
    AccountBandwidth,
    /// Data other than a check of this call, to or from an unproven peer.
    NoConsent,
    /// A check beyond the limit for unproven peers.
    CheckBudget,
    /// An idle allocation or connection was replaced by a new one.
    GaveWay,
    /// Data without a permission or channel.
    NoPermission,
    /// A request that this relay does not support (TCP relaying, reservations …).
    Unsupported,
    /// A TCP connection beyond the limit.
    TcpConnections,
    /// The socket, or a TCP client's queue, could not take a packet.
    Congestion,
}

const REFUSALS: [Refusal; 22] = [
    Refusal::BadCredential,
    Refusal::ExpiredCredential,
    Refusal::CallNotOpen,
    Refusal::OtherCredential,
    Refusal::PeerNotRoutable,
    Refusal::PeerIsListener,
    Refusal::PeerNotOfCall,
    Refusal::CallQuota,
    Refusal::ClientQuota,
    Refusal::AccountQuota,
    Refusal::NetworkQuota,
    Refusal::Capacity,
    Refusal::AnswerBudget,
    Refusal::Bandwidth,
    Refusal::AccountBandwidth,
    Refusal::NoConsent,
    Refusal::CheckBudget,
    Refusal::GaveWay,
    Refusal::NoPermission,
    Refusal::Unsupported,
    Refusal::TcpConnections,
    Refusal::Congestion,
];

/// A snapshot of all counters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Allocations that exist at this moment.
    pub allocations_now: u64,
    /// Allocations made since the start, ended ones included.
    pub allocations_total: u64,
    /// TCP clients that are connected at this moment.
    pub tcp_connections_now: u64,
    /// Forwarded payload bytes, both directions.
    pub bytes_relayed: u64,
    /// Invalid packets and frames.
    pub malformed: u64,
    /// Refusals by reason; reasons that never occurred are absent.
    pub refusals: BTreeMap<Refusal, u64>,
}

impl Stats {
    /// Returns how often `reason` occurred.
    pub fn refused(&self, reason: Refusal) -> u64 {
        self.refusals.get(&reason).copied().unwrap_or(0)
    }
}

/// The live counters; clones show the same numbers.
#[derive(Clone, Debug, Default)]
pub struct Counters(Arc<Cells>);

#[derive(Debug, Default)]
struct Cells {
    allocations_now: AtomicU64,
    allocations_total: AtomicU64,
    tcp_connections_now: AtomicU64,
    bytes_relayed: AtomicU64,
    malformed: AtomicU64,
    refusals: [AtomicU64; REFUSALS.len()],
}

impl Counters {
    /// Reads all counters.
    pub fn read(&self) -> Stats {
        let cells = &self.0;
        Stats {
            allocations_now: cells.allocations_now.load(Relaxed),
            allocations_total: cells.allocations_total.load(Relaxed),
            tcp_connections_now: cells.tcp_connections_now.load(Relaxed),
            bytes_relayed: cells.bytes_relayed.load(Relaxed),
            malformed: cells.malformed.load(Relaxed),
            refusals: REFUSALS
                .iter()
                .map(|&reason| (reason, cells.refusals[reason as usize].load(Relaxed)))
                .filter(|&(_, count)| count > 0)
                .collect(),
        }
    }

    pub(super) fn refuse(&self, reason: Refusal) {
        self.refuse_many(reason, 1);
    }

    pub(super) fn refuse_many(&self, reason: Refusal, count: usize) {
        self.0.refusals[reason as usize].fetch_add(count as u64, Relaxed);
    }

    pub(super) fn malformed(&self) {
        self.0.malformed.fetch_add(1, Relaxed);
    }

    pub(super) fn relayed(&self, bytes: usize) {
        self.0.bytes_relayed.fetch_add(bytes as u64, Relaxed);
    }

    pub(super) fn allocation_made(&self) {
        self.0.allocations_total.fetch_add(1, Relaxed);
    }

    pub(super) fn set_allocations(&self, count: usize) {
        self.0.allocations_now.store(count as u64, Relaxed);
    }

    pub(super) fn set_tcp_connections(&self, count: usize) {
        self.0.tcp_connections_now.store(count as u64, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_reason_has_its_own_counter() {
        for reason in REFUSALS {
            let counters = Counters::default();

            counters.refuse(reason);

            assert_eq!(counters.read().refusals, BTreeMap::from([(reason, 1)]));
        }
    }
}
