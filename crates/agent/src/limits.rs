//! Every bound of the agent in one place: sizes, counts and times, with the reason for each.

use std::time::Duration;

pub use proto::link::limits::MAX_CAMERAS;

/// Recorders one agent serves; more would outgrow one small computer.
pub const MAX_RECORDERS: usize = 64;

/// Bytes of pictures kept for a stream that stays warm; the budget is divided by this.
pub const WARM_STREAM_BYTES: usize = 2 * 1024 * 1024;
/// Bytes of pictures kept for a stream that somebody watches.
pub const WATCHED_STREAM_BYTES: usize = 12 * 1024 * 1024;
/// Frames kept per stream, whatever their size.
pub const MAX_CACHED_FRAMES: usize = 1500;
/// Frames kept before the newest key frame, so that a viewer a moment late misses none.
pub const CACHED_TAIL_FRAMES: usize = 64;
/// A frame larger than this is dropped; key frames of 8-megapixel cameras stay below.
pub const MAX_FRAME_BYTES: usize = WARM_STREAM_BYTES;
/// Memory for warm streams where the settings name none.
pub const DEFAULT_WARM_MEMORY_BYTES: usize = 64 * 1024 * 1024;

/// To reach a recorder over RTSP and to have its stream described, set up and playing.
pub const RTSP_CONNECT: Duration = Duration::from_secs(5);
/// Without a frame for this long, a stream counts as dead.
pub const NO_FRAME: Duration = Duration::from_secs(10);
/// How long a stream runs on after its last viewer left.
pub const LINGER: Duration = Duration::from_secs(10);
/// First wait before a stream or recorder is tried again.
pub const RETRY_FIRST: Duration = Duration::from_secs(1);
/// Longest wait before a stream or recorder is tried again.
pub const RETRY_MOST: Duration = Duration::from_secs(30);

/// To connect to a recorder over HTTP.
pub const HTTP_CONNECT: Duration = Duration::from_secs(5);
/// For one whole HTTP request; recorders are slow.
pub const HTTP_REQUEST: Duration = Duration::from_secs(10);
/// Between two looks at a recorder's cameras, where the settings name no other time.
pub const STATUS_POLL: Duration = Duration::from_secs(30);
/// Looks at the cameras between two looks at their codecs and sizes.
pub const POLLS_PER_STREAM_LIST: u32 = 20;
/// Asks for key frames that wait for a recorder; further ones are dropped.
pub const MAX_KEY_FRAME_ASKS: usize = 16;
