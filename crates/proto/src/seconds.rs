//! Lengths of time in whole seconds, as Unix times are counted.

/// One minute.
pub const MINUTE: i64 = 60;
/// One hour.
pub const HOUR: i64 = 60 * MINUTE;
/// One day.
pub const DAY: i64 = 24 * HOUR;
