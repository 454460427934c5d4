//! The certificate that TLS currently uses, and the answers to pending ACME challenges. A new
//! certificate takes effect with the next handshake; open connections keep theirs.

pub(crate) mod acme;
pub(crate) mod files;
mod limits;
mod pem;
mod store;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::client::verify_server_name;
use rustls::pki_types::ServerName;
use rustls::server::{ClientHello, ParsedCertificate, ResolvesServerCert};
use rustls::sign::CertifiedKey;

pub(crate) use pem::Validity;

/// The protocol name of a validation handshake (RFC 8737 §6.2).
pub(crate) const CHALLENGE_PROTOCOL: &[u8] = b"acme-tls/1";

/// Results of orders at the ACME server; watchers wake after each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Orders {
    /// Orders so far, failed ones included.
    pub n_made: u64,
    /// Error of the last order; empty if it succeeded.
    pub last_error: String,
}

/// What TLS and the plain listener use for their answers.
#[derive(Debug, Default)]
pub(crate) struct Certificates {
    // A plain lock: read in every handshake, written a few times a year, and never held across an await.
    current: RwLock<Option<Arc<CertifiedKey>>>,
    tls_answers: RwLock<BTreeMap<String, Arc<CertifiedKey>>>,
    http_answers: RwLock<BTreeMap<String, String>>,
}

impl Certificates {
    /// Uses this certificate from the next handshake on.
    pub(crate) fn show(&self, certificate: CertifiedKey) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        *current = Some(Arc::new(certificate));
    }

    /// Whether the certificate is for this host, as clients compare it.
    pub(crate) fn are_for(&self, host: &str) -> bool {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        let Some(certificate) = current.as_ref().and_then(|of| of.end_entity_cert().ok()) else {
            return false;
        };
        let parsed = ParsedCertificate::try_from(certificate);
        let name = ServerName::try_from(host);
        matches!((parsed, name), (Ok(parsed), Ok(name)) if verify_server_name(&parsed, &name).is_ok())
    }

    /// The answer to a pending HTTP-01 challenge.
    pub(crate) fn http_answer(&self, token: &str) -> Option<String> {
        let answers = self
            .http_answers
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        answers.get(token).cloned()
    }

    fn answer_over_http(&self, token: String, answer: String) {
        let mut answers = self
            .http_answers
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        answers.insert(token, answer);
    }

    fn answer_over_tls(&self, name: String, certificate: CertifiedKey) {
        let mut answers = self
            .tls_answers
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        answers.insert(name, Arc::new(certificate));
    }

    fn forget_answers(&self) {
        self.tls_answers
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        self.http_answers
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

impl ResolvesServerCert for Certificates {
    // Whatever name was asked for: there is one certificate, and some clients ask for none.
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Resolves the handshakes of ACME servers.
#[derive(Debug)]
pub(crate) struct Challenges(pub(crate) Arc<Certificates>);

impl ResolvesServerCert for Challenges {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let answers = self
            .0
            .tls_answers
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        // Only for the name that is being proven; any other handshake ends here (RFC 8737 §3).
        answers.get(hello.server_name()?).cloned()
    }
}
