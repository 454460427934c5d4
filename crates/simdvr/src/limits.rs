//! Every bound of the simulated recorder in one place: nothing a client sends can grow past these.

use std::time::Duration;

/// Wrong logins in a row before an account is locked.
// Real recorders lock after about five, for 30 minutes.
pub(crate) const WRONG_LOGINS_BEFORE_LOCK: u32 = 5;
/// How long a locked account stays locked.
pub(crate) const LOCK_TIME: Duration = Duration::from_secs(30 * 60);
/// User names whose wrong logins are remembered; the one idle longest is forgotten first.
pub(crate) const MAX_TRACKED_USERS: usize = 64;

/// Nonces that are valid at one time; the oldest goes first.
pub(crate) const MAX_NONCES: usize = 1024;
/// How long a nonce may be used before the answer is `stale=true`.
pub(crate) const NONCE_LIFETIME: Duration = Duration::from_secs(300);

/// HTTP connections at one time; further ones are closed at once.
pub(crate) const MAX_HTTP_CONNECTIONS: usize = 128;
/// Bytes of an HTTP request body.
pub(crate) const MAX_HTTP_BODY: usize = 64 * 1024;

/// RTSP connections at one time; further ones are closed at once.
pub(crate) const MAX_RTSP_CONNECTIONS: usize = 128;
/// Bytes of one RTSP request, head and body together.
pub(crate) const MAX_RTSP_REQUEST: usize = 16 * 1024;
/// How long a client may leave a TCP write unread before its session is ended.
pub(crate) const WRITE_TIMEOUT: Duration = Duration::from_secs(5);
/// How far a stream may fall behind before it is taken up again at the next key frame.
pub(crate) const MAX_LAG: Duration = Duration::from_secs(2);
/// Shortest distance between two key frames made on request, per stream.
pub(crate) const KEY_FRAME_INTERVAL: Duration = Duration::from_secs(1);

/// Payload bytes of one RTP packet.
// With RTP, UDP and IP headers it fits into an Ethernet frame of 1,500 bytes.
pub(crate) const RTP_PAYLOAD: usize = 1400;
/// Attempts to find an even UDP port with a free neighbour.
pub(crate) const UDP_PORT_TRIES: usize = 64;
