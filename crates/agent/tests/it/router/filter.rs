//! A simulated router that filters IPv6 on loopback, and lets packets in when it is asked with PCP (RFC 6887) or UPnP
//! (WANIPv6FirewallControl:1).

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use agent::port_mapping::MappingScope;
use agent::port_mapping::networks::LanNetwork;
use agent::reach::MappingProtocol;
use tokio::net::UdpSocket;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::upnp_filter;
use crate::support::soon;

/// Nobody listens here: PCP gets no answer.
const NO_PCP_PORT: u16 = 9;

/// The ports to which packets are let in, by the numbers of their pinholes; PCP numbers them by port.
pub(crate) type Pinholes = BTreeMap<u16, u16>;

/// A running filter; dropping it stops it. That of UPnP has a fixed port, so one lives at a time.
pub(crate) struct Filter {
    pcp_port: u16,
    open: watch::Receiver<Pinholes>,
    refuses: Arc<AtomicBool>,
    _stop: DropGuard,
}

impl Filter {
    /// One that lets everybody's own sockets in over this protocol.
    pub(crate) async fn with(protocol: MappingProtocol) -> Filter {
        let (open, view) = watch::channel(BTreeMap::new());
        let refuses = Arc::new(AtomicBool::new(false));
        let stop = CancellationToken::new();
        let pcp_port = match protocol {
            MappingProtocol::Upnp => {
                upnp_filter::start(open, Arc::clone(&refuses), &stop).await;
                NO_PCP_PORT
            }
            _ => {
                let socket = UdpSocket::bind((Ipv6Addr::LOCALHOST, 0)).await;
                let socket = socket.expect("loopback");
                let port = socket.local_addr().expect("bound").port();
                let serving = serve(socket, open, Arc::clone(&refuses));
                tokio::spawn(stop.clone().run_until_cancelled_owned(serving));
                port
            }
        };
        Filter {
            pcp_port,
            open: view,
            refuses,
            _stop: stop.drop_guard(),
        }
    }

    /// Opens nothing any more.
    pub(crate) fn refuses(&self) {
        self.refuses.store(true, Ordering::Relaxed);
    }

    /// For an agent behind it.
    pub(crate) fn scope(&self) -> MappingScope {
        let here = IpAddr::from(Ipv6Addr::LOCALHOST);
        let network = LanNetwork {
            local: here,
            router: here,
            scope: 0,
        };
        MappingScope::FixedIpv6(network, self.pcp_port)
    }

    /// Waits until packets to these ports are let in.
    pub(crate) async fn until(&self, what: &str, is_so: impl FnMut(&Pinholes) -> bool) {
        let mut open = self.open.clone();
        soon(what, open.wait_for(is_so)).await.expect("it runs");
    }
}

async fn serve(socket: UdpSocket, open: watch::Sender<Pinholes>, refuses: Arc<AtomicBool>) {
    let mut buffer = [0; 1_100];
    while let Ok((n, from)) = socket.recv_from(&mut buffer).await {
        let request = &buffer[..n];
        // RFC 6887 §8.1: the request comes from the address that it is about.
        let is_sound = !refuses.load(Ordering::Relaxed)
            && n == 60
            && request[..2] == [2, 1]
            && request[8..24] == Ipv6Addr::LOCALHOST.octets()
            && from.ip() == IpAddr::from(Ipv6Addr::LOCALHOST);
        let mut answer = request.to_vec();
        if is_sound {
            let port = u16::from_be_bytes([request[40], request[41]]);
            let has_time = request[4..8] != [0; 4];
            answer[1] |= 0x80;
            answer[8..12].copy_from_slice(&1_000_u32.to_be_bytes());
            open.send_modify(|open| match has_time {
                true => drop(open.insert(port, port)),
                false => drop(open.remove(&port)),
            });
        } else {
            // MALFORMED_REQUEST
            answer = vec![2, 0x81, 0, 3];
            answer.resize(24, 0);
        }
        let _ = socket.send_to(&answer, from).await;
    }
}
