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
