//! Every bound of a call in one place. How many calls and slots there are is the link's rule
//! ([`proto::link::agent_side`]).

use std::time::Duration;

/// Messages of the link that may wait for a call.
pub const INPUTS: usize = 64;
/// Messages of all calls of a recorder that may wait for the link.
pub const REPORTS: usize = 256;
/// News of its slots that may wait for a call.
pub const NEWS: usize = 64;
/// A viewer that lost track gets the last group of pictures again, at most this often.
pub const RESEND: Duration = Duration::from_secs(1);
/// Messages on the control channel that make no sense before the call ends.
pub const MAX_NONSENSE: u32 = 32;
/// Unreadable candidates that are answered; later ones are ignored.
pub const MAX_BAD_CANDIDATES: u32 = 20;
