//! Everything that a camera can grow, and its limit.

use std::time::Duration;

/// Bytes of one frame. A key frame of an 8-megapixel H.264 camera rarely exceeds 1 MiB.
pub const MAX_FRAME_BYTES: usize = 4 * 1024 * 1024;

/// Bytes of one message before its body. Real ones stay below 2 KiB; a list of challenges is the longest.
pub const MAX_HEAD_BYTES: usize = 32 * 1024;
/// Header lines kept of one message; further ones are ignored.
pub const MAX_HEADERS: usize = 64;
/// Bytes of a body. Descriptions of recorders with many tracks stay below 16 KiB.
pub const MAX_BODY_BYTES: usize = 256 * 1024;
/// Bytes skipped in search of the next message before the stream counts as garbage. Two packets of
/// the largest size fit: after a wrong length the next message lies that far away at most.
pub const MAX_SKIPPED_BYTES: usize = 128 * 1024;
/// Bytes of a request's method.
pub const MAX_METHOD_BYTES: usize = 32;

/// Bytes of an address.
pub const MAX_ADDRESS_BYTES: usize = 4096;
/// Bytes of a session's id. RFC 2326 says eight or more; tokens of several hundred have been seen.
pub const MAX_SESSION_ID_BYTES: usize = 1024;
/// Entries of one list in a header: transports, RTP-Info, methods, challenges.
pub const MAX_LIST: usize = 32;

/// Tracks of a description. Recorders describe three or four.
pub const MAX_TRACKS: usize = 16;
/// Payload types of one track.
pub const MAX_FORMATS: usize = 16;
/// Parameters of one `fmtp`.
pub const MAX_PARAMETERS: usize = 64;
/// Lines of a description that are read.
pub const MAX_SDP_LINES: usize = 2048;

/// Redirects that are followed within one attempt.
pub const MAX_REDIRECTS: u8 = 3;
/// Connections that a client asks its driver to open again at once, redirects included.
pub const MAX_CONNECTIONS: u8 = 6;
/// Times one request is signed: with the challenge's nonce, and with one more if that went stale.
pub const MAX_SIGNINGS: u8 = 2;
/// Requests without an answer. More are never needed: one that goes on, and a keep-alive.
pub const MAX_PENDING: usize = 8;
/// Requests of a camera that are answered within [`SERVER_REQUEST_WINDOW`].
pub const MAX_SERVER_REQUESTS: u32 = 20;
/// See [`MAX_SERVER_REQUESTS`].
pub const SERVER_REQUEST_WINDOW: Duration = Duration::from_secs(1);

/// Time for the answer to one request. Recorders with sleeping disks take 7 s for a description.
pub const ANSWER_LIMIT: Duration = Duration::from_secs(15);
/// Time for the answer to SETUP of a track without which the stream is still worth having.
pub const OPTIONAL_TRACK_LIMIT: Duration = Duration::from_secs(5);
/// Time for the driver to choose tracks.
pub const CHOICE_LIMIT: Duration = Duration::from_secs(30);
/// Time for the answer to TEARDOWN; the session ends on the camera anyway.
pub const TEARDOWN_LIMIT: Duration = Duration::from_secs(2);
/// Time until the first packet, and silence that is allowed until a stream has played for so long. A camera may send
/// one picture each 16 s.
pub const FIRST_PACKET_LIMIT: Duration = Duration::from_secs(30);
/// Time until the first packet over UDP, after which TCP is tried if that is allowed. A camera with one picture
/// each 16 s still sends its first one, or a sender report, within this time.
pub const FIRST_DATAGRAM_LIMIT: Duration = Duration::from_secs(6);
/// Silence after which a stream whose rate is known counts as broken at the earliest.
pub const SILENCE_FLOOR: Duration = Duration::from_secs(10);
/// A stream is broken after so many of its longest intervals without a packet.
pub const SILENCE_INTERVALS: u32 = 3;
/// Silence that no rate of a stream excuses.
pub const SILENCE_CEILING: Duration = Duration::from_secs(180);

/// A session's timeout if the camera names none (RFC 2326 §12.37).
pub const SESSION_TIMEOUT: Duration = Duration::from_secs(60);
/// Shortest interval of keep-alives, whatever timeout a camera names.
pub const KEEP_ALIVE_FLOOR: Duration = Duration::from_secs(1);
/// Longest interval of keep-alives: some cameras name a timeout of minutes and end sessions after one.
pub const KEEP_ALIVE_CEILING: Duration = Duration::from_secs(30);
/// Interval of receiver reports over UDP (RFC 3550 §6.2 for small sessions).
pub const REPORT_INTERVAL: Duration = Duration::from_secs(5);
