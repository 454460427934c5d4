//! How many sockets, how much waits for each, and how long the cloud is patient with one.
//! What one socket may say is in `proto::link::limits` and `proto::call::limits`.

use std::time::Duration;

/// Links open at the same time.
pub const MAX_LINKS: usize = 150_000;
/// Links from one client address; this machine is not counted, a proxy may speak for many.
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
/// Messages that wait for one link; it is a burst of many viewers at most.
pub const LINK_QUEUE: usize = 512;
/// A frame that takes longer to leave closes its socket.
pub const SEND_WAIT: Duration = Duration::from_secs(5);
/// How long a new link waits for the old one to live or die.
pub const PLACE_WAIT: Duration = Duration::from_secs(12);
/// After the last frame the other end gets this long to read it.
pub const LINGER: Duration = Duration::from_secs(1);
/// Read buffer of one socket, in bytes; grows while a longer message comes in.
pub const READ_BUFFER_BYTES: usize = 4_096;
/// Write buffer of one socket, in bytes.
pub const WRITE_BUFFER_BYTES: usize = 1_024;
/// Most that may wait in the write buffer of one socket, in bytes.
pub const MAX_WRITE_BUFFER_BYTES: usize = 256 * 1_024;
/// Changes of one account's recorders that are told one by one; more and all are told again.
pub const MAX_STALE_RECORDERS: usize = 64;
/// A known recorder's registration is noted in the database at most so often, in seconds.
pub const SEEN_EVERY_SECONDS: i64 = 60 * 60;
