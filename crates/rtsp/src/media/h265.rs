//! H.265 in RTP (RFC 7798): parses payloads and the necessary parts of NAL units.

use crate::frame::Codec;

use super::bits::BitReader;
use super::nal::{NalHeader, NalPiece, NalRole, NalSyntax, SliceStart};
use super::parameter_sets::{ParameterSet, ParameterSets, SetKind};

// Types of NAL units (H.265 table 7-1) and of payloads (RFC 7798 §4.4).
const FIRST_IRAP: u8 = 16;
const LAST_IRAP: u8 = 23;
const LAST_SLICE: u8 = 31;
const VPS: u8 = 32;
const SPS: u8 = 33;
const PPS: u8 = 34;
const DELIMITER: u8 = 35;
const END_OF_SEQUENCE: u8 = 36;
const END_OF_BITSTREAM: u8 = 37;
const PREFIX_SEI: u8 = 39;
const AGGREGATION: u8 = 48;
const FRAGMENT: u8 = 49;
const PACI: u8 = 50;

/// Slice type I (H.265 table 7-7).
const I_SLICE: u32 = 2;
/// Larger sizes are a mistake of the reader or a lie.
const MAX_PIXELS: u32 = 16_384;

/// H.265, with or without decoding order numbers in its payloads.
#[derive(Debug, Clone, Copy)]
pub(super) struct H265 {
    /// Whether `sprop-max-don-diff` is above 0.
    pub(super) has_order_numbers: bool,
}

impl NalSyntax for H265 {
    const CODEC: Codec = Codec::H265;
    const N_HEADER_BYTES: usize = 2;

    fn pieces<'a>(&self, payload: &'a [u8], take: &mut dyn FnMut(NalPiece<'a>)) -> bool {
        let n_order = if self.has_order_numbers { 2 } else { 0 };
        let Some(rest) = payload.get(2..) else {
            return false;
        };
        match payload[0] >> 1 & 0x3f {
            AGGREGATION => aggregated(rest, n_order, take),
            FRAGMENT => fragment([payload[0], payload[1]], rest, n_order, take),
            // Its extensions are of no use here; the payload inside is not seen in cameras.
            PACI => false,
            _ if n_order > 0 && rest.len() >= n_order => {
                take(NalPiece::Start {
                    header: NalHeader {
                        bytes: [payload[0], payload[1]],
                        n: 2,
                    },
                    body: &rest[n_order..],
                    is_end: true,
                });
                true
            }
            _ => {
                take(NalPiece::Whole(payload));
                true
            }
        }
    }

    fn role(&self, head: &[u8], sets: &ParameterSets) -> NalRole {
        let (Some(&first), Some(rest)) = (head.first(), head.get(2..)) else {
            return NalRole::Unneeded;
        };
        let layer = (first & 1) << 5 | head[1] >> 3;
        match first >> 1 & 0x3f {
            // Further layers are for decoders of multi-layer streams only.
            _ if layer > 0 => NalRole::Unneeded,
            kind @ 0..=LAST_SLICE => NalRole::Slice(slice_start(kind, rest, sets)),
            VPS => NalRole::Set(SetKind::Vps),
            SPS => NalRole::Set(SetKind::Sps),
            PPS => NalRole::Set(SetKind::Pps),
            PREFIX_SEI => NalRole::Sei,
            DELIMITER | END_OF_SEQUENCE | END_OF_BITSTREAM => NalRole::Boundary,
            _ => NalRole::Unneeded,
        }
    }

    fn parameter_set(&self, kind: SetKind, nal: &[u8]) -> Option<ParameterSet> {
        let mut bits = BitReader::of_nal(nal.get(2..)?);
        match kind {
            SetKind::Vps => Some(ParameterSet {
                id: bits.bits(4)?,
                ..ParameterSet::default()
            }),
            SetKind::Sps => sps(&mut bits),
            SetKind::Pps => pps(&mut bits),
        }
    }
}

fn aggregated<'a>(
    mut rest: &'a [u8],
    n_first_order: usize,
    take: &mut dyn FnMut(NalPiece<'a>),
) -> bool {
    // The first unit has a number of two bytes, the others a difference of one.
    let mut n_order = n_first_order;
    while rest.len() >= n_order + 2 {
        let length = usize::from(u16::from_be_bytes([rest[n_order], rest[n_order + 1]]));
        let start = n_order + 2;
        let Some(unit) = rest.get(start..start + length) else {
            return false;
        };
        if !unit.is_empty() {
            take(NalPiece::Whole(unit));
        }
        rest = &rest[start + length..];
        n_order = n_first_order / 2;
    }
    rest.iter().all(|byte| *byte == 0)
}

