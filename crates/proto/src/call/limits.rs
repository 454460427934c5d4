//! How much one call may ask of its two sides, and how long each step may take.

use std::time::Duration;

/// Longest wait for the agent's yes, for its offer, and for the viewer's answer.
pub const STEP_WAIT: Duration = Duration::from_secs(10);
/// How long a call lasts without extend.
pub const LASTS: Duration = Duration::from_secs(60 * 60);
/// Candidates passed on from one side, per offer: enough for a real host, too few to aim at others.
pub const MAX_CANDIDATES: usize = 20;
/// End-of-candidates marks passed on from one side, per offer: one per m-line.
pub const MAX_ENDS: usize = 20;
/// Offers of one call, restarts included, that start the candidates' count again.
pub const MAX_RESTARTS: usize = 100;
/// Longest candidate line, in bytes.
pub const MAX_CANDIDATE_BYTES: usize = 512;
/// Longest candidate object with everything beside the line, in bytes.
pub const MAX_CANDIDATE_JSON_BYTES: usize = 1_024;
/// Longest SDP, in bytes.
pub const MAX_SDP_BYTES: usize = 32 * 1024;
/// Most lines of an SDP.
pub const MAX_SDP_LINES: usize = 1_000;
/// Longest line of an SDP, in bytes.
pub const MAX_SDP_LINE_BYTES: usize = 2_048;
/// Most m-lines of an SDP: 16 pictures, sound and data leave room.
pub const MAX_SDP_MEDIA: usize = 32;
/// ICE credentials taken from one SDP: a bundle has one.
pub const MAX_ICE_CREDENTIALS: usize = 4;
/// Data channel protocols and capabilities passed on; more are left out.
pub const MAX_PROTOCOLS: usize = 16;
/// Extends that may wait for the agent.
pub const MAX_EXTENDS: usize = 4;
/// Longest reason or error text passed on, in characters.
pub const MAX_WORDS_CHARS: usize = 200;
