//! The two versions of HTTP on one connection: 1.1, which links and calls need for their WebSockets, and 2 over our
//! own TLS, so that the many small files of a page need one connection (RFC 9113).

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tower::ServiceExt;

use super::patient::Patient;
use super::{ListenerContext, limits};
use crate::connections::Seat;

/// Answers requests of HTTP/1.1 until the connection ends.
pub(super) async fn speak_http1<S>(
    shared: &ListenerContext,
    stream: S,
    peer: SocketAddr,
    seat: Seat,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let router = &shared.router;
    let service = service_fn(|request| answer(router.clone(), request, peer, seat.clone(), None));
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
    note_end(peer, ended);
}

/// Answers requests of HTTP/2 until the connection ends. One that asks nothing for as long as a head may take is
/// told to go; what it was sent before may still arrive.
pub(super) async fn speak_http2<S>(
    shared: &ListenerContext,
    stream: S,
    peer: SocketAddr,
    seat: Seat,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (requests, mut n_requests) = watch::channel(0);
    let router = shared.router.clone();
    let service = service_fn(move |request| {
        let counted = CountedRequest::new(requests.clone());
        answer(router.clone(), request, peer, seat.clone(), Some(counted))
    });
    let stream = TokioIo::new(Patient::new(stream, shared.limits.stalled_write));
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits::MAX_STREAMS)
        .max_header_list_size(limits::MAX_HEAD_BYTES as u32)
        .max_send_buf_size(limits::STREAM_BUFFER_BYTES)
        .initial_stream_window_size(limits::STREAM_BUFFER_BYTES as u32)
        .initial_connection_window_size(4 * limits::STREAM_BUFFER_BYTES as u32)
        .serve_connection(stream, service);
    let mut connection = std::pin::pin!(connection);
    let is_over = async {
        tokio::select! {
            () = shared.stop.cancelled() => {}
            () = until_idle(&mut n_requests, shared.limits.headers) => {}
        }
    };
    let ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        () = is_over => None,
    };
    let Some(ended) = ended else {
        connection.as_mut().graceful_shutdown();
        // Somebody may open the window of an answer by one byte a minute.
        match timeout(shared.limits.last_answers, connection).await {
            Ok(ended) => note_end(peer, ended),
            Err(_) => tracing::debug!(%peer, "a connection took too long to end"),
        }
        return;
    };
    note_end(peer, ended);
}

/// Returns once nothing has been asked for so long.
async fn until_idle(n_requests: &mut watch::Receiver<usize>, patience: Duration) {
    loop {
        let is_idle = *n_requests.borrow_and_update() == 0;
        tokio::select! {
            changed = n_requests.changed() => if changed.is_err() { return },
            () = sleep(patience), if is_idle => return,
        }
    }
}

/// A request that is being answered, as the connection counts it.
struct CountedRequest(watch::Sender<usize>);

impl CountedRequest {
    fn new(requests: watch::Sender<usize>) -> CountedRequest {
        requests.send_modify(|n| *n += 1);
        CountedRequest(requests)
    }
}

impl Drop for CountedRequest {
    fn drop(&mut self) {
        self.0.send_modify(|n| *n = n.saturating_sub(1));
    }
}

async fn answer(
    router: Router,
    request: Request<Incoming>,
    peer: SocketAddr,
    seat: Seat,
    counted: Option<CountedRequest>,
) -> Result<Response, Infallible> {
    // While a request is being answered, its connection is not idle and not evicted.
    let (_busy, _counted) = (seat.begins(), counted);
    let n_lines = request.headers().len();
    if head_bytes(&request) > limits::MAX_HEAD_BYTES || n_lines > limits::MAX_HEADER_LINES {
        return Ok(too_long(request.version()));
    }
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    request.extensions_mut().insert(seat.clone());
    router.oneshot(request).await
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

fn too_long(version: Version) -> Response {
    let mut answer = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE.into_response();
    // HTTP/2 has no such header (RFC 9113 §8.2.2).
    if version != Version::HTTP_2 {
        let close = HeaderValue::from_static("close");
        answer.headers_mut().insert(header::CONNECTION, close);
    }
    answer
}

fn note_end(peer: SocketAddr, ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "a connection broke");
    }
}
