//! Tracks as cameras send them: a small packetizer, slices built bit by bit, and the resulting frames.

mod cameras;
mod datagrams;
mod h264;
mod h265;
mod jpeg;
mod random;
mod sound;

use std::time::Duration;

use bytes::Bytes;

use super::{Carrier, Receiver};
use crate::format::Format;
use crate::frame::{Frame, FrameKind};

/// Payload type of every track here.
pub(super) const TYPE: u8 = 96;
/// Ticks of a picture at 25 pictures per second.
pub(super) const PICTURE: u32 = 3600;

/// SPS and PPS of x264 at 1920 × 1080, High profile, with a VUI.
pub(super) const SPS: &str = "67640028acb200f0044fcb80880000030008000003005078c19240";
pub(super) const PPS: &str = "68ebc3cb22c0";

pub(super) fn hex(text: &str) -> Vec<u8> {
    super::bits::from_hex(text, 4096)
}

pub(super) const fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

pub(super) fn format(encoding: &str, clock_rate: u32, parameters: &[(&str, &str)]) -> Format {
    let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    Format {
        payload_type: TYPE,
        encoding: encoding.to_owned(),
        clock_rate,
        n_channels: None,
        parameters: parameters.iter().map(owned).collect(),
    }
}

/// A track of H.264 in a stream, whose description has no parameter sets.
pub(super) fn h264() -> Track {
    Track::new(&format("h264", 90_000, &[]), Carrier::Interleaved)
}

/// A receiver with all that came out of it.
pub(super) struct Track {
    pub(super) receiver: Receiver,
    pub(super) frames: Vec<Frame>,
    pub(super) now: Duration,
}

impl Track {
    pub(super) fn new(format: &Format, carrier: Carrier) -> Self {
        Track {
            receiver: Receiver::new(format, carrier).expect("the encoding is known"),
            frames: Vec::new(),
            now: Duration::ZERO,
        }
    }

    /// Feeds packets, all at one moment.
    pub(super) fn feed(&mut self, packets: impl IntoIterator<Item = Bytes>) -> &mut Self {
        for packet in packets {
            self.receiver.handle(packet, self.now);
            self.drain();
        }
        self
    }

    /// Lets time pass, and does what is due on the way.
    pub(super) fn wait(&mut self, span: Duration) -> &mut Self {
        let until = self.now + span;
        while let Some(at) = self.receiver.poll_timeout().filter(|at| *at <= until) {
            self.now = self.now.max(at);
            self.receiver.handle_timeout(self.now);
            self.drain();
            let next = self.receiver.poll_timeout();
            assert!(next.is_none_or(|next| next > at), "{at:?} stays due");
        }
        self.now = until;
        self
    }

    fn drain(&mut self) {
        self.frames
            .extend(std::iter::from_fn(|| self.receiver.poll_frame()));
    }

    pub(super) fn kinds(&self) -> Vec<FrameKind> {
        self.frames.iter().map(|frame| frame.kind).collect()
    }

    /// The NAL units of a frame.
    pub(super) fn nals(&self, frame: usize) -> Vec<&[u8]> {
        super::nal::split_annex_b(&self.frames[frame].data).collect()
    }
}

/// Sends the packets of one source.
#[derive(Debug, Clone)]
pub(super) struct Camera {
    pub(super) number: u16,
    pub(super) time: u32,
    pub(super) source: u32,
    /// Bytes of a payload.
    pub(super) mtu: usize,
}

impl Camera {
    pub(super) fn new() -> Self {
        Camera {
            number: 100,
            time: 90_000,
            source: 0x1234_5678,
            mtu: 1300,
        }
    }

    pub(super) fn packet(&mut self, payload: &[u8], is_marked: bool) -> Bytes {
        let packet = self.packet_of_type(TYPE, payload, is_marked);
        self.number = self.number.wrapping_add(1);
        packet
    }

    /// A packet whose number the next one uses as well.
    pub(super) fn packet_of_type(&self, kind: u8, payload: &[u8], is_marked: bool) -> Bytes {
        let mut packet = vec![0x80, kind | if is_marked { 0x80 } else { 0 }];
        packet.extend(self.number.to_be_bytes());
        packet.extend(self.time.to_be_bytes());
        packet.extend(self.source.to_be_bytes());
        packet.extend(payload);
        Bytes::from(packet)
    }

    /// NAL units of one time, with the marker on the last packet; the time then moves on.
    pub(super) fn picture(&mut self, nals: &[Vec<u8>]) -> Vec<Bytes> {
        let mut packets = Vec::new();
        for (n, nal) in nals.iter().enumerate() {
            packets.extend(self.nal(nal, n + 1 == nals.len()));
        }
        self.time = self.time.wrapping_add(PICTURE);
        packets
    }

    /// One NAL unit of H.264: whole, or in FU-A.
    pub(super) fn nal(&mut self, nal: &[u8], is_marked: bool) -> Vec<Bytes> {
        if nal.len() <= self.mtu {
            return vec![self.packet(nal, is_marked)];
        }
        let n_parts = nal[1..].chunks(self.mtu - 2).count();
        let parts: Vec<Vec<u8>> = nal[1..]
            .chunks(self.mtu - 2)
            .enumerate()
            .map(|(n, part)| {
                let start = if n == 0 { 0x80 } else { 0 };
                let end = if n + 1 == n_parts { 0x40 } else { 0 };
                [&[nal[0] & 0xe0 | 28, start | end | nal[0] & 0x1f], part].concat()
            })
            .collect();
        let last = parts.len() - 1;
        let packets = parts.iter().enumerate();
        packets
            .map(|(n, part)| self.packet(part, is_marked && n == last))
            .collect()
    }
}

/// Writes bits, for headers of slices.
#[derive(Debug, Default)]
pub(super) struct BitWriter {
    bits: Vec<bool>,
}

impl BitWriter {
    pub(super) fn bits(mut self, value: u32, n: u32) -> Self {
        self.bits
            .extend((0..n).rev().map(|bit| value >> bit & 1 == 1));
        self
    }

    pub(super) fn ue(self, value: u32) -> Self {
        let n = (value + 1).ilog2();
        self.bits(0, n).bits(value + 1, n + 1)
    }

    /// Whole bytes, ended like a NAL unit.
    pub(super) fn bytes(self) -> Vec<u8> {
        let mut bits = self.bits(1, 1).bits;
        bits.resize(bits.len().next_multiple_of(8), false);
        let byte = |bits: &[bool]| bits.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
        bits.chunks(8).map(byte).collect()
    }
}

pub(super) const P_SLICES: u32 = 5;
pub(super) const I_SLICES: u32 = 7;

/// A slice of H.264 of so many bytes, told apart by `seed`.
pub(super) fn slice(header: u8, first: u32, kind: u32, seed: u8, n: usize) -> Vec<u8> {
    let mut nal = vec![header];
    nal.extend(
        BitWriter::default()
            .ue(first)
            .ue(kind)
            .ue(0)
            .bits(0x55, 8)
            .bytes(),
    );
    nal.extend((0..n).map(|at| seed | 1 | (at as u8 & 0x7e)));
    nal
}

pub(super) fn idr(seed: u8, n: usize) -> Vec<u8> {
    slice(0x65, 0, I_SLICES, seed, n)
}

pub(super) fn delta(seed: u8, n: usize) -> Vec<u8> {
    slice(0x41, 0, P_SLICES, seed, n)
}

/// A key frame with its parameter sets.
pub(super) fn key_picture(seed: u8, n: usize) -> Vec<Vec<u8>> {
    vec![hex(SPS), hex(PPS), idr(seed, n)]
}
