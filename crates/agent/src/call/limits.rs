//! All limits of a call in one place. The link limits the number of calls and slots
//! ([`proto::link::agent_side`]).

use std::time::Duration;

use proto::link::bucket::Rate;

/// Messages from the link that may wait for a call.
pub const INPUTS: usize = 64;
/// Messages from all calls of a recorder that may wait for the link.
pub const REPORTS: usize = 256;
/// Slot updates that may wait for a call.
pub const NEWS: usize = 64;
/// Candidates of a restart that are kept until it is answered; the cloud forwards no more.
pub const MAX_OFFERED_CANDIDATES: usize = 20;
/// Minimum time between two repetitions of the last group of pictures for a viewer that lost
/// packets.
pub const RESEND: Duration = Duration::from_secs(1);
/// A stream without a picture for so long gets a still from the recorder. Kept pictures of a warm stream are there at
/// once, and those of a cold one never.
pub const STILL_AFTER: Duration = Duration::from_millis(100);
/// Requests of one viewer on the control channel; a page shows 16 slots at once, and a snapshot of 4 MB
/// has 140 parts.
pub const CONTROL_RATE: Rate = Rate {
    per_second: 30,
    burst: 200,
};
/// Requests of one viewer that wait for a recorder; further ones are refused.
pub const MAX_WAITING_REQUESTS: usize = 8;
/// Invalid messages on the control channel before the call ends.
pub const MAX_NONSENSE: u32 = 32;
/// Invalid candidates that are answered; further ones are ignored.
pub const MAX_BAD_CANDIDATES: u32 = 20;
