//! H.264 in RTP (RFC 6184): parses payloads and the necessary parts of NAL units.

use crate::frame::Codec;

use super::bits::BitReader;
use super::nal::{NalHeader, NalPiece, NalRole, NalSyntax, SliceStart};
use super::parameter_sets::{ParameterSet, ParameterSets, SetKind};

// Types of payloads (RFC 6184 §5.2).
const STAP_A: u8 = 24;
const STAP_B: u8 = 25;
const MTAP16: u8 = 26;
const MTAP24: u8 = 27;
const FU_A: u8 = 28;
const FU_B: u8 = 29;

// Types of NAL units (H.264 table 7-1).
const SLICE: u8 = 1;
const PARTITION_A: u8 = 2;
const PARTITION_B: u8 = 3;
const PARTITION_C: u8 = 4;
const IDR: u8 = 5;
const SEI: u8 = 6;
const SPS: u8 = 7;
const PPS: u8 = 8;
const DELIMITER: u8 = 9;
const END_OF_SEQUENCE: u8 = 10;
const END_OF_STREAM: u8 = 11;

/// Profiles whose SPS describes chroma (H.264 §7.3.2.1.1).
const WITH_CHROMA: [u32; 13] = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];
/// Larger sizes are a mistake of the reader or a lie.
const MAX_MACROBLOCKS: u32 = 1024;

/// H.264.
#[derive(Debug, Clone, Copy)]
pub(super) struct H264;

impl NalSyntax for H264 {
    const CODEC: Codec = Codec::H264;
    const N_HEADER_BYTES: usize = 1;

    fn pieces<'a>(&self, payload: &'a [u8], take: &mut dyn FnMut(NalPiece<'a>)) -> bool {
        let Some((&first, rest)) = payload.split_first() else {
            return false;
        };
        match first & 0x1f {
            STAP_A => aggregated(rest, 0, take),
            // A decoding order number precedes the units, and a time each of MTAP's.
            STAP_B => aggregated(rest.get(2..).unwrap_or_default(), 0, take),
            MTAP16 => aggregated(rest.get(2..).unwrap_or_default(), 3, take),
            MTAP24 => aggregated(rest.get(2..).unwrap_or_default(), 4, take),
            FU_A => fragment(first, rest, 0, take),
            FU_B => fragment(first, rest, 2, take),
            _ => {
                take(NalPiece::Whole(payload));
                true
            }
        }
    }

    fn role(&self, head: &[u8], _: &ParameterSets) -> NalRole {
        let Some((&first, rest)) = head.split_first() else {
            return NalRole::Unneeded;
        };
        match first & 0x1f {
            kind @ (SLICE | PARTITION_A | IDR) => NalRole::Slice(slice_start(kind, rest)),
            PARTITION_B | PARTITION_C => NalRole::Slice(SliceStart {
                is_first: false,
                is_random_access: false,
                is_intra: false,
                pps_id: None,
            }),
            SEI => NalRole::Sei,
            SPS => NalRole::Set(SetKind::Sps),
            PPS => NalRole::Set(SetKind::Pps),
            DELIMITER | END_OF_SEQUENCE | END_OF_STREAM => NalRole::Boundary,
            _ => NalRole::Unneeded,
        }
    }

    fn parameter_set(&self, kind: SetKind, nal: &[u8]) -> Option<ParameterSet> {
        let mut bits = BitReader::of_nal(nal.get(1..)?);
        match kind {
            SetKind::Sps => sps(&mut bits),
            SetKind::Pps => Some(ParameterSet {
                id: bits.ue().filter(|id| *id < 256)?,
                sps_id: bits.ue().filter(|id| *id < 32)?,
                ..ParameterSet::default()
            }),
            SetKind::Vps => None,
        }
    }
}

/// STAP and MTAP: units behind their lengths, with `n_skipped` bytes between length and unit.
fn aggregated<'a>(
    mut rest: &'a [u8],
    n_skipped: usize,
    take: &mut dyn FnMut(NalPiece<'a>),
) -> bool {
    while rest.len() >= 2 {
        let length = usize::from(u16::from_be_bytes([rest[0], rest[1]]));
        let start = 2 + n_skipped;
        let Some(unit) = rest.get(start..start + length) else {
            return false;
        };
        if !unit.is_empty() {
            take(NalPiece::Whole(unit));
        }
        rest = &rest[start + length..];
    }
    // A zero byte at the end is what some cameras pad with.
    rest.iter().all(|byte| *byte == 0)
}

