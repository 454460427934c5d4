//! One connection from the first byte to the last answer.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tower::ServiceExt;

use super::gates::{Newcomer, Place};
use super::patient::Patient;
use super::tls::Outcome;
use super::{Shared, limits};
use crate::audit::{Event, What};
use crate::web::guard::Client;

/// Serves a connection until it ends or the cloud stops.
pub(super) async fn serve(shared: Arc<Shared>, stream: TcpStream, peer: SocketAddr, place: Place) {
    let Place {
        _connection,
        newcomer,
    } = place;
    // Answers are written whole: waiting for more to send with them only costs time.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%peer, %error, "a connection was gone at once");
        return;
    }
    let Some(tls) = &shared.tls else {
        return speak(&shared, stream, peer, newcomer).await;
    };
    let shaken = tokio::select! {
        () = shared.stop.cancelled() => return,
        shaken = tokio::time::timeout(shared.limits.handshake, tls.accept(stream)) => shaken,
    };
    match shaken {
        Ok(Ok(Outcome::Visitor(stream))) => speak(&shared, stream, peer, newcomer).await,
        Ok(Ok(Outcome::Challenge)) => tracing::info!(%peer, "an ACME challenge was answered"),
        Ok(Err(error)) => {
            tracing::debug!(%peer, %error, "a TLS handshake failed");
            note_failed(&shared, peer, "failed");
        }
        Err(_) => {
            tracing::debug!(%peer, "a TLS handshake took too long");
            note_failed(&shared, peer, "too slow");
        }
    }
}

fn note_failed(shared: &Shared, peer: SocketAddr, why: &str) {
    let event = Event::denied(What::TlsFailed).client(&Client::of(peer.ip()));
    shared.audit.note(event.subject(why));
}

async fn speak<S>(shared: &Shared, stream: S, peer: SocketAddr, newcomer: Newcomer)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let newcomer = Arc::new(Mutex::new(Some(newcomer)));
    let service = shared
        .router
        .clone()
        .map_request(move |mut request: Request<Incoming>| {
            newcomer
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take();
            request.extensions_mut().insert(ConnectInfo(peer));
            request.map(Body::new)
        });
    let stream = TokioIo::new(Patient::new(stream, shared.limits.stalled_write));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(shared.limits.headers)
        .max_buf_size(limits::MAX_HEAD_BYTES)
        .max_headers(limits::MAX_HEADER_LINES)
        .serve_connection(stream, TowerToHyperService::new(service))
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = shared.stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "a connection broke");
    }
}
