//! The packets of a camera: whatever they contain, frames are bounded and nothing waits for ever.

use std::time::Duration;

use bytes::Bytes;
use rtsp::format::Format;
use rtsp::frame::FrameKind;
use rtsp::limits::MAX_FRAME_BYTES;
use rtsp::media::{Carrier, Receiver};

/// Encodings with a parameter that opens another door.
const ENCODINGS: [(&str, &str, &str); 12] = [
    ("h264", "", ""),
    (
        "h264",
        "sprop-parameter-sets",
        "Z2QAKKyyAPAET8uAiAAAAwAIAAADAFB4wZJA,aOvDyyLA",
    ),
    ("h265", "", ""),
    ("h265", "sprop-max-don-diff", "1"),
    ("jpeg", "", ""),
    ("mpeg4-generic", "config", "1408"),
    ("mpeg4-generic", "auxiliarydatasizelength", "7"),
    ("mp4a-latm", "", ""),
    ("mp4a-latm", "config", "400024203fc0"),
    ("aal2-g726-24", "", ""),
    ("opus", "", ""),
    ("pcma", "", ""),
];

/// One byte chooses encoding and carrier. Then packets: their length, their flags (marker, steps of number
/// and time, a pause, another type or source, RTCP, or all bytes as they are), their payload.
pub(crate) fn rtp(data: &[u8]) {
    let Some((choice, mut rest)) = crate::input::chosen(data) else {
        return;
    };
    let (encoding, key, value) = ENCODINGS[usize::from(choice) / 2 % ENCODINGS.len()];
    let format = Format {
        payload_type: 96,
        encoding: encoding.to_owned(),
        clock_rate: 90_000,
        n_channels: None,
        parameters: vec![(key.to_owned(), value.to_owned())],
    };
    let carrier = if choice % 2 == 0 {
        Carrier::Interleaved
    } else {
        Carrier::Datagrams
    };
    let mut receiver = Receiver::new(&format, carrier).expect("it is known");
    receiver.set_described_size((u32::from(choice) * 16, 1080));
    let mut now = Duration::ZERO;
    let (mut number, mut time, mut source) = (0_u16, 0_u32, 1_u32);
    while let [length, flags, after @ ..] = rest {
        let payload = &after[..usize::from(*length).min(after.len())];
        rest = &after[payload.len()..];
        number = number.wrapping_add(u16::from(flags >> 1 & 3));
        time = time.wrapping_add(3600 * u32::from(flags >> 3 & 1));
        source += u32::from(flags >> 5 == 1);
        match flags >> 5 {
            2 => receiver.handle_rtcp(payload, now),
            3 => receiver.handle(Bytes::copy_from_slice(payload), now),
            _ => {
                let kind = if flags >> 5 == 4 { 112 } else { 96 };
                let mut packet = vec![0x80, (flags & 1) << 7 | kind];
                packet.extend(number.to_be_bytes());
                packet.extend(time.to_be_bytes());
                packet.extend(source.to_be_bytes());
                packet.extend(payload);
                receiver.handle(Bytes::from(packet), now);
            }
        }
        drain(&mut receiver);
        if flags >> 4 & 1 == 1 {
            now += Duration::from_millis(40);
            receiver.handle_timeout(now);
            drain(&mut receiver);
        }
    }
    // Silence ends every wait, each at its moment.
    while let Some(at) = receiver.poll_timeout() {
        now = now.max(at);
        assert!(now <= Duration::from_secs(3600));
        receiver.handle_timeout(now);
        drain(&mut receiver);
        assert!(receiver.poll_timeout().is_none_or(|next| next > at));
    }
}

fn drain(receiver: &mut Receiver) {
    while let Some(frame) = receiver.poll_frame() {
        assert!(!frame.data.is_empty() && frame.data.len() <= MAX_FRAME_BYTES);
        assert!(frame.size.is_none() || frame.kind == FrameKind::Key);
        receiver.wall_clock(frame.rtp_time);
    }
}
