//! All limits of a call in one place. The link limits the number of calls and slots
//! ([`proto::link::agent_side`]).

use std::time::Duration;

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
/// Invalid messages on the control channel before the call ends.
pub const MAX_NONSENSE: u32 = 32;
/// Invalid candidates that are answered; further ones are ignored.
pub const MAX_BAD_CANDIDATES: u32 = 20;
