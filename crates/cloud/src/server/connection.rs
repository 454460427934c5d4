//! One connection from the first byte to the last answer.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpStream;

use super::ListenerContext;
use super::http::{speak_http1, speak_http2};
use super::tls::{HTTP2_PROTOCOL, HandshakeOutcome};
use super::turn::{TurnStream, is_plain_turn, is_turn_in_tls};
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
        speak_http1(shared, stream, peer, seat).await;
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
            if stream.get_ref().1.alpn_protocol() == Some(HTTP2_PROTOCOL) {
                speak_http2(shared, stream, peer, seat).await;
            } else {
                speak_http1(shared, stream, peer, seat).await;
            }
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
