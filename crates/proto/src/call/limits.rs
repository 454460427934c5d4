//! Limits on what one call may request from its two sides, and on the duration of each step.

use std::time::Duration;

/// Longest wait for the agent's acceptance, for its offer, and for the viewer's answer.
pub const STEP_WAIT: Duration = Duration::from_secs(10);
/// How long a call lasts without extend.
pub const LASTS: Duration = Duration::from_secs(60 * 60);
/// Candidates forwarded from one side per offer: enough for a real host, too few to attack others.
pub const MAX_CANDIDATES: usize = 20;
/// End-of-candidates marks forwarded from one side per offer: one per m-line.
pub const MAX_ENDS: usize = 20;
/// Offers of one call, restarts included, that reset the candidate count.
pub const MAX_RESTARTS: usize = 100;
/// Shortest time between two restarts of one call; doubled from the third in a row on.
pub const RESTART_GAP: Duration = Duration::from_secs(1);
/// Longest time between two restarts that are wanted.
pub const RESTART_GAP_MOST: Duration = Duration::from_secs(30);
/// How long a viewer's restart request is kept, for example while the recorder's link is down.
pub const RESTART_WISH: Duration = Duration::from_secs(15);
/// After this long without one, a restart is the first in a row again.
pub const RESTART_CALM: Duration = Duration::from_secs(60);
/// How long a viewer at another site tries other paths before it gets the recorder's private addresses. A
/// path over a relay has mostly been found by then.
pub const PRIVATE_AFTER: Duration = Duration::from_millis(500);
/// Longest candidate line, in bytes.
pub const MAX_CANDIDATE_BYTES: usize = 512;
/// Longest candidate object with all its fields, in bytes.
pub const MAX_CANDIDATE_JSON_BYTES: usize = 1_024;
/// Longest SDP, in bytes: 16 pictures in two codecs, with what an estimate of the path needs.
pub const MAX_SDP_BYTES: usize = 48 * 1024;
/// Most lines of an SDP.
pub const MAX_SDP_LINES: usize = 2_000;
/// Longest line of an SDP, in bytes.
pub const MAX_SDP_LINE_BYTES: usize = 2_048;
/// Most m-lines of an SDP: enough for 16 pictures, audio and data.
pub const MAX_SDP_MEDIA: usize = 32;
/// ICE credentials taken from one SDP: a bundle has one.
pub const MAX_ICE_CREDENTIALS: usize = 4;
/// Data channel protocols and capabilities that are forwarded; further ones are left out.
pub const MAX_PROTOCOLS: usize = 16;
/// Extends that may wait for the agent.
pub const MAX_EXTENDS: usize = 4;
/// Longest forwarded reason or error text, in characters.
pub const MAX_WORDS_CHARS: usize = 200;
