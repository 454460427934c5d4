//! Limits of the two ends of a joined relay's socket: sizes and time-outs.

use std::time::Duration;

use crate::link::bucket::Rate;

/// Time for the proofs of both ends.
pub const JOIN_WAIT: Duration = Duration::from_secs(10);
/// How long a refusal is held back, so that one place for a socket tries once a second.
pub const REFUSE_AFTER: Duration = Duration::from_secs(1);
/// How often each end says that it lives.
pub const BEAT_EVERY: Duration = Duration::from_millis(500);
/// A relay that says nothing for this long gets no new calls.
// Together with the next restart of a call's path this is well below the three seconds that a dying
// relay may cost.
pub const SILENT_AFTER: Duration = Duration::from_millis(2_000);
/// A socket that receives nothing for this long is closed.
pub const DEAD_AFTER: Duration = Duration::from_secs(15);
/// Frames of a relay: two beats a second, and one on its end.
pub const RELAY_RATE: Rate = Rate {
    per_second: 10,
    burst: 50,
};
/// Changes of the book in one frame.
pub const CHANGES_PER_FRAME: usize = 64;
/// Shortest and longest secret, in characters.
pub const SECRET_CHARS: std::ops::RangeInclusive<usize> = 32..=512;
/// Different characters in a secret at least: 32 times the same letter is none.
pub const SECRET_VARIETY: usize = 10;
/// Longest name of a relay.
pub const MAX_NAME_CHARS: usize = 32;
/// Addresses that a relay is reached at: one of each family.
pub const MAX_ADDRESSES: usize = 2;
/// Longest nonce, address of a cloud, or proof, in bytes.
pub const MAX_FIELD_BYTES: usize = 512;
