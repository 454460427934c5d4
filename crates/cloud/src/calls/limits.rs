//! How many calls there may be, and how long their credentials live.

/// Calls of this process, running or being set up.
pub const MAX_CALLS: usize = 20_000;
/// Calls of one account; the oldest abandoned one is displaced.
pub const MAX_CALLS_PER_ACCOUNT: usize = 64;
/// Calls of one recorder; the oldest abandoned one is displaced.
pub const MAX_CALLS_PER_RECORDER: usize = 64;
/// Messages waiting for one call.
pub const CALL_QUEUE: usize = 64;
/// Messages waiting for one viewer's socket; at most one burst of many calls.
pub const VIEWER_QUEUE: usize = 512;
/// Seconds after which the session of a socket or call is checked again.
// A lost order, or a clock that was set back, is noticed after this time at most.
pub const LOOK_AGAIN_SECONDS: i64 = 5 * 60;
/// The same if the database did not answer.
pub const ASK_AGAIN_SECONDS: i64 = 15;
/// Seconds for which a TURN credential may start allocations.
// A leaked credential is soon useless; what it began goes on as long as its call.
pub const TURN_SECONDS: u64 = 10 * 60;
/// Age at which the agent of a running call gets a new one with a restart.
// A minute before it expires: until then what the agent began at once with the old one is not disturbed.
pub const RENEW_TURN_SECONDS: u64 = TURN_SECONDS - 60;
/// Recorders whose nearest relay is remembered.
pub const MAX_NEAREST: usize = 50_000;
/// Seconds for which a test call is open and its credentials are valid: a test that waits for every answer
/// takes a third of that.
pub const TEST_SECONDS: u64 = 60;
/// Test calls of this process at once, one of each account.
// Each takes up to 12 relayed addresses, so together they leave most of the relay to real calls.
pub const MAX_TEST_CALLS: usize = 32;
/// Those of one network, whatever the number of its accounts: a few networks together leave room, too.
pub const MAX_TEST_CALLS_OF_NETWORK: usize = 8;
