//! The identifiers of a recorder: its serial, its 6-letter verification code, and the text of its
//! QR code. A serial is a name and never a secret; the verification code only opens the claim
//! window.

use std::fmt;
use std::str::FromStr;

use crate::typed;

/// Crockford base-32: no I, L, O, U, so that a person can read it aloud.
const SERIAL_ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Letters of a verification code: all 26, because people expect any letter.
const CODE_ALPHABET: &[u8; 26] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// Symbols after the prefix: 13 × 5 = 65 bits, beyond enumeration.
const SERIAL_SYMBOLS: usize = 13;
const SERIAL_PREFIX: &str = "PV";

/// Why a serial or code was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// Not `PV` and 13 letters or digits.
    #[error("a serial number is PV and 13 letters or digits")]
    Serial,
    /// Not six letters.
    #[error("a verification code is 6 letters")]
    Code,
}

/// The serial number of a recorder, in its canonical form `PV-XXXX-XXXX-XXXXX`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serial(String);

impl Serial {
    /// Makes a new serial from 13 random bytes (5 bits of each are used).
    pub fn from_random(random: [u8; SERIAL_SYMBOLS]) -> Serial {
        let symbols: String = random
            .iter()
            .map(|byte| symbol(SERIAL_ALPHABET, *byte))
            .collect();
        Serial(grouped(&symbols))
    }

    /// The canonical text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Serial {
    type Err = IdentityError;

    /// Accepts any case, spaces and dashes, and O for 0, I and L for 1.
    fn from_str(text: &str) -> Result<Serial, IdentityError> {
        // Nobody types more, and cleaning copies all of it.
        if text.len() > 64 {
            return Err(IdentityError::Serial);
        }
        let cleaned = typed::plain(text).to_ascii_uppercase();
        let symbols = cleaned
            .strip_prefix(SERIAL_PREFIX)
            .ok_or(IdentityError::Serial)?;
        let symbols: String = symbols
            .chars()
            .map(|c| match c {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            })
            .collect();
        let all_known = symbols.bytes().all(|byte| SERIAL_ALPHABET.contains(&byte));
        if symbols.len() != SERIAL_SYMBOLS || !all_known {
            return Err(IdentityError::Serial);
        }
        Ok(Serial(grouped(&symbols)))
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The 6-letter verification code of a recorder. Never printed by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct VerificationCode(String);

impl VerificationCode {
    /// Makes a code from a source of random bytes, rejecting bytes that would favour a letter.
    pub fn from_random(fill: &mut impl FnMut(&mut [u8])) -> VerificationCode {
        // 234 = 9 × 26: the first byte value that would favour a letter.
        let fair = 256 - 256 % CODE_ALPHABET.len();
        let mut letters = String::with_capacity(6);
        while letters.len() < 6 {
            let mut byte = [0_u8; 1];
            fill(&mut byte);
            if usize::from(byte[0]) < fair {
                letters.push(char::from(
                    CODE_ALPHABET[usize::from(byte[0]) % CODE_ALPHABET.len()],
                ));
            }
        }
        VerificationCode(letters)
    }

    /// The six letters, upper case. Only for the terminal, the QR code and the data folder.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl FromStr for VerificationCode {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<VerificationCode, IdentityError> {
        let letters = typed::plain(text).to_ascii_uppercase();
        if text.len() > 64
            || letters.len() != 6
            || !letters.bytes().all(|byte| byte.is_ascii_uppercase())
        {
            return Err(IdentityError::Code);
        }
        Ok(VerificationCode(letters))
    }
}

impl fmt::Debug for VerificationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VerificationCode(hidden)")
    }
}

/// The link in a QR code: it opens *Add device* with serial and code filled in. Both follow the
/// `#`, which browsers never send to a server.
pub fn claim_link(public_url: &str, serial: &Serial, code: &VerificationCode) -> String {
    format!(
        "{}/devices/new#{serial}:{}",
        public_url.trim_end_matches('/'),
        code.reveal()
    )
}

fn symbol(alphabet: &[u8; 32], byte: u8) -> char {
    // 256 is a multiple of 32, so no symbol is more likely than another.
    char::from(alphabet[usize::from(byte % 32)])
}

fn grouped(symbols: &str) -> String {
    format!(
        "{SERIAL_PREFIX}-{}-{}-{}",
        &symbols[..4],
        &symbols[4..8],
        &symbols[8..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_is_read_in_any_usual_spelling() {
        let serial = Serial::from_random([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 31]);

        for typed in [
            "PV-0123-4567-89ABZ",
            "pv0123456789abz",
            " pv-O123-4567-89abz ",
            "PV OL23 4567 89ABZ",
        ] {
            assert_eq!(typed.parse(), Ok(serial.clone()), "{typed}");
        }
    }

    #[test]
    fn an_invalid_serial_is_refused() {
        for typed in [
            "",
            "PV",
            "PV-0123-4567-89AB",
            "PV-0123-4567-89ABZZ",
            "XX-0123-4567-89ABZ",
            "PV-0123-4567-89AB\u{e9}",
            &"P".repeat(70),
        ] {
            assert_eq!(
                typed.parse::<Serial>(),
                Err(IdentityError::Serial),
                "{typed}"
            );
        }
    }

    #[test]
    fn a_code_has_six_letters_in_any_case() {
        assert_eq!(
            "kqXwbd"
                .parse::<VerificationCode>()
                .map(|code| code.reveal().to_owned()),
            Ok("KQXWBD".to_owned())
        );
        for typed in ["", "KQXWB", "KQXWBDA", "KQXWB1", "KQXWB\u{c9}"] {
            assert_eq!(
                typed.parse::<VerificationCode>(),
                Err(IdentityError::Code),
                "{typed}"
            );
        }
    }

    #[test]
    fn a_code_never_shows_in_debug_output() {
        let code: VerificationCode = "KQXWBD".parse().expect("six letters");

        assert!(!format!("{code:?}").contains("KQXWBD"));
    }

    #[test]
    fn the_letters_of_codes_are_evenly_distributed() {
        let mut next = 0_u8;
        let mut counts = [0_u32; 26];
        let mut fill = |bytes: &mut [u8]| {
            for byte in bytes {
                *byte = next;
                next = next.wrapping_add(1);
            }
        };
        // 234 accepted bytes out of 256 make 39 codes: each letter exactly nine times.
        for _ in 0..39 {
            for letter in VerificationCode::from_random(&mut fill).reveal().bytes() {
                counts[usize::from(letter - b'A')] += 1;
            }
        }
        assert_eq!(counts, [9; 26]);
    }
}
