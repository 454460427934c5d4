//! All limits of the relay in one place. What exceeds a limit is refused and counted, never queued.

use std::time::Duration;

/// Maximum size of a STUN message or ChannelData frame from a client, and of a packet from a peer.
pub const MAX_FRAME_BYTES: usize = 8 * 1024;
/// Lifetime of an allocation; every Refresh restarts it (RFC 8656 §3.2).
pub const ALLOCATION_LIFETIME: Duration = Duration::from_secs(600);
/// Lifetime of a permission (RFC 8656 §9).
pub const PERMISSION_LIFETIME: Duration = Duration::from_secs(300);
/// Lifetime of a channel binding (RFC 8656 §12).
pub const CHANNEL_LIFETIME: Duration = Duration::from_secs(600);
/// Permissions per allocation, not counting expired ones.
pub const PERMISSIONS_PER_ALLOCATION: usize = 64;
/// Channels per allocation, not counting expired ones.
pub const CHANNELS_PER_ALLOCATION: usize = 64;
/// Addresses stored per party of a call; the oldest is dropped.
pub const IPS_PER_PARTY: usize = 32;
/// Calls in the call book; beyond this, a new call gets no relay.
pub const CALLS: usize = 65_536;
/// For how many seconds without its cloud a relay that runs alone gives new allocations: those of
/// restarts that were under way.
pub const NEW_CALLS_S: u64 = 30;
/// For how many seconds such a relay carries running calls without its cloud.
// A restart or an update of a cloud takes less; a person signed out meanwhile must not watch for long.
pub const KEEP_CALLS_S: u64 = 600;
/// How long a change of the cloud's book may take to such a relay.
pub const MIRROR_LAG: Duration = Duration::from_millis(1_000);
/// Requests that such a relay holds for as long, in total and of one client.
pub const EARLY_REQUESTS: usize = 512;
/// See [`EARLY_REQUESTS`].
pub const EARLY_PER_CLIENT: usize = 8;
/// Changes of the book that wait for one such relay; one that is further behind gets the book anew.
pub const BOOK_FEED: usize = 8_192;
/// ICE credentials stored per party of a call, including restarts; the oldest are dropped.
pub const ICE_PER_PARTY: usize = 8;
/// How long a peer's proof allows data to flow (RFC 7675 §5.1); ICE agents renew it every few
/// seconds.
pub const CONSENT_LIFETIME: Duration = Duration::from_secs(30);
/// Peers, by address and port, per allocation; a party has 20 candidates.
pub const PEERS_PER_ALLOCATION: usize = 32;
/// Connectivity checks per second to an unproven peer. Chromium sends 20 per second to a single
/// candidate; dropped ones are repeated 50 ms later.
pub const CHECKS_PER_SECOND: f64 = 10.0;
/// Burst of such checks, so that the first second of a call is never delayed.
pub const CHECKS_AT_ONCE: f64 = 20.0;
/// Maximum length of such a check; browsers may include the start of DTLS.
pub const MAX_CHECK_BYTES: usize = 1_280;
/// Checks per allocation that wait for their permission, and for how long. ICE agents repeat a check
/// after 250 ms or more.
pub const HELD_CHECKS: usize = 4;
/// See [`HELD_CHECKS`].
pub const HELD_FOR: Duration = Duration::from_millis(300);
/// Bytes per second of such checks under one quota key.
pub const CHECK_BYTES_PER_SECOND: f64 = 4_000.0;
/// Burst of such bytes: 31 recorders at once, each over two allocations with 35 checks.
pub const CHECK_BYTES_AT_ONCE: f64 = 256_000.0;
/// Quota keys whose budgets are stored; beyond this, the one that has used least is dropped.
pub const ACCOUNTS: usize = 65_536;
/// Bytes that the test calls of one account may carry, checks included: several tests over three transports,
/// and of no use to anybody else.
pub const TEST_BYTES: u64 = 500_000;
/// The time in which that budget refills.
pub const TEST_REFILL_S: u64 = 600;
/// One day, the time in which a byte budget refills.
pub const SECONDS_PER_DAY: f64 = proto::seconds::DAY as f64;
/// After this long without data, an allocation may be replaced if its party has another one in the
/// call.
pub const SPARE_AFTER: Duration = Duration::from_secs(10);
/// After this long without data, a party's only allocation may be replaced.
pub const UNUSED_AFTER: Duration = Duration::from_secs(60);
/// How often the addresses of this machine are read again.
pub const ADDRESSES_EVERY: Duration = Duration::from_secs(30);
/// A whole network (/24, /48) gets this many times one client's share of unproven answers.
pub const ANSWERS_NETWORK_FACTOR: u32 = 10;
/// How long a nonce is valid before the client has to use a new one.
// RFC 8656 §5 asks servers to expire a nonce at least once an hour.
pub const NONCE_LIFETIME_S: u64 = 3_600;
/// How often allocations are checked against time and the call book.
// Data of a closed call may flow until the next check, so it must come soon.
pub const SWEEP_EVERY: Duration = Duration::from_secs(1);
/// How long a TCP connection may remain without an allocation.
pub const TCP_WITHOUT_ALLOCATION: Duration = Duration::from_secs(30);
/// Bytes that may wait for one TCP client; a frame that does not fit is dropped.
pub const TCP_QUEUE_BYTES: usize = 256 * 1024;
/// Streams of other listeners that wait to be taken over.
pub const HANDOVER_QUEUE: usize = 64;
/// Bytes read at once from such a stream.
pub const HANDED_READ_BYTES: usize = 16 * 1024;
/// Reads of such a stream that wait for the relay.
pub const HANDED_CHUNKS: usize = 2;
/// Threads that move datagrams; fewer on a machine with fewer cores. Each takes a few file
/// descriptors.
pub const MAX_THREADS: usize = 8;
/// Reads from one socket before the others get their turn, in one system call. Each returns one
/// datagram, or up to 64 kB of them that arrived together.
// quinn-udp takes no more in one call.
pub const READS_PER_TURN: usize = 32;
/// How long a busy thread lets packets gather: little beside what the internet adds to a packet.
pub const ROUND: Duration = Duration::from_millis(1);
/// Packets of such a time from which on a thread is busy: more than a camera's frame, about 115 Mbit/s.
pub const ROUND_PACKETS: f64 = 12.0;
/// Bytes that one thread may handle before the others get the engine.
pub const BYTES_PER_LOCK: usize = 256 * 1024;
/// Send and receive buffer of each UDP listener: frames of hundreds of calls may arrive at once.
pub const LISTENER_BUFFER_BYTES: usize = 4 * 1024 * 1024;
/// Send and receive buffer of a relayed socket: a key frame of every camera that its call shows.
pub const RELAYED_BUFFER_BYTES: usize = 1024 * 1024;
/// Runs of frames, 16 kB each, that may wait for the task that owns the TCP clients.
pub const STREAM_RUNS: usize = 512;
/// Ports tried before an Allocate is answered with 508.
// One task serves every call: a full range must not hold it up with thousands of binds.
pub const PORT_ATTEMPTS: usize = 256;
/// Counters for unauthenticated answers; source addresses share them by hash.
pub const ANSWER_BUCKETS: usize = 8_192;

