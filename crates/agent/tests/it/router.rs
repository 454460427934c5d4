//! A simulated router on its own loopback address: PCP and NAT-PMP over UDP, UPnP over SSDP and
//! HTTP, and packets that it really forwards to mapped sockets. Faults are set at the start.

mod datagrams;
pub(crate) mod filter;
mod upnp;
mod upnp_filter;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use agent::port_mapping::networks::LanNetwork;
use agent::reach::MappingProtocol;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

/// What a router does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum RouterFault {
    #[default]
    None,
    /// It maps nothing.
    Refuses,
    /// Its answers are random bytes, or no XML.
    Garbage,
    /// It grants mappings for no time.
    NoLifetime,
    /// It answers for somebody else's port.
    OtherPort,
    /// The first external ports belong to another machine (UPnP error 718).
    Conflict,
    /// Only mappings without an end are possible (UPnP error 725).
    PermanentOnly,
    /// Its description is at another machine's address.
    ForeignLocation,
    /// Its control address is another machine's.
    ForeignControl,
    /// Every HTTP request is redirected to another machine.
    Redirect,
    /// Its description is 100 MB long.
    HugeDescription,
    /// It accepts HTTP connections and says nothing.
    Stalls,
}

/// A running router; dropping it stops it.
pub(crate) struct Router {
    pub(crate) network: LanNetwork,
    state: Arc<RouterState>,
    _stop: DropGuard,
}

struct RouterState {
    ip: Ipv4Addr,
    protocol: MappingProtocol,
    fault: RouterFault,
    /// What it says is its address on the internet.
    external: Mutex<Ipv4Addr>,
    http: SocketAddr,
    /// Where the traps for foreign addresses listen.
    stranger: SocketAddr,
    started: Mutex<Instant>,
    mapped: watch::Sender<BTreeMap<u16, SocketAddr>>,
    n_bytes_sent: watch::Sender<usize>,
    n_strangers_asked: watch::Sender<usize>,
    stop: CancellationToken,
}

static NEXT: AtomicU16 = AtomicU16::new(0);

impl Router {
    pub(crate) async fn new(protocol: MappingProtocol) -> Router {
        Router::with(protocol, RouterFault::None, None).await
    }

    /// A router that speaks one protocol; `external` is its own address unless said otherwise.
    pub(crate) async fn with(
        protocol: MappingProtocol,
        fault: RouterFault,
        external: Option<Ipv4Addr>,
    ) -> Router {
        let (ip, datagrams) = bind(protocol).await;
        let http = TcpListener::bind((ip, 0)).await.expect("loopback");
        let stranger = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let stop = CancellationToken::new();
        let state = Arc::new(RouterState {
            ip,
            protocol,
            fault,
            external: Mutex::new(external.unwrap_or(ip)),
            http: http.local_addr().expect("bound"),
            stranger: stranger.local_addr().expect("bound"),
            started: Mutex::new(Instant::now() - Duration::from_secs(1_000)),
            mapped: watch::Sender::new(BTreeMap::new()),
            n_bytes_sent: watch::Sender::new(0),
            n_strangers_asked: watch::Sender::new(0),
            stop: stop.clone(),
        });
        serve(&state, datagrams, http, stranger);
        Router {
            network: LanNetwork {
                local: IpAddr::from([127, 0, 0, 1]),
                router: ip.into(),
                scope: 0,
            },
            state,
            _stop: stop.drop_guard(),
        }
    }

    /// The mappings by external port.
    pub(crate) fn mapped(&self) -> BTreeMap<u16, SocketAddr> {
        self.state.mapped.borrow().clone()
    }

    /// Waits until the mappings are so.
    pub(crate) async fn until(
        &self,
        what: &str,
        is_so: impl FnMut(&BTreeMap<u16, SocketAddr>) -> bool,
    ) {
        let mut view = self.state.mapped.subscribe();
        crate::support::soon(what, view.wait_for(is_so))
            .await
            .expect("the router runs");
    }

    /// Forgets every mapping, as after a power cut.
    pub(crate) fn restart(&self) {
        *self.state.started.lock().expect("not poisoned") = Instant::now();
        self.state.mapped.send_replace(BTreeMap::new());
    }

    /// Bytes of HTTP bodies that the agent took.
    pub(crate) fn n_bytes_sent(&self) -> usize {
        *self.state.n_bytes_sent.borrow()
    }

    /// Connections to the machine that is none of the agent's business.
    pub(crate) fn n_strangers_asked(&self) -> usize {
        *self.state.n_strangers_asked.borrow()
    }

    pub(crate) fn external(&self) -> IpAddr {
        self.state.external().into()
    }

