//! The recorder key DK (Ed25519) and the proof that an agent gives on every connect: a signature
//! over the cloud's nonce, under a domain string, with every field length-prefixed.

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use crate::identity::Serial;

// A signature made for registering is worth nothing in any other place.
const REGISTER_DOMAIN: &[u8] = b"peerview/register/v1";
/// Scheme word of the `authorization` field.
const SCHEME: &str = "Peerview ";
/// A proof is four short fields; anything longer is not one.
const MAX_PROOF_BYTES: usize = 1024;

/// The secret half of a recorder's key; made once, kept in the agent's data folder only.
pub struct RecorderKey(SigningKey);

impl RecorderKey {
    /// Creates the key from 32 random bytes, or from the stored ones.
    pub fn from_bytes(bytes: [u8; 32]) -> RecorderKey {
        RecorderKey(SigningKey::from_bytes(&bytes))
    }

    /// The 32 bytes to store. Keep them at mode 0600.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs a challenge of the cloud, for the `authorization` of a register request.
    pub fn prove(&self, serial: &Serial, nonce: &str, host: &str, unix_seconds: u64) -> String {
        let fields = Fields {
            serial: serial.as_str(),
            key: &self.public().to_text(),
            nonce,
            host,
            time: unix_seconds,
        };
        let signature = self.0.sign(&fields.to_signed_bytes());
        let proof = RegisterProof {
            serial: serial.to_string(),
            key: self.public().to_text(),
            time: unix_seconds,
            signature: BASE64URL_NOPAD.encode(&signature.to_bytes()),
        };
        let json = serde_json::to_vec(&proof).expect("strings and a number always serialize");
        format!("{SCHEME}{}", BASE64URL_NOPAD.encode(&json))
    }
}

impl std::fmt::Debug for RecorderKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecorderKey(hidden)")
    }
}

/// The public half of a recorder's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// 43 characters of base64url.
    pub fn to_text(&self) -> String {
        BASE64URL_NOPAD.encode(&self.0)
    }

    /// Reads [`PublicKey::to_text`].
    pub fn from_text(text: &str) -> Option<PublicKey> {
        let bytes: [u8; 32] = BASE64URL_NOPAD
            .decode(text.as_bytes())
            .ok()?
            .try_into()
            .ok()?;
        // Not all 32 bytes are a point of the curve.
        VerifyingKey::from_bytes(&bytes).ok()?;
        Some(PublicKey(bytes))
    }
}

/// The contents of `authorization`: serial, key, time and signature. Nonce and host are not
/// repeated: the cloud knows which it sent on this socket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterProof {
    serial: String,
    key: String,
    time: u64,
    signature: String,
}

/// A valid proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenKey {
    /// The recorder that proved its key.
    pub serial: Serial,
    /// The key that was proven.
    pub key: PublicKey,
    /// The agent's clock, Unix seconds; a warning at most, since agents may have no clock.
    pub agent_time: u64,
}

/// Why a proof is invalid. All reasons get the same answer: 401.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the recorder did not prove its key")]
pub struct NotProven;

impl RegisterProof {
    /// Checks an `authorization` field against the nonce and host that were sent on this socket.
    pub fn check(authorization: &str, nonce: &str, host: &str) -> Result<ProvenKey, NotProven> {
        let encoded = authorization.strip_prefix(SCHEME).ok_or(NotProven)?;
        if encoded.len() > MAX_PROOF_BYTES {
            return Err(NotProven);
        }
        let json = BASE64URL_NOPAD
            .decode(encoded.as_bytes())
            .map_err(|_| NotProven)?;
        let proof: RegisterProof = serde_json::from_slice(&json).map_err(|_| NotProven)?;
        let serial: Serial = proof.serial.parse().map_err(|_| NotProven)?;
        let key = PublicKey::from_text(&proof.key).ok_or(NotProven)?;
        let signature: [u8; 64] = BASE64URL_NOPAD
            .decode(proof.signature.as_bytes())
            .map_err(|_| NotProven)?
            .try_into()
            .map_err(|_| NotProven)?;
        let fields = Fields {
            serial: &proof.serial,
            key: &proof.key,
            nonce,
            host,
            time: proof.time,
        };
        // Strict: under a key of small order, one signature would fit nearly every message.
        VerifyingKey::from_bytes(&key.0)
            .and_then(|public| {
                public.verify_strict(
                    &fields.to_signed_bytes(),
                    &Signature::from_bytes(&signature),
                )
            })
            .map_err(|_| NotProven)?;
        Ok(ProvenKey {
            serial,
            key,
            agent_time: proof.time,
        })
    }
}

struct Fields<'a> {
    serial: &'a str,
    key: &'a str,
    nonce: &'a str,
    host: &'a str,
    time: u64,
}

impl Fields<'_> {
    fn to_signed_bytes(&self) -> Vec<u8> {
        let time = self.time.to_be_bytes();
        let parts: [&[u8]; 6] = [
            REGISTER_DOMAIN,
            self.serial.as_bytes(),
            self.key.as_bytes(),
            self.nonce.as_bytes(),
            self.host.as_bytes(),
            &time,
        ];
        let mut bytes = Vec::new();
        // Without lengths, bytes could move from one field to the next under the same signature.
        for part in parts {
            let length = u32::try_from(part.len()).expect("fields are bounded far below 4 GiB");
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(part);
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key_and_serial() -> (RecorderKey, Serial) {
        (
            RecorderKey::from_bytes([7; 32]),
            Serial::from_random([3; 13]),
        )
    }

    #[test]
    fn a_signed_nonce_proves_the_recorder_key() {
        let (key, serial) = key_and_serial();

        let authorization = key.prove(&serial, "nonce", "cloud.example.org", 1_700_000_000);

        let proven = RegisterProof::check(&authorization, "nonce", "cloud.example.org");
        assert_eq!(
            proven,
            Ok(ProvenKey {
                serial,
                key: key.public(),
                agent_time: 1_700_000_000
            })
        );
    }

    #[test]
    fn a_proof_is_valid_for_its_nonce_and_host_only() {
        let (key, serial) = key_and_serial();
        let authorization = key.prove(&serial, "nonce", "cloud.example.org", 0);

        assert_eq!(
            RegisterProof::check(&authorization, "other", "cloud.example.org"),
            Err(NotProven)
        );
        assert_eq!(
            RegisterProof::check(&authorization, "nonce", "evil.example.org"),
            Err(NotProven)
        );
    }

    #[test]
    fn any_changed_byte_invalidates_a_proof() {
        let (key, serial) = key_and_serial();
        let authorization = key.prove(&serial, "nonce", "host", 0);

        for position in SCHEME.len()..authorization.len() {
            let mut bytes = authorization.clone().into_bytes();
            bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).expect("ASCII");
            assert_eq!(
                RegisterProof::check(&changed, "nonce", "host"),
                Err(NotProven),
                "at {position}"
            );
        }
    }

    #[test]
    fn an_invalid_proof_is_refused() {
        for text in [
            "",
            "Bearer x",
            "Peerview ",
            "Peerview !!!",
            "Peerview e30",
            &format!("Peerview {}", "A".repeat(5000)),
        ] {
            assert_eq!(
                RegisterProof::check(text, "nonce", "host"),
                Err(NotProven),
                "{text}"
            );
        }
    }

    #[test]
    fn a_secret_key_never_shows_in_debug_output() {
        assert_eq!(
            format!("{:?}", RecorderKey::from_bytes([7; 32])),
            "RecorderKey(hidden)"
        );
    }
}
