//! All limits of the agent in one place: sizes, counts and times, with the reason for each.

use std::time::Duration;

pub use proto::link::limits::MAX_CAMERAS;

/// Maximum number of recorders per agent; more would overload a small computer.
pub const MAX_RECORDERS: usize = 64;

/// Cache size of a warm stream in bytes; the budget is divided by this.
pub const WARM_STREAM_BYTES: usize = 2 * 1024 * 1024;
/// Cache size of a watched stream in bytes.
pub const WATCHED_STREAM_BYTES: usize = 12 * 1024 * 1024;
/// Maximum number of cached frames per stream, regardless of size.
pub const MAX_CACHED_FRAMES: usize = 1500;
/// Cached frames before the newest key frame, so that a slightly slow viewer misses none.
pub const CACHED_TAIL_FRAMES: usize = 64;
/// A larger frame is dropped; key frames of 8-megapixel cameras are smaller.
pub const MAX_FRAME_BYTES: usize = WARM_STREAM_BYTES;
/// Default memory for warm streams.
pub const DEFAULT_WARM_MEMORY_BYTES: usize = 64 * 1024 * 1024;

/// Maximum time to connect to a recorder over RTSP and to describe, set up and play a stream.
pub const RTSP_CONNECT: Duration = Duration::from_secs(5);
/// A stream without a frame for this long counts as dead.
pub const NO_FRAME: Duration = Duration::from_secs(10);
/// How long a stream continues after its last viewer left.
pub const LINGER: Duration = Duration::from_secs(10);
/// First delay before a stream or recorder is tried again.
pub const RETRY_FIRST: Duration = Duration::from_secs(1);
/// Maximum delay before a stream or recorder is tried again.
pub const RETRY_MOST: Duration = Duration::from_secs(30);

/// How often the addresses of this machine are looked at.
pub const ADDRESSES_EVERY: Duration = Duration::from_secs(1);

/// Maximum time to connect to a recorder over HTTP.
pub const HTTP_CONNECT: Duration = Duration::from_secs(5);
/// Maximum time for a complete HTTP request; recorders are slow.
pub const HTTP_REQUEST: Duration = Duration::from_secs(10);
/// Default time between two polls of a recorder's cameras.
pub const STATUS_POLL: Duration = Duration::from_secs(30);
/// Polls of the cameras between two reads of their codecs and sizes.
pub const POLLS_PER_STREAM_LIST: u32 = 20;
/// Key frame requests that wait for a recorder; further ones are dropped.
pub const MAX_KEY_FRAME_ASKS: usize = 16;

/// Sockets with a port mapping that wait for a call; making one takes up to seconds. A page that shows
/// several recorders begins as many calls at once.
pub const READY_MAPPINGS: usize = 4;
/// Port mappings of one agent, for calls and waiting; home routers have room for some 30 to 100.
pub const MAX_MAPPINGS: usize = 16;
/// Networks with a router that are tried.
pub const MAX_NETWORKS: usize = 4;
/// Requested lifetime of a port mapping. It is renewed at half time, which is how long a restart of
/// the router may go unnoticed; after all of it, nothing is left of an agent that was killed.
pub const MAPPING_LIFETIME: Duration = Duration::from_secs(240);
/// Minimum time between two renewals, whatever lifetime a router grants.
// RFC 6887 §11.2.1.
pub const RENEW_LEAST: Duration = Duration::from_secs(4);
/// Time until a failed renewal is tried again; a restarting router takes a minute or two.
pub const RENEW_AGAIN: Duration = Duration::from_secs(10);
/// Failed renewals in a row after which a waiting mapping is given up.
pub const MAX_FAILED_RENEWALS: u32 = 3;
/// Time between two looks at the routes of this machine.
pub const LOOK_AT_NETWORKS: Duration = Duration::from_secs(15);
/// First delay before the routers are asked again after none of them mapped a port.
pub const MAPPING_RETRY_FIRST: Duration = Duration::from_secs(60);
/// Maximum delay before the routers are asked again.
pub const MAPPING_RETRY_MOST: Duration = Duration::from_secs(30 * 60);
/// Maximum time for one request to a router, with its retransmissions.
pub const ROUTER_REQUEST: Duration = Duration::from_secs(12);
/// Minimum time between two announcements of a router that are heeded.
pub const HEED_ANNOUNCEMENT: Duration = Duration::from_secs(10);
/// Time for removing the mappings when the program stops.
pub const REMOVE_MAPPINGS: Duration = Duration::from_millis(800);
/// Requests that may wait for the task that owns the mappings.
pub const MAPPING_ORDERS: usize = 64;
/// Longest wait of a call for a socket with a mapping; the call starts without one then.
pub const TAKE_MAPPING: Duration = Duration::from_millis(100);
/// Longest routing table that is read, in bytes.
pub const MAX_ROUTES_BYTES: usize = 1024 * 1024;
/// Sockets whose public addresses are remembered to tell the kind of NAT.
pub const MAX_SEEN_SOCKETS: usize = 8;
/// STUN servers that are remembered for each of them.
pub const MAX_SEEN_SERVERS: usize = 4;
