//! How many connections there may be, and how slow.

use std::time::Duration;

/// The limits of one listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Connections at the same time, links and calls included.
    pub connections: usize,
    /// Connections that have not sent a whole request yet.
    pub newcomers: usize,
    /// The same from one client; trusted proxies are not counted.
    pub newcomers_per_client: usize,
    /// A TLS handshake takes no longer than this.
    pub handshake: Duration,
    /// From the end of one request, or the start, to the end of the next one's headers.
    pub headers: Duration,
    /// How long somebody may not take what was sent to them.
    pub stalled_write: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: 131_072,
            newcomers: 4_096,
            newcomers_per_client: 512,
            handshake: Duration::from_secs(10),
            headers: Duration::from_secs(20),
            stalled_write: Duration::from_secs(30),
        }
    }
}

/// Longest head of a request; longer ones get 431.
pub(super) const MAX_HEAD_BYTES: usize = 32 * 1024;
/// Header lines of one request; more get 431.
pub(super) const MAX_HEADER_LINES: usize = 64;
/// When no socket can be had (too many open files), the next try comes after this.
pub(super) const NO_SOCKET_PAUSE: Duration = Duration::from_millis(200);
/// What rustls may hold back for one client that does not read.
pub(super) const TLS_BUFFER_BYTES: usize = 16 * 1024;
