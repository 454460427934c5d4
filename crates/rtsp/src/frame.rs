//! Frames: the output of a track's depacketizer.

use bytes::Bytes;

/// Codec of a frame, and the layout of its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// H.264 (RFC 6184): one access unit, Annex B with 4-byte start codes.
    H264,
    /// H.265 (RFC 7798): one access unit, Annex B with 4-byte start codes.
    H265,
    /// A whole JPEG file (RFC 2435).
    Jpeg,
    /// One raw AAC access unit, without ADTS (RFC 3640, RFC 6416).
    Aac,
    /// G.711 µ-law.
    Pcmu,
    /// G.711 A-law.
    Pcma,
    /// G.726 with this many bits per sample, the first sample in the lowest bits (RFC 3551 §4.5.4);
    /// AAL2's order is converted to it.
    G726(u8),
    /// G.722; its RTP clock runs at 8 kHz although it samples at 16 kHz (RFC 3551 §4.5.2).
    G722,
    /// 16-bit samples in network byte order.
    L16,
    /// One Opus packet (RFC 7587).
    Opus,
}

/// How a decoder treats a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameKind {
    /// A picture that depends on no other, preceded by its parameter sets.
    Key,
    /// A picture that depends on earlier ones.
    Delta,
    /// Sound.
    Sound,
}

/// One access unit of video, or the sound of one packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// How a decoder treats it.
    pub kind: FrameKind,
    /// Codec of `data`.
    pub codec: Codec,
    /// See [`Codec`].
    pub data: Bytes,
    /// RTP time, unwrapped to 64 bits, in ticks of the track's clock rate.
    pub rtp_time: i64,
    /// Width and height in pixels, if they are known; key frames only.
    pub size: Option<(u32, u32)>,
    /// Whether packets were lost since the previous frame of this track.
    pub is_after_loss: bool,
    /// What a recorder says about it in playback, if it sends ONVIF's header extension.
    pub replay: Option<ReplayStamp>,
}

/// A moment as NTP counts it: seconds since 1900, with 32 bits after the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NtpTime(pub u64);

impl NtpTime {
    /// Seconds from 1900 to 1970 (RFC 868).
    const UNIX_EPOCH: u64 = 2_208_988_800;

    /// Nanoseconds since 1970, negative before. Seconds wrap in 2036; a first bit of 0 means the time
    /// after that (RFC 4330 §3).
    pub fn unix_nanos(self) -> i64 {
        let era = if self.0 >> 63 == 0 { 1 << 32 } else { 0 };
        let seconds = i128::from((self.0 >> 32) + era) - i128::from(Self::UNIX_EPOCH);
        let fraction = i128::from(self.0 & 0xffff_ffff) * 1_000_000_000 / (1 << 32);
        i64::try_from(seconds * 1_000_000_000 + fraction).unwrap_or(i64::MAX)
    }
}

/// ONVIF's replay extension of one frame (ONVIF Streaming §6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplayStamp {
    /// When it was recorded.
    pub at: NtpTime,
    /// Whether it can be decoded by itself.
    pub is_clean_point: bool,
    /// Whether it ends a contiguous section of recording.
    pub is_section_end: bool,
    /// Whether something is missing before it.
    pub is_discontinuity: bool,
    /// Whether it is the last one of the requested range.
    pub is_last: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ntp_times_become_unix_times_across_2036() {
        let half_past_epoch = NtpTime((2_208_988_800 << 32) | 0x8000_0000);
        let after_2036 = NtpTime(1 << 32);

        assert_eq!(half_past_epoch.unix_nanos(), 500_000_000);
        assert_eq!(after_2036.unix_nanos() / 1_000_000_000, 2_085_978_497);
    }
}
