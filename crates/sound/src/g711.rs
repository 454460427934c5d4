//! G.711 (ITU-T G.711): logarithmic samples of 8 bits.

/// Added before a µ-law sample's segment is looked for.
const BIAS: i32 = 0x84;
/// The loudest sample of µ-law.
const CLIP: i32 = 32_635;

/// One sample in µ-law.
pub fn to_ulaw(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let magnitude = i32::from(sample).abs().min(CLIP) + BIAS;
    // The segment is the place of the highest bit, counted from bit 7; then four bits follow.
    let segment = 31 - magnitude.leading_zeros() - 7;
    let mantissa = magnitude >> (segment + 3) & 0x0f;
    !(sign | (segment << 4) as u8 | mantissa as u8)
}

/// The sample of a µ-law byte.
pub fn from_ulaw(byte: u8) -> i16 {
    let byte = !byte;
    let segment = byte >> 4 & 7;
    let magnitude = (((i32::from(byte & 0x0f) << 3) + BIAS) << segment) - BIAS;
    (if byte & 0x80 == 0 {
        magnitude
    } else {
        -magnitude
    }) as i16
}

/// One sample in A-law.
pub fn to_alaw(sample: i16) -> u8 {
    // Bit 7 is set for positive samples; every second bit is turned over.
    let (sign, magnitude) = match sample {
        0.. => (0x80, i32::from(sample)),
        _ => (0, -i32::from(sample) - 1),
    };
    let magnitude = magnitude >> 4;
    // Segments 0 and 1 have steps of equal size.
    let segment = 28 - magnitude.max(8).leading_zeros();
    let mantissa = magnitude >> segment.max(1).saturating_sub(1) & 0x0f;
    (sign | (segment << 4) as u8 | mantissa as u8) ^ 0x55
}

/// The sample of an A-law byte.
pub fn from_alaw(byte: u8) -> i16 {
    let byte = byte ^ 0x55;
    let (segment, mantissa) = (byte >> 4 & 7, i32::from(byte & 0x0f));
    // The middle of the step.
    let magnitude = match segment {
        0 => (mantissa << 4) + 8,
        _ => ((mantissa << 4) + 0x108) << (segment - 1),
    };
    (if byte & 0x80 == 0 {
        -magnitude
    } else {
        magnitude
    }) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_samples_have_their_bytes() {
        // ITU-T G.711 tables 1 and 2: silence, the smallest step, the loudest samples.
        for (sample, ulaw, alaw) in [
            (0, 0xff, 0xd5),
            (8, 0xfe, 0xd5),
            (-8, 0x7e, 0x55),
            (32_767, 0x80, 0xaa),
            (-32_768, 0x00, 0x2a),
            (1_000, 0xce, 0xfa),
        ] {
            assert_eq!(to_ulaw(sample), ulaw, "{sample} µ-law");
            assert_eq!(to_alaw(sample), alaw, "{sample} A-law");
        }
    }

    #[test]
    fn every_byte_becomes_its_sample_and_back() {
        for byte in 0..=255 {
            // µ-law has two zeros.
            if byte != 0x7f {
                assert_eq!(to_ulaw(from_ulaw(byte)), byte, "µ-law {byte}");
            }
            assert_eq!(to_alaw(from_alaw(byte)), byte, "A-law {byte}");
        }
    }

    #[test]
    fn a_sample_comes_back_within_a_step() {
        for sample in (-32_000..=32_000).step_by(7) {
            // A step is a sixteenth of its segment, and a segment twice the one before.
            let step = 16 + i32::from(sample).abs() / 16;
            for back in [from_ulaw(to_ulaw(sample)), from_alaw(to_alaw(sample))] {
                let off = i32::from(back) - i32::from(sample);
                assert!(off.abs() <= step, "{sample} came back as {back}");
            }
        }
    }
}
