//! TLS of a listener: only versions 1.2 and 1.3 with authenticated encryption, and the handshakes
//! with which ACME servers validate a name (RFC 8737).

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

/// TLS settings for one listener.
pub(super) struct Tls {
    ordinary: Arc<ServerConfig>,
    challenge: Arc<ServerConfig>,
    handshakes: Semaphore,
}

/// The purpose of a handshake.
pub(super) enum HandshakeOutcome {
    /// A client that requests pages, or speaks TURN.
    Visitor(Box<TlsStream<TcpStream>>),
    /// An ACME server that has completed its validation.
    Challenge,
}

/// TURN, as its clients name it in the handshake (RFC 7443 §3).
pub(super) const TURN_PROTOCOL: &[u8] = b"stun.turn";
/// Pages.
pub(super) const HTTP2_PROTOCOL: &[u8] = b"h2";
/// Pages of older clients, and WebSockets.
pub(super) const HTTP1_PROTOCOL: &[u8] = b"http/1.1";

impl Tls {
    pub(super) fn new(certificates: Arc<Certificates>, limits: &ConnectionLimits) -> Tls {
        let challenges = Arc::new(Challenges(certificates.clone()));
        Tls {
            ordinary: Arc::new(server_config(
                certificates,
                &[HTTP2_PROTOCOL, HTTP1_PROTOCOL],
            )),
            challenge: Arc::new(server_config(challenges, &[CHALLENGE_PROTOCOL])),
            handshakes: Semaphore::new(limits.handshakes),
        }
    }

    /// Clients may ask for TURN by name.
    pub(super) fn offer_turn(&mut self) {
        let config = Arc::make_mut(&mut self.ordinary);
        config.alpn_protocols.push(TURN_PROTOCOL.to_vec());
    }

    /// Performs the handshake. A permit is held only while this end computes: a client that stays
    /// silent, before the first message or after our answer, blocks nobody else.
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
        // The protocol carries no data after the handshake (RFC 8737 §4).
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

/// All rustls suites have forward secrecy and authenticated encryption. Tickets instead of a
/// session store: nothing is kept for clients that have left.
fn server_config(resolver: Arc<dyn ResolvesServerCert>, protocols: &[&[u8]]) -> ServerConfig {
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    config.session_storage = Arc::new(NoServerSessionStorage {});
    match rustls::crypto::aws_lc_rs::Ticketer::new() {
        Ok(ticketer) => config.ticketer = ticketer,
        // Clients then do a full handshake each time, which costs only time.
        Err(error) => tracing::warn!(%error, "TLS sessions cannot be resumed"),
    }
    config
}
