//! Sizes and timeouts of the listeners; the number of connections is limited in `connections`.

use std::time::Duration;

/// Longest request head; longer ones get 431.
pub(super) const MAX_HEAD_BYTES: usize = 32 * 1024;
/// Header lines of one request; more get 431.
pub(super) const MAX_HEADER_LINES: usize = 64;
/// Maximum bytes read at once: hyper checks the length of a head only between two reads. It accepts
/// this much more, so that a slightly oversized head is read whole and answered.
pub(super) const READ_BYTES: usize = 2 * 1024;
/// Wait before the next try if no socket is available (too many open files).
// Without a pause the loop would spin: the connection stays queued, and accept fails at once.
pub(super) const NO_SOCKET_PAUSE: Duration = Duration::from_millis(200);
/// Data that rustls may buffer for one client that does not read.
// The size of a TLS record (RFC 8446 §5.1).
pub(super) const TLS_BUFFER_BYTES: usize = 16 * 1024;
/// Requests of one HTTP/2 connection that are answered at the same time: more than any page of ours asks for.
pub(super) const MAX_STREAMS: u32 = 64;
/// Most that is kept of one answer, or taken of one request, until its other end goes on.
pub(super) const STREAM_BUFFER_BYTES: usize = 64 * 1024;
