//! How long the doctor waits, and from where on something is worth a word.

use std::time::Duration;

/// For one answer of another machine.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// A mail is sent within so many times what one step may take.
pub(super) const SENDING_STEPS: u32 = 3;
/// DNS servers that are asked, one after the other.
pub(super) const DNS_SERVERS: usize = 3;
/// For one answer of a DNS server.
pub(super) const DNS_PATIENCE: Duration = Duration::from_secs(2);
/// Questions to one DNS server before the next is asked.
pub(super) const DNS_TRIES: usize = 2;
/// Addresses of one name that are looked at.
pub(super) const ADDRESSES: usize = 4;
/// Longest answer of a page that is read.
pub(super) const PAGE_BYTES: usize = 4 * 1024;
/// A certificate should have been renewed when less than this part of its life is left.
pub(super) const LIFE_LEFT_PARTS: i64 = 6;
/// Free space below which the disk will be full soon, and below which it is as good as full.
pub(super) const FREE_BYTES_WARN: u64 = 1024 * 1024 * 1024;
/// See [`FREE_BYTES_WARN`].
pub(super) const FREE_BYTES_BAD: u64 = 100 * 1024 * 1024;
/// What is written to see whether a disk takes it: a page of a database.
pub(super) const PROBE_BYTES: usize = 4096;
/// A clock that is off by more makes logs hard to compare.
pub(super) const CLOCK_WARN: f64 = 1.0;
/// A clock that is off by more makes codes of apps and certificates fail.
pub(super) const CLOCK_BAD: f64 = 20.0;
/// Look-ups that one SPF record may cause (RFC 7208 §4.6.4).
pub(super) const SPF_LOOKUPS: usize = 10;
