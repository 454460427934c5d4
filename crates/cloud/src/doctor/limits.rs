//! How long the doctor waits, and the thresholds for its grades.

use std::time::Duration;

/// For one answer from another machine.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// Maximum time for sending a mail, as a multiple of one step.
pub(super) const SENDING_STEPS: u32 = 3;
/// DNS servers to ask, one after the other.
pub(super) const DNS_SERVERS: usize = 3;
/// For one answer from a DNS server.
pub(super) const DNS_PATIENCE: Duration = Duration::from_secs(2);
/// Queries to one DNS server before the next one is tried.
pub(super) const DNS_TRIES: usize = 2;
/// Addresses of one name that are checked.
pub(super) const ADDRESSES: usize = 4;
/// Maximum length of a page that is read.
pub(super) const PAGE_BYTES: usize = 4 * 1024;
/// A certificate should have been renewed if less than this fraction of its life is left.
// Renewal begins with a third left: at a sixth, half of the time for new tries is over.
pub(super) const LIFE_LEFT_PARTS: i64 = 6;
/// Free space below which the disk will soon be full, and below which it is practically full.
pub(super) const FREE_BYTES_WARN: u64 = 1024 * 1024 * 1024;
pub(super) const FREE_BYTES_BAD: u64 = 100 * 1024 * 1024;
/// Bytes written to test whether a disk accepts them: one page of a database.
pub(super) const PROBE_BYTES: usize = 4096;
/// A larger clock offset makes logs hard to compare.
pub(super) const CLOCK_WARN: f64 = 1.0;
/// A larger clock offset makes app codes and certificates fail.
pub(super) const CLOCK_BAD: f64 = 20.0;
/// DNS lookups that one SPF record may cause (RFC 7208 §4.6.4).
pub(super) const SPF_LOOKUPS: usize = 10;
