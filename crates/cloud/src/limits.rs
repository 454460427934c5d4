//! How much the cloud takes from anybody: sizes, counts and times of the web side.
//! Limits of codes, tries and mails are in `accounts/limits.rs`.

use std::time::Duration;

/// Longest body of a form or API request.
pub const MAX_BODY_BYTES: usize = 64 * 1024;
/// A page that takes longer than this answers 503.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// After shutdown is asked for, open requests get this long.
pub const SHUTDOWN_GRACE: Duration = Duration::from_millis(1_200);
/// Password hashes that may wait for a core; more get 503.
pub const HASH_QUEUE: usize = 64;
/// Password hashes of one client that run or wait at a time for each core; its next ones wait for these.
pub const HASHES_OF_ONE_PER_CORE: usize = 1;
/// Longest wait for a password hash to start.
pub const HASH_WAIT: Duration = Duration::from_secs(2);
/// Captcha pictures drawn at the same time.
pub const CAPTCHA_DRAWINGS: usize = 4;
/// Pictures of one client that are drawn or wait at a time; its next ones wait for these.
pub const DRAWINGS_OF_ONE: usize = 2;
/// Ends of sessions, or of recorders in an account, that a slow listener may fall behind by.
pub const ENDINGS_QUEUE: usize = 256;
/// Mails handed to the mail server at the same time.
pub const MAILS_AT_ONCE: i64 = 8;
/// Mails that the demo's mailbox page keeps.
pub const MAILBOX_MAILS: i64 = 200;
/// Seconds between two looks at what other processes order.
pub const ORDERS_EVERY: i64 = 1;
/// Seconds for which an order is read again; machines' clocks may differ by as much.
pub const ORDERS_KEPT: i64 = 60;
/// Orders that one look reads.
pub const ORDERS_AT_ONCE: i64 = 10_000;
