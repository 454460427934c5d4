//! TLS of a listener: versions 1.2 and 1.3 with authenticated encryption only, and the handshakes
//! that ACME servers make to check a name (RFC 8737).

use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::Poll;

use rustls::ServerConfig;
use rustls::server::{Acceptor, NoServerSessionStorage, ResolvesServerCert};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

use super::{ConnectionLimits, limits};
use crate::certificates::{CHALLENGE_PROTOCOL, Certificates, Challenges};

/// How handshakes of one listener are made.
pub(super) struct Tls {
    ordinary: Arc<ServerConfig>,
    challenge: Arc<ServerConfig>,
    handshakes: Semaphore,
}

/// What a handshake was for.
pub(super) enum HandshakeOutcome {
    /// Somebody who wants pages.
    Visitor(Box<TlsStream<TcpStream>>),
    /// An ACME server, which has seen what it came for.
    Challenge,
}

impl Tls {
    pub(super) fn new(certificates: Arc<Certificates>, limits: &ConnectionLimits) -> Tls {
        let challenges = Arc::new(Challenges(certificates.clone()));
        Tls {
            ordinary: Arc::new(server_config(certificates, b"http/1.1")),
            challenge: Arc::new(server_config(challenges, CHALLENGE_PROTOCOL)),
            handshakes: Semaphore::new(limits.handshakes),
        }
    }

    /// Shakes hands. A permit is held only while this end computes: whoever is silent, before the
    /// first message or after our answer to it, keeps nobody else from being served.
    pub(super) async fn accept(&self, stream: TcpStream) -> io::Result<HandshakeOutcome> {
        let start = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
        let is_challenge = start
            .client_hello()
            .alpn()
            .is_some_and(|mut protocols| protocols.any(|name| name == CHALLENGE_PROTOCOL));
        let config = if is_challenge {
            self.challenge.clone()
        } else {
            self.ordinary.clone()
        };
        let permit = self.handshakes.acquire().await.map_err(io::Error::other)?;
        let mut shaking = std::pin::pin!(start.into_stream(config));
        let answered = poll_fn(|cx| Poll::Ready(shaking.as_mut().poll(cx))).await;
        drop(permit);
        let mut stream = match answered {
            Poll::Ready(shaken) => shaken?,
            Poll::Pending => shaking.await?,
        };
        if is_challenge {
            return Ok(HandshakeOutcome::Challenge);
        }
        stream
            .get_mut()
            .1
            .set_buffer_limit(Some(limits::TLS_BUFFER_BYTES));
        Ok(HandshakeOutcome::Visitor(Box::new(stream)))
    }
}

/// rustls has no suites but those with forward secrecy and authenticated encryption. Tickets instead
/// of a session store: nothing is kept for who has left.
fn server_config(resolver: Arc<dyn ResolvesServerCert>, protocol: &[u8]) -> ServerConfig {
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    config.alpn_protocols = vec![protocol.to_vec()];
    config.session_storage = Arc::new(NoServerSessionStorage {});
    match rustls::crypto::aws_lc_rs::Ticketer::new() {
        Ok(ticketer) => config.ticketer = ticketer,
        Err(error) => tracing::warn!(%error, "TLS sessions cannot be resumed"),
    }
    config
}
