//! Applies the pinning rule during the TLS handshake, so that nothing is sent to a server that it refuses.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};

use super::CertificateHash;
use super::file::CertificateFile;
use super::rule::{PinVerdict, TrustedCertificate, judge};

/// Checks the certificates at one place.
pub(super) struct PinVerifier {
    file: Arc<CertificateFile>,
    place: String,
    authorities: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
    /// A first certificate whose key has not been proven yet. The last one of several connections counts.
    unproven: Mutex<Option<(CertificateHash, TrustedCertificate)>>,
}

impl PinVerifier {
    pub(super) fn new(
        file: Arc<CertificateFile>,
        place: &str,
        authorities: Option<Arc<WebPkiServerVerifier>>,
        provider: Arc<CryptoProvider>,
    ) -> PinVerifier {
        PinVerifier {
            file,
            place: place.to_owned(),
            authorities,
            provider,
            unproven: Mutex::default(),
        }
    }

    fn trusted(&self) -> Result<Option<TrustedCertificate>, Error> {
        self.file
            .trusted(&self.place)
            .map_err(|error| self.unusable(&error))
    }

    /// Without the file nobody can be recognized.
    fn unusable(&self, error: &anyhow::Error) -> Error {
        tracing::warn!(recorder.place = self.place, "certificates: {error:#}");
        Error::InvalidCertificate(CertificateError::UnknownIssuer)
    }

    fn changed(&self, shown: CertificateHash) -> Error {
        match self.file.refuse(&self.place, shown) {
            Ok(true) => tracing::warn!(
                recorder.place = self.place,
                certificate = %shown,
                "the recorder shows another certificate than before and gets no login; if it was \
                 replaced or reset, accept the new one with `peerview agent trust {}`",
                self.file.folder()
            ),
            Ok(false) => {}
            Err(error) => tracing::warn!(recorder.place = self.place, "certificates: {error:#}"),
        }
        // `super::reason` knows it by this.
        Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure)
    }

    fn unproven(&self) -> MutexGuard<'_, Option<(CertificateHash, TrustedCertificate)>> {
        self.unproven.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who shows the certificate has its key: from now on it is expected. This writes once in the life of a
    /// recorder.
    fn proven(&self, certificate: &CertificateDer<'_>) -> Result<(), Error> {
        let shown = CertificateHash::of(certificate);
        // Held until it is written, so that of two first certificates one is refused.
        let mut unproven = self.unproven();
        match (self.trusted()?, *unproven) {
            // An authority's was checked with the chain, which is not here.
            (Some(TrustedCertificate::Authority), _) => Ok(()),
            (Some(TrustedCertificate::Pinned(pinned)), _) if pinned == shown => Ok(()),
            (None, Some((first, trusted))) if first == shown => {
                let stored = self.file.trust(&self.place, trusted);
                stored.map_err(|error| self.unusable(&error))?;
                *unproven = None;
                tracing::info!(
                    recorder.place = self.place,
                    certificate = %shown,
                    "the recorder's certificate is trusted from now on"
                );
                Ok(())
            }
            _ => Err(self.changed(shown)),
        }
    }
}

impl ServerCertVerifier for PinVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let is_vouched_for = self.authorities.as_ref().is_some_and(|authorities| {
            authorities
                .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
                .is_ok()
        });
        let shown = CertificateHash::of(end_entity);
        match judge(self.trusted()?, shown, is_vouched_for) {
            PinVerdict::Expected => {}
            PinVerdict::FirstSight(trusted) => *self.unproven() = Some((shown, trusted)),
            PinVerdict::Changed => return Err(self.changed(shown)),
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        let valid = verify_tls12_signature(message, certificate, signature, algorithms)?;
        self.proven(certificate)?;
        Ok(valid)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        let valid = verify_tls13_signature(message, certificate, signature, algorithms)?;
        self.proven(certificate)?;
        Ok(valid)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

impl fmt::Debug for PinVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PinVerifier").field(&self.place).finish()
    }
}
