//! Searches the LAN for recorders and cameras: sends the search messages of crate `onvif` on every interface,
//! and collects the answers. Nothing is changed on a device, and no login is sent.

use std::collections::BTreeSet;
use std::io;
use std::net::{
    IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6, UdpSocket as StdUdpSocket,
};
use std::sync::Arc;
use std::time::Duration;

use onvif::discovery::{LanDevices, SADP, WS_DISCOVERY, WS_DISCOVERY6, probe, sadp_inquiry};
use onvif::limits::MAX_DATAGRAM_BYTES;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{interval, timeout};

pub use onvif::discovery::{FoundKind, LanDevice};

use crate::limits::{MAX_SEARCH_NETWORKS, MAX_WAITING_ANSWERS, SEARCH_AGAIN};

/// Where to search.
#[derive(Debug, Clone)]
pub struct LanSearch {
    /// Own addresses from which the questions are sent, one for each network.
    pub from: Vec<Ipv4Addr>,
    /// Interfaces, by their index, for WS-Discovery over IPv6.
    pub interfaces: Vec<u32>,
    /// Where WS-Discovery is asked.
    pub ws_discovery: SocketAddr,
    /// The same over IPv6.
    pub ws_discovery6: (Ipv6Addr, u16),
    /// Where SADP is asked.
    pub sadp: SocketAddr,
    /// Port on which answers to a SADP group are heard; none where only direct answers count.
    pub sadp_port: Option<u16>,
}

impl LanSearch {
    /// All networks of this machine.
    pub fn everywhere() -> LanSearch {
        let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
        let mut from: Vec<Ipv4Addr> = interfaces
            .iter()
            .filter(|interface| !interface.is_loopback())
            .filter_map(|interface| match interface.ip() {
                IpAddr::V4(address) => Some(address),
                IpAddr::V6(_) => None,
            })
            .collect();
        from.truncate(MAX_SEARCH_NETWORKS);
        let with_six = interfaces
            .iter()
            .filter(|interface| !interface.is_loopback() && interface.ip().is_ipv6());
        // An interface has several addresses.
        let six: BTreeSet<u32> = with_six.filter_map(|interface| interface.index).collect();
        LanSearch {
            from,
            interfaces: six.into_iter().take(MAX_SEARCH_NETWORKS).collect(),
            ws_discovery: SocketAddr::from(WS_DISCOVERY),
            ws_discovery6: WS_DISCOVERY6,
            sadp: SocketAddr::from(SADP),
            sadp_port: Some(SADP.1),
        }
    }

    /// Asks several times during `span`, since datagrams get lost, and returns what has answered. Ends
    /// early if `is_enough` says so of the number of devices.
    pub async fn run(
        &self,
        span: Duration,
        mut is_enough: impl FnMut(usize) -> bool,
    ) -> io::Result<Vec<LanDevice>> {
        let (heard, mut answers) = mpsc::channel(MAX_WAITING_ANSWERS);
        let mut tasks = JoinSet::new();
        let mut sockets = Vec::new();
        for from in &self.from {
            match sender(*from) {
                Ok(socket) => sockets.push(Arc::new(socket)),
                Err(error) => {
                    tracing::warn!(address = %from, "cannot search from this address or interface: {error}")
                }
            }
        }
        let mut sockets6 = Vec::new();
        for interface in &self.interfaces {
            match sender6(*interface) {
                Ok(socket) => sockets6.push((*interface, Arc::new(socket))),
                Err(error) => tracing::debug!(
                    interface,
                    "cannot search from this address or interface: {error}"
                ),
            }
        }
        if sockets.is_empty() && sockets6.is_empty() {
            let words = "this machine has no network that can be searched";
            return Err(io::Error::new(io::ErrorKind::NetworkUnreachable, words));
        }
        for socket in sockets.iter().chain(sockets6.iter().map(|(_, it)| it)) {
            tasks.spawn(hear(Arc::clone(socket), heard.clone()));
        }
        if let Some(port) = self.sadp_port {
            match listener(port, &self.from) {
                Ok(socket) => {
                    tasks.spawn(hear(Arc::new(socket), heard.clone()));
                }
                // The maker's own program may have it; direct answers still come.
                Err(error) => tracing::debug!("cannot receive SADP answers: {error}"),
            }
        }
        tasks.spawn(ask(sockets, (self.ws_discovery, self.sadp)));
        tasks.spawn(ask6(sockets6, self.ws_discovery6));
        let mut found = LanDevices::default();
        let collect = async {
            while let Some((from, datagram)) = answers.recv().await {
                found.take(from, &datagram);
                if is_enough(found.len()) {
                    return;
                }
            }
        };
        // The end of the time is how a search ends as a rule.
        timeout(span, collect).await.ok();
        Ok(found.all().cloned().collect())
    }
}

/// Sends the questions again and again.
async fn ask(sockets: Vec<Arc<UdpSocket>>, (ws_discovery, sadp): (SocketAddr, SocketAddr)) {
    let mut again = interval(SEARCH_AGAIN);
    loop {
        again.tick().await;
        let questions = [
            (ws_discovery, probe(rand::random())),
            (sadp, sadp_inquiry(rand::random())),
        ];
        for socket in &sockets {
            for (to, question) in &questions {
                if let Err(error) = socket.send_to(question.as_bytes(), to).await {
                    tracing::debug!(%to, "could not send a search: {error}");
                }
            }
        }
    }
}

/// The same over IPv6, which SADP does not speak. The group is another one on each link.
async fn ask6(sockets: Vec<(u32, Arc<UdpSocket>)>, (group, port): (Ipv6Addr, u16)) {
    let mut again = interval(SEARCH_AGAIN);
    loop {
        again.tick().await;
        let question = probe(rand::random());
        for (interface, socket) in &sockets {
            let to = SocketAddrV6::new(group, port, 0, *interface);
            if let Err(error) = socket.send_to(question.as_bytes(), to).await {
                tracing::debug!(%to, "could not send a search: {error}");
            }
        }
    }
}

async fn hear(socket: Arc<UdpSocket>, heard: mpsc::Sender<(IpAddr, Vec<u8>)>) {
    let mut buffer = vec![0; MAX_DATAGRAM_BYTES];
    loop {
        match socket.recv_from(&mut buffer).await {
            Ok((length, from)) => {
                let datagram = buffer[..length].to_vec();
                if heard.send((from.ip(), datagram)).await.is_err() {
                    return;
                }
            }
            // A port is closed at the other end.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
            Err(error) => {
                tracing::debug!("could not receive an answer: {error}");
                return;
            }
        }
    }
}

fn sender(from: Ipv4Addr) -> io::Result<UdpSocket> {
    let socket = StdUdpSocket::bind((from, 0))?;
    let options = Socket::from(socket);
    options.set_multicast_if_v4(&from)?;
    options.set_nonblocking(true)?;
    UdpSocket::from_std(options.into())
}

fn sender6(interface: u32) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV6, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_only_v6(true)?;
    socket.set_multicast_if_v6(interface)?;
    socket.bind(&SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)).into())?;
    socket.set_nonblocking(true)?;
    UdpSocket::from_std(socket.into())
}

/// A socket in the group of SADP on every network. Others on this machine may listen as well.
fn listener(port: u16, networks: &[Ipv4Addr]) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_reuse_address(true)?;
    socket.bind(&SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, port).into())?;
    for network in networks {
        if let Err(error) = socket.join_multicast_v4(&SADP.0, network) {
            tracing::debug!(address = %network, "no multicast on this interface: {error}");
        }
    }
    socket.set_nonblocking(true)?;
    UdpSocket::from_std(socket.into())
}
