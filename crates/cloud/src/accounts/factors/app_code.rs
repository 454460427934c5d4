//! Codes of an authenticator app: TOTP as every app speaks it (RFC 6238 with SHA-1, six digits,
//! 30 seconds). Pure: the time is an argument.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use subtle::{ConditionallySelectable, ConstantTimeEq};
use url::Url;
use zeroize::Zeroizing;

/// Seconds of one time step (RFC 6238 §5.2).
pub const STEP_SECONDS: i64 = 30;
/// Digits that an app shows as a code.
pub const DIGITS: usize = 6;
/// Length of SHA-1's output, which RFC 4226 §4 R6 recommends; it requires 128 bits.
pub const KEY_BYTES: usize = 20;
/// Time steps by which the clocks of app and server may differ, either way (RFC 6238 §5.2).
const DRIFT: i64 = 1;

/// The secret that an app and the server share.
#[derive(Clone)]
pub struct Key(Zeroizing<[u8; KEY_BYTES]>);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(hidden)")
    }
}

impl Key {
    /// A key of these random bytes.
    pub fn new(bytes: [u8; KEY_BYTES]) -> Key {
        Key(Zeroizing::new(bytes))
    }

    /// The key that was stored as these bytes.
    pub fn from_slice(bytes: &[u8]) -> Option<Key> {
        Some(Key::new(bytes.try_into().ok()?))
    }

    /// The bytes of the key, for sealing.
    pub fn bytes(&self) -> &[u8] {
        &*self.0
    }

    /// The code of a time step.
    pub fn code(&self, step: i64) -> Zeroizing<String> {
        Zeroizing::new(format!("{:0DIGITS$}", self.number(step) % 1_000_000))
    }

    /// The time step whose code was typed. Each candidate is compared, so the time taken tells nothing. Zero, a
    /// step that nobody can use, when none fits.
    pub fn step_of(&self, typed: &str, now: i64) -> i64 {
        let current = now.div_euclid(STEP_SECONDS);
        let mut found = 0;
        for step in current - DRIFT..=current + DRIFT {
            let is_it = self.code(step).as_bytes().ct_eq(typed.as_bytes());
            found.conditional_assign(&step, is_it);
        }
        found
    }

    /// The key as people type it into an app.
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE32_NOPAD.encode(&*self.0))
    }

    /// Text of the QR code, in the Key URI format that apps share.
    pub fn uri(&self, issuer: &str, account: &str) -> Zeroizing<String> {
        let mut uri = Url::parse("otpauth://totp/").expect("a constant URL");
        uri.set_path(&format!("{issuer}:{account}"));
        uri.query_pairs_mut()
            .append_pair("secret", &self.text())
            .append_pair("issuer", issuer)
            .append_pair("algorithm", "SHA1")
            .append_pair("digits", &DIGITS.to_string())
            .append_pair("period", &STEP_SECONDS.to_string());
        // A form writes a space as `+`, which apps would show as a plus sign.
        Zeroizing::new(String::from(uri).replace('+', "%20"))
    }

    /// Dynamic truncation (RFC 4226 §5.3): 31 bits of the MAC, from the offset in its last four bits.
    fn number(&self, step: i64) -> u32 {
        let mut mac =
            Hmac::<Sha1>::new_from_slice(&*self.0).expect("HMAC takes keys of any length");
        mac.update(&step.to_be_bytes());
        let mac = mac.finalize().into_bytes();
        let at = usize::from(mac[19] & 0xf);
        // Without the top bit, signed and unsigned arithmetic give the same code.
        u32::from_be_bytes([mac[at] & 0x7f, mac[at + 1], mac[at + 2], mac[at + 3]])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        Key::new(*b"12345678901234567890")
    }

    #[test]
    fn codes_match_the_rfc_6238_test_vectors() {
        for (now, code) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            assert_eq!(key().number(now / STEP_SECONDS) % 100_000_000, code);
        }
        assert_eq!(*key().code(1_111_111_109 / STEP_SECONDS), "081804");
    }

    #[test]
    fn a_clock_may_be_off_by_at_most_one_step() {
        let now = 1_111_111_110;
        let step = now / STEP_SECONDS;

        for (off, expected) in [(-2, 0), (-1, step - 1), (0, step), (1, step + 1), (2, 0)] {
            assert_eq!(key().step_of(&key().code(step + off), now), expected);
        }
    }

    #[test]
    fn a_malformed_code_matches_no_time_step() {
        for typed in ["", "94287", "9428708", "94287082", "-00001", "９４２８７０"] {
            assert_eq!(key().step_of(typed, 59), 0, "{typed}");
        }
    }

    #[test]
    fn special_characters_in_names_are_escaped_in_the_otpauth_uri() {
        let uri = key().uri("Peerview cloud.example.org", "a&b=c?d#e");

        assert_eq!(
            *uri,
            "otpauth://totp/Peerview%20cloud.example.org:a&b=c%3Fd%23e\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Peerview%20cloud.example.org\
             &algorithm=SHA1&digits=6&period=30"
        );
    }

    #[test]
    fn a_key_never_shows_in_debug() {
        assert_eq!(format!("{:?}", key()), "Key(hidden)");
    }
}
