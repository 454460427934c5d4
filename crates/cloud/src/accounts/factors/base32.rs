//! Five bits a character, for secrets that people read and type.

use zeroize::Zeroizing;

/// RFC 4648 §6: what code apps read.
pub const APP: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Crockford's: no letter that looks like a digit.
pub const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The characters of `bytes`, whose bits must be a multiple of five.
pub fn encode(bytes: &[u8], alphabet: &[u8; 32]) -> Zeroizing<String> {
    debug_assert_eq!(bytes.len() % 5, 0);
    let bit = |at: usize| usize::from(bytes[at / 8] >> (7 - at % 8) & 1);
    let characters = (0..bytes.len() * 8).step_by(5).map(|start| {
        let value = (start..start + 5).fold(0, |value, at| value << 1 | bit(at));
        char::from(alphabet[value])
    });
    Zeroizing::new(characters.collect())
}

/// The same in groups of four, as it is easier to read.
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
    fn the_vectors_of_rfc_4648_hold() {
        assert_eq!(*encode(b"fooba", APP), "MZXW6YTB");
        assert_eq!(*encode(b"\0\0\0\0\0", CROCKFORD), "00000000");
        assert_eq!(*encode(&[0xff; 5], CROCKFORD), "ZZZZZZZZ");
    }

    #[test]
    fn groups_have_four_characters() {
        assert_eq!(*grouped("ABCDEFGHI", " "), "ABCD EFGH I");
        assert_eq!(*grouped("ABCD", "-"), "ABCD");
    }
}
