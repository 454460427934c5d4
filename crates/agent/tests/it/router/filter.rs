//! A simulated router that filters IPv6 on loopback, and lets packets in when it is asked with PCP (RFC 6887).

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr};

use agent::port_mapping::MappingScope;
use agent::port_mapping::networks::LanNetwork;
use tokio::net::UdpSocket;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::support::soon;

/// A running filter; dropping it stops it.
pub(crate) struct Filter {
    port: u16,
    open: watch::Receiver<BTreeSet<u16>>,
    _stop: DropGuard,
}

impl Filter {
    pub(crate) async fn new() -> Filter {
        let socket = UdpSocket::bind((Ipv6Addr::LOCALHOST, 0))
            .await
            .expect("loopback");
        let port = socket.local_addr().expect("bound").port();
        let (open, view) = watch::channel(BTreeSet::new());
        let stop = CancellationToken::new();
        tokio::spawn(stop.clone().run_until_cancelled_owned(serve(socket, open)));
        Filter {
            port,
            open: view,
            _stop: stop.drop_guard(),
        }
    }

    /// For an agent behind it.
    pub(crate) fn scope(&self) -> MappingScope {
        let here = IpAddr::from(Ipv6Addr::LOCALHOST);
        let network = LanNetwork {
            local: here,
            router: here,
            scope: 0,
        };
        MappingScope::FixedIpv6(network, self.port)
    }

    /// Waits until packets to these ports are let in.
    pub(crate) async fn until(&self, what: &str, is_so: impl FnMut(&BTreeSet<u16>) -> bool) {
        let mut open = self.open.clone();
        soon(what, open.wait_for(is_so)).await.expect("it runs");
    }
}

async fn serve(socket: UdpSocket, open: watch::Sender<BTreeSet<u16>>) {
    let mut buffer = [0; 1_100];
    while let Ok((n, from)) = socket.recv_from(&mut buffer).await {
        let request = &buffer[..n];
        // RFC 6887 §8.1: the request comes from the address that it is about.
        let is_sound = n == 60
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
                true => drop(open.insert(port)),
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
