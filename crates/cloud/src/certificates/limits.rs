//! Times of certificates, in seconds.

use proto::seconds::{DAY, HOUR, MINUTE};

/// Certificate files are looked at this often.
pub(super) const LOOK_AT_FILES: i64 = MINUTE;
/// Longest certificate or key file.
pub(super) const MAX_FILE_BYTES: u64 = 256 * 1024;
/// Waits after an order that failed; the last one repeats. Authorities count failures per hour.
pub(super) const ORDER_WAITS: [i64; 5] = [MINUTE, 10 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR];
/// A certificate is renewed after two thirds of its life, and up to this part of it earlier, so
/// that many clouds do not come at once.
pub(super) const JITTER_PARTS: i64 = 30;
/// A new certificate is kept for so long at least, also when this machine's clock says that it is
/// over already: authorities give few of the same one in a week.
pub(super) const SHORTEST_LIFE: i64 = DAY;
/// How long an order may take before it counts as failed.
pub(super) const ORDER_PATIENCE: std::time::Duration = std::time::Duration::from_secs(180);
/// Longest time until the renewal is thought about again, whatever the certificate says.
pub(super) const LONGEST_WAIT: i64 = 30 * DAY;
