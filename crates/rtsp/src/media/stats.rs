//! Statistics of a track.

use std::time::Duration;

/// Counts of one track since its beginning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MediaStats {
    /// RTP packets that arrived, of whatever kind.
    pub n_packets: u64,
    /// Their bytes.
    pub n_bytes: u64,
    /// Packets that never came, by their numbers.
    pub n_lost: u64,
    /// Packets that came twice.
    pub n_repeated: u64,
    /// Datagrams that came after they were given up.
    pub n_late: u64,
    /// Changes of the sender's SSRC; harmless.
    pub n_source_changes: u64,
    /// Frames given out.
    pub n_frames: u64,
    /// Key frames among them.
    pub n_key_frames: u64,
    /// Pictures whose time lies before that of an earlier one: the camera sends B-frames.
    pub n_reordered: u64,
    /// When the last key frame was complete.
    pub last_key_frame: Option<Duration>,
    /// What was left out.
    pub skipped: SkippedMedia,
}

/// What was left out, by reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SkippedMedia {
    /// Packets that are no RTP of version 2.
    pub n_malformed: u64,
    /// Packets of payload types that the track does not have.
    pub n_foreign: u64,
    /// Payloads and NAL units that make no sense.
    pub n_unreadable: u64,
    /// Frames that lack a piece.
    pub n_incomplete: u64,
    /// Frames larger than the limit.
    pub n_oversized: u64,
    /// Key frames without parameter sets.
    pub n_without_parameter_sets: u64,
    /// Frames that nobody polled in time.
    pub n_unpolled: u64,
}
