//! Sizes and pauses of the listeners; how many connections there may be is in `connections`.

use std::time::Duration;

/// Longest head of a request; longer ones get 431.
pub(super) const MAX_HEAD_BYTES: usize = 32 * 1024;
/// Header lines of one request; more get 431.
pub(super) const MAX_HEADER_LINES: usize = 64;
/// Most that is read at once: hyper looks at how long a head is between two reads only. It takes so much
/// more, so that a head which is a little too long is read whole and gets an answer.
pub(super) const READ_BYTES: usize = 2 * 1024;
/// When no socket can be had (too many open files), the next try comes after this.
pub(super) const NO_SOCKET_PAUSE: Duration = Duration::from_millis(200);
/// What rustls may hold back for one client that does not read.
pub(super) const TLS_BUFFER_BYTES: usize = 16 * 1024;
