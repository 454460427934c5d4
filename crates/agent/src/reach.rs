//! Determines what this site's network allows ([`SiteReach`]), including the kind of its NAT, from the
//! answers of STUN servers.

use std::collections::BTreeMap;
use std::net::SocketAddr;

pub use proto::reach::{MappingProtocol, MappingState, NatKind, SiteReach};

use crate::limits;

/// What STUN servers saw of sockets without a mapping, of the last few calls.
#[derive(Debug, Default)]
pub struct SeenAddresses {
    /// In the order of their first answers.
    sockets: Vec<(SocketAddr, BTreeMap<SocketAddr, SocketAddr>)>,
}

impl SeenAddresses {
    /// Notes an answer; returns the kind of NAT if this socket shows it.
    pub fn note(
        &mut self,
        socket: SocketAddr,
        server: SocketAddr,
        address: SocketAddr,
    ) -> Option<NatKind> {
        let position = match self.sockets.iter().position(|(known, _)| *known == socket) {
            Some(position) => position,
            None => {
                if self.sockets.len() >= limits::MAX_SEEN_SOCKETS {
                    self.sockets.remove(0);
                }
                self.sockets.push((socket, BTreeMap::new()));
                self.sockets.len() - 1
            }
        };
        let (_, seen) = &mut self.sockets[position];
        if seen.len() < limits::MAX_SEEN_SERVERS || seen.contains_key(&server) {
            seen.insert(server, address);
        }
        let mut others = seen.values().filter(|other| **other != address);
        match (others.next(), seen.len()) {
            (Some(_), _) => Some(NatKind::EndpointDependent),
            (None, 0 | 1) => None,
            (None, _) => Some(NatKind::EndpointIndependent),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn two_stun_servers_tell_the_kind_of_nat() {
        let mut seen = SeenAddresses::default();
        let home = at("192.168.1.5:4000");
        let first = seen.note(home, at("192.0.2.1:3478"), at("203.0.113.9:4000"));
        let second = seen.note(home, at("192.0.2.2:3478"), at("203.0.113.9:4000"));
        let third = seen.note(home, at("192.0.2.3:3478"), at("203.0.113.9:4001"));

        assert_eq!(first, None);
        assert_eq!(second, Some(NatKind::EndpointIndependent));
        assert_eq!(third, Some(NatKind::EndpointDependent));
    }

    #[test]
    fn one_stun_server_asked_twice_reveals_no_nat() {
        let mut seen = SeenAddresses::default();
        let (home, server) = (at("192.168.1.5:4000"), at("192.0.2.1:3478"));

        for _ in 0..2 {
            assert_eq!(seen.note(home, server, at("203.0.113.9:4000")), None);
        }
    }

    #[test]
    fn seen_addresses_are_limited() {
        let mut seen = SeenAddresses::default();
        for port in 1..1_000 {
            for server in 1..20 {
                let socket = SocketAddr::from(([192, 168, 1, 5], port));
                let server = SocketAddr::from(([192, 0, 2, 1], server));
                seen.note(socket, server, at("203.0.113.9:4000"));
            }
        }

        assert_eq!(seen.sockets.len(), limits::MAX_SEEN_SOCKETS);
        let most = seen.sockets.iter().map(|(_, seen)| seen.len()).max();
        assert_eq!(most, Some(limits::MAX_SEEN_SERVERS));
    }
}
