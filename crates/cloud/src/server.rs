//! Accepts connections, plain or over TLS, and serves HTTP/1.1 on them, or HTTP/2 if a browser negotiates it
//! (ALPN). Excess or slow connections are closed before a page handler runs.

mod connection;
mod http;
mod limits;
mod patient;
mod redirect;
mod tls;
mod turn;
mod turn_in_tls;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::audit::Audit;
use crate::certificates::Certificates;
use crate::connections::{ConnectionLimits, Gates};
use crate::state::State;
use relay::Handover;

pub(crate) use redirect::router as redirect_router;
pub use turn_in_tls::TurnInTls;

/// One listener and the router that it serves.
pub(crate) struct Server {
    listener: TcpListener,
    shared: Arc<ListenerContext>,
}

/// Shared state of all connections of a listener.
struct ListenerContext {
    router: Router,
    tls: Option<tls::Tls>,
    gates: Gates,
    limits: ConnectionLimits,
    audit: Audit,
    /// Where connections go that speak TURN.
    turn: Option<Handover>,
    stop: CancellationToken,
}

impl Server {
    /// Serves `router` on `listener`, over TLS if there are certificates.
    pub(crate) fn new(
        listener: TcpListener,
        router: Router,
        certificates: Option<Arc<Certificates>>,
        (state, gates): (&State, &Gates),
        stop: CancellationToken,
    ) -> Server {
        let limits = state.config.connections.clone();
        let shared = ListenerContext {
            router,
            tls: certificates.map(|certificates| tls::Tls::new(certificates, &limits)),
            gates: gates.clone(),
            limits,
            audit: state.audit.clone(),
            turn: None,
            stop,
        };
        Server {
            listener,
            shared: Arc::new(shared),
        }
    }

    /// Connections that speak TURN go to this relay.
    pub(crate) fn with_turn(mut self, turn: Option<Handover>) -> Server {
        let shared = Arc::get_mut(&mut self.shared).expect("nothing is served yet");
        if let (Some(tls), Some(_)) = (&mut shared.tls, &turn) {
            tls.offer_turn();
        }
        shared.turn = turn;
        self
    }

    /// Runs until told to stop, and then until every request is answered.
    pub(crate) async fn run(self) {
        let connections = TaskTracker::new();
        loop {
            tokio::select! {
                () = self.shared.stop.cancelled() => break,
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, peer)) => self.admit(&connections, stream, peer),
                    Err(error) => rest_after(&self.shared.gates, &error).await,
                },
            }
        }
        connections.close();
        connections.wait().await;
    }

    fn admit(&self, connections: &TaskTracker, stream: TcpStream, peer: SocketAddr) {
        let Some(seat) = self.shared.gates.admit(peer.ip()) else {
            tracing::debug!(%peer, "too many connections: one was closed");
            return;
        };
        connections.spawn(connection::serve(self.shared.clone(), stream, peer, seat));
    }
}

/// A connection that broke before it was accepted is nobody's fault. Without file descriptors, one stranger is
/// disconnected, and the next try follows after a pause.
async fn rest_after(gates: &Gates, error: &std::io::Error) {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    ) {
        return;
    }
    tracing::error!(%error, "could not accept a connection");
    gates.send_one_away();
    tokio::time::sleep(limits::NO_SOCKET_PAUSE).await;
}
