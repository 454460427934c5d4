//! RTP packets and RTCP sender reports (RFC 3550), H.264 and H.265 payloads (RFC 6184, RFC 7798); JPEG's are in
//! [`crate::jpeg`].
//! Pure: bytes and numbers in, packets out.

use crate::config::ClipCodec;
use crate::jpeg;
use crate::limits::RTP_PAYLOAD;

/// Payload type of H.264 and H.265, as in the session description.
const VIDEO_TYPE: u8 = 96;
/// The static payload type of JPEG (RFC 3551 §6).
const JPEG_TYPE: u8 = 26;
/// Payload type of G.711 µ-law (RFC 3551).
pub(crate) const PCMU_TYPE: u8 = 0;
/// The same of PCMA.
pub(crate) const PCMA_TYPE: u8 = 8;

/// FU-A in H.264, FU in H.265.
const FRAGMENT_H264: u8 = 28;
const FRAGMENT_H265: u8 = 49;

/// Seconds from 1900, where NTP begins, to 1970.
const NTP_OFFSET: u64 = 2_208_988_800;

/// One source of RTP packets.
#[derive(Debug)]
pub(crate) struct RtpSource {
    pub(crate) ssrc: u32,
    payload_type: u8,
    /// The sequence number of the next packet.
    pub(crate) sequence: u16,
    time_base: u32,
    packets: u32,
    bytes: u32,
}

impl RtpSource {
    /// Creates a source that starts at random values, as RFC 3550 §5.1 requires.
    pub(crate) fn new(payload_type: u8, random: u64) -> Self {
        let bytes = random.to_be_bytes();
        Self {
            ssrc: u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]),
            payload_type,
            sequence: u16::from_be_bytes([bytes[4], bytes[5]]),
            time_base: u32::from_be_bytes([bytes[6], bytes[7], bytes[0], bytes[4]]),
            packets: 0,
            bytes: 0,
        }
    }

    /// A media time on this source's own scale.
    pub(crate) fn rtp_time(&self, media_time: u32) -> u32 {
        self.time_base.wrapping_add(media_time)
    }

    /// The next packet, with this payload.
    pub(crate) fn packet(&mut self, marker: bool, media_time: u32, payload: &[u8]) -> Vec<u8> {
        let mut packet = Vec::with_capacity(12 + payload.len());
        // Version 2 without padding, extension and CSRC (RFC 3550 §5.1).
        packet.push(0x80);
        packet.push(self.payload_type | if marker { 0x80 } else { 0 });
        packet.extend(self.sequence.to_be_bytes());
        packet.extend(self.rtp_time(media_time).to_be_bytes());
        packet.extend(self.ssrc.to_be_bytes());
        packet.extend(payload);
        self.sequence = self.sequence.wrapping_add(1);
        self.packets = self.packets.wrapping_add(1);
        let length = u32::try_from(payload.len()).expect("a payload is below 64 kB");
        self.bytes = self.bytes.wrapping_add(length);
        packet
    }

    /// A sender report with the source's name (RFC 3550 §6.4.1, §6.5). `unix_nanos` is wall time.
    pub(crate) fn sender_report(&self, media_time: u32, unix_nanos: u128) -> Vec<u8> {
        let seconds = u64::try_from(unix_nanos / 1_000_000_000).unwrap_or(0) + NTP_OFFSET;
        let fraction = ((unix_nanos % 1_000_000_000) << 32) / 1_000_000_000;
        // The length counts words of 32 bits and leaves out the first (RFC 3550 §6.4.1).
        let mut report = vec![0x80, 200, 0, 6];
        report.extend(self.ssrc.to_be_bytes());
        report.extend(crate::timeline::wrap(seconds).to_be_bytes());
        report.extend(u32::try_from(fraction).unwrap_or(u32::MAX).to_be_bytes());
        report.extend(self.rtp_time(media_time).to_be_bytes());
        report.extend(self.packets.to_be_bytes());
        report.extend(self.bytes.to_be_bytes());

        // One chunk: the source, CNAME "simdvr", the end mark and padding to a whole word.
        report.extend([0x81, 202, 0, 4]);
        report.extend(self.ssrc.to_be_bytes());
        report.extend([1, 6]);
        report.extend(b"simdvr");
        report.extend([0; 4]);
        report
    }
}

/// The payload type of pictures in this codec.
pub(crate) fn video_type(codec: ClipCodec) -> u8 {
    match codec {
        ClipCodec::H264 | ClipCodec::H265 | ClipCodec::LargeH265 => VIDEO_TYPE,
        ClipCodec::Jpeg => JPEG_TYPE,
    }
}

