//! The listener of the set-up page: who may connect, how many, and for how long.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Body;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{interval, timeout};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::door::SetupCode;
use super::networks::{OwnNetwork, is_near};
use super::routes;
use super::site::SetupSite;
use super::state::{PageClient, PageState};
use crate::card::RecorderCards;
use crate::discovery::LanSearch;
use crate::limits::{MAX_SETUP_CONNECTIONS, SETUP_CONNECTION, SETUP_HEAD};
use crate::roster::Roster;

/// How often the page looks whether it is still used.
const LOOK_WHETHER_USED: Duration = Duration::from_secs(30);
/// Addresses of the page that are printed; a machine with more networks is no home's.
const MAX_SHOWN_ADDRESSES: usize = 6;

/// How long a page stays open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageOpening {
    /// As long as the agent runs.
    Always,
    /// Until there is a recorder and nobody has used the page for a while.
    UntilIdle,
}

/// The set-up page, listening. Connections made before [`AgentPage::run`] wait for it.
#[derive(Debug)]
pub struct AgentPage {
    listener: TcpListener,
    address: SocketAddr,
    code: String,
    opening: PageOpening,
    state: Arc<PageState>,
}

impl AgentPage {
    pub(crate) async fn bind(
        site: SetupSite,
        roster: Roster,
        cards: RecorderCards,
        opening: PageOpening,
        search: LanSearch,
    ) -> Result<AgentPage> {
        let listen = site.listen;
        let listener = TcpListener::bind(listen).await;
        let listener = listener.with_context(|| {
            format!("opening the set-up page on {listen}; `setup_listen` names another port")
        })?;
        let address = listener
            .local_addr()
            .context("reading the port of the set-up page")?;
        let code = SetupCode::from_random(&mut |bytes: &mut [u8]| bytes.fill_with(rand::random));
        let shown = code.reveal();
        let state = PageState::new(site, roster, cards, code, search, own_networks);
        Ok(AgentPage {
            listener,
            address,
            code: shown,
            opening,
            state: Arc::new(state),
        })
    }

    /// The code that opens the page; only for the terminal and the log of this machine.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Under which addresses devices in the networks of this machine reach it.
    pub fn addresses(&self) -> Vec<String> {
        let mut addresses = vec![self.address.ip()];
        if self.address.ip().is_unspecified() {
            let networks = self.state.networks().into_iter().map(|it| it.address);
            let is_served = |it: &IpAddr| self.address.is_ipv6() || it.is_ipv4();
            // A browser cannot open an address with a zone.
            let has_no_zone =
                |it: &IpAddr| !matches!(it, IpAddr::V6(v6) if v6.is_unicast_link_local());
            let usable = networks.filter(|it| is_served(it) && has_no_zone(it));
            addresses = usable.filter(|it| !it.is_loopback()).collect();
            addresses.truncate(MAX_SHOWN_ADDRESSES);
            addresses.push(IpAddr::from([127, 0, 0, 1]));
        }
        let port = self.address.port();
        let links = addresses.into_iter().map(|it| SocketAddr::new(it, port));
        links.map(|at| format!("http://{at}/")).collect()
    }

    /// Serves the page until `shutdown`; it may be closed before.
    ///
    /// # Errors
    /// None so far; a failing connection harms only itself.
    pub async fn run(self, shutdown: CancellationToken) -> Result<()> {
        let places = Arc::new(Semaphore::new(MAX_SETUP_CONNECTIONS));
        let router = routes::router(Arc::clone(&self.state));
        let mut connections = JoinSet::new();
        let mut look = interval(LOOK_WHETHER_USED);
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return Ok(()),
                _ = look.tick() => {
                    if self.opening == PageOpening::UntilIdle && !self.state.is_wanted() {
                        break;
                    }
                }
                Some(_) = connections.join_next() => {}
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, peer)) => {
                        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
                            tracing::debug!(%peer, "too many connections to the set-up page");
                            continue;
                        };
                        let serving = serve(Arc::clone(&self.state), router.clone(), stream, peer);
                        connections.spawn(async move {
                            // One that lasts longer waits for nothing that a person does.
                            timeout(SETUP_CONNECTION, serving).await.ok();
                            drop(place);
                        });
                    }
                    // Out of files, for example; the next one may be fine.
                    Err(error) => {
                        tracing::warn!("the set-up page could not take a connection: {error}");
                        tokio::task::yield_now().await;
                    }
                }
            }
        }
        drop(self.listener);
        tracing::info!(
            "the set-up page is closed, since it was not used for a while; `peerview agent --setup` opens it again"
        );
        shutdown.cancelled().await;
        Ok(())
    }
}

