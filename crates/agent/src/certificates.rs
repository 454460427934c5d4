//! Trust on first use for the self-signed certificates of recorders: the first one is stored in the
//! recorder's folder. If the certificate changes, no login is sent until the owner accepts the new one
//! (`peerview agent trust`).

mod file;
mod rule;
mod verifier;

use std::error::Error;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use proto::certificate::RecorderCertificate;
use proto::link::limits::MAX_CERTIFICATES;
use proto::reason::Reason;
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::CryptoProvider;
use rustls::{CertificateError, ClientConfig, RootCertStore};

pub use file::{
    KnownCertificate, RecorderCertificates, accept_refused, accept_shown, forget, list,
};
pub use proto::certificate::CertificateHash;
pub use rule::TrustedCertificate;

use file::CertificateFile;
use verifier::PinVerifier;

/// The certificates of one recorder, in its folder.
#[derive(Clone)]
pub struct CertificatePins {
    file: Arc<CertificateFile>,
    authorities: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl CertificatePins {
    /// Those that are kept in `folder`. A certificate that one of `roots` vouches for needs no pin.
    ///
    /// # Errors
    /// What the folder holds cannot be read. It is not taken for nothing, because then any certificate would do.
    pub fn open(folder: &Path, roots: Arc<RootCertStore>) -> Result<CertificatePins> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let authorities = match roots.is_empty() {
            true => None,
            false => Some(
                WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider))
                    .build()
                    .context("preparing the check of certificates")?,
            ),
        };
        Ok(CertificatePins {
            file: Arc::new(CertificateFile::open(folder)?),
            authorities,
            provider,
        })
    }

    /// What the owner may compare: of each place with its own certificate. Nothing if the file cannot be read,
    /// which connections report.
    pub fn told(&self) -> Vec<RecorderCertificate> {
        let known = self.file.known().unwrap_or_default();
        let told = known.into_iter().map(|place| RecorderCertificate {
            expected: match place.trusted {
                Some(TrustedCertificate::Pinned(hash)) => Some(hash),
                Some(TrustedCertificate::Authority) | None => None,
            },
            refused: place.refused,
        });
        told.filter(|it| *it != RecorderCertificate::default())
            .take(MAX_CERTIFICATES)
            .collect()
    }

    /// What is expected at a place. Whatever ports a device uses or points to, it is one place, so that nobody can
    /// lead the agent to another port where nothing is known yet.
    pub(crate) fn of(&self, place: &str) -> CertificatePin {
        let verifier = PinVerifier::new(
            Arc::clone(&self.file),
            place,
            self.authorities.clone(),
            Arc::clone(&self.provider),
        );
        let tls = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .expect("the provider knows the versions")
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        CertificatePin {
            file: Arc::clone(&self.file),
            place: place.to_owned(),
            tls: Arc::new(tls),
        }
    }
}

impl fmt::Debug for CertificatePins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CertificatePins").finish_non_exhaustive()
    }
}

/// What is expected at one place.
#[derive(Clone)]
pub struct CertificatePin {
    file: Arc<CertificateFile>,
    place: String,
    tls: Arc<ClientConfig>,
}

impl CertificatePin {
    /// Settings for TLS connections to the place. A handshake with another certificate fails before anything is sent.
    pub(crate) fn tls(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.tls)
    }

    /// The port of HTTPS to which the device has redirected. From then on no request is sent over HTTP.
    pub(crate) fn https_port(&self) -> Option<u16> {
        self.file.https_port(&self.place)
    }

    /// Keeps the port for the next start.
    pub(crate) fn remember_https(&self, port: u16) {
        self.file.remember_https(&self.place, port);
    }
}

impl fmt::Debug for CertificatePin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CertificatePin").field(&self.place).finish()
    }
}

/// What an error of a TLS connection says about the certificate, if it is about that.
pub(crate) fn reason(error: &(dyn Error + 'static)) -> Option<Reason> {
    let mut causes = std::iter::successors(Some(error), |cause| inside(*cause));
    match causes.find_map(|cause| cause.downcast_ref::<rustls::Error>())? {
        // The verifier's own words; see there.
        rustls::Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure) => {
            Some(Reason::CertificateChanged)
        }
        rustls::Error::InvalidCertificate(_) => Some(Reason::Certificate),
        _ => None,
    }
}

/// The next cause. An I/O error passes over the error inside it, and reqwest puts one into another.
fn inside<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref)
    {
        Some(inside) => Some(inside),
        None => error.source(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_found_however_deep_its_error_is() {
        let changed = CertificateError::ApplicationVerificationFailure;
        for (certificate, expected) in [
            (changed, Reason::CertificateChanged),
            (CertificateError::BadEncoding, Reason::Certificate),
        ] {
            let tls = rustls::Error::InvalidCertificate(certificate);
            let once = io::Error::new(io::ErrorKind::InvalidData, tls);
            let twice = io::Error::other(once);

            assert_eq!(reason(&twice), Some(expected));
        }
        assert_eq!(reason(&io::Error::other("a cable")), None);
    }
}
