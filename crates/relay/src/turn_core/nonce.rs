//! Stateless nonces: the expiry and a keyed hash of it with the client's address, so that a flood
//! of forged Allocates cannot fill a table.

use std::net::SocketAddr;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::super::limits::NONCE_LIFETIME_S;

const EXPIRY_BYTES: usize = 8;
// 64 bits are enough: a guessed nonce proves no password, and every byte is in each 401.
const TAG_BYTES: usize = 8;

/// Creates and verifies nonces with a key that exists as long as the process.
pub(super) struct NonceMint {
    key: Zeroizing<[u8; 32]>,
}

impl NonceMint {
    pub(super) fn new(key: [u8; 32]) -> Self {
        Self {
            key: Zeroizing::new(key),
        }
    }

    /// Creates the nonce of a client, as short as allowed: 32 hex digits.
    pub(super) fn issue(&self, client: SocketAddr, now_unix: u64) -> String {
        // No nonce cookie (RFC 8489 §9.2): it would announce features that are not offered.
        let expiry = now_unix.saturating_add(NONCE_LIFETIME_S).to_be_bytes();
        let tag = self.tag(client, expiry);
        let mut text = String::with_capacity(2 * (EXPIRY_BYTES + TAG_BYTES));
        for byte in expiry.iter().chain(&tag) {
            text.push(char::from(HEX[usize::from(byte >> 4)]));
            text.push(char::from(HEX[usize::from(byte & 15)]));
        }
        text
    }

    /// Says whether this client was given this nonce and the nonce is still fresh.
    pub(super) fn is_fresh(&self, nonce: &str, client: SocketAddr, now_unix: u64) -> bool {
        let Some(bytes) = from_hex(nonce) else {
            return false;
        };
        let (expiry, tag) = bytes.split_at(EXPIRY_BYTES);
        let expiry: [u8; EXPIRY_BYTES] = expiry.try_into().expect("split at that length");
        let is_ours: bool = self.tag(client, expiry).ct_eq(tag).into();
        is_ours && now_unix < u64::from_be_bytes(expiry)
    }

    fn tag(&self, client: SocketAddr, expiry: [u8; EXPIRY_BYTES]) -> [u8; TAG_BYTES] {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(self.key.as_slice()).expect("HMAC takes every key");
        mac.update(&expiry);
        match client.ip() {
            std::net::IpAddr::V4(ip) => mac.update(&ip.octets()),
            std::net::IpAddr::V6(ip) => mac.update(&ip.octets()),
        }
        mac.update(&client.port().to_be_bytes());
        let full = mac.finalize().into_bytes();
        full[..TAG_BYTES]
            .try_into()
            .expect("SHA-256 is longer than the tag")
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";

fn from_hex(text: &str) -> Option<[u8; EXPIRY_BYTES + TAG_BYTES]> {
    let mut bytes = [0; EXPIRY_BYTES + TAG_BYTES];
    if text.len() != 2 * bytes.len() {
        return None;
    }
    let digit = |c: u8| HEX.iter().position(|&h| h == c);
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::try_from(digit(pair[0])? << 4 | digit(pair[1])?).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_valid_for_its_client_and_lifetime() {
        let mint = NonceMint::new([1; 32]);
        let client: SocketAddr = "203.0.113.9:5000".parse().unwrap();
        let nonce = mint.issue(client, 1_000);

        assert!(mint.is_fresh(&nonce, client, 1_000 + NONCE_LIFETIME_S - 1));
        assert!(!mint.is_fresh(&nonce, client, 1_000 + NONCE_LIFETIME_S));
        assert!(!mint.is_fresh(&nonce, "203.0.113.9:5001".parse().unwrap(), 1_000));
        assert!(!NonceMint::new([2; 32]).is_fresh(&nonce, client, 1_000));
    }

    #[test]
    fn forged_nonces_are_stale() {
        let mint = NonceMint::new([1; 32]);
        let client: SocketAddr = "[2a00::1]:5000".parse().unwrap();
        let nonce = mint.issue(client, 1_000);

        for wrong in [
            String::new(),
            nonce.to_uppercase(),
            nonce[1..].to_owned(),
            nonce.replace('0', "f"),
            "ü".repeat(16),
            "g".repeat(32),
        ] {
            assert!(!mint.is_fresh(&wrong, client, 1_000), "{wrong}");
        }
    }
}
