//! The private key for DKIM signatures: RSA, which every receiver verifies, or Ed25519.

use std::path::Path;

use anyhow::{Context, bail, ensure};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{self, KeySize};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use data_encoding::BASE64;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use sha2::{Digest, Sha256};

/// Shortest RSA key, in bytes: receivers do not trust shorter ones (RFC 8301 §3.2).
const SHORTEST_RSA: usize = 2048 / 8;
/// Characters of one line of a PEM file.
const PEM_LINE: usize = 64;

/// Kind of a DKIM key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DkimKeyKind {
    /// RSA with 2048 bits, which every receiver verifies.
    Rsa,
    /// Ed25519; not every receiver supports it yet.
    Ed25519,
}

/// A private key; its `Debug` output shows only the kind.
pub enum DkimKey {
    /// Signs as `rsa-sha256` (RFC 6376 §3.3.2).
    Rsa(Box<RsaKeyPair>),
    /// Signs as `ed25519-sha256` (RFC 8463 §3).
    Ed25519(Box<Ed25519KeyPair>),
}

impl std::fmt::Debug for DkimKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({}, hidden)", self.algorithm())
    }
}

impl DkimKey {
    /// Makes a key from the system's randomness.
    pub fn generate(kind: DkimKeyKind) -> anyhow::Result<DkimKey> {
        Ok(match kind {
            DkimKeyKind::Rsa => DkimKey::Rsa(Box::new(
                RsaKeyPair::generate(KeySize::Rsa2048).context("making an RSA key")?,
            )),
            DkimKeyKind::Ed25519 => DkimKey::Ed25519(Box::new(
                Ed25519KeyPair::generate().context("making an Ed25519 key")?,
            )),
        })
    }

    /// Reads a PEM file with a PKCS#8 key.
    pub fn read(path: &Path) -> anyhow::Result<DkimKey> {
        let pem = std::fs::read(path)?;
        let der = PrivatePkcs8KeyDer::from_pem_slice(&pem)
            .context("it contains no PKCS#8 private key (-----BEGIN PRIVATE KEY-----)")?;
        DkimKey::from_pkcs8(der.secret_pkcs8_der())
    }

    fn from_pkcs8(der: &[u8]) -> anyhow::Result<DkimKey> {
        // Maybe unchecked, because OpenSSL writes Ed25519 keys without their public half.
        if let Ok(key) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der) {
            return Ok(DkimKey::Ed25519(Box::new(key)));
        }
        let Ok(key) = RsaKeyPair::from_pkcs8(der) else {
            bail!("it is neither an RSA nor an Ed25519 key")
        };
        ensure!(
            key.public_modulus_len() >= SHORTEST_RSA,
            "an RSA key must have at least 2048 bits"
        );
        Ok(DkimKey::Rsa(Box::new(key)))
    }

    /// The key of a test vector.
    #[cfg(test)]
    pub(super) fn from_ed25519_seed(seed: &[u8]) -> DkimKey {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).expect("a seed of 32 bytes");
        DkimKey::Ed25519(Box::new(pair))
    }

    /// The key in PEM format.
    pub fn to_pem(&self) -> anyhow::Result<String> {
        let der: Pkcs8V1Der<'static> = match self {
            DkimKey::Rsa(key) => key.as_der(),
            DkimKey::Ed25519(key) => key.as_der(),
        }
        .context("writing the key")?;
        let base64 = BASE64.encode(der.as_ref());
        let lines: Vec<&str> = (0..base64.len())
            .step_by(PEM_LINE)
            .map(|at| &base64[at..base64.len().min(at + PEM_LINE)])
            .collect();
        Ok(format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            lines.join("\n")
        ))
    }

    /// The value of the `a=` tag.
    pub(super) fn algorithm(&self) -> &'static str {
        match self {
            DkimKey::Rsa(_) => "rsa-sha256",
            DkimKey::Ed25519(_) => "ed25519-sha256",
        }
    }

    /// The text of the DNS record (RFC 6376 §3.6.1, RFC 8463 §4).
    pub fn dns_text(&self) -> anyhow::Result<String> {
        Ok(match self {
            DkimKey::Rsa(key) => {
                let public: &rsa::PublicKey = key.public_key();
                let der: PublicKeyX509Der<'_> =
                    public.as_der().context("writing the public key")?;
                format!("v=DKIM1; k=rsa; p={}", BASE64.encode(der.as_ref()))
            }
            DkimKey::Ed25519(key) => {
                let public = BASE64.encode(key.public_key().as_ref());
                format!("v=DKIM1; k=ed25519; p={public}")
            }
        })
    }

    /// Signs; with Ed25519 the hash is signed (RFC 8463 §3).
    pub(super) fn sign(&self, input: &[u8]) -> anyhow::Result<Vec<u8>> {
        match self {
            DkimKey::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    input,
                    &mut signature,
                )
                .context("signing with RSA")?;
                Ok(signature)
            }
            DkimKey::Ed25519(key) => Ok(key.sign(&Sha256::digest(input)).as_ref().to_vec()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_its_file() {
        for kind in [DkimKeyKind::Rsa, DkimKeyKind::Ed25519] {
            let key = DkimKey::generate(kind).unwrap();
            let pem = key.to_pem().unwrap();
            let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).unwrap();

            let again = DkimKey::from_pkcs8(der.secret_pkcs8_der()).unwrap();

            assert_eq!(again.dns_text().unwrap(), key.dns_text().unwrap());
        }
    }

    #[test]
    fn the_key_never_shows_in_debug() {
        let key = DkimKey::generate(DkimKeyKind::Ed25519).unwrap();

        assert_eq!(format!("{key:?}"), "Key(ed25519-sha256, hidden)");
    }

    #[test]
    fn an_invalid_key_is_refused() {
        let ecdsa = rcgen::KeyPair::generate().unwrap().serialize_der();

        assert!(DkimKey::from_pkcs8(&ecdsa).is_err());
        assert!(DkimKey::from_pkcs8(b"nonsense").is_err());
    }
}
