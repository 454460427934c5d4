//! Distinguishes TURN from HTTP on one port: by the protocol that the client offers in ALPN (RFC 7443), or by
//! its first byte, because browsers offer none.

use tokio::io::AsyncBufReadExt;
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;
use tokio_util::either::Either;

use relay::framing::begins_stun;

use super::ListenerContext;
use super::tls::{HTTP1_PROTOCOL, HTTP2_PROTOCOL, TURN_PROTOCOL};

/// The stream of a client that speaks TURN.
pub(super) type TurnStream = Either<TcpStream, Box<TlsStream<TcpStream>>>;

/// Says whether a plain connection begins with TURN, as behind a proxy that ends TLS for a TCP port.
/// `None` if it says nothing in time, or is closed.
pub(super) async fn is_plain_turn(shared: &ListenerContext, stream: &TcpStream) -> Option<bool> {
    if shared.turn.is_none() {
        return Some(false);
    }
    let mut first = [0];
    let peeked = in_time(shared, stream.peek(&mut first)).await?;
    (peeked.ok()? > 0).then(|| begins_stun(first[0]))
}

/// The same for a connection over TLS.
pub(super) async fn is_turn_in_tls(
    shared: &ListenerContext,
    stream: &mut TlsStream<TcpStream>,
) -> Option<bool> {
    if shared.turn.is_none() {
        return Some(false);
    }
    match stream.get_ref().1.alpn_protocol() {
        Some(TURN_PROTOCOL) => return Some(true),
        Some(HTTP1_PROTOCOL | HTTP2_PROTOCOL) => return Some(false),
        _ => {}
    }
    // The bytes stay in the buffer of the stream for whoever serves it.
    let begin = in_time(shared, stream.fill_buf()).await?;
    begin.ok()?.first().copied().map(begins_stun)
}

/// Waits as long as for the head of a request, and not beyond the end of the cloud.
async fn in_time<T>(shared: &ListenerContext, first: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        () = shared.stop.cancelled() => None,
        first = tokio::time::timeout(shared.limits.headers, first) => first.ok(),
    }
}
