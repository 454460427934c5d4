//! All limits of the simulated recorder in one place; nothing that a client sends can exceed them.

use std::time::Duration;

/// Samples of talk that a camera remembers: a second.
pub(crate) const MAX_ECHO: usize = 8_000;

/// Consecutive wrong logins before an account is locked.
// Real recorders lock after about five, for 30 minutes.
pub(crate) const WRONG_LOGINS_BEFORE_LOCK: u32 = 5;
/// How long a locked account stays locked.
pub(crate) const LOCK_TIME: Duration = Duration::from_secs(30 * 60);
/// User names whose wrong logins are counted; the one idle for longest is dropped first.
pub(crate) const MAX_TRACKED_USERS: usize = 64;

/// Nonces that are valid at the same time; the oldest is dropped first.
pub(crate) const MAX_NONCES: usize = 1024;
/// How long a nonce may be used before the answer is `stale=true`.
pub(crate) const NONCE_LIFETIME: Duration = Duration::from_secs(300);

/// Simultaneous HTTP connections; further ones are closed immediately.
pub(crate) const MAX_HTTP_CONNECTIONS: usize = 128;
/// Maximum bytes of an HTTP request body.
pub(crate) const MAX_HTTP_BODY: usize = 64 * 1024;

/// Highest number of a preset.
pub(crate) const MAX_PRESETS: u16 = 300;
/// Highest number of a patrol.
pub(crate) const MAX_PATROL: u16 = 8;

/// Events that wait for one listener; a slower one misses the oldest.
pub(crate) const MAX_WAITING_EVENTS: usize = 64;
/// Events that go on at a time.
pub(crate) const MAX_ACTIVE_EVENTS: usize = 64;
/// Subscriptions to events over ONVIF at a time.
pub(crate) const MAX_SUBSCRIPTIONS: usize = 8;

/// Simultaneous RTSP connections; further ones are closed immediately.
pub(crate) const MAX_RTSP_CONNECTIONS: usize = 128;
/// Bytes of one RTSP request, head and body together.
pub(crate) const MAX_RTSP_REQUEST: usize = 16 * 1024;
/// How long a client may leave a TCP write unread before its session ends.
pub(crate) const WRITE_TIMEOUT: Duration = Duration::from_secs(5);
/// How far a stream may fall behind before it continues at the next key frame.
pub(crate) const MAX_LAG: Duration = Duration::from_secs(2);
/// Minimum time between two requested key frames, per stream.
pub(crate) const KEY_FRAME_INTERVAL: Duration = Duration::from_secs(1);

/// Payload bytes of one RTP packet.
// With RTP, UDP and IP headers it fits into an Ethernet frame of 1,500 bytes.
pub(crate) const RTP_PAYLOAD: usize = 1400;
/// Attempts to find an even UDP port with a free neighbour.
pub(crate) const UDP_PORT_TRIES: usize = 64;
