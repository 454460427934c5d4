//! RTP packets (RFC 3550 §5.1) and the header extension of ONVIF's replay.

use std::time::Duration;

use bytes::{Buf, Bytes};

use crate::frame::{NtpTime, ReplayStamp};

const HEADER_BYTES: usize = 12;
/// Profile of the header extension of ONVIF's replay (ONVIF Streaming §6.3).
const ONVIF_REPLAY: u16 = 0xABAC;
/// The same of segments of a JPEG's header (ONVIF Streaming §5.1.3); it is the start of the image.
const ONVIF_JPEG: u16 = 0xFFD8;

/// A packet whose header was read; the payload shares the memory of what arrived.
#[derive(Debug, Clone)]
pub(super) struct RtpPacket {
    pub(super) is_marked: bool,
    pub(super) payload_type: u8,
    pub(super) number: u16,
    pub(super) time: u32,
    pub(super) source: u32,
    /// Without padding.
    pub(super) payload: Bytes,
    pub(super) replay: Option<ReplayStamp>,
    /// Segments of a JPEG's header; mostly empty.
    pub(super) jpeg_segments: Bytes,
    pub(super) arrived: Duration,
}

impl RtpPacket {
    /// Reads a packet; `None` if it is none of RTP version 2.
    pub(super) fn parse(mut packet: Bytes, arrived: Duration) -> Option<Self> {
        let head: [u8; HEADER_BYTES] = packet.get(..HEADER_BYTES)?.try_into().ok()?;
        if head[0] >> 6 != 2 {
            return None;
        }
        let n_sources = usize::from(head[0] & 0x0f);
        let mut start = HEADER_BYTES + 4 * n_sources;
        let mut replay = None;
        let mut jpeg_segments = Bytes::new();
        if head[0] & 0x10 != 0 {
            let extension = packet.get(start..start + 4)?;
            let profile = u16::from_be_bytes([extension[0], extension[1]]);
            let words = u16::from_be_bytes([extension[2], extension[3]]);
            let end = start + 4 + 4 * usize::from(words);
            let body = packet.get(start + 4..end)?;
            replay = replay_stamp(profile, body);
            if profile == ONVIF_JPEG {
                jpeg_segments = packet.slice(start + 4..end);
            }
            start = end;
        }
        // Padding that claims more than there is, is ignored: some cameras set the bit and pad nothing.
        let n_padding = usize::from(packet.last().copied().unwrap_or(0));
        if head[0] & 0x20 != 0 && n_padding > 0 && start + n_padding <= packet.len() {
            packet.truncate(packet.len() - n_padding);
        }
        if start > packet.len() {
            return None;
        }
        packet.advance(start);
        Some(RtpPacket {
            is_marked: head[1] & 0x80 != 0,
            payload_type: head[1] & 0x7f,
            number: u16::from_be_bytes([head[2], head[3]]),
            time: u32::from_be_bytes([head[4], head[5], head[6], head[7]]),
            source: u32::from_be_bytes([head[8], head[9], head[10], head[11]]),
            payload: packet,
            replay,
            jpeg_segments,
            arrived,
        })
    }

    /// A checksum that distinguishes a repetition from another packet with the same number.
    pub(super) fn fingerprint(&self) -> u32 {
        let payload = &self.payload;
        let n = payload.len();
        let middle = payload.get(n / 2..n / 2 + 4).unwrap_or_default();
        let last = payload.get(n.saturating_sub(4)..).unwrap_or_default();
        let first = payload.get(..n.min(4)).unwrap_or_default();
        let length = u32::try_from(n).unwrap_or(u32::MAX);
        let mut mixed = self.time ^ length.rotate_left(16) ^ u32::from(self.payload_type);
        for byte in first.iter().chain(middle).chain(last) {
            mixed = mixed.rotate_left(5) ^ u32::from(*byte);
            mixed = mixed.wrapping_mul(0x9e37_79b9);
        }
        mixed
    }
}

fn replay_stamp(profile: u16, body: &[u8]) -> Option<ReplayStamp> {
    if profile != ONVIF_REPLAY {
        return None;
    }
    let time: [u8; 8] = body.get(..8)?.try_into().ok()?;
    let flags = *body.get(8)?;
    Some(ReplayStamp {
        at: NtpTime(u64::from_be_bytes(time)),
        is_clean_point: flags & 0x80 != 0,
        is_section_end: flags & 0x40 != 0,
        is_discontinuity: flags & 0x20 != 0,
        is_last: flags & 0x10 != 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(bytes: &[u8]) -> Option<RtpPacket> {
        RtpPacket::parse(Bytes::copy_from_slice(bytes), Duration::ZERO)
    }

    const PLAIN: [u8; 14] = [0x80, 0xe0, 0, 7, 0, 0, 1, 0, 9, 9, 9, 9, 0x65, 0x88];

    #[test]
    fn a_plain_packet_is_read() {
        let packet = parsed(&PLAIN).expect("it is RTP");

        assert!(packet.is_marked);
        assert_eq!((packet.payload_type, packet.number), (96, 7));
        assert_eq!((packet.time, packet.source), (256, 0x0909_0909));
        assert_eq!(packet.payload, &[0x65, 0x88][..]);
    }

    #[test]
    fn sources_extension_and_padding_are_skipped() {
        let mut bytes = PLAIN.to_vec();
        bytes[0] = 0x80 | 0x20 | 0x10 | 2;
        bytes.splice(
            12..12,
            [1; 8].into_iter().chain([0xbe, 0xde, 0, 1, 5, 5, 5, 5]),
        );
        bytes.extend([0, 0, 3]);

        let packet = parsed(&bytes).expect("it is RTP");

        assert_eq!(packet.payload, &[0x65, 0x88][..]);
        assert_eq!(packet.replay, None);
    }

    #[test]
    fn padding_longer_than_the_packet_is_ignored() {
        let mut bytes = PLAIN;
        bytes[0] |= 0x20;

        let packet = parsed(&bytes).expect("it is RTP");

        assert_eq!(packet.payload.len(), 2);
    }

    #[test]
    fn the_replay_extension_of_onvif_is_read() {
        let mut bytes = PLAIN.to_vec();
        bytes[0] |= 0x10;
        let extension = [
            0xab, 0xac, 0, 3, 0xe0, 0, 0, 1, 0x80, 0, 0, 0, 0xa0, 1, 0, 0,
        ];
        bytes.splice(12..12, extension);

        let replay = parsed(&bytes).expect("it is RTP").replay.expect("a stamp");

        assert_eq!(replay.at, NtpTime(0xe000_0001_8000_0000));
        assert!(replay.is_clean_point && replay.is_discontinuity);
        assert!(!replay.is_section_end && !replay.is_last);
    }

    #[test]
    fn other_versions_and_cut_headers_are_refused() {
        let mut old = PLAIN;
        old[0] = 0x40;
        let mut cut = PLAIN;
        cut[0] |= 0x10;

        assert!(parsed(&old).is_none());
        assert!(parsed(&cut).is_none());
        assert!(parsed(&PLAIN[..11]).is_none());
        assert!(parsed(&[0x8f; 13]).is_none());
    }
}
