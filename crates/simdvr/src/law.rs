//! Converts G.711 between A-law and µ-law (ITU-T G.711), for cameras that take A-law and record µ-law.

/// Added to a sample before its segment is looked up in µ-law.
const BIAS: i32 = 0x84;
/// The loudest sample of µ-law.
const LOUDEST: i32 = 32_635;

/// The nearest sample of µ-law.
pub(crate) fn ulaw_of(alaw: u8) -> u8 {
    let sample = sample_of(alaw);
    let magnitude = sample.abs().min(LOUDEST) + BIAS;
    let segment = 24 - magnitude.leading_zeros() as i32;
    let step = magnitude >> (segment + 3) & 0x0f;
    let sign = if sample < 0 { 0x80 } else { 0 };
    !(sign | segment << 4 | step) as u8
}

fn sample_of(alaw: u8) -> i32 {
    // Every other bit is sent inverted.
    let bits = i32::from(alaw ^ 0x55);
    let (segment, step) = (bits >> 4 & 7, bits & 0x0f);
    let magnitude = match segment {
        0 => (step << 4) + 8,
        _ => ((step << 4) + 0x108) << (segment - 1),
    };
    if bits & 0x80 != 0 {
        magnitude
    } else {
        -magnitude
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_of_alaw_become_the_nearest_of_ulaw() {
        // Silence, the loudest, and some between: as ffmpeg turns them.
        for (alaw, sample) in [(0xd5, 8), (0x55, -8), (0xaa, 32_256), (0x2a, -32_256)] {
            assert_eq!(sample_of(alaw), sample);
        }
        assert_eq!(ulaw_of(0xd5), 0xfe);
        assert_eq!(ulaw_of(0x55), 0x7e);
        assert_eq!(ulaw_of(0xaa), 0x80);
        assert_eq!(ulaw_of(0x2a), 0x00);
    }
}
