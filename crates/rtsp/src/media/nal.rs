//! NAL units of both codecs: the pieces in packets, and the role of each unit.

use crate::frame::Codec;

use super::parameter_sets::{ParameterSet, ParameterSets, SetKind};

/// What one payload contains of NAL units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NalPiece<'a> {
    Whole(&'a [u8]),
    /// The first fragment; `header` is that of the whole unit.
    Start {
        header: NalHeader,
        body: &'a [u8],
        is_end: bool,
    },
    More {
        body: &'a [u8],
        is_end: bool,
    },
}

/// The header of a NAL unit: one byte in H.264, two in H.265.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NalHeader {
    pub(super) bytes: [u8; 2],
    pub(super) n: usize,
}

impl NalHeader {
    pub(super) fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.n]
    }
}

/// What a NAL unit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NalRole {
    Slice(SliceStart),
    Set(SetKind),
    /// Supplemental information; it precedes the slices of its picture.
    Sei,
    /// It ends the picture before and is not needed itself.
    Boundary,
    /// Decoders do without it.
    Unneeded,
}

/// What the first bytes of a slice say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SliceStart {
    /// Whether it is the first of its picture.
    pub(super) is_first: bool,
    /// Whether decoding can begin here: IDR, or IRAP of H.265.
    pub(super) is_random_access: bool,
    /// Whether it refers to no other picture.
    pub(super) is_intra: bool,
    pub(super) pps_id: Option<u32>,
}

/// Everything that is needed of a slice is in its first bytes.
pub(super) const N_HEAD_BYTES: usize = 32;

/// What differs between H.264 and H.265.
pub(super) trait NalSyntax: Copy {
    const CODEC: Codec;
    const N_HEADER_BYTES: usize;

    /// Gives out the pieces of one payload; `false` if it makes no sense from some byte on.
    fn pieces<'a>(&self, payload: &'a [u8], take: &mut dyn FnMut(NalPiece<'a>)) -> bool;

    /// The role of a NAL unit whose first [`N_HEAD_BYTES`] bytes are here.
    fn role(&self, head: &[u8], sets: &ParameterSets) -> NalRole;

    /// Reads what is needed of a parameter set.
    fn parameter_set(&self, kind: SetKind, nal: &[u8]) -> Option<ParameterSet>;
}

/// Whether bytes begin with a start code of Annex B.
pub(super) fn is_start_code(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0, 0, 1]) || bytes.starts_with(&[0, 0, 0, 1])
}

/// The NAL units between start codes, if any; some cameras send several in one packet. Zeros at
/// the end belong to the start code behind.
pub(super) fn split_annex_b(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(bytes);
    let units = std::iter::from_fn(move || {
        let bytes = rest?;
        let code = bytes.windows(3).position(|window| window == [0, 0, 1]);
        let (unit, after) = match code {
            Some(at) => (&bytes[..at], Some(&bytes[at + 3..])),
            None => (bytes, None),
        };
        rest = after;
        Some(unit)
    });
    let without_zeros = units.map(|unit| {
        let n = unit
            .iter()
            .rposition(|byte| *byte != 0)
            .map_or(0, |at| at + 1);
        &unit[..n]
    });
    without_zeros.filter(|unit| !unit.is_empty())
}

/// Types of the messages in SEI (H.264 §7.3.2.3.1), as far as they can be read.
pub(super) fn sei_types(nal: &[u8], n_header_bytes: usize) -> impl Iterator<Item = u32> {
    let mut rest = nal.get(n_header_bytes..).unwrap_or_default();
    std::iter::from_fn(move || {
        // What is left of the trailing bits is no message.
        if rest.len() < 2 || rest == [0x80, 0] {
            return None;
        }
        let kind = sei_number(&mut rest)?;
        let length = sei_number(&mut rest)?;
        rest = rest.get(length as usize..).unwrap_or_default();
        Some(kind)
    })
}

fn sei_number(rest: &mut &[u8]) -> Option<u32> {
    let mut number = 0_u32;
    loop {
        let (first, after) = rest.split_first()?;
        *rest = after;
        number = number.checked_add(u32::from(*first))?;
        if *first != 0xff {
            return Some(number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_between_start_codes_are_found() {
        let bytes = [0, 0, 0, 1, 0x67, 1, 0, 0, 0, 1, 0x68, 2, 0, 0, 1, 0x65, 3];

        let units: Vec<&[u8]> = split_annex_b(&bytes).collect();

        assert_eq!(units, [&[0x67, 1][..], &[0x68, 2], &[0x65, 3]]);
        assert_eq!(split_annex_b(&[0x67, 5]).count(), 1);
        assert_eq!(split_annex_b(&[0, 0, 1]).count(), 0);
    }

    #[test]
    fn messages_of_sei_are_listed() {
        let nal = [0x06, 5, 3, 9, 9, 9, 6, 1, 0xc4, 0x80];

        assert_eq!(sei_types(&nal, 1).collect::<Vec<_>>(), [5, 6]);
        assert_eq!(sei_types(&[0x06, 0xff, 0x01, 0xff], 1).count(), 0);
    }
}
