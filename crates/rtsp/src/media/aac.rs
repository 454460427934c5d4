//! AAC in RTP as RFC 3640 packs it: several access units in a packet, or one in several packets.

use bytes::Bytes;

use crate::format::Format;
use crate::frame::{Codec, FrameKind};

use super::bits::{BitReader, from_hex};
use super::limits::{MAX_SOUND_CONFIG_BYTES, MAX_SOUND_UNIT_BYTES, MAX_UNITS_PER_PACKET};
use super::order::OrderedPacket;
use super::outlet::{Outlet, UntimedFrame};
use super::rtp::RtpPacket;
use super::sound::SoundSettings;

/// Sampling rates by their index (ISO 14496-3 table 1.18).
const RATES: [u32; 13] = [
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350,
];

/// What an AudioSpecificConfig says (ISO 14496-3 §1.6.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AudioConfig {
    /// Of what a decoder makes of it.
    pub(super) sample_rate: u32,
    pub(super) n_channels: Option<u8>,
    /// Samples per access unit, at the rate of the core.
    pub(super) n_samples: i64,
}

impl AudioConfig {
    /// Reads a configuration and advances the reader past it.
    pub(super) fn read(bits: &mut BitReader<'_>) -> Option<Self> {
        let mut object = object_type(bits)?;
        let mut sample_rate = sampling_rate(bits)?;
        let n_channels = match bits.bits(4)? {
            n @ 1..=6 => u8::try_from(n).ok(),
            7 => Some(8),
            _ => None,
        };
        // Spectral band replication and parametric stereo name the core's type behind their own rate.
        if matches!(object, 5 | 29) {
            sample_rate = sampling_rate(bits)?;
            object = object_type(bits)?;
        }
        let is_short = bits.bit()?;
        if bits.bit()? {
            bits.skip(14)?;
        }
        let has_extension = bits.bit()?;
        if matches!(object, 6 | 20) {
            bits.skip(3)?;
        }
        if has_extension && object == 22 {
            bits.skip(16)?;
        }
        if has_extension && matches!(object, 17 | 19 | 20 | 23) {
            bits.skip(3)?;
        }
        if has_extension {
            bits.skip(1)?;
        }
        Some(AudioConfig {
            sample_rate,
            n_channels,
            n_samples: if is_short { 960 } else { 1024 },
        })
    }
}

fn object_type(bits: &mut BitReader<'_>) -> Option<u32> {
    match bits.bits(5)? {
        31 => Some(32 + bits.bits(6)?),
        object => Some(object),
    }
}

fn sampling_rate(bits: &mut BitReader<'_>) -> Option<u32> {
    match bits.bits(4)? {
        15 => bits.bits(24),
        index => RATES.get(index as usize).copied(),
    }
}

/// Lengths in bits of the fields of an AU header (RFC 3640 §3.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct HeaderLengths {
    size: u32,
    index: u32,
    delta: u32,
    composition: u32,
    decoding: u32,
    has_random_access: bool,
    state: u32,
    auxiliary: u32,
}

impl HeaderLengths {
    fn of(format: &Format) -> Self {
        let number = |name: &str| {
            let value = format.parameter(name)?.trim().parse::<u32>().ok()?;
            (value <= 32).then_some(value)
        };
        let mode = format.parameter("mode").unwrap_or_default();
        // What a description leaves out is as its mode has it (RFC 3640 §3.3.5, §3.3.6).
        let (size, index) = if mode.eq_ignore_ascii_case("aac-lbr") {
            (6, 2)
        } else {
            (13, 3)
        };
        HeaderLengths {
            size: number("sizelength").unwrap_or(size),
            index: number("indexlength").unwrap_or(index),
            delta: number("indexdeltalength").unwrap_or(index),
            composition: number("ctsdeltalength").unwrap_or(0),
            decoding: number("dtsdeltalength").unwrap_or(0),
            has_random_access: number("randomaccessindication").unwrap_or(0) > 0,
            state: number("streamstateindication").unwrap_or(0),
            auxiliary: number("auxiliarydatasizelength").unwrap_or(0),
        }
    }

