//! The one source of randomness: the operating system's generator.

use data_encoding::BASE64URL_NOPAD;

/// Draws from the operating system; there is no other source and no seed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Random;

impl Random {
    /// Fills `bytes` with random ones.
    pub fn fill(self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("a machine that can run a server has a random generator");
    }

    /// An array of `N` random bytes.
    pub fn bytes<const N: usize>(self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A 256-bit token in 43 characters that fit a cookie or URL.
    pub fn token(self) -> String {
        BASE64URL_NOPAD.encode(&self.bytes::<32>())
    }

    /// A 128-bit identifier in 22 characters.
    pub fn id(self) -> String {
        BASE64URL_NOPAD.encode(&self.bytes::<16>())
    }

    /// Uniform over all of `u32`.
    pub fn u32(self) -> u32 {
        u32::from_le_bytes(self.bytes())
    }
}