fn fragment<'a>(
    header: [u8; 2],
    rest: &'a [u8],
    n_order: usize,
    take: &mut dyn FnMut(NalPiece<'a>),
) -> bool {
    let Some((&fragment, rest)) = rest.split_first() else {
        return false;
    };
    let (is_start, is_end) = (fragment & 0x80 != 0, fragment & 0x40 != 0);
    let Some(body) = rest.get(if is_start { n_order } else { 0 }..) else {
        return false;
    };
    take(if is_start {
        let first = header[0] & 0x81 | (fragment & 0x3f) << 1;
        NalPiece::Start {
            header: NalHeader {
                bytes: [first, header[1]],
                n: 2,
            },
            body,
            is_end,
        }
    } else {
        NalPiece::More { body, is_end }
    });
    true
}

/// The beginning of a slice segment header (H.265 §7.3.6.1).
fn slice_start(kind: u8, rest: &[u8], sets: &ParameterSets) -> SliceStart {
    let mut bits = BitReader::of_nal(rest);
    let is_irap = (FIRST_IRAP..=LAST_IRAP).contains(&kind);
    // A header that cannot be read is no reason to lose the picture.
    let is_first = bits.bit().unwrap_or(true);
    if is_irap {
        bits.bit();
    }
    let pps_id = bits.ue().filter(|id| *id < 64);
    let mut is_intra = is_irap;
    if let (true, Some(pps)) = (is_first, pps_id.and_then(|id| sets.pps(id))) {
        let slice_type = bits.skip(pps.n_extra_bits).and_then(|()| bits.ue());
        is_intra |= slice_type == Some(I_SLICE);
    }
    SliceStart {
        is_first,
        is_random_access: is_irap,
        is_intra,
        pps_id,
    }
}

/// The beginning of a PPS (H.265 §7.3.2.3.1).
fn pps(bits: &mut BitReader<'_>) -> Option<ParameterSet> {
    let id = bits.ue().filter(|id| *id < 64)?;
    let sps_id = bits.ue().filter(|id| *id < 16)?;
    // dependent_slice_segments_enabled_flag, output_flag_present_flag
    let n_extra_bits = bits.skip(2).and_then(|()| bits.bits(3)).unwrap_or(0);
    Some(ParameterSet {
        id,
        sps_id,
        n_extra_bits,
        ..ParameterSet::default()
    })
}

/// The beginning of an SPS (H.265 §7.3.2.2.1), up to the conformance window.
fn sps(bits: &mut BitReader<'_>) -> Option<ParameterSet> {
    bits.skip(4)?;
    let n_sub_layers = bits.bits(3)?;
    bits.skip(1)?;
    skip_profile(bits, n_sub_layers)?;
    let id = bits.ue().filter(|id| *id < 16)?;
    Some(ParameterSet {
        id,
        size: sps_size(bits),
        ..ParameterSet::default()
    })
}

/// profile_tier_level (H.265 §7.3.3).
fn skip_profile(bits: &mut BitReader<'_>, n_sub_layers: u32) -> Option<()> {
    bits.skip(88 + 8)?;
    let mut n_bits = 0;
    for _ in 0..n_sub_layers {
        let (has_profile, has_level) = (bits.bit()?, bits.bit()?);
        n_bits += if has_profile { 88 } else { 0 } + if has_level { 8 } else { 0 };
    }
    if n_sub_layers > 0 {
        bits.skip(2 * (8 - n_sub_layers))?;
    }
    bits.skip(n_bits)
}

fn sps_size(bits: &mut BitReader<'_>) -> Option<(u32, u32)> {
    let chroma = bits.ue()?;
    if chroma == 3 {
        bits.skip(1)?;
    }
    let (width, height) = (bits.ue()?, bits.ue()?);
    if width > MAX_PIXELS || height > MAX_PIXELS {
        return None;
    }
    let mut size = (width, height);
    if bits.bit()? {
        let (unit_x, unit_y) = match chroma {
            1 => (2, 2),
            2 => (2, 1),
            _ => (1, 1),
        };
        let across = bits.ue()?.checked_add(bits.ue()?)?.checked_mul(unit_x)?;
        let down = bits.ue()?.checked_add(bits.ue()?)?.checked_mul(unit_y)?;
        size = (width.checked_sub(across)?, height.checked_sub(down)?);
    }
    (size.0 > 0 && size.1 > 0).then_some(size)
}