    fn are_empty(&self) -> bool {
        let sum = self.size + self.index + self.delta + self.composition + self.decoding;
        sum + self.state == 0 && !self.has_random_access
    }
}

/// An access unit in a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct UnitHeader {
    /// Its whole length, of which a fragment is only a part.
    length: usize,
    /// Access units after the first of the packet.
    place: i64,
}

/// An access unit that comes in several packets.
#[derive(Debug)]
struct UnitFragments {
    raw_time: u32,
    length: usize,
    data: Vec<u8>,
}

/// Depacketizes `mpeg4-generic`.
#[derive(Debug)]
pub(super) struct AacTrack {
    settings: SoundSettings,
    lengths: HeaderLengths,
    /// Ticks of one access unit.
    duration: i64,
    fragments: Option<UnitFragments>,
}

impl AacTrack {
    pub(super) fn new(format: &Format) -> Self {
        let config = format.parameter("config").unwrap_or_default();
        let config = from_hex(config, MAX_SOUND_CONFIG_BYTES);
        let known = AudioConfig::read(&mut BitReader::new(&config));
        let constant = format.parameter("constantduration");
        let constant = constant.and_then(|n| n.trim().parse::<i64>().ok());
        let usual = known.map_or(1024, |config| config.n_samples);
        AacTrack {
            settings: sound_settings(format, known.as_ref(), config),
            lengths: HeaderLengths::of(format),
            duration: constant
                .filter(|n| (1..=1 << 20).contains(n))
                .unwrap_or(usual),
            fragments: None,
        }
    }

    pub(super) fn settings(&self) -> &SoundSettings {
        &self.settings
    }

    pub(super) fn restart(&mut self) {
        self.fragments = None;
    }

    pub(super) fn handle(&mut self, ordered: OrderedPacket, outlet: &mut Outlet) {
        let packet = ordered.packet;
        outlet.is_after_loss |= ordered.is_after_gap;
        let is_cut = self
            .fragments
            .as_ref()
            .is_some_and(|unit| ordered.is_after_gap || unit.raw_time != packet.time);
        if is_cut {
            self.fragments = None;
            outlet.leave_out();
        }
        let Some((headers, mut data)) = self.headers(&packet.payload) else {
            outlet.stats.skipped.n_unreadable += 1;
            return;
        };
        if let [unit] = headers[..]
            && (self.fragments.is_some() || unit.length > data.len())
        {
            return self.fragment(unit, &data, &packet, outlet);
        }
        for unit in headers {
            if unit.length > data.len() {
                outlet.stats.skipped.n_unreadable += 1;
                break;
            }
            let bytes = data.split_to(unit.length);
            self.unit(bytes, unit.place * self.duration, &packet, outlet);
        }
    }

    /// The headers of a payload and what follows them.
    fn headers(&self, payload: &Bytes) -> Option<(Vec<UnitHeader>, Bytes)> {
        if self.lengths.are_empty() {
            let unit = UnitHeader {
                length: payload.len(),
                place: 0,
            };
            return Some((vec![unit], payload.clone()));
        }
        let n_bits = u16::from_be_bytes([*payload.first()?, *payload.get(1)?]);
        let n_bytes = usize::from(n_bits).div_ceil(8);
        let mut bits = BitReader::new(payload.get(2..2 + n_bytes)?);
        let mut start = 2 + n_bytes;
        let n_spare = n_bytes * 8 - usize::from(n_bits);
        let mut units = Vec::new();
        let mut place = 0;
        while bits.n_left() > n_spare && units.len() < MAX_UNITS_PER_PACKET {
            let Some((length, step)) = self.header(&mut bits, units.is_empty()) else {
                break;
            };
            place += step;
            units.push(UnitHeader { length, place });
        }
        if self.lengths.auxiliary > 0 {
            let mut bits = BitReader::new(payload.get(start..)?);
            let n = self.lengths.auxiliary + bits.bits(self.lengths.auxiliary)?;
            start += (n as usize).div_ceil(8);
        }
        if units.is_empty() || start > payload.len() {
            return None;
        }
        let data = payload.slice(start..);
        // Without sizes, the one unit is all there is.
        if let [unit] = &mut units[..]
            && self.lengths.size == 0
        {
            unit.length = data.len();
        }
        Some((units, data))
    }