fn fragment<'a>(
    indicator: u8,
    rest: &'a [u8],
    n_skipped: usize,
    take: &mut dyn FnMut(NalPiece<'a>),
) -> bool {
    let Some((&header, rest)) = rest.split_first() else {
        return false;
    };
    let (is_start, is_end) = (header & 0x80 != 0, header & 0x40 != 0);
    // Only the first FU-B has the number, and further ones are FU-A (RFC 6184 §5.8).
    let Some(body) = rest.get(if is_start { n_skipped } else { 0 }..) else {
        return false;
    };
    take(if is_start {
        let byte = indicator & 0xe0 | header & 0x1f;
        NalPiece::Start {
            header: NalHeader {
                bytes: [byte, 0],
                n: 1,
            },
            body,
            is_end,
        }
    } else {
        NalPiece::More { body, is_end }
    });
    true
}

fn slice_start(kind: u8, rest: &[u8]) -> SliceStart {
    let mut bits = BitReader::of_nal(rest);
    let first_macroblock = bits.ue();
    let slice_type = bits.ue();
    SliceStart {
        // A header that cannot be read is no reason to lose the picture.
        is_first: first_macroblock.unwrap_or(0) == 0,
        is_random_access: kind == IDR,
        // I and SI, of this slice or of all of the picture (H.264 table 7-6).
        is_intra: slice_type.is_some_and(|of| matches!(of % 5, 2 | 4) && of < 10),
        pps_id: bits.ue(),
    }
}

/// An SPS (H.264 §7.3.2.1.1); what follows the cropping is not needed, so a cut VUI does not matter.
fn sps(bits: &mut BitReader<'_>) -> Option<ParameterSet> {
    let profile = bits.bits(8)?;
    bits.skip(16)?;
    let id = bits.ue().filter(|id| *id < 32)?;
    let frame = sps_frame(bits, profile);
    Some(ParameterSet {
        id,
        size: frame.and_then(|frame| frame.size),
        has_fields: frame.is_some_and(|frame| frame.has_fields),
        ..ParameterSet::default()
    })
}

#[derive(Debug, Clone, Copy)]
struct SpsFrame {
    size: Option<(u32, u32)>,
    has_fields: bool,
}

fn sps_frame(bits: &mut BitReader<'_>, profile: u32) -> Option<SpsFrame> {
    let mut chroma = 1;
    if WITH_CHROMA.contains(&profile) {
        chroma = bits.ue()?;
        if chroma == 3 && bits.bit()? {
            chroma = 0;
        }
        bits.ue()?;
        bits.ue()?;
        bits.skip(1)?;
        if bits.bit()? {
            let n_lists = if chroma == 3 { 12 } else { 8 };
            for list in 0..n_lists {
                if bits.bit()? {
                    skip_scaling_list(bits, if list < 6 { 16 } else { 64 })?;
                }
            }
        }
    }
    bits.ue()?;
    match bits.ue()? {
        0 => {
            bits.ue()?;
        }
        1 => {
            bits.skip(1)?;
            bits.se()?;
            bits.se()?;
            let n = bits.ue().filter(|n| *n < 256)?;
            for _ in 0..n {
                bits.se()?;
            }
        }
        _ => {}
    }
    bits.ue()?;
    bits.skip(1)?;
    let columns = bits.ue()?.checked_add(1)?;
    let rows = bits.ue()?.checked_add(1)?;
    let has_fields = !bits.bit()?;
    let size = sps_size(bits, chroma, (columns, rows), has_fields);
    Some(SpsFrame { size, has_fields })
}

fn sps_size(
    bits: &mut BitReader<'_>,
    chroma: u32,
    (columns, rows): (u32, u32),
    has_fields: bool,
) -> Option<(u32, u32)> {
    if columns > MAX_MACROBLOCKS || rows > MAX_MACROBLOCKS {
        return None;
    }
    let fields = if has_fields { 2 } else { 1 };
    let (width, height) = (columns * 16, rows * 16 * fields);
    if has_fields {
        bits.skip(1)?;
    }
    bits.skip(1)?;
    if !bits.bit()? {
        return Some((width, height));
    }
    let (unit_x, unit_y) = match chroma {
        1 => (2, 2),
        2 => (2, 1),
        _ => (1, 1),
    };
    let across = bits.ue()?.checked_add(bits.ue()?)?.checked_mul(unit_x)?;
    let down = bits.ue()?.checked_add(bits.ue()?)?;
    let down = down.checked_mul(unit_y * fields)?;
    let size = (width.checked_sub(across)?, height.checked_sub(down)?);
    (size.0 > 0 && size.1 > 0).then_some(size)
}

fn skip_scaling_list(bits: &mut BitReader<'_>, n: usize) -> Option<()> {
    let mut last = 8_i64;
    for _ in 0..n {
        let next = (last + bits.se()?).rem_euclid(256);
        if next == 0 {
            break;
        }
        last = next;
    }
    Some(())
}
