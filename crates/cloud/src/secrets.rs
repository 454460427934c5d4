//! The server key: one random file in the data folder, from which every key is derived by purpose. It is
//! never in the database, so a stolen database reveals no code, captcha or mail.

use std::path::Path;

use anyhow::{Context, ensure};
use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::private;
use crate::random::Random;

/// Name of the file with the secret.
pub const FILE: &str = "server.key";
const BYTES: usize = 32;

/// The root of all derived keys.
#[derive(Clone)]
pub struct Secrets(Zeroizing<[u8; BYTES]>);

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(hidden)")
    }
}

impl Secrets {
    /// Reads the secret of this data folder, or makes it on the first start.
    pub fn load_or_make(data_dir: &Path, random: Random) -> anyhow::Result<Secrets> {
        let path = data_dir.join(FILE);
        match std::fs::read(&path) {
            Ok(bytes) => {
                // Never made anew: everything sealed, hashed or counted with the old one would be lost.
                ensure!(
                    bytes.len() == BYTES,
                    "{} is damaged: restore it from a backup",
                    path.display()
                );
                let mut key = Zeroizing::new([0; BYTES]);
                key.copy_from_slice(&bytes);
                Ok(Secrets(key))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let key = Zeroizing::new(random.bytes());
                // On the disk before anything is sealed with it. If two processes start at once, the second fails
                // here and does not replace the key.
                private::write_new(&path, &*key)
                    .with_context(|| format!("writing {}", path.display()))?;
                Ok(Secrets(key))
            }
            Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
        }
    }

    /// A 256-bit value that only this server can derive, for one purpose and its fields. Every field is
    /// length-prefixed, so two different lists of fields never give the same bytes.
    pub fn derive(&self, purpose: &str, fields: &[&[u8]]) -> [u8; 32] {
        // HMAC is a pseudorandom function: one derived value tells nothing about the secret or about
        // another value.
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&*self.0).expect("HMAC takes keys of any length");
        for field in std::iter::once(purpose.as_bytes()).chain(fields.iter().copied()) {
            mac.update(&(field.len() as u64).to_be_bytes());
            mac.update(field);
        }
        mac.finalize().into_bytes().into()
    }

    /// [`Secrets::derive`] as 43 characters that fit a database key or URL.
    pub fn derive_text(&self, purpose: &str, fields: &[&[u8]]) -> String {
        BASE64URL_NOPAD.encode(&self.derive(purpose, fields))
    }

    /// `count` characters of `alphabet`, each uniform (rejection-sampled from derived bytes).
    pub fn derive_characters(
        &self,
        purpose: &str,
        fields: &[&[u8]],
        alphabet: &[u8],
        count: usize,
    ) -> String {
        let size = alphabet.len();
        // Bytes above the last whole multiple of the alphabet would favour its first characters.
        let fair = 256 - 256 % size;
        let mut characters = String::with_capacity(count);
        for block in 0_u32.. {
            let block = block.to_be_bytes();
            // The number of the block is one more field, so any count of characters can be derived.
            let fields: Vec<&[u8]> = fields.iter().copied().chain([block.as_slice()]).collect();
            for byte in self.derive(purpose, &fields) {
                if characters.len() == count {
                    return characters;
                }
                if usize::from(byte) < fair {
                    characters.push(char::from(alphabet[usize::from(byte) % size]));
                }
            }
        }
        characters
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> Secrets {
        Secrets(Zeroizing::new([7; BYTES]))
    }

    #[test]
    fn derived_keys_depend_on_purpose_and_field_boundaries() {
        let one = secrets().derive("a", &[b"bc"]);

        assert_ne!(one, secrets().derive("ab", &[b"c"]));
        assert_ne!(one, secrets().derive("a", &[b"b", b"c"]));
        assert_eq!(one, secrets().derive("a", &[b"bc"]));
    }

    #[test]
    fn derived_digits_are_uniform() {
        let n_codes = 100_000_u32;
        let mut counts = [0_u32; 10];
        for i in 0..n_codes {
            let code = secrets().derive_characters("test", &[&i.to_be_bytes()], b"0123456789", 4);
            for digit in code.bytes() {
                counts[usize::from(digit - b'0')] += 1;
            }
        }

        let expected = f64::from(n_codes) * 4.0 / 10.0;
        let chi_square: f64 = counts
            .iter()
            .map(|n| (f64::from(*n) - expected).powi(2) / expected)
            .sum();

        // 9 degrees of freedom: 27.9 is passed by chance once in a thousand keys, and the key is fixed.
        assert!(chi_square < 27.9, "{counts:?}");
    }
}
