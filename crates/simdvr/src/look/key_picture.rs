//! The first block of a key picture as the built-in clips have it: one slice, coded by lengths (CAVLC), whose first block
//! has one or two numbers. The last of them is its mean, from which all other blocks are predicted.

use super::{SetReader, SetWriter, signed};

/// Factors of the quantizer for a mean (ITU-T H.264 §8.5.9, the first of each row).
const FACTORS: [i64; 6] = [10, 11, 13, 14, 16, 18];
/// A block of 4 × 4 and one of 16 × 16 pixels add a sixty-fourth and a 256th of their scaled mean to each pixel.
const SMALL_BLOCK: i64 = 64;
const LARGE_BLOCK: i64 = 256;

/// The mean of the first block, and where it stands.
struct FirstMean {
    level: i64,
    /// Of the body, in bits.
    from: usize,
    to: usize,
    /// What one step of a pixel takes, as a fraction.
    per_step: (i64, i64),
}

/// The picture with so many steps more for each pixel. `quantizer` is that of its parameter set.
pub(super) fn brightened(nal: &[u8], quantizer: i64, steps: i64) -> Option<Vec<u8>> {
    let (header, body) = nal.split_first()?;
    let mean = FirstMean::read(body, quantizer)?;
    let (part, whole) = mean.per_step;
    let more = (2 * steps * part + steps.signum() * whole) / (2 * whole);
    // Numbers from -1 to 1 are coded in another way.
    let level = match mean.level + more {
        small @ -1..=1 if small < 0 || (small == 0 && steps < 0) => -2,
        -1..=1 => 2,
        level => level,
    };
    let mut bits = SetReader::of(body);
    let mut out = SetWriter::default();
    for _ in 0..mean.from {
        out.put(bits.bit()?);
    }
    put_level(&mut out, level)?;
    bits.at = mean.to;
    while let Some(bit) = bits.bit() {
        out.put(bit);
    }
    Some(out.nal(*header))
}

/// The mean of the first block.
#[cfg(test)]
pub(super) fn first_level(nal: &[u8], quantizer: i64) -> Option<i64> {
    FirstMean::read(nal.get(1..)?, quantizer).map(|mean| mean.level)
}

impl FirstMean {
    fn read(body: &[u8], quantizer: i64) -> Option<FirstMean> {
        let mut bits = SetReader::of(body);
        // First block, type, parameter set; the number of the picture; that of the key picture; two flags.
        for _ in 0..3 {
            bits.code()?;
        }
        bits.bits(4)?;
        bits.code()?;
        bits.bits(2)?;
        let mut quantizer = quantizer + signed(bits.code()?);
        // The filter of edges, with two numbers unless it is off.
        if bits.code()? != 1 {
            bits.code()?;
            bits.code()?;
        }
        let block = match bits.code()? {
            0 => {
                for _ in 0..16 {
                    if !bits.bit()? {
                        bits.bits(3)?;
                    }
                }
                bits.code()?;
                bits.code()?;
                SMALL_BLOCK
            }
            1..=24 => {
                bits.code()?;
                LARGE_BLOCK
            }
            _ => return None,
        };
        quantizer += signed(bits.code()?);
        // How many numbers, and how many of them are ones (§9.2.1): one and none, or two and one.
        match bits.bits(6)? {
            0b00_0101 => {}
            0b00_0100 => {
                bits.bit()?;
            }
            _ => return None,
        }
        let from = bits.at;
        let level = level(&mut bits)?;
        let step = usize::try_from(quantizer).ok().filter(|it| *it <= 51)?;
        Some(FirstMean {
            level,
            from,
            to: bits.at,
            per_step: (block, FACTORS[step % 6] << (step / 6)),
        })
    }
}

/// A number behind no more than one of ±1 (§9.2.2.1).
fn level(bits: &mut SetReader) -> Option<i64> {
    let mut prefix = 0;
    while !bits.bit()? {
        prefix += 1;
    }
    let code = match prefix {
        0..=13 => prefix,
        14 => 14 + bits.bits(4)?,
        15 => 30 + bits.bits(12)?,
        _ => return None,
    };
    let code = i64::from(code) + 2;
    Some(match code % 2 {
        0 => (code + 2) / 2,
        _ => -(code + 1) / 2,
    })
}

fn put_level(out: &mut SetWriter, level: i64) -> Option<()> {
    let code = if level > 0 {
        2 * level - 4
    } else {
        -2 * level - 3
    };
    let code = u32::try_from(code).ok()?;
    match code {
        0..=13 => out.put_bits(1, code + 1),
        14..=29 => {
            out.put_bits(1, 15);
            out.put_bits(code - 14, 4);
        }
        30..=4_125 => {
            out.put_bits(1, 16);
            out.put_bits(code - 30, 12);
        }
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_survive_their_codes() {
        for value in (-2_000..=2_000_i64).filter(|value| value.abs() > 1) {
            let mut out = SetWriter::default();
            put_level(&mut out, value).expect("within the range");
            out.put(true);
            let nal = out.nal(0x65);
            assert_eq!(level(&mut SetReader::of(&nal[1..])), Some(value));
        }
        assert_eq!(put_level(&mut SetWriter::default(), 3_000), None);
    }
}
