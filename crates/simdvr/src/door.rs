//! A listening port that can be closed and opened again with the same number, as during a reboot.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;

use crate::faults::FaultMode;
use crate::shared::Shared;

/// Pause after a failed accept or bind, so that a persistent failure does not spin.
const RETRY_PAUSE: Duration = Duration::from_millis(50);
const BACKLOG: u32 = 128;

/// Accepts connections except while the recorder refuses them.
pub(crate) struct Door {
    addr: SocketAddr,
    listener: Option<TcpListener>,
    mode: watch::Receiver<FaultMode>,
    is_tls: bool,
}

pub(crate) fn listen(addr: SocketAddr) -> anyhow::Result<TcpListener> {
    bind(addr)
        .and_then(|socket| socket.listen(BACKLOG))
        .with_context(|| format!("listening on {addr}"))
}

fn bind(addr: SocketAddr) -> std::io::Result<TcpSocket> {
    let socket = if addr.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // Connections in TIME_WAIT must not keep the port from being opened again.
    socket.set_reuseaddr(true)?;
    socket.bind(addr)?;
    Ok(socket)
}

impl Door {
    pub(crate) fn new(listener: TcpListener, addr: SocketAddr, shared: &Arc<Shared>) -> Self {
        Self {
            addr,
            listener: Some(listener),
            mode: shared.mode.subscribe(),
            is_tls: false,
        }
    }

    /// The same port for TLS.
    pub(crate) fn within_tls(mut self) -> Self {
        self.is_tls = true;
        self
    }

    /// Whether clients begin with a TLS handshake here.
    pub(crate) fn is_tls(&self) -> bool {
        self.is_tls
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The next connection; errors of single connections are ignored.
    pub(crate) async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            if *self.mode.borrow_and_update() == FaultMode::Refuse {
                self.stay_shut().await;
            }
            let Some(listener) = &self.listener else {
                self.listener = bind(self.addr).and_then(|s| s.listen(BACKLOG)).ok();
                if self.listener.is_none() {
                    tokio::time::sleep(RETRY_PAUSE).await;
                }
                continue;
            };
            tokio::select! {
                // First, or a connection that already waits would still be let in.
                biased;
                () = until_refused(&mut self.mode) => {}
                accepted = listener.accept() => match accepted {
                    Ok(connection) => return connection,
                    Err(error) => {
                        tracing::debug!(%error, addr = %self.addr, "could not accept a connection");
                        tokio::time::sleep(RETRY_PAUSE).await;
                    }
                },
            }
        }
    }

    /// Refuses connections until the mode changes. A bound socket that does not listen keeps the
    /// port number reserved in the meantime.
    async fn stay_shut(&mut self) {
        self.listener = None;
        let mut keeper = bind(self.addr).ok();
        while *self.mode.borrow_and_update() == FaultMode::Refuse {
            if self.mode.changed().await.is_err() {
                return;
            }
        }
        self.listener = keeper.take().and_then(|socket| socket.listen(BACKLOG).ok());
    }
}

async fn until_refused(mode: &mut watch::Receiver<FaultMode>) {
    // The sender lives as long as the recorder, so an error means that the recorder has ended.
    if mode
        .wait_for(|mode| *mode == FaultMode::Refuse)
        .await
        .is_err()
    {
        std::future::pending::<()>().await;
    }
}
