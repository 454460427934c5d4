//! Times for certificates, in seconds.

use proto::seconds::{DAY, HOUR, MINUTE};

/// Interval for checking certificate files.
pub(super) const LOOK_AT_FILES: i64 = MINUTE;
/// Longest certificate or key file.
pub(super) const MAX_FILE_BYTES: u64 = 256 * 1024;
/// Waits after failed orders; the last one repeats. Authorities count failures per hour.
pub(super) const ORDER_WAITS: [i64; 5] = [MINUTE, 10 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR];
/// A certificate is renewed after two thirds of its life, and up to this fraction of it earlier, so
/// that many clouds do not renew at the same time.
pub(super) const JITTER_PARTS: i64 = 30;
/// A new certificate is kept for at least this long, even if this machine's clock says that it has
/// expired: authorities issue only a few identical ones per week.
pub(super) const SHORTEST_LIFE: i64 = DAY;
/// Time after which an order counts as failed.
pub(super) const ORDER_PATIENCE: std::time::Duration = std::time::Duration::from_secs(180);
/// Longest time until the renewal is reconsidered, whatever the certificate says.
pub(super) const LONGEST_WAIT: i64 = 30 * DAY;