/// Limits that an operator may change. Allocations are counted by relayed addresses: a dual one, with
/// an address of each family, counts twice.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Relayed addresses of one party of a call (486 beyond). A browser requests an allocation over
    /// UDP, TCP and TLS from each of its address families.
    pub allocations_per_party: usize,
    /// Those of all calls with one quota key (486 beyond). All but one of a party are spares that can
    /// be replaced, so both parties of 31 recorders fit, and more.
    pub allocations_per_account: usize,
    /// Allocations per client address (IPv6: one /64).
    pub allocations_per_ip: usize,
    /// Allocations per client network (IPv4 /24, IPv6 /48).
    pub allocations_per_network: usize,
    /// Allocations of the whole relay (508 beyond); each uses a file descriptor and a port. Ten accounts
    /// cannot hold them all.
    pub allocations_total: usize,
    /// Bytes per second per allocation, both directions together, with a burst of one second.
    pub bytes_per_second: u64,
    /// Bytes per day of all calls with one quota key, both directions together. Sixteen cameras of
    /// one recorder at the full rate above for six hours are 21.6 GB.
    pub account_bytes_per_day: u64,
    /// TCP connections of the whole relay.
    pub tcp_connections: usize,
    /// TCP connections per client address (IPv6: one /64).
    pub tcp_connections_per_ip: usize,
    /// TCP connections per client network (IPv4 /24, IPv6 /48).
    pub tcp_connections_per_network: usize,
    /// Answers per second to one unproven UDP source address: Binding answers, 401, 438, 400. A
    /// phone that opens a call needs two or three. STUN retransmits an unanswered request 0.5 s
    /// later, so many phones behind one NAT wait briefly instead of failing, and a forged flood is
    /// reflected only ten times per second.
    pub answers_per_second: u32,
    /// Burst of such answers, so that a page with sixteen recorders starts at once: each call asks for
    /// its address and for an allocation. Otherwise part of the calls wait for a repetition, 250 ms.
    pub answers_at_once: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            allocations_per_party: 6,
            allocations_per_account: 80,
            allocations_per_ip: 64,
            allocations_per_network: 96,
            allocations_total: 1_024,
            bytes_per_second: 1_000_000,
            account_bytes_per_day: 24_000_000_000,
            tcp_connections: 512,
            tcp_connections_per_ip: 64,
            tcp_connections_per_network: 128,
            answers_per_second: 10,
            answers_at_once: 40,
        }
    }
}
