//! Limits on sockets, on messages waiting for each, and on how long the cloud waits for one. The
//! limits on what one socket may send are in `proto::link::limits` and `proto::call::limits`.

use std::time::Duration;

/// Links open at the same time.
pub const MAX_LINKS: usize = 150_000;
/// Links from one client address. This machine is not counted, because a proxy may connect for
/// many.
pub const MAX_LINKS_PER_CLIENT: usize = 2_000;
/// Links from one network, /24 of IPv4 or /48 of IPv6.
pub const MAX_LINKS_PER_NETWORK: usize = 8_000;
/// Viewers' sockets open at the same time.
pub const MAX_VIEWERS: usize = 20_000;
/// Viewers' sockets from one client address; this machine is not counted.
pub const MAX_VIEWERS_PER_CLIENT: usize = 200;
/// Viewers' sockets from one network, /24 of IPv4 or /48 of IPv6.
pub const MAX_VIEWERS_PER_NETWORK: usize = 800;
/// Viewers' sockets of one account.
pub const MAX_VIEWERS_PER_ACCOUNT: usize = 200;
/// Messages waiting for one link; at most a burst from many viewers.
pub const LINK_QUEUE: usize = 512;
/// A frame that takes longer to send closes its socket.
// The task of the socket does nothing else meanwhile.
pub const SEND_WAIT: Duration = Duration::from_secs(5);
/// How long a new link waits to see whether the old one is alive.
// The old link's PROBE_WAIT and one SEND_WAIT fit in.
pub const PLACE_WAIT: Duration = Duration::from_secs(12);
/// Time for the other end to read the last frame.
pub const LINGER: Duration = Duration::from_secs(1);
/// Read buffer of one socket, in bytes; grows during a longer message.
// Each open link has these buffers, and 100,000 of them have to fit on one machine.
pub const READ_BUFFER_BYTES: usize = 4_096;
/// Write buffer of one socket, in bytes.
pub const WRITE_BUFFER_BYTES: usize = 1_024;
/// Maximum size of one socket's write buffer, in bytes.
pub const MAX_WRITE_BUFFER_BYTES: usize = 256 * 1_024;
/// Changed recorders of one account that are announced one by one; above this all are announced
/// again.
pub const MAX_STALE_RECORDERS: usize = 64;
/// Minimum seconds between two database updates of a known recorder's last registration.
pub const SEEN_EVERY_SECONDS: i64 = 60 * 60;
/// Shorter times without a link are not noted, in seconds.
pub const OUTAGE_SECONDS: i64 = 60;
/// So many outages of one recorder are kept, the newest.
pub const OUTAGES: i64 = 50;
/// Days for which an outage is kept.
pub const OUTAGE_DAYS: i64 = 30;
