//! TLS with a self-signed certificate, as recorders have; it can be changed while the recorder runs.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::either::Either;

/// A client that says nothing is let go after this time.
const HANDSHAKE: Duration = Duration::from_secs(5);

/// A connection in either form.
pub(crate) type SimStream = Either<TcpStream, Box<TlsStream<TcpStream>>>;

/// The TCP connection below.
pub(crate) fn tcp(stream: &SimStream) -> &TcpStream {
    match stream {
        Either::Left(stream) => stream,
        Either::Right(stream) => stream.get_ref().0,
    }
}

/// The certificate of a recorder with its key.
pub(crate) struct TlsIdentity(Mutex<TlsAcceptor>);

impl TlsIdentity {
    pub(crate) fn new() -> anyhow::Result<TlsIdentity> {
        Ok(TlsIdentity(Mutex::new(acceptor()?)))
    }

    /// Makes another certificate with another key.
    pub(crate) fn change(&self) -> anyhow::Result<()> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = acceptor()?;
        Ok(())
    }

    /// Shakes hands with a client.
    pub(crate) async fn accept(&self, stream: TcpStream) -> io::Result<SimStream> {
        let acceptor = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let accepted = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await;
        let stream = accepted.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        Ok(Either::Right(Box::new(stream)))
    }
}

impl std::fmt::Debug for TlsIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TlsIdentity").finish_non_exhaustive()
    }
}

fn acceptor() -> anyhow::Result<TlsAcceptor> {
    // As a recorder's: a name that no client asks for.
    let names = vec!["dvr.invalid".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).context("making a certificate")?;
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .context("preparing TLS")?
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .context("loading the certificate")?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
