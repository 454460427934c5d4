//! How much the cloud takes from anybody: sizes, counts and times of the web side.
//! Limits of codes, tries and mails are in `accounts/limits.rs`.

use std::time::Duration;

use crate::audit::Size;

/// Longest body of a form or API request.
pub const MAX_BODY_BYTES: usize = 64 * 1024;
/// A page that takes longer than this answers 503.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// After shutdown is asked for, open requests get this long.
pub const SHUTDOWN_GRACE: Duration = Duration::from_millis(1_200);
/// SQLite connections that only read.
pub const READ_CONNECTIONS: u32 = 4;
/// Connections of one cloud to PostgreSQL, whose `max_connections` (100 where nobody changed it) counts them all.
pub const POSTGRES_CONNECTIONS: u32 = 16;
/// Statements of sockets, calls and workers at the same time on SQLite: half of [`READ_CONNECTIONS`].
pub const DB_TURNS_SQLITE: usize = 2;
/// The same on PostgreSQL: half of [`POSTGRES_CONNECTIONS`].
pub const DB_TURNS_POSTGRES: usize = 8;
/// How long one of those waits for its turn, before it waits for a connection.
pub const DB_TURN: Duration = Duration::from_secs(30);
/// How long a statement waits for a connection, on SQLite for the one that writes.
pub const DB_BUSY: Duration = Duration::from_secs(5);
/// How long a statement waits for rows that others hold (PostgreSQL).
pub const DB_LOCK: Duration = Duration::from_secs(3);
/// After so long PostgreSQL ends a statement itself.
pub const DB_STATEMENT: Duration = Duration::from_secs(4);
/// After so long without an answer PostgreSQL counts as gone.
pub const DB_SILENCE: Duration = Duration::from_secs(5);
/// PostgreSQL ends a transaction in which nothing happens for so long.
pub const DB_IDLE_WRITING: Duration = Duration::from_secs(15);
/// How long the cloud waits for PostgreSQL at its start.
pub const DB_CONNECT: Duration = Duration::from_secs(10);
/// How often a statement that lost a deadlock is tried again.
pub const DB_RETRIES: u32 = 3;
/// What a visitor is told to wait, seconds, when the database does not answer.
pub const DB_RETRY_AFTER: i64 = 2;
/// How long closing the database waits for a statement.
pub const DB_CLOSE: Duration = Duration::from_millis(400);
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
/// Events that may wait for the writer of the audit log; more are counted as lost.
pub const AUDIT_QUEUE: usize = 4_096;
/// Events written in one go.
pub const AUDIT_BATCH: usize = 512;
/// How long somebody waits for the audit log to be on the disk.
pub const AUDIT_FLUSH: Duration = Duration::from_secs(5);
/// Longest field of a line, in characters.
pub const AUDIT_FIELD_CHARS: usize = 200;
/// At least as long as any line is, in bytes.
pub const AUDIT_TAIL_BYTES: u64 = 16 * 1024;
/// Times that the same has a line of its own in a minute; the others share one.
pub const AUDIT_REPEATS: u64 = 5;
/// Different lines of a minute that are told from each other.
pub const AUDIT_SAME: usize = 4_096;
/// Lines of one kind about one account or network; what is beyond is counted.
pub const AUDIT_ROOM: Size = Size {
    most: 60,
    every: 600,
};
/// Lines of one kind about all strangers together.
pub const AUDIT_STRANGERS_ROOM: Size = Size {
    most: 600,
    every: 30,
};
/// Accounts and networks whose lines are counted at a time, by kind.
pub const AUDIT_ROOMS: usize = 20_000;
/// Seconds between two sums of what was only counted.
pub const AUDIT_SUMS_EVERY: i64 = 3_600;
/// A file is put aside after this part of the days that lines are kept.
pub const AUDIT_AGE_PARTS: i64 = 9;
/// Problems that a look through the audit log tells.
pub const AUDIT_PROBLEMS: usize = 100;
