//! The rule about certificates of recorders. Pure.
//!
//! The pin is the SHA-256 of the whole certificate, not of its key: it is the number that browsers, the recorder's
//! own pages and `openssl` show, so that a person can compare it, and nothing of a stranger's certificate has to be
//! parsed first. A recorder that renews its certificate with the same key is asked about once more; they live for
//! ten years and longer.

use std::fmt;

use data_encoding::HEXUPPER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// SHA-256 of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CertificateHash([u8; 32]);

impl CertificateHash {
    /// Of a certificate in DER.
    pub fn of(certificate: &[u8]) -> CertificateHash {
        CertificateHash(Sha256::digest(certificate).into())
    }
}

/// As browsers and `openssl x509 -fingerprint -sha256` write it.
impl fmt::Display for CertificateHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            let colon = if at == 0 { "" } else { ":" };
            write!(f, "{colon}{byte:02X}")?;
        }
        Ok(())
    }
}

impl From<CertificateHash> for String {
    fn from(hash: CertificateHash) -> String {
        hash.to_string()
    }
}

impl TryFrom<String> for CertificateHash {
    type Error = &'static str;

    fn try_from(text: String) -> Result<CertificateHash, &'static str> {
        let digits = text.replace(':', "");
        let bytes = HEXUPPER.decode(digits.as_bytes()).ok();
        let hash = bytes.and_then(|bytes| bytes.try_into().ok());
        hash.map(CertificateHash)
            .ok_or("not the SHA-256 of a certificate")
    }
}

/// Why a recorder's certificate is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrustedCertificate {
    /// An authority that this machine trusts vouches for the recorder's name. Its certificates may change as often
    /// as they are renewed.
    Authority,
    /// It was the first one that was seen, or the owner accepted it.
    Pinned(CertificateHash),
}

/// What is done about a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PinVerdict {
    /// It is the expected one.
    Expected,
    /// It is the first one, and expected from now on.
    FirstSight(TrustedCertificate),
    /// It is another one than before.
    Changed,
}

/// Judges a certificate. `is_vouched_for`: an authority that this machine trusts vouches for it under the recorder's
/// name. Where one did before, only that will do, or the first certificate of anybody would replace it; where a
/// certificate is pinned, no authority replaces it, because the owner has not said so.
pub(super) fn judge(
    trusted: Option<TrustedCertificate>,
    shown: CertificateHash,
    is_vouched_for: bool,
) -> PinVerdict {
    match trusted {
        None if is_vouched_for => PinVerdict::FirstSight(TrustedCertificate::Authority),
        None => PinVerdict::FirstSight(TrustedCertificate::Pinned(shown)),
        Some(TrustedCertificate::Authority) if is_vouched_for => PinVerdict::Expected,
        Some(TrustedCertificate::Pinned(pinned)) if pinned == shown => PinVerdict::Expected,
        Some(_) => PinVerdict::Changed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_certificate_is_trusted_unseen() {
        let (own, other) = (CertificateHash::of(b"own"), CertificateHash::of(b"other"));
        let pinned = Some(TrustedCertificate::Pinned(own));
        let by_authority = Some(TrustedCertificate::Authority);

        for (trusted, shown, is_vouched_for, verdict) in [
            (
                None,
                own,
                false,
                PinVerdict::FirstSight(TrustedCertificate::Pinned(own)),
            ),
            (
                None,
                own,
                true,
                PinVerdict::FirstSight(TrustedCertificate::Authority),
            ),
            (pinned, own, false, PinVerdict::Expected),
            (pinned, other, false, PinVerdict::Changed),
            (pinned, other, true, PinVerdict::Changed),
            (by_authority, other, true, PinVerdict::Expected),
            (by_authority, own, false, PinVerdict::Changed),
        ] {
            assert_eq!(judge(trusted, shown, is_vouched_for), verdict);
        }
    }

    #[test]
    fn a_hash_is_written_as_browsers_write_it() {
        let hash = CertificateHash::of(b"abc");
        let text = String::from(hash);

        // FIPS 180-2, appendix B.1.
        assert!(text.starts_with("BA:78:16:BF:8F:01:CF:EA"), "{text}");
        assert_eq!(CertificateHash::try_from(text), Ok(hash));
        for text in ["", "BA:78", "no hash", "ba"] {
            assert!(CertificateHash::try_from(text.to_owned()).is_err());
        }
    }
}
