//! Limits on a camera's sound: sizes and processing cost.

use std::ops::RangeInclusive;

/// Samples per second of G.711.
pub const RATE: u32 = 8_000;
/// Samples of a packet: 20 ms, the usual length (RFC 3551 §4.2).
pub const PACKET_SAMPLES: usize = 160;
/// Sampling rates that are taken: from MPEG's lowest to twice what recorders offer.
pub(crate) const RATES: RangeInclusive<u32> = 7_350..=96_000;
/// Channels that are mixed to one.
pub(crate) const MAX_CHANNELS: u8 = 8;
/// Filters of the resampler, one for each position between two samples. A real rate needs 320 at most
/// (11,025 Hz); an invented one like 44,101 Hz would need 8,000.
pub(crate) const MAX_PHASES: usize = 400;
/// One packet has this much sound at most, in samples per second of it: RTP packets have 20 to 128 ms.
pub(crate) const MAX_UNIT_SECONDS: usize = 1;
/// Sound whose RTP time is this far from the count of its samples has a gap, or its own clock:
/// 60 ms, in samples.
pub(crate) const MAX_DRIFT: i64 = 480;
