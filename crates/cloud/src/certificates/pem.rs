//! Reads certificates and keys, and their validity.

use anyhow::{Context, ensure};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use x509_parser::prelude::{FromDer, X509Certificate};

/// Validity of a certificate, in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Validity {
    /// notBefore of X.509 (RFC 5280 §4.1.2.5).
    pub(crate) from: i64,
    /// notAfter of X.509 (RFC 5280 §4.1.2.5).
    pub(crate) until: i64,
}

impl Validity {
    /// Reads it from the first certificate of a chain.
    pub(crate) fn of(certificate: &CertificateDer<'_>) -> anyhow::Result<Validity> {
        let (_, parsed) =
            X509Certificate::from_der(certificate).context("reading a certificate")?;
        Ok(Validity {
            from: parsed.validity().not_before.timestamp(),
            until: parsed.validity().not_after.timestamp(),
        })
    }
}

/// A chain with its key from PEM text; the two must match.
pub(super) fn certified_key(chain: &[u8], key: &[u8]) -> anyhow::Result<CertifiedKey> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(chain)
        .collect::<Result<_, _>>()
        .context("reading the certificates")?;
    ensure!(!chain.is_empty(), "it contains no certificate");
    let key = PrivateKeyDer::from_pem_slice(key).context("reading the private key")?;
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    CertifiedKey::from_der(chain, key, &provider)
        .context("the certificate and the private key do not match")
}

/// Validity of the current certificate.
pub(super) fn validity(certificate: &CertifiedKey) -> anyhow::Result<Validity> {
    Validity::of(
        certificate
            .end_entity_cert()
            .context("the certificate chain is empty")?,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> (String, String) {
        let pair = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        (pair.cert.pem(), pair.signing_key.serialize_pem())
    }

    #[test]
    fn a_key_of_another_certificate_is_refused() {
        let (certificate, key) = pair();
        let (_, other) = pair();

        assert!(certified_key(certificate.as_bytes(), key.as_bytes()).is_ok());
        let error = certified_key(certificate.as_bytes(), other.as_bytes()).unwrap_err();
        assert!(error.to_string().contains("do not match"), "{error:#}");
    }

    #[test]
    fn an_invalid_pem_file_is_refused_and_explained() {
        let (certificate, key) = pair();

        for (chain, key) in [
            ("", key.as_str()),
            (certificate.as_str(), ""),
            ("-----BEGIN CERTIFICATE-----\n!", key.as_str()),
        ] {
            assert!(certified_key(chain.as_bytes(), key.as_bytes()).is_err());
        }
    }
}