/// Serves one connection. A stranger's is closed before anything of it is read.
pub(super) async fn serve<S>(state: Arc<PageState>, router: Router, stream: S, peer: SocketAddr)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    if !is_near(peer.ip(), &state.networks()) {
        tracing::debug!(%peer, "the set-up page is only for the networks of this machine");
        return;
    }
    let client = PageClient(peer.ip().to_canonical());
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(client);
        let router = router.clone();
        async move { Ok::<_, Infallible>(router.oneshot(request).await.unwrap_or_else(|e| match e {})) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(SETUP_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = connection.await {
        tracing::debug!(%peer, "a connection to the set-up page broke: {error}");
    }
}

/// The networks that this machine is connected to now.
fn own_networks() -> Vec<OwnNetwork> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let networks = interfaces
        .into_iter()
        .map(|interface| match interface.addr {
            if_addrs::IfAddr::V4(v4) => OwnNetwork {
                address: v4.ip.into(),
                prefix: v4.prefixlen,
            },
            if_addrs::IfAddr::V6(v6) => OwnNetwork {
                address: v6.ip.into(),
                prefix: v6.prefixlen,
            },
        });
    networks.collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::{mpsc, watch};

    use super::*;

    fn state() -> Arc<PageState> {
        let (served, orders) = (watch::channel(Vec::new()).1, mpsc::channel(1).0);
        let cloud = url::Url::parse("https://cloud.example.org").expect("an address");
        let site = SetupSite {
            data_dir: PathBuf::from("/nowhere"),
            authorities: Arc::new(rustls::RootCertStore::empty()),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        };
        let cards = RecorderCards::new(served.clone(), cloud, watch::channel(None).1);
        let roster = Roster::new(served, orders);
        let code = SetupCode::from_random(&mut |bytes: &mut [u8]| bytes.fill(1));
        let search = LanSearch {
            from: Vec::new(),
            interfaces: Vec::new(),
            ..LanSearch::everywhere()
        };
        let own = || {
            vec![OwnNetwork {
                address: [192, 0, 2, 5].into(),
                prefix: 24,
            }]
        };
        Arc::new(PageState::new(site, roster, cards, code, search, own))
    }

    /// What a client at this address reads until the connection ends.
    async fn read_by(peer: &str) -> String {
        let (mut client, server) = tokio::io::duplex(64 * 1024);
        let (state, peer) = (state(), peer.parse().expect("an address"));
        let router = routes::router(Arc::clone(&state));
        let serving = tokio::spawn(serve(state, router, server, peer));
        let request = b"GET / HTTP/1.1\r\nHost: 192.0.2.5:8790\r\nConnection: close\r\n\r\n";
        // Fails where nobody reads it.
        let _ = client.write_all(request).await;
        let mut answer = String::new();
        let _ = client.read_to_string(&mut answer).await;
        serving.await.expect("no panic");
        answer
    }

    #[tokio::test]
    async fn a_strangers_connection_is_closed_unanswered() {
        let neighbour = read_by("192.0.2.77:50000").await;
        let mapped = read_by("[::ffff:192.0.2.77]:50000").await;

        assert!(neighbour.starts_with("HTTP/1.1 200"), "{neighbour}");
        assert!(mapped.starts_with("HTTP/1.1 200"), "{mapped}");
        for stranger in [
            "198.51.100.7:50000",
            "192.0.3.77:50000",
            "[2001:db8::1]:50000",
        ] {
            assert_eq!(read_by(stranger).await, "", "{stranger}");
        }
    }
}
