//! The media of an endpoint: access units of video and audio packets.

use std::time::Instant;

use bytes::Bytes;

/// Video codecs that are passed through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum VideoCodec {
    /// H.264, sent as RFC 6184 says.
    H264,
    /// H.265, sent as RFC 7798 says.
    H265,
}

/// Sound codecs that are passed through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AudioCodec {
    /// G.711 µ-law.
    Pcmu,
    /// G.711 A-law.
    Pcma,
}

/// One access unit to send, Annex B.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The access unit; each key frame is preceded by its parameter sets.
    pub data: Bytes,
    /// Codec of `data`.
    pub codec: VideoCodec,
    /// Whether a decoder can start here.
    pub is_key: bool,
    /// Whether it comes from a cache, to be shown in fast-forward.
    pub is_cached: bool,
    /// Time of capture at 90 kHz, from any zero point of `source`.
    pub time: u64,
    /// Time of arrival; live pictures start from here on the clock.
    pub arrived: Instant,
    /// Increases whenever the earlier frames do not lead to this one: another camera, another
    /// stream, or a cache sent again. The first frame of a source is a key frame; later frames of
    /// an older source are dropped.
    pub source: u64,
}

/// One audio packet to send.
#[derive(Debug, Clone)]
pub struct Sound {
    /// G.711 bytes, one for each tick of 8 kHz.
    pub data: Bytes,
    /// µ-law or A-law.
    pub codec: AudioCodec,
    /// Time of capture at 8 kHz, from any zero point of `source`.
    pub time: u64,
    /// Time of arrival on our clock.
    pub arrived: Instant,
    /// Another number for another camera, whose times are unrelated.
    pub source: u64,
}

/// One received access unit.
#[derive(Debug, Clone)]
pub struct Received {
    /// Index of the video m-line, counted from 0.
    pub slot: u8,
    /// Codec of `data`.
    pub codec: VideoCodec,
    /// The access unit, Annex B.
    pub data: Bytes,
    /// RTP time at 90 kHz, unwrapped.
    pub time: u64,
    /// Whether a decoder can start here.
    pub is_key: bool,
    /// Whether nothing was lost before it.
    pub is_contiguous: bool,
}

/// One received audio packet.
#[derive(Debug, Clone)]
pub struct ReceivedAudio {
    /// µ-law or A-law.
    pub codec: AudioCodec,
    /// G.711 bytes, one for each tick of 8 kHz.
    pub data: Bytes,
    /// RTP time at 8 kHz, unwrapped.
    pub time: u64,
}

/// The profile (`profile_idc`) in the first parameter set of an H.264 access unit.
pub fn h264_profile(data: &[u8]) -> Option<u8> {
    const SPS: u8 = 7;
    let mut rest = data;
    while let Some(start) = rest.windows(3).position(|three| three == [0, 0, 1]) {
        rest = &rest[start + 3..];
        match rest {
            [header, profile, ..] if header & 0x1f == SPS => return Some(*profile),
            // A slice: parameter sets come before it or not at all.
            [header, ..] if (1..=5).contains(&(header & 0x1f)) => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_is_read_from_the_parameter_set() {
        let unit = [
            0, 0, 0, 1, 9, 0xf0, 0, 0, 0, 1, 0x67, 100, 0, 31, 0, 0, 1, 0x65, 1,
        ];

        assert_eq!(h264_profile(&unit), Some(100));
    }

    #[test]
    fn a_unit_without_parameter_sets_has_no_profile() {
        for unit in [
            &[0, 0, 0, 1, 0x41, 7, 7][..],
            &[],
            &[0, 0, 1],
            &[0, 0, 1, 0x67],
        ] {
            assert_eq!(h264_profile(unit), None, "{unit:?}");
        }
    }
}
