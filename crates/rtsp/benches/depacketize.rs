//! Processor time per packet of H.264 beside retina's depacketizer, in the same run. Prints the ratio,
//! asserts nothing: `cargo bench -p rtsp --bench depacketize`.
//!
//! Both copy each packet once as if it was read from a connection, put packets in order and give out
//! pictures as Annex B with parameter sets before key frames.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark owns the clock and prints"
)]

use std::time::{Duration, Instant};

use bytes::Bytes;
use retina::client::rtp::InorderParser;
use retina::client::{SessionOptions, Timeline, UnknownRtcpSsrcPolicy};
use retina::codec::{Depacketizer, FrameFormat};
use retina::rtp::PacketHeader;
use retina::testutil::DepacketizeBuf;
use rtsp::format::Format;
use rtsp::media::{Carrier, Receiver};

/// SPS and PPS of a stream of 1920 × 1080.
const SETS: [&[u8]; 2] = [
    &[
        0x67, 0x64, 0, 0x28, 0xac, 0xb2, 0, 0xf0, 4, 0x4f, 0xcb, 0x80, 0x88, 0, 0, 3, 0, 8, 0, 0,
        3, 0, 0x50, 0x78, 0xc1, 0x92, 0x40,
    ],
    &[0x68, 0xeb, 0xc3, 0xcb, 0x22, 0xc0],
];
/// The same in a description.
const PARAMETERS: &str = "Z2QAKKyyAPAET8uAiAAAAwAIAAADAFB4wZJA,aOvDyyLA";
/// Bytes of a key frame and of the pictures behind it: 2 s at 25 pictures/s and 3.5 Mbit/s.
const KEY_BYTES: usize = 160_000;
const DELTA_BYTES: usize = 14_500;
const N_PICTURES: usize = 50;
/// How often each side takes the two seconds, in each turn.
const N_REPEATS: u16 = 40;
const N_TURNS: usize = 9;

fn main() {
    let packets = packets();
    let n = packets.len() as u32 * u32::from(N_REPEATS);
    let (mut ours, mut theirs) = (Duration::MAX, Duration::MAX);
    for _ in 0..N_TURNS {
        ours = ours.min(taken(|| run_ours(&packets)));
        theirs = theirs.min(taken(|| run_retina(&packets)));
    }
    println!("{} packets of {} pictures", packets.len(), N_PICTURES);
    println!("rtsp    {:>6} ns per packet", (ours / n).as_nanos());
    println!("retina  {:>6} ns per packet", (theirs / n).as_nanos());
    println!("ratio   {:>6.2}", ours.as_secs_f64() / theirs.as_secs_f64());
}

fn taken(run: impl FnOnce() -> usize) -> Duration {
    let start = Instant::now();
    let n_frames = run();
    let taken = start.elapsed();
    assert_eq!(n_frames, N_PICTURES * usize::from(N_REPEATS));
    taken
}

/// Numbers go on from one round to the next.
fn numbered(packet: &[u8], round: u16, n_packets: usize, to: &mut [u8]) {
    to[..packet.len()].copy_from_slice(packet);
    let number = u16::from_be_bytes([packet[2], packet[3]]);
    let number = number.wrapping_add(round.wrapping_mul(n_packets as u16));
    to[2..4].copy_from_slice(&number.to_be_bytes());
    let time = u32::from_be_bytes([packet[4], packet[5], packet[6], packet[7]]);
    let time = time.wrapping_add(u32::from(round) * 3600 * N_PICTURES as u32);
    to[4..8].copy_from_slice(&time.to_be_bytes());
}