/// The payloads of one NAL unit: the unit itself if it fits, otherwise fragments of at most
/// `RTP_PAYLOAD`. Of a JPEG file, its fragments.
pub(crate) fn payloads(codec: ClipCodec, nal: &[u8]) -> Vec<Vec<u8>> {
    let (header_len, kind) = match codec {
        ClipCodec::Jpeg => return jpeg::payloads(nal),
        ClipCodec::H264 => (1, nal[0] & 0x1f),
        ClipCodec::H265 | ClipCodec::LargeH265 => (2, (nal[0] >> 1) & 0x3f),
    };
    if nal.len() <= RTP_PAYLOAD {
        return vec![nal.to_vec()];
    }
    let (header, body) = nal.split_at(header_len);
    let pieces = body.chunks(RTP_PAYLOAD - header_len - 1);
    let last = pieces.len() - 1;
    pieces
        .enumerate()
        .map(|(at, piece)| {
            let mut payload = Vec::with_capacity(header_len + 1 + piece.len());
            match codec {
                // F and NRI are those of the whole NAL unit (RFC 6184 §5.8).
                ClipCodec::H264 | ClipCodec::Jpeg => {
                    payload.push((header[0] & 0xe0) | FRAGMENT_H264)
                }
                // Layer and temporal id stay, only the type changes (RFC 7798 §4.4.3).
                ClipCodec::H265 | ClipCodec::LargeH265 => {
                    payload.extend([(header[0] & 0x81) | (FRAGMENT_H265 << 1), header[1]])
                }
            }
            let start = if at == 0 { 0x80 } else { 0 };
            let end = if at == last { 0x40 } else { 0 };
            payload.push(start | end | kind);
            payload.extend(piece);
            payload
        })
        .collect()
}

/// A packet on an RTSP connection (RFC 2326 §10.12).
pub(crate) fn interleave(out: &mut Vec<u8>, channel: u8, packet: &[u8]) {
    let length = u16::try_from(packet.len()).expect("a packet is below 64 kB");
    out.extend([b'$', channel]);
    out.extend(length.to_be_bytes());
    out.extend(packet);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_unit_is_sent_in_one_packet() {
        let nal = vec![0x65; RTP_PAYLOAD];

        assert_eq!(payloads(ClipCodec::H264, &nal), vec![nal]);
    }

    #[test]
    fn h264_fragments_carry_the_header_bits_and_join_again() {
        let mut nal = vec![0x65];
        nal.extend((0..5000_u32).map(|n| n.to_be_bytes()[3]));

        let fragments = payloads(ClipCodec::H264, &nal);

        assert_eq!(fragments.len(), 4);
        assert!(
            fragments
                .iter()
                .all(|f| f.len() <= RTP_PAYLOAD && f[0] == 0x7c)
        );
        let marks: Vec<_> = fragments.iter().map(|f| f[1]).collect();
        assert_eq!(marks, [0x85, 0x05, 0x05, 0x45]);
        let joined: Vec<u8> = fragments.iter().flat_map(|f| f[2..].to_vec()).collect();
        assert_eq!(joined, nal[1..]);
    }

    #[test]
    fn h265_fragments_carry_both_header_bytes() {
        let mut nal = vec![19 << 1, 1];
        nal.extend(vec![7; 2000]);

        let fragments = payloads(ClipCodec::H265, &nal);

        assert_eq!(fragments.len(), 2);
        assert_eq!(fragments[0][..3], [49 << 1, 1, 0x80 | 19]);
        assert_eq!(fragments[1][..3], [49 << 1, 1, 0x40 | 19]);
        let joined: Vec<u8> = fragments.iter().flat_map(|f| f[3..].to_vec()).collect();
        assert_eq!(joined, nal[2..]);
    }

    #[test]
    fn packets_count_up_and_wrap() {
        let mut source = RtpSource::new(VIDEO_TYPE, u64::MAX);

        let last = source.packet(true, 1, &[9]);
        let first = source.packet(false, 2, &[9]);

        assert_eq!(last[..4], [0x80, 0x80 | 96, 0xff, 0xff]);
        assert_eq!(last[4..8], [0, 0, 0, 0]);
        assert_eq!(first[..4], [0x80, 96, 0, 0]);
        assert_eq!(first[4..8], [0, 0, 0, 1]);
    }

    #[test]
    fn a_sender_report_contains_time_and_counts() {
        let mut source = RtpSource::new(PCMU_TYPE, 0);
        source.packet(false, 0, &[1, 2, 3]);

        let report = source.sender_report(8000, 1_500_000_000);

        assert_eq!(report.len(), 28 + 20);
        let word = |at: usize| u32::from_be_bytes(report[at..at + 4].try_into().unwrap());
        assert_eq!(word(8), 2_208_988_801);
        assert_eq!(word(12), 1 << 31);
        assert_eq!([word(16), word(20), word(24)], [8000, 1, 3]);
        assert_eq!(&report[38..44], b"simdvr");
    }
}
