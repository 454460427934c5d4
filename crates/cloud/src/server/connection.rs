//! One connection from the first byte to the last answer.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tower::ServiceExt;

use super::patient::Patient;
use super::tls::HandshakeOutcome;
use super::turn::{TurnStream, is_plain_turn, is_turn_in_tls};
use super::{ListenerContext, limits};
use crate::audit::{Action, Event};
use crate::connections::Seat;
use crate::visitor::Client;

/// Serves a connection until it ends, the cloud stops, or another connection takes its place.
pub(super) async fn serve(
    shared: Arc<ListenerContext>,
    stream: TcpStream,
    peer: SocketAddr,
    seat: Seat,
) {
    // Answers are written whole, so waiting for more data would only cost time.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%peer, %error, "a connection was closed at once");
        return;
    }
    let lost = seat.clone();
    let turn = tokio::select! {
        () = lost.lost() => {
            tracing::debug!(%peer, "an idle connection was closed to make room");
            None
        }
        turn = serve_seated(&shared, stream, peer, seat) => turn,
    };
    // The relay counts its clients itself, so their seats are free again.
    drop(lost);
    if let (Some(stream), Some(relay)) = (turn, &shared.turn) {
        tokio::select! {
            () = shared.stop.cancelled() => {}
            () = relay.serve(stream, peer) => {}
        }
    }
}

/// Serves pages; returns the stream of a client that speaks TURN.
async fn serve_seated(
    shared: &ListenerContext,
    stream: TcpStream,
    peer: SocketAddr,
    seat: Seat,
) -> Option<TurnStream> {
    let Some(tls) = &shared.tls else {
        if is_plain_turn(shared, &stream).await? {
            return Some(TurnStream::Left(stream));
        }
        speak(shared, stream, peer, seat).await;
        return None;
    };
    let shaken = tokio::select! {
        () = shared.stop.cancelled() => return None,
        shaken = tokio::time::timeout(shared.limits.handshake, tls.accept(stream)) => shaken,
    };
    match shaken {
        Ok(Ok(HandshakeOutcome::Visitor(mut stream))) => {
            if is_turn_in_tls(shared, &mut stream).await? {
                return Some(TurnStream::Right(stream));
            }
            speak(shared, stream, peer, seat).await;
        }
        Ok(Ok(HandshakeOutcome::Challenge)) => {
            tracing::info!(%peer, "an ACME challenge was answered")
        }
        Ok(Err(error)) => {
            tracing::debug!(%peer, %error, "a TLS handshake failed");
            note_failed(shared, peer, "failed");
        }
        Err(_) => {
            tracing::debug!(%peer, "a TLS handshake took too long");
            note_failed(shared, peer, "too slow");
        }
    }
    None
}

fn note_failed(shared: &ListenerContext, peer: SocketAddr, why: &str) {
    let event = Event::denied(Action::TlsFailed).client(&Client::of(peer.ip()));
    shared.audit.note(event.subject(why));
}

async fn speak<S>(shared: &ListenerContext, stream: S, peer: SocketAddr, seat: Seat)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let router = &shared.router;
    let service = service_fn(|request: Request<Incoming>| {
        let (router, seat) = (router.clone(), seat.clone());
        async move {
            // While a request is being answered its connection is not idle and gives way to nobody.
            let _busy = seat.begins();
            if head_bytes(&request) > limits::MAX_HEAD_BYTES {
                return Ok::<_, Infallible>(too_long());
            }
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            request.extensions_mut().insert(seat.clone());
            router.oneshot(request).await
        }
    });
    let stream = TokioIo::new(Patient::new(stream, shared.limits.stalled_write));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(shared.limits.headers)
        .max_buf_size(limits::MAX_HEAD_BYTES + limits::READ_BYTES)
        .max_headers(limits::MAX_HEADER_LINES)
        .serve_connection(stream, service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = shared.stop.cancelled() => {
            // The current request is still answered; keep-alive ends.
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "a connection broke");
    }
}

/// Length of the request line and the header lines, each written once in plain form.
fn head_bytes(request: &Request<Incoming>) -> usize {
    const LINE_END: usize = 2;
    let line =
        request.method().as_str().len() + request.uri().to_string().len() + "  HTTP/1.1".len();
    let headers = request.headers().iter();
    let headers: usize = headers
        .map(|(name, value)| name.as_str().len() + ": ".len() + value.len() + LINE_END)
        .sum();
    line + LINE_END + headers + LINE_END
}

fn too_long() -> Response {
    let mut answer = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE.into_response();
    let close = HeaderValue::from_static("close");
    answer.headers_mut().insert(header::CONNECTION, close);
    answer
}
