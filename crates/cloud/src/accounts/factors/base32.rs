//! Five bits a character, for secrets that people read and type.

use std::sync::LazyLock;

use data_encoding::{Encoding, Specification};
use zeroize::Zeroizing;

/// Crockford's alphabet: no letter that looks like a digit.
pub const CROCKFORD: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Base32 in [`CROCKFORD`]'s alphabet; small letters and those that look like a digit are read too.
pub(super) static CROCKFORD_BASE32: LazyLock<Encoding> = LazyLock::new(|| {
    let mut base32 = Specification::new();
    base32.symbols.push_str(CROCKFORD);
    base32
        .translate
        .from
        .push_str("abcdefghjkmnpqrstvwxyzOoIiLl");
    base32.translate.to.push_str("ABCDEFGHJKMNPQRSTVWXYZ001111");
    base32
        .encoding()
        .expect("32 symbols, and each is read once")
});

/// Splits a text into groups of four, which are easier to read.
pub fn grouped(text: &str, between: &str) -> Zeroizing<String> {
    let mut groups = Zeroizing::new(String::with_capacity(text.len() * 2));
    for (at, character) in text.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            groups.push_str(between);
        }
        groups.push(character);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crockford_base32_is_encoded_and_decoded() {
        assert_eq!(CROCKFORD_BASE32.encode(b"\0\0\0\0\0"), "00000000");
        assert_eq!(CROCKFORD_BASE32.encode(&[0xff; 5]), "ZZZZZZZZ");
        let read = CROCKFORD_BASE32.decode(b"zzzzZZZZoOiIlL01");

        assert_eq!(
            read.unwrap(),
            CROCKFORD_BASE32.decode(b"ZZZZZZZZ00111101").unwrap()
        );
    }

    #[test]
    fn groups_have_four_characters() {
        assert_eq!(*grouped("ABCDEFGHI", " "), "ABCD EFGH I");
        assert_eq!(*grouped("ABCD", "-"), "ABCD");
    }
}
