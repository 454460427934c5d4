//! Recovery codes: ten of 80 bits each, for the day the phone is gone. Pure; hashing is in
//! [`crate::hasher::Hasher`].

use zeroize::Zeroizing;

use super::base32::{self, CROCKFORD_BASE32};
use crate::random::Random;

/// Number of codes in a set.
pub const CODES: usize = 10;
/// Random bytes of one code: 80 bits, where NIST SP 800-63B-4 §4.2.1.1 asks for 64.
const CODE_BYTES: usize = 10;
/// Characters of one code in base32.
pub const CHARACTERS: usize = CODE_BYTES * 8 / 5;

/// A new set of codes, in the form that is hashed.
pub fn new_set(random: Random) -> Vec<Zeroizing<String>> {
    let code = || {
        let bytes = Zeroizing::new(random.bytes::<CODE_BYTES>());
        Zeroizing::new(CROCKFORD_BASE32.encode(&*bytes))
    };
    (0..CODES).map(|_| code()).collect()
}

/// Typed text in the form that is hashed; `None` when it cannot be a code.
pub fn parse(typed: &str) -> Option<Zeroizing<String>> {
    let plain = Zeroizing::new(proto::typed::plain(typed));
    let bytes = Zeroizing::new(CROCKFORD_BASE32.decode(plain.as_bytes()).ok()?);
    // Encoded again, because `o`, `O` and `0` are one code and must have one hash.
    (bytes.len() == CODE_BYTES).then(|| Zeroizing::new(CROCKFORD_BASE32.encode(&bytes)))
}

/// A code as people read it.
pub fn shown(code: &str) -> Zeroizing<String> {
    base32::grouped(code, "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_ten_different_codes_of_eighty_bits() {
        let mut codes: Vec<String> = new_set(Random)
            .iter()
            .map(|code| code.to_string())
            .collect();
        codes.sort();
        codes.dedup();

        assert_eq!(codes.len(), CODES);
        assert!(codes.iter().all(|code| code.len() == CHARACTERS));
    }

    #[test]
    fn a_recovery_code_is_accepted_in_any_usual_spelling() {
        let code = "0123ABCDEF45XYZ1";

        assert_eq!(*shown(code), "0123-ABCD-EF45-XYZ1");
        for typed in [
            "0123-ABCD-EF45-XYZ1",
            " 0123 abcd ef45 xyz1\n",
            "o123abcdef45xyzl",
            "O123ABCDEF45XYZI",
            "０１２３–ABCD–EF45–XYZ1",
        ] {
            assert_eq!(
                parse(typed).as_deref().map(String::as_str),
                Some(code),
                "{typed}"
            );
        }
    }

    #[test]
    fn malformed_recovery_codes_are_rejected() {
        for typed in [
            "",
            "123456",
            "0123ABCDEF45XYZ",
            "0123ABCDEF45XYZ12",
            "U123ABCDEF45XYZ1",
            "0123ABCDEF45XYZ\0",
        ] {
            assert!(parse(typed).is_none(), "{typed:?}");
        }
        assert!(parse(&"A".repeat(60_000)).is_none());
    }
}
