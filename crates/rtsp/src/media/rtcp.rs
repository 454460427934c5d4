//! RTCP of one source (RFC 3550 §6): parses sender reports and BYE, and creates receiver reports.

use std::time::Duration;

use crate::frame::NtpTime;

use super::rtp::RtpPacket;

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const DESCRIPTION: u8 = 202;
const GOODBYE: u8 = 203;
/// Feedback about one payload, of the kind that says: a picture is lost (RFC 4585 §6.3.1).
const PAYLOAD_FEEDBACK: u8 = 206;
const PICTURE_LOSS: u8 = 1;
const CNAME: u8 = 1;

/// Who a receiver report comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportIdentity<'a> {
    /// SSRC of the receiver, any random number.
    pub ssrc: u32,
    /// Its CNAME; at most 255 bytes of it are sent.
    pub name: &'a str,
}

/// What compound RTCP of a camera says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct SenderNews {
    /// The same moment as NTP time and as RTP time.
    pub(super) report: Option<(NtpTime, u32)>,
    pub(super) is_goodbye: bool,
}

/// Reads compound RTCP as far as it makes sense.
pub(super) fn read(mut rest: &[u8]) -> SenderNews {
    let mut news = SenderNews::default();
    while let [first, kind, high, low, ..] = *rest {
        let length = 4 * (usize::from(u16::from_be_bytes([high, low])) + 1);
        if first >> 6 != 2 {
            break;
        }
        let packet = &rest[..length.min(rest.len())];
        match kind {
            SENDER_REPORT => news.report = report(packet).or(news.report),
            GOODBYE => news.is_goodbye = true,
            _ => {}
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    news
}

fn report(packet: &[u8]) -> Option<(NtpTime, u32)> {
    let ntp: [u8; 8] = packet.get(8..16)?.try_into().ok()?;
    let rtp: [u8; 4] = packet.get(16..20)?.try_into().ok()?;
    let ntp = u64::from_be_bytes(ntp);
    // 0 means that the camera knows no time (RFC 3550 §6.4.1).
    (ntp != 0).then(|| (NtpTime(ntp), u32::from_be_bytes(rtp)))
}

/// What a report says about the packets of one source (RFC 3550 A.1, A.3, A.8).
#[derive(Debug, Default)]
pub(super) struct Reception {
    source: Option<u32>,
    first: u32,
    /// The highest number, with its turns in the upper half.
    highest: u32,
    n_received: u32,
    n_expected_before: u32,
    n_received_before: u32,
    /// In sixteenths of a tick.
    jitter: u32,
    transit: Option<u32>,
    /// The middle of the last report's NTP time, and when it came.
    last_report: Option<(u32, Duration)>,
}

impl Reception {
    pub(super) fn note(&mut self, packet: &RtpPacket, arrived_ticks: i64) {
        let number = u32::from(packet.number);
        if self.source != Some(packet.source) {
            *self = Reception {
                source: Some(packet.source),
                first: number,
                highest: number,
                ..Reception::default()
            };
        }
        let ahead = packet.number.wrapping_sub((self.highest & 0xffff) as u16);
        if ahead < 0x8000 {
            self.highest = self.highest.wrapping_add(u32::from(ahead));
        }
        self.n_received = self.n_received.wrapping_add(1);
        // Only the difference of two of them matters.
        let arrived = (arrived_ticks & 0xffff_ffff) as u32;
        let transit = arrived.wrapping_sub(packet.time);
        if let Some(before) = self.transit.replace(transit) {
            let change = transit.wrapping_sub(before).cast_signed().unsigned_abs();
            // A new clock of the camera is no jitter.
            let change = change.min(1 << 20);
            self.jitter = self.jitter + change - (self.jitter + 8) / 16;
        }
    }

    pub(super) fn note_report(&mut self, ntp: NtpTime, now: Duration) {
        self.last_report = Some(((ntp.0 >> 16 & 0xffff_ffff) as u32, now));
    }

    /// Ticks by which packets come too early or too late.
    pub(super) fn jitter(&self) -> u32 {
        self.jitter / 16
    }

    /// A receiver report with a description, as compound RTCP wants it; without a block before the
    /// first packet.
    pub(super) fn report(&mut self, identity: ReportIdentity<'_>, now: Duration) -> Vec<u8> {
        let mut packet = Vec::with_capacity(64);
        let n_blocks = u8::from(self.source.is_some());
        packet.extend_from_slice(&[0x80 | n_blocks, RECEIVER_REPORT, 0, 1 + 6 * n_blocks]);
        packet.extend_from_slice(&identity.ssrc.to_be_bytes());
        if let Some(source) = self.source {
            self.write_block(source, now, &mut packet);
        }
        let mut end = identity.name.len().min(255);
        while !identity.name.is_char_boundary(end) {
            end -= 1;
        }
        let name = &identity.name.as_bytes()[..end];
        // The text, its head, at least one zero, up to whole words.
        let n_words = (2 + name.len() + 1).div_ceil(4);
        let length = u16::try_from(1 + n_words).unwrap_or(u16::MAX);
        packet.extend_from_slice(&[0x81, DESCRIPTION]);
        packet.extend_from_slice(&length.to_be_bytes());
        packet.extend_from_slice(&identity.ssrc.to_be_bytes());
        let start = packet.len();
        packet.extend_from_slice(&[CNAME, u8::try_from(name.len()).unwrap_or(255)]);
        packet.extend_from_slice(name);
        packet.resize(start + 4 * n_words, 0);
        packet
    }

    /// Requests a key frame from the source, after a report as compound RTCP requires; `None` before the first packet.
    pub(super) fn picture_loss(
        &mut self,
        identity: ReportIdentity<'_>,
        now: Duration,
    ) -> Option<Vec<u8>> {
        let source = self.source?;
        let mut packet = self.report(identity, now);
        packet.extend_from_slice(&[0x80 | PICTURE_LOSS, PAYLOAD_FEEDBACK, 0, 2]);
        packet.extend_from_slice(&identity.ssrc.to_be_bytes());
        packet.extend_from_slice(&source.to_be_bytes());
        Some(packet)
    }

    fn write_block(&mut self, source: u32, now: Duration, packet: &mut Vec<u8>) {
        let n_expected = self.highest.wrapping_sub(self.first).wrapping_add(1);
        let n_lost = i64::from(n_expected) - i64::from(self.n_received);
        let expected = n_expected.wrapping_sub(self.n_expected_before);
        let received = self.n_received.wrapping_sub(self.n_received_before);
        self.n_expected_before = n_expected;
        self.n_received_before = self.n_received;
        let lost = expected.saturating_sub(received);
        let fraction = (u64::from(lost) << 8)
            .checked_div(u64::from(expected))
            .unwrap_or(0)
            .min(255);
        let n_lost = n_lost.clamp(-0x80_0000, 0x7f_ffff) & 0xff_ffff;
        let lost_word = (fraction << 24 | n_lost.unsigned_abs()) as u32;
        let (last, delay) = self.last_report.map_or((0, 0), |(ntp, at)| {
            let since = now.saturating_sub(at).as_millis() * 65_536 / 1000;
            (ntp, u32::try_from(since).unwrap_or(u32::MAX))
        });
        for word in [source, lost_word, self.highest, self.jitter(), last, delay] {
            packet.extend_from_slice(&word.to_be_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    const IDENTITY: ReportIdentity<'static> = ReportIdentity {
        ssrc: 0x0102_0304,
        name: "peerview",
    };

    fn packet(number: u16, time: u32) -> RtpPacket {
        let mut bytes = vec![0x80, 96];
        bytes.extend(number.to_be_bytes());
        bytes.extend(time.to_be_bytes());
        bytes.extend([0, 0, 0, 9, 1]);
        RtpPacket::parse(Bytes::from(bytes), Duration::ZERO).expect("it is RTP")
    }

    #[test]
    fn a_sender_report_and_a_goodbye_are_read() {
        let mut bytes = vec![0x80, 200, 0, 6, 0, 0, 0, 9];
        bytes.extend([
            0xe0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        ]);
        bytes.extend([0x81, 203, 0, 1, 0, 0, 0, 9]);

        let news = read(&bytes);

        let expected = (NtpTime(0xe000_0000_8000_0000), 0x1000);
        assert_eq!(news.report, Some(expected));
        assert!(news.is_goodbye);
    }

    #[test]
    fn truncated_and_foreign_rtcp_is_ignored() {
        assert_eq!(read(&[0x80, 200, 0, 6, 0]), SenderNews::default());
        assert_eq!(read(&[0x40, 203, 0, 0]), SenderNews::default());
        assert_eq!(read(&[]), SenderNews::default());
    }

    #[test]
    fn a_report_counts_losses_and_jitter() {
        let mut reception = Reception::default();
        for (number, at) in [(65_534_u16, 0), (65_535, 3000), (2, 15_160)] {
            let time = u32::from(number.wrapping_add(2)) * 3000;
            reception.note(&packet(number, time), at);
        }
        reception.note_report(NtpTime(0x0001_0002_0003_0004), Duration::from_secs(1));

        let report = reception.report(IDENTITY, Duration::from_secs(3));

        assert_eq!(report.len() % 4, 0);
        assert_eq!(report[..4], [0x81, 201, 0, 7]);
        let words: Vec<u32> = report[8..32]
            .chunks(4)
            .map(|word| u32::from_be_bytes(word.try_into().expect("four bytes")))
            .collect();
        // 5 expected, 3 came: 2 lost of 5 is 102 of 256.
        assert_eq!(words[1], 102 << 24 | 2);
        assert_eq!(words[2], 0x1_0002);
        assert_eq!(words[4..], [0x0002_0003, 2 * 65_536]);
        assert_eq!(report[32..36], [0x81, 202, 0, 4]);
        assert_eq!(&report[42..50], b"peerview");
    }

    #[test]
    fn a_key_frame_is_requested_from_a_known_source() {
        let mut reception = Reception::default();
        assert_eq!(reception.picture_loss(IDENTITY, Duration::ZERO), None);
        reception.note(&packet(1, 0), 0);

        let question = reception.picture_loss(IDENTITY, Duration::ZERO);

        let question = question.expect("the source is known");
        let report = reception.report(IDENTITY, Duration::ZERO);
        let (before, asked) = question.split_at(report.len());
        assert_eq!(before[..8], report[..8]);
        assert_eq!(asked, [0x81, 206, 0, 2, 1, 2, 3, 4, 0, 0, 0, 9]);
    }

    #[test]
    fn a_report_before_the_first_packet_has_no_block() {
        let report = Reception::default().report(IDENTITY, Duration::ZERO);

        assert_eq!(report[..4], [0x80, 201, 0, 1]);
        assert_eq!(report.len(), 8 + 8 + 12);
    }
}
