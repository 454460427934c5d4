//! TURN over TLS on separate listeners, for a stand-alone relay: clients in networks that allow only HTTPS
//! reach it there. The certificate comes from files, which are reloaded when they change.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, ensure};
use tokio::io::AsyncBufReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

use relay::Handover;
use relay::framing::begins_stun;

use super::rest_after;
use super::tls::{HandshakeOutcome, Tls};
use crate::certificates::Certificates;
use crate::certificates::files::CertificateFiles;
use crate::clock::Clock;
use crate::config::RelayProgramConfig;
use crate::connections::{ConnectionLimits, Gates, Seat};

/// Open listeners, with their certificate.
pub struct TurnInTls {
    listeners: Vec<TcpListener>,
    files: CertificateFiles,
    door: TlsDoor,
}

/// What all connections share.
struct TlsDoor {
    tls: Tls,
    gates: Gates,
    limits: ConnectionLimits,
}

impl TurnInTls {
    /// Reads the certificate, and listens; `None` if these settings want no TLS. At most `connections` may be
    /// in their handshakes: those that speak TURN count to the relay's limits instead. Its sockets need a
    /// runtime.
    ///
    /// # Errors
    /// The files cannot be used, the certificate is for another host, or an address is taken.
    pub fn open(
        config: &RelayProgramConfig,
        connections: usize,
    ) -> anyhow::Result<Option<TurnInTls>> {
        if config.tls_host.is_empty() {
            return Ok(None);
        }
        let (files, certificates) = certificate(config)?;
        let mut limits = ConnectionLimits::default();
        limits.places = limits.places.within(connections);
        let mut tls = Tls::new(certificates, &limits);
        tls.offer_turn();
        let listeners = relay::listen_tcp(&config.tls_listeners()).context(
            "for TURN over TLS; choose another port with `tls_port` in [relay] or --tls-port",
        )?;
        Ok(Some(TurnInTls {
            listeners,
            files,
            door: TlsDoor {
                tls,
                gates: Gates::new(limits.places, Vec::new()),
                limits,
            },
        }))
    }

    /// Reads the certificate as [`TurnInTls::open`] does, and listens nowhere.
    ///
    /// # Errors
    /// The files cannot be used, or the certificate is for another host.
    pub fn check(config: &RelayProgramConfig) -> anyhow::Result<()> {
        if !config.tls_host.is_empty() {
            certificate(config)?;
        }
        Ok(())
    }

    /// Where it listens, with the actual port if 0 was set.
    pub fn addr(&self) -> Option<SocketAddr> {
        self.listeners.first()?.local_addr().ok()
    }

    /// Hands everybody who speaks TURN to `relay`, until `stop`.
    pub async fn run(self, relay: Handover, stop: CancellationToken) {
        let mut tasks = JoinSet::new();
        tasks.spawn(self.files.watch(Clock::System, stop.clone()));
        let door = Arc::new(self.door);
        for listener in self.listeners {
            tasks.spawn(accept(listener, door.clone(), relay.clone()));
        }
        stop.cancelled().await;
    }
}

fn certificate(
    config: &RelayProgramConfig,
) -> anyhow::Result<(CertificateFiles, Arc<Certificates>)> {
    let certificates = Arc::new(Certificates::default());
    let files = CertificateFiles::open(
        (&config.certificate_file, &config.key_file),
        certificates.clone(),
    )?;
    ensure!(
        certificates.are_for(&config.tls_host),
        "the certificate in {} is not for {}: set `tls_host` in [relay] to a name that it is for, or use another \
         certificate",
        config.certificate_file.display(),
        config.tls_host
    );
    Ok((files, certificates))
}

async fn accept(listener: TcpListener, door: Arc<TlsDoor>, relay: Handover) {
    // Dropped at the end, with every connection.
    let mut open = JoinSet::new();
    loop {
        while open.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((stream, peer)) => {
                let Some(seat) = door.gates.admit(peer.ip()) else {
                    tracing::debug!(%peer, "too many connections: one was closed");
                    continue;
                };
                open.spawn(serve(door.clone(), relay.clone(), stream, peer, seat));
            }
            Err(error) => rest_after(&door.gates, &error).await,
        }
    }
}

async fn serve(
    door: Arc<TlsDoor>,
    relay: Handover,
    stream: TcpStream,
    peer: SocketAddr,
    seat: Seat,
) {
    let turn = tokio::select! {
        () = seat.lost() => None,
        turn = door.let_in(stream) => turn,
    };
    // The relay counts its clients itself, so the place is free again.
    drop(seat);
    match turn {
        Some(stream) => relay.serve(stream, peer).await,
        None => tracing::debug!(%peer, "closed: not TURN over TLS"),
    }
}

impl TlsDoor {
    /// The stream of a client that begins like STUN, in time.
    async fn let_in(&self, stream: TcpStream) -> Option<Box<TlsStream<TcpStream>>> {
        stream.set_nodelay(true).ok()?;
        let shaken = timeout(self.limits.handshake, self.tls.accept(stream)).await;
        let HandshakeOutcome::Visitor(mut stream) = shaken.ok()?.ok()? else {
            return None;
        };
        let begin = timeout(self.limits.headers, stream.fill_buf()).await;
        let first = begin.ok()?.ok()?.first().copied();
        first.is_some_and(begins_stun).then_some(stream)
    }
}