fn run_ours(packets: &[Vec<u8>]) -> usize {
    let format = Format {
        payload_type: 96,
        encoding: "h264".to_owned(),
        clock_rate: 90_000,
        n_channels: None,
        parameters: vec![("sprop-parameter-sets".to_owned(), PARAMETERS.to_owned())],
    };
    let mut receiver = Receiver::new(&format, Carrier::Interleaved).expect("it is known");
    let mut n_frames = 0;
    let mut now = Duration::ZERO;
    let mut packet_bytes = [0; 2048];
    for round in 0..N_REPEATS {
        for packet in packets {
            numbered(packet, round, packets.len(), &mut packet_bytes);
            now += Duration::from_micros(2500);
            if receiver.poll_timeout().is_some_and(|at| at <= now) {
                receiver.handle_timeout(now);
            }
            receiver.handle(Bytes::copy_from_slice(&packet_bytes[..packet.len()]), now);
            while let Some(frame) = receiver.poll_frame() {
                n_frames += usize::from(frame.data.len() > 1000);
            }
        }
    }
    n_frames
}

fn run_retina(packets: &[Vec<u8>]) -> usize {
    let mut timeline = Timeline::new(None, 90_000, None).expect("a clock");
    let mut order = InorderParser::new(None, None, UnknownRtcpSsrcPolicy::Default);
    let parameters = format!("packetization-mode=1;sprop-parameter-sets={PARAMETERS}");
    let mut depacketizer =
        Depacketizer::new("video", "h264", 90_000, None, Some(&parameters)).expect("it is known");
    depacketizer.set_frame_format(FrameFormat::SIMPLE);
    let mut buffer = DepacketizeBuf::new(65_536);
    let connection = retina::ConnectionContext::dummy();
    let stream = retina::StreamContext::dummy();
    let context = retina::PacketContext::dummy();
    let options = SessionOptions::default();
    let mut n_frames = 0;
    let mut packet_bytes = [0; 2048];
    for round in 0..N_REPEATS {
        for packet in packets {
            numbered(packet, round, packets.len(), &mut packet_bytes);
            let data = &packet_bytes[..packet.len()];
            let (header, range) = PacketHeader::validate(data).expect("it is RTP");
            let meta = order
                .rtp(
                    &options,
                    &stream,
                    None,
                    &connection,
                    &context,
                    &mut timeline,
                    0,
                    &header,
                )
                .expect("it is in order")
                .expect("it is no repeat");
            let payload = &data[usize::from(range.start)..usize::from(range.end)];
            buffer
                .push(&mut depacketizer, meta, payload)
                .expect("it is H.264");
            while let Some(item) = depacketizer.pull() {
                item.expect("a picture");
                n_frames += 1;
            }
        }
    }
    n_frames
}

/// Two seconds of a camera: SPS, PPS and an IDR in fragments, then pictures that depend on it.
fn packets() -> Vec<Vec<u8>> {
    let mut packets = Vec::new();
    for picture in 0..N_PICTURES {
        let time = 3600 * picture as u32;
        let (header, n) = if picture == 0 {
            (0x65, KEY_BYTES)
        } else {
            (0x41, DELTA_BYTES)
        };
        if picture == 0 {
            for set in SETS {
                push(&mut packets, time, false, set);
            }
        }
        let slice: Vec<u8> = (0..n)
            .map(|at| if at == 0 { 0x9a } else { (at % 251) as u8 | 1 })
            .collect();
        let parts = slice.chunks(1400);
        let n_parts = parts.len();
        for (at, part) in parts.enumerate() {
            let start = if at == 0 { 0x80 } else { 0 };
            let end = if at + 1 == n_parts { 0x40 } else { 0 };
            let payload = [&[header & 0xe0 | 28, start | end | header & 0x1f], part].concat();
            push(&mut packets, time, end > 0, &payload);
        }
    }
    packets
}

fn push(packets: &mut Vec<Vec<u8>>, time: u32, is_marked: bool, payload: &[u8]) {
    let mut packet = vec![0x80, 96 | u8::from(is_marked) << 7];
    packet.extend((packets.len() as u16).to_be_bytes());
    packet.extend(time.to_be_bytes());
    packet.extend([0, 0, 0, 9]);
    packet.extend(payload);
    packets.push(packet);
}
