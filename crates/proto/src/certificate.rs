//! Self-signed certificates of recorders: what an agent reports about one, for its owner to compare.

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

/// What an agent knows about the certificate at one place of its recorder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecorderCertificate {
    /// The one that is expected: the first that was seen, or that the owner accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<CertificateHash>,
    /// The one that was shown last instead, and got no login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<CertificateHash>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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

    #[test]
    fn a_certificate_is_reported_only_as_hashes() {
        let hash = CertificateHash::of(b"abc");
        let told = RecorderCertificate {
            expected: Some(hash),
            refused: None,
        };

        let text = serde_json::to_value(told).expect("strings");

        assert_eq!(text, json!({"expected": hash.to_string()}));
        let read = |value| serde_json::from_value::<RecorderCertificate>(value).ok();
        assert_eq!(read(text), Some(told));
        assert_eq!(read(json!({})), Some(RecorderCertificate::default()));
        assert_eq!(read(json!({"refused": "<script>"})), None);
    }
}
