//! Limits of the web side: sizes, counts and times. Limits of codes, tries and mails are in
//! `throttle/limits.rs`.

use std::time::Duration;

/// Longest body of a form or API request.
pub const MAX_BODY_BYTES: usize = 64 * 1024;
/// A page that takes longer than this answers 503.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// After a shutdown request, open requests get this long.
// Ctrl-C ends everything within 2 s, and the database is closed in that time, too.
pub const SHUTDOWN_GRACE: Duration = Duration::from_millis(1_200);
/// Password hashes that may wait for a core; more get 503.
pub const HASH_QUEUE: usize = 64;
/// Password hashes of one client that run or wait at a time for each core; its next ones wait for these.
// Without it, 70 log-ins at once from one address give everybody else 503.
pub const HASHES_OF_ONE_PER_CORE: usize = 1;
/// Longest wait for a password hash to start.
// ASVS 15.2.2: a longer wait makes people press the button again, which costs another hash.
pub const HASH_WAIT: Duration = Duration::from_secs(2);
/// Captcha pictures drawn at the same time.
pub const CAPTCHA_DRAWINGS: usize = 4;
/// Pictures of one client that are drawn or wait at a time; its next ones wait for these.
pub const DRAWINGS_OF_ONE: usize = 2;
/// Downloads of one client at a time; its next ones wait for these.
// Each takes a part of the line for as long as its client reads.
pub const DOWNLOADS_OF_ONE: usize = 4;
/// Bytes of a download that are read at a time.
pub const DOWNLOAD_PART_BYTES: usize = 16 * 1024;
/// Ends of sessions, or of recorders in an account, that a slow listener may fall behind by.
// Who falls behind further reads the table again, so a miss costs time and loses no end.
pub const ENDINGS_QUEUE: usize = 256;
/// Mails handed to the mail server at the same time.
pub const MAILS_AT_ONCE: i64 = 8;
/// Mails that the demo's mailbox page keeps.
pub const MAILBOX_MAILS: i64 = 200;
/// Seconds between two looks at what other processes order.
// With it the sockets of an ended session close within 2 s in every process (ASVS 7.4.1).
pub const ORDERS_EVERY: i64 = 1;
/// Seconds for which an order is read again; machines' clocks may differ by as much.
pub const ORDERS_KEPT: i64 = 60;
/// Orders that one look reads.
pub const ORDERS_AT_ONCE: i64 = 10_000;
