//! A certificate authority of the test's own, and clients that trust it.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cloud::clock::Clock;
use cloud::config::Config;
use cloud::random::Random;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// An authority; its folder goes with it.
pub(crate) struct Authority {
    issuer: rcgen::Issuer<'static, rcgen::KeyPair>,
    pub(crate) root_pem: String,
    pub(crate) folder: PathBuf,
}

impl Authority {
    pub(crate) fn new() -> Authority {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        params.key_usages = vec![rcgen::KeyUsagePurpose::KeyCertSign];
        let name = format!("Authority {}", Random.id());
        let kind = rcgen::DnType::CommonName;
        params.distinguished_name.push(kind, name);
        let root_pem = params.self_signed(&key).unwrap().pem();
        let folder = std::env::temp_dir().join(format!("authority-{}", Random.id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("root.pem"), &root_pem).unwrap();
        Authority {
            issuer: rcgen::Issuer::new(params, key),
            root_pem,
            folder,
        }
    }

    /// Where the root stands.
    pub(crate) fn root_file(&self) -> PathBuf {
        self.folder.join("root.pem")
    }

    /// Writes a fresh certificate for this machine to `certificate.pem` and `key.pem`.
    pub(crate) fn issue(&self) -> (PathBuf, PathBuf) {
        self.issue_for(&["localhost", "127.0.0.1", "::1"], -1..20)
    }

    /// The same for other names, between the first days of two years, counted from this one.
    pub(crate) fn issue_for(&self, names: &[&str], years: Range<i32>) -> (PathBuf, PathBuf) {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let mut params = rcgen::CertificateParams::new(names).unwrap();
        let now = jiff::Timestamp::from_second(Clock::System.now()).unwrap();
        let this_year = i32::from(jiff::tz::Offset::UTC.to_datetime(now).year());
        params.not_before = rcgen::date_time_ymd(this_year + years.start, 1, 1);
        params.not_after = rcgen::date_time_ymd(this_year + years.end, 1, 1);
        params.is_ca = rcgen::IsCa::ExplicitNoCa;
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let files = (
            self.folder.join("certificate.pem"),
            self.folder.join("key.pem"),
        );
        std::fs::write(&files.0, certificate.pem()).unwrap();
        std::fs::write(&files.1, key.serialize_pem()).unwrap();
        files
    }

    /// Settings of a cloud that shows such a certificate.
    pub(crate) fn set(&self, config: &mut Config) {
        let (certificate, key) = self.issue();
        config.tls.certificate_file = certificate;
        config.tls.key_file = key;
    }

    /// A client that trusts this authority alone.
    pub(crate) fn https_client(&self) -> reqwest::Client {
        let root = reqwest::Certificate::from_pem(self.root_pem.as_bytes()).unwrap();
        reqwest::Client::builder()
            .tls_certs_only([root])
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap()
    }

    /// Shakes hands with what listens there; the stream knows the certificate it was shown.
    pub(crate) async fn connect(&self, addr: std::net::SocketAddr) -> TlsStream<TcpStream> {
        connect(&self.root_file(), addr, "localhost").await.unwrap()
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

/// Shakes hands, trusting the authority in a file.
pub(crate) async fn connect(
    root: &Path,
    addr: std::net::SocketAddr,
    name: &str,
) -> std::io::Result<TlsStream<TcpStream>> {
    connect_naming(root, addr, name, &[]).await
}

/// The same, naming protocols that the client speaks.
pub(crate) async fn connect_naming(
    root: &Path,
    addr: std::net::SocketAddr,
    name: &str,
    protocols: &[&[u8]],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(root).unwrap() {
        roots.add(certificate.unwrap()).unwrap();
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    let stream = TcpStream::connect(addr).await?;
    TlsConnector::from(Arc::new(config))
        .connect(ServerName::try_from(name.to_owned()).unwrap(), stream)
        .await
}

/// The certificate that the other end showed.
pub(crate) fn shown(stream: &TlsStream<TcpStream>) -> Vec<u8> {
    stream.get_ref().1.peer_certificates().unwrap()[0].to_vec()
}
