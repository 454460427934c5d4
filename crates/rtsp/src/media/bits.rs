//! Bits of NAL units and of AAC's configurations, read without ever going past the end, and the
//! hexadecimal text that such configurations come in.

use super::limits::MAX_GOLOMB_PREFIX;

/// Reads bits, the highest of each byte first.
#[derive(Debug, Clone)]
pub(super) struct BitReader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Bits of `bytes[at]` that were read.
    n_read: u32,
    /// Zero bytes before `at`, if emulation prevention bytes are to be left out.
    n_zeros: Option<u32>,
}

impl<'a> BitReader<'a> {
    /// Reads all bytes.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        BitReader {
            bytes,
            at: 0,
            n_read: 0,
            n_zeros: None,
        }
    }

    /// Leaves out emulation prevention bytes (H.264 §7.4.1, H.265 §7.4.2).
    pub(super) fn of_nal(bytes: &'a [u8]) -> Self {
        BitReader {
            n_zeros: Some(0),
            ..BitReader::new(bytes)
        }
    }

    pub(super) fn bit(&mut self) -> Option<bool> {
        let byte = *self.bytes.get(self.at)?;
        let bit = byte >> (7 - self.n_read) & 1 == 1;
        self.n_read += 1;
        if self.n_read == 8 {
            self.n_read = 0;
            self.at += 1;
            self.skip_emulation(byte);
        }
        Some(bit)
    }

    fn skip_emulation(&mut self, byte: u8) {
        let Some(n_zeros) = &mut self.n_zeros else {
            return;
        };
        *n_zeros = if byte == 0 { *n_zeros + 1 } else { 0 };
        if *n_zeros >= 2 && self.bytes.get(self.at) == Some(&3) {
            self.at += 1;
            *n_zeros = 0;
        }
    }

    /// Up to 32 bits as a number.
    pub(super) fn bits(&mut self, n: u32) -> Option<u32> {
        let mut value = 0;
        for _ in 0..n {
            value = value << 1 | u32::from(self.bit()?);
        }
        Some(value)
    }

    pub(super) fn skip(&mut self, n: u32) -> Option<()> {
        (0..n).try_for_each(|_| self.bit().map(|_| ()))
    }

    /// An unsigned exp-Golomb code.
    pub(super) fn ue(&mut self) -> Option<u32> {
        let mut n_zeros = 0;
        while !self.bit()? {
            n_zeros += 1;
            if n_zeros > MAX_GOLOMB_PREFIX {
                return None;
            }
        }
        let rest = u64::from(self.bits(n_zeros)?);
        u32::try_from((1_u64 << n_zeros) - 1 + rest).ok()
    }

    /// A signed exp-Golomb code.
    pub(super) fn se(&mut self) -> Option<i64> {
        let code = i64::from(self.ue()?);
        Some(if code % 2 == 1 {
            (code + 1) / 2
        } else {
            -code / 2
        })
    }

    /// Bits that are left; emulation prevention bytes count.
    pub(super) fn n_left(&self) -> usize {
        let n_bytes = self.bytes.len() - self.at.min(self.bytes.len());
        (n_bytes * 8).saturating_sub(self.n_read as usize)
    }
}

/// Reads hexadecimal digits up to the first that is none.
pub(super) fn from_hex(text: &str, max_bytes: usize) -> Vec<u8> {
    let digits = text.trim().chars().map_while(|c| c.to_digit(16));
    let digits: Vec<u32> = digits.take(2 * max_bytes).collect();
    let pairs = digits.chunks_exact(2);
    pairs.map(|pair| (pair[0] << 4 | pair[1]) as u8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn careless_hex_is_read() {
        assert_eq!(from_hex(" 1408\r", 64), [0x14, 8]);
        assert_eq!(from_hex("140", 64), [0x14]);
    }

    #[test]
    fn golomb_codes_are_read() {
        // 1, 010, 011, 00100, 00101: 0, 1, 2, 3, 4.
        let mut bits = BitReader::new(&[0b1010_0110, 0b0100_0010, 0b1000_0000]);

        assert_eq!([(); 5].map(|()| bits.ue()), [0, 1, 2, 3, 4].map(Some));
    }

    #[test]
    fn signed_golomb_codes_alternate() {
        let mut bits = BitReader::new(&[0b1010_0110, 0b0100_0010, 0b1000_0000]);

        assert_eq!([(); 5].map(|()| bits.se()), [0, 1, -1, 2, -2].map(Some));
    }

    #[test]
    fn emulation_prevention_bytes_are_left_out() {
        let mut bits = BitReader::of_nal(&[0, 0, 3, 1, 0, 0, 3]);

        assert_eq!(bits.bits(24), Some(1));
        assert_eq!(bits.bits(16), Some(0));
        assert_eq!(bits.bit(), None);
    }

    #[test]
    fn endless_prefixes_and_ends_are_refused() {
        assert_eq!(BitReader::new(&[0; 8]).ue(), None);
        assert_eq!(BitReader::new(&[0, 0]).ue(), None);
        assert_eq!(BitReader::new(&[1]).bits(9), None);
    }
}