    /// The provider gives it another address.
    pub(crate) fn moves_to(&self, external: [u8; 4]) {
        *self.state.external.lock().expect("not poisoned") = external.into();
    }

    /// Another machine in the network gets this external port.
    pub(crate) fn give_away(&self, port: u16) {
        let other = SocketAddr::new(self.state.ip.into(), port);
        self.state.mapped.send_modify(|mapped| {
            mapped.insert(port, other);
        });
    }
}

/// An address of its own on loopback, with the socket that agents know.
async fn bind(protocol: MappingProtocol) -> (Ipv4Addr, UdpSocket) {
    // Other test programs on this machine have routers as well.
    let program = u8::try_from(std::process::id() % 250).expect("below 250") + 2;
    let port = match protocol {
        MappingProtocol::Upnp => 1_900,
        MappingProtocol::Pcp | MappingProtocol::NatPmp => 5_351,
    };
    loop {
        let [high, low] = NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let ip = Ipv4Addr::new(127, program, high, low);
        if let Ok(socket) = UdpSocket::bind((ip, port)).await {
            return (ip, socket);
        }
    }
}

fn serve(state: &Arc<RouterState>, datagrams: UdpSocket, http: TcpListener, stranger: TcpListener) {
    let spawn = |one: BoxFuture<'static, ()>| {
        tokio::spawn(state.stop.clone().run_until_cancelled_owned(one));
    };
    spawn(match state.protocol {
        MappingProtocol::Upnp => upnp::search(Arc::clone(state), datagrams).boxed(),
        _ => datagrams::serve(Arc::clone(state), datagrams).boxed(),
    });
    spawn(upnp::serve(Arc::clone(state), http).boxed());
    spawn(upnp::trap(Arc::clone(state), stranger).boxed());
}

impl RouterState {
    fn external(&self) -> Ipv4Addr {
        *self.external.lock().expect("not poisoned")
    }

    fn epoch(&self) -> u32 {
        let started = self.started.lock().expect("not poisoned");
        u32::try_from(started.elapsed().as_secs()).expect("a short test")
    }

    /// Maps `wanted`, or another port if it is taken; a lifetime of 0 removes.
    fn map(self: &Arc<Self>, internal: SocketAddr, wanted: u16) -> u16 {
        let held = self
            .mapped
            .borrow()
            .iter()
            .find_map(|(external, holder)| (*holder == internal).then_some(*external));
        if let Some(external) = held {
            return external;
        }
        let is_taken = |port: u16| self.mapped.borrow().contains_key(&port);
        let external = (wanted..)
            .find(|port| !is_taken(*port))
            .expect("a free port");
        self.mapped.send_modify(|mapped| {
            mapped.insert(external, internal);
        });
        let forwarding = forward(Arc::clone(self), external, internal);
        tokio::spawn(self.stop.clone().run_until_cancelled_owned(forwarding));
        external
    }

    fn unmap(&self, internal: SocketAddr) {
        self.mapped.send_modify(|mapped| {
            mapped.retain(|_, holder| *holder != internal);
        });
    }
}

/// Forwards packets between the internet and a mapped socket. Towards the socket each peer has a
/// port of its own, so that answers find their way back only through this router.
async fn forward(state: Arc<RouterState>, external: u16, internal: SocketAddr) {
    let Ok(outside) = UdpSocket::bind((state.ip, external)).await else {
        return;
    };
    let outside = Arc::new(outside);
    let mut peers: BTreeMap<SocketAddr, Arc<UdpSocket>> = BTreeMap::new();
    let mut buffer = vec![0; 2_048];
    while let Ok((n, peer)) = outside.recv_from(&mut buffer).await {
        let is_mapped = state.mapped.borrow().get(&external) == Some(&internal);
        if !is_mapped {
            return;
        }
        let inside = match peers.get(&peer) {
            Some(inside) => Arc::clone(inside),
            None => {
                let inside = UdpSocket::bind((state.ip, 0)).await.expect("loopback");
                inside.connect(internal).await.expect("loopback");
                let inside = Arc::new(inside);
                peers.insert(peer, Arc::clone(&inside));
                let back = answer(Arc::clone(&inside), Arc::clone(&outside), peer);
                tokio::spawn(state.stop.clone().run_until_cancelled_owned(back));
                inside
            }
        };
        let _ = inside.send(&buffer[..n]).await;
    }
}

async fn answer(inside: Arc<UdpSocket>, outside: Arc<UdpSocket>, peer: SocketAddr) {
    let mut buffer = vec![0; 2_048];
    loop {
        match inside.recv(&mut buffer).await {
            Ok(n) => {
                let _ = outside.send_to(&buffer[..n], peer).await;
            }
            // Nobody listens at the mapped socket for the moment.
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {}
            Err(_) => return,
        }
    }
}
