//! G.722 (ITU-T G.722) at 64 kbit/s: two bands of 8 kHz, each of adaptive differences. The names are
//! those of the Recommendation's blocks.

const WL: [i32; 8] = [-60, -30, 58, 172, 334, 538, 1198, 3042];
const RL42: [usize; 16] = [0, 7, 6, 5, 4, 3, 2, 1, 7, 6, 5, 4, 3, 2, 1, 0];
const ILB: [i32; 32] = [
    2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834,
    2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
];
const WH: [i32; 4] = [798, -214, 798, -214];
const QM2: [i32; 4] = [-7408, -1616, 7408, 1616];
const QM4: [i32; 16] = [
    0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584,
    1200, 0,
];
const QM6: [i32; 64] = [
    -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232,
    -9360, -8576, -7856, -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776,
    -2400, -2032, -1688, -1360, -1040, -728, 24808, 21904, 19008, 16704, 14984, 13512, 12280,
    11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456, 4944, 4464, 4008, 3576, 3168, 2776,
    2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136,
];
/// Coefficients of the filter that joins the bands.
const QMF: [i32; 12] = [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11];

/// A decoder.
#[derive(Debug)]
pub(crate) struct G722Decoder {
    low: Band,
    high: Band,
    /// Sums and differences of the bands, newest last.
    x: [i32; 24],
}

/// The adaptive predictor of one band.
#[derive(Debug)]
struct Band {
    /// What it predicts, whole and by zeros.
    s: i32,
    sz: i32,
    r: [i32; 2],
    p: [i32; 2],
    a: [i32; 2],
    d: [i32; 6],
    b: [i32; 6],
    nb: i32,
    det: i32,
}

impl G722Decoder {
    pub(crate) fn new() -> G722Decoder {
        G722Decoder {
            low: Band::new(32),
            high: Band::new(8),
            x: [0; 24],
        }
    }

    /// Decodes bytes to two samples each, at 16 kHz.
    pub(crate) fn decode(&mut self, bytes: &[u8], samples: &mut Vec<f32>) {
        for byte in bytes {
            let (low, high) = (usize::from(byte & 0x3f), usize::from(byte >> 6));
            let low = self.low_sample(low);
            let high = self.high_sample(high);
            self.x.copy_within(2.., 0);
            self.x[22..].copy_from_slice(&[low + high, low - high]);
            let pairs = self.x.chunks_exact(2);
            let even: i32 = pairs.clone().zip(QMF).map(|(pair, c)| pair[0] * c).sum();
            let odd: i32 = pairs
                .zip(QMF.iter().rev())
                .map(|(pair, c)| pair[1] * c)
                .sum();
            samples.extend([odd, even].map(|sum| saturated(sum >> 11) as f32 / 32_768.0));
        }
    }

    fn low_sample(&mut self, code: usize) -> i32 {
        let band = &mut self.low;
        let reconstructed = band.s + ((band.det * QM6[code]) >> 15);
        let code = code >> 2;
        let difference = (band.det * QM4[code]) >> 15;
        band.rescale(WL[RL42[code]], 18_432, 8);
        band.predict(difference);
        reconstructed.clamp(-16_384, 16_383)
    }

    fn high_sample(&mut self, code: usize) -> i32 {
        let band = &mut self.high;
        let difference = (band.det * QM2[code]) >> 15;
        let reconstructed = band.s + difference;
        band.rescale(WH[code], 22_528, 10);
        band.predict(difference);
        reconstructed.clamp(-16_384, 16_383)
    }
}

impl Band {
    fn new(det: i32) -> Band {
        Band {
            s: 0,
            sz: 0,
            r: [0; 2],
            p: [0; 2],
            a: [0; 2],
            d: [0; 6],
            b: [0; 6],
            nb: 0,
            det,
        }
    }

    /// LOGSCL and SCALEL, LOGSCH and SCALEH.
    fn rescale(&mut self, weight: i32, most: i32, shift: i32) {
        self.nb = (((self.nb * 127) >> 7) + weight).clamp(0, most);
        let base = ILB[(self.nb >> 6 & 31) as usize];
        let shift = shift - (self.nb >> 11);
        let scale = if shift < 0 {
            base << -shift
        } else {
            base >> shift
        };
        self.det = scale << 2;
    }

    /// Takes a quantized difference and predicts the next sample.
    fn predict(&mut self, difference: i32) {
        let r = saturated(self.s + difference);
        let p = saturated(self.sz + difference);
        self.adapt_poles(p);
        self.adapt_zeros(difference);
        self.r = [r, self.r[0]];
        self.p = [p, self.p[0]];
        self.d.rotate_right(1);
        self.d[0] = difference;
        let product = |coefficient: i32, past: i32| (coefficient * saturated(2 * past)) >> 15;
        let poles: i32 = std::iter::zip(self.a, self.r)
            .map(|(a, r)| product(a, r))
            .sum();
        let zeros: i32 = std::iter::zip(self.b, self.d)
            .map(|(b, d)| product(b, d))
            .sum();
        self.sz = saturated(zeros);
        self.s = saturated(saturated(poles) + self.sz);
    }

    /// UPPOL2, UPPOL1.
    fn adapt_poles(&mut self, p: i32) {
        let is_like = |past: i32| (p < 0) == (past < 0);
        let first = saturated(self.a[0] << 2);
        let first = if is_like(self.p[0]) { -first } else { first }.min(32_767);
        let sign = if is_like(self.p[1]) { 128 } else { -128 };
        let second = sign + (first >> 7) + ((self.a[1] * 32_512) >> 15);
        let second = second.clamp(-12_288, 12_288);
        let step = if is_like(self.p[0]) { 192 } else { -192 };
        let most = saturated(15_360 - second);
        let first = saturated(step + ((self.a[0] * 32_640) >> 15));
        self.a = [first.clamp(-most, most), second];
    }

    /// UPZERO.
    fn adapt_zeros(&mut self, difference: i32) {
        for (b, past) in std::iter::zip(&mut self.b, self.d) {
            let step = match difference {
                0 => 0,
                _ if (difference < 0) == (past < 0) => 128,
                _ => -128,
            };
            *b = saturated(step + ((*b * 32_640) >> 15));
        }
    }
}

fn saturated(value: i32) -> i32 {
    value.clamp(-32_768, 32_767)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::samples_of;

    #[test]
    fn a_tone_decodes_as_it_does_in_ffmpeg() {
        let mut samples = Vec::new();

        G722Decoder::new().decode(include_bytes!("../testdata/g722.bin"), &mut samples);

        let expected = samples_of(include_bytes!("../testdata/g722.s16"));
        assert_eq!(samples.len(), expected.len());
        let differing = std::iter::zip(&samples, &expected).position(|(a, b)| a != b);
        assert_eq!(differing, None);
    }
}