    /// The length of a unit and its distance to the one before.
    fn header(&self, bits: &mut BitReader<'_>, is_first: bool) -> Option<(usize, i64)> {
        let lengths = &self.lengths;
        let length = bits.bits(lengths.size)? as usize;
        let step = if is_first {
            bits.bits(lengths.index)?;
            0
        } else {
            i64::from(bits.bits(lengths.delta)?) + 1
        };
        for length in [lengths.composition, lengths.decoding] {
            if length > 0 && bits.bit()? {
                bits.skip(length)?;
            }
        }
        bits.skip(u32::from(lengths.has_random_access) + lengths.state)?;
        Some((length, step))
    }

    fn fragment(
        &mut self,
        unit: UnitHeader,
        data: &Bytes,
        packet: &RtpPacket,
        outlet: &mut Outlet,
    ) {
        let fragments = self.fragments.get_or_insert_with(|| UnitFragments {
            raw_time: packet.time,
            length: unit.length,
            data: Vec::new(),
        });
        if fragments.data.len() + data.len() > MAX_SOUND_UNIT_BYTES {
            self.fragments = None;
            outlet.stats.skipped.n_oversized += 1;
            return;
        }
        fragments.data.extend_from_slice(data);
        // A marker ends a unit whose length is wrong.
        if (fragments.data.len() >= fragments.length || packet.is_marked)
            && let Some(mut whole) = self.fragments.take()
        {
            whole.data.truncate(whole.length);
            self.unit(Bytes::from(whole.data), 0, packet, outlet);
        }
    }

    fn unit(&self, data: Bytes, offset: i64, packet: &RtpPacket, outlet: &mut Outlet) {
        push_unit(without_adts(data), offset, packet, outlet);
    }
}

/// Gives out one access unit of AAC.
pub(super) fn push_unit(data: Bytes, offset: i64, packet: &RtpPacket, outlet: &mut Outlet) {
    if data.is_empty() {
        return;
    }
    let frame = UntimedFrame {
        kind: FrameKind::Sound,
        codec: Codec::Aac,
        data,
        raw_time: packet.time,
        offset,
        arrived: packet.arrived,
        size: None,
        replay: packet.replay,
    };
    outlet.push(frame, packet.arrived);
}

pub(super) fn sound_settings(
    format: &Format,
    known: Option<&AudioConfig>,
    config: Vec<u8>,
) -> SoundSettings {
    SoundSettings {
        codec: Codec::Aac,
        sample_rate: known.map_or(format.clock_rate, |config| config.sample_rate),
        n_channels: known
            .and_then(|config| config.n_channels)
            .or(format.n_channels),
        config: Bytes::from(config),
    }
}

/// Some cameras leave the header of a file in each access unit.
fn without_adts(data: Bytes) -> Bytes {
    let [0xff, second, _, third, fourth, fifth, ..] = data[..] else {
        return data;
    };
    let length = usize::from(third & 3) << 11 | usize::from(fourth) << 3 | usize::from(fifth >> 5);
    if second & 0xf6 != 0xf0 || length != data.len() {
        return data;
    }
    let n_header = if second & 1 == 1 { 7 } else { 9 };
    if length < n_header {
        return data;
    }
    data.slice(n_header..)
}
