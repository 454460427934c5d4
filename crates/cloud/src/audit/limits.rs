//! Limits of the audit log: the length of its queue and of a line.

use std::time::Duration;

/// A number of lines, and one more every so many seconds.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Lines that fit at once.
    pub most: i64,
    /// Seconds after which one more fits.
    pub every: i64,
}

/// Events that may wait for the writer of the audit log; more are counted as lost.
pub const QUEUE: usize = 4_096;
/// Events written in one go.
pub const BATCH: usize = 512;
/// How long somebody waits for the audit log to be on the disk.
pub const FLUSH: Duration = Duration::from_secs(5);
/// Longest field of a line, in characters.
pub const FIELD_CHARS: usize = 200;
/// At least as long as any line is, in bytes.
// Four fields of FIELD_CHARS at 12 bytes a character (`\uXXXX` twice) are 9,600 bytes.
pub const TAIL_BYTES: u64 = 16 * 1024;
/// Identical events that get separate lines in a minute; the others share one.
pub const REPEATS: u64 = 5;
/// Different lines of a minute that are distinguished.
pub const SAME: usize = 4_096;
/// Lines of one kind about one account or network; further ones are only counted.
// Ten accounts and eight networks at their worst write some 15 MB a day with these, of 3 GiB.
pub const ROOM: Size = Size {
    most: 60,
    every: 600,
};
/// Lines of one kind about all strangers together.
pub const STRANGERS_ROOM: Size = Size {
    most: 600,
    every: 30,
};
/// Accounts and networks whose lines are counted at a time, by kind.
pub const ROOMS: usize = 20_000;
/// Seconds between two sums of the lines that were only counted.
pub const SUMS_EVERY: i64 = 3_600;
/// A file is put aside after this part of the days that lines are kept.
// A file is removed as a whole: with a ninth, lines stay at most 10 of 90 days too long.
pub const AGE_PARTS: i64 = 9;
/// Problems that a look through the audit log tells.
pub const PROBLEMS: usize = 100;
