//! Every limit of the relay in one place; what reaches one is refused and counted, never queued.

use std::time::Duration;

/// Largest STUN message or ChannelData frame taken from a client, and packet taken from a peer.
pub const MAX_FRAME_BYTES: usize = 8 * 1024;
/// Lifetime of an allocation; every Refresh sets it again (RFC 8656 §3.2).
pub const ALLOCATION_LIFETIME: Duration = Duration::from_secs(600);
/// Lifetime of a permission (RFC 8656 §9).
pub const PERMISSION_LIFETIME: Duration = Duration::from_secs(300);
/// Lifetime of a channel binding (RFC 8656 §12).
pub const CHANNEL_LIFETIME: Duration = Duration::from_secs(600);
/// Permissions one allocation may hold, expired ones not counted.
pub const PERMISSIONS_PER_ALLOCATION: usize = 64;
/// Channels one allocation may hold, expired ones not counted.
pub const CHANNELS_PER_ALLOCATION: usize = 64;
/// Addresses remembered for one party of a call; the oldest gives way.
pub const IPS_PER_PARTY: usize = 32;
/// Calls in the call book; past this a new call gets no relay.
pub const CALLS: usize = 65_536;
/// ICE credentials remembered for one party of a call, restarts included; the oldest gives way.
pub const ICE_PER_PARTY: usize = 8;
/// How long a peer's proof lets data flow (RFC 7675 §5.1); ICE agents renew it every few seconds.
pub const CONSENT_LIFETIME: Duration = Duration::from_secs(30);
/// Peers, by address and port, that one allocation may talk to: a party names 20 candidates.
pub const PEERS_PER_ALLOCATION: usize = 32;
/// Connectivity checks a second to a peer that has proven nothing. Chromium sends 20 a second to
/// a lone candidate; those left out are repeated 50 ms later.
pub const CHECKS_PER_SECOND: f64 = 10.0;
/// Such checks in advance: the first second of a call is never held up.
pub const CHECKS_AT_ONCE: f64 = 20.0;
/// Longest such check; browsers may carry the start of DTLS in it.
pub const MAX_CHECK_BYTES: usize = 1_280;
/// Bytes a second of such checks under one quota key.
pub const CHECK_BYTES_PER_SECOND: f64 = 4_000.0;
/// Such bytes in advance: 31 recorders at once, each over two allocations with 35 checks.
pub const CHECK_BYTES_AT_ONCE: f64 = 256_000.0;
/// Quota keys whose budgets are remembered; past this the one that has used least is forgotten.
pub const ACCOUNTS: usize = 65_536;
/// A day, over which a budget of bytes fills up again.
pub const SECONDS_PER_DAY: f64 = proto::seconds::DAY as f64;
/// After so long without data, an allocation whose party has another in the call may give way.
pub const SPARE_AFTER: Duration = Duration::from_secs(10);
/// After so long without data, an only allocation may give way.
pub const UNUSED_AFTER: Duration = Duration::from_secs(60);
/// How often the addresses of this machine are read again.
pub const ADDRESSES_EVERY: Duration = Duration::from_secs(30);
/// How many clients' share of unproven answers a whole network (/24, /48) gets.
pub const ANSWERS_NETWORK_FACTOR: u32 = 10;
/// How long a nonce is good for before the client is told to take a new one.
// RFC 8656 §5 asks servers to expire a nonce at least once an hour.
pub const NONCE_LIFETIME_S: u64 = 3_600;
/// How often allocations are checked against time and the call book.
// Data of a closed call may flow until the next check, so it must come soon.
pub const SWEEP_EVERY: Duration = Duration::from_secs(1);
/// How long a TCP connection may stay without an allocation.
pub const TCP_WITHOUT_ALLOCATION: Duration = Duration::from_secs(30);
/// Bytes waiting to be written to one TCP client; a frame that does not fit is dropped.
pub const TCP_QUEUE_BYTES: usize = 256 * 1024;
/// Packets taken from one socket before the others get their turn.
pub const PACKETS_PER_TURN: usize = 64;
/// Ports tried before an Allocate is answered with 508.
// One task serves every call: a full range must not hold it up with thousands of binds.
pub const PORT_ATTEMPTS: usize = 256;
/// Counters that all source addresses share by hash in the budget for unauthenticated answers.
pub const ANSWER_BUCKETS: usize = 8_192;

/// Limits that an operator may change.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Allocations of one call, both parties together (486 beyond).
    pub allocations_per_call: usize,
    /// Allocations of all calls under one quota key (486 beyond). A browser asks for two a call,
    /// over UDP and TCP; the second is a spare that gives way, so 31 recorders fit, and more.
    pub allocations_per_account: usize,
    /// Allocations of one client address (IPv6: one /64).
    pub allocations_per_ip: usize,
    /// Allocations of one client network (IPv4 /24, IPv6 /48).
    pub allocations_per_network: usize,
    /// Allocations of the whole relay (508 beyond); each holds a file descriptor and a port.
    pub allocations_total: usize,
    /// Bytes per second through one allocation, both directions together, one second in advance.
    pub bytes_per_second: u64,
    /// Bytes a day through all calls under one quota key, both directions together. Sixteen
    /// cameras of one recorder at the full rate above for six hours are 21.6 GB.
    pub account_bytes_per_day: u64,
    /// TCP connections of the whole relay.
    pub tcp_connections: usize,
    /// TCP connections of one client address (IPv6: one /64).
    pub tcp_connections_per_ip: usize,
    /// TCP connections of one client network (IPv4 /24, IPv6 /48).
    pub tcp_connections_per_network: usize,
    /// Answers per second to one UDP source address that has proven nothing: Binding answers,
    /// 401, 438, 400. A phone that opens a call asks for two or three; what is not answered is
    /// asked again by STUN's own retransmission 0.5 s later, so many phones behind one NAT wait
    /// a moment instead of failing, and a forged flood is reflected ten times a second.
    pub answers_per_second: u32,
    /// Such answers in advance, so that a handful of phones start at the same moment.
    pub answers_at_once: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            allocations_per_call: 4,
            allocations_per_account: 40,
            allocations_per_ip: 64,
            allocations_per_network: 96,
            allocations_total: 512,
            bytes_per_second: 1_000_000,
            account_bytes_per_day: 24_000_000_000,
            tcp_connections: 512,
            tcp_connections_per_ip: 64,
            tcp_connections_per_network: 128,
            answers_per_second: 10,
            answers_at_once: 10,
        }
    }
}
