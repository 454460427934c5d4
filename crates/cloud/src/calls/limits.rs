//! How many calls there may be, and how long their credentials live.

/// Calls of this process, running or being set up.
pub const MAX_CALLS: usize = 20_000;
/// Calls of one account; the oldest that nobody watches over gives way.
pub const MAX_CALLS_PER_ACCOUNT: usize = 64;
/// Calls of one recorder; the oldest that nobody watches over gives way.
pub const MAX_CALLS_PER_RECORDER: usize = 64;
/// Messages that wait for one call.
pub const CALL_QUEUE: usize = 64;
/// Messages that wait for one viewer's socket; it is one burst of many calls at most.
pub const VIEWER_QUEUE: usize = 512;
/// A session that a socket or call hangs on is looked at again after so long, in seconds.
pub const LOOK_AGAIN_SECONDS: i64 = 5 * 60;
/// The same when the database did not answer.
pub const ASK_AGAIN_SECONDS: i64 = 15;
/// How long a TURN credential may start allocations, in seconds.
pub const TURN_SECONDS: u64 = 10 * 60;
