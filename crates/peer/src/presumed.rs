//! Public addresses that no STUN server sees: where the relay is beside us behind one router, it sees our private
//! addresses, while the other side reaches it, and us, at the router's public one. Most routers keep a socket's port
//! where they can (RFC 4787 §4.2.1), so that the public address with our own port is worth a check.

use std::net::{IpAddr, SocketAddr};

use proto::addresses::is_local;

use crate::limits;
use crate::reflexive::Found;

/// What servers beside us have seen and given.
#[derive(Debug, Default)]
pub(crate) struct PresumedAddresses {
    /// Our sockets that a server saw at a private address.
    inside: Vec<(SocketAddr, IpAddr)>,
    /// Servers with a public address that they relay at.
    relays: Vec<(IpAddr, IpAddr)>,
}

impl PresumedAddresses {
    /// The STUN server at `server` saw a socket; returns what that makes likely.
    pub(crate) fn seen(&mut self, found: Found, server: IpAddr) -> Vec<Found> {
        let is_inside = found.socket.is_ipv4() && is_local(found.address.ip());
        let has_room = self.inside.len() < limits::MAX_PUBLIC_ADDRESSES;
        let seen = (found.socket, server);
        if !is_inside || !has_room || self.inside.contains(&seen) {
            return Vec::new();
        }
        self.inside.push(seen);
        let of_server = self.relays.iter().filter(|(at, _)| *at == server);
        of_server
            .map(|(_, public)| presumed(found.socket, *public))
            .collect()
    }

    /// The relay at `server` gave this address; returns what that makes likely.
    pub(crate) fn relayed(&mut self, relayed: IpAddr, server: IpAddr) -> Vec<Found> {
        let is_public = relayed.is_ipv4() && !is_local(relayed);
        let has_room = self.relays.len() < limits::MAX_RELAYS_TRIED;
        let given = (server, relayed);
        if !is_public || !has_room || self.relays.contains(&given) {
            return Vec::new();
        }
        self.relays.push(given);
        let of_server = self.inside.iter().filter(|(_, at)| *at == server);
        of_server
            .map(|(socket, _)| presumed(*socket, relayed))
            .collect()
    }

    /// Forgets which sockets were seen, since the network may have changed.
    pub(crate) fn restart(&mut self) {
        self.inside.clear();
    }
}

fn presumed(socket: SocketAddr, public: IpAddr) -> Found {
    Found {
        socket,
        address: SocketAddr::new(public, socket.port()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVER: &str = "192.168.1.20";
    const PUBLIC: &str = "203.0.113.9";

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn socket() -> SocketAddr {
        "192.168.1.10:40001".parse().expect("an address")
    }

    fn seen_at(address: &str) -> Found {
        Found {
            socket: socket(),
            address: address.parse().expect("an address"),
        }
    }

    fn presumed_address() -> Vec<Found> {
        vec![seen_at("203.0.113.9:40001")]
    }

    #[test]
    fn a_relay_beside_us_gives_away_our_public_address() {
        // The router of the second one translates packets back into the site (hairpinning).
        for seen in ["192.168.1.10:40001", "192.168.1.1:40001"] {
            let mut later = PresumedAddresses::default();
            assert_eq!(later.relayed(ip(PUBLIC), ip(SERVER)), []);
            assert_eq!(later.seen(seen_at(seen), ip(SERVER)), presumed_address());
            assert_eq!(later.seen(seen_at(seen), ip(SERVER)), []);

            let mut sooner = PresumedAddresses::default();
            assert_eq!(sooner.seen(seen_at(seen), ip(SERVER)), []);
            let given = sooner.relayed(ip(PUBLIC), ip(SERVER));
            assert_eq!(given, presumed_address());
            assert_eq!(sooner.relayed(ip(PUBLIC), ip(SERVER)), []);
        }
    }

    #[test]
    fn a_server_elsewhere_gives_no_presumed_address() {
        let mut addresses = PresumedAddresses::default();

        assert_eq!(addresses.seen(seen_at("203.0.113.9:50123"), ip(PUBLIC)), []);
        assert_eq!(addresses.relayed(ip(PUBLIC), ip(PUBLIC)), []);
        // One server sees us inside, another one relays in public.
        assert_eq!(
            addresses.seen(seen_at("192.168.1.10:40001"), ip(SERVER)),
            []
        );
    }

    #[test]
    fn a_relay_of_the_site_alone_gives_no_public_address() {
        let mut addresses = PresumedAddresses::default();
        addresses.seen(seen_at("192.168.1.10:40001"), ip(SERVER));

        assert_eq!(addresses.relayed(ip(SERVER), ip(SERVER)), []);
    }

    #[test]
    fn sockets_seen_again_after_a_restart_are_presumed_again() {
        let mut addresses = PresumedAddresses::default();
        addresses.relayed(ip(PUBLIC), ip(SERVER));
        addresses.seen(seen_at("192.168.1.10:40001"), ip(SERVER));

        addresses.restart();

        let again = addresses.seen(seen_at("192.168.1.10:40001"), ip(SERVER));
        assert_eq!(again, presumed_address());
    }

    #[test]
    fn many_sockets_and_relays_stay_bounded() {
        let mut addresses = PresumedAddresses::default();
        for n in 0..=255_u8 {
            addresses.relayed([203, 0, 113, n].into(), ip(SERVER));
        }
        let n_presumed: usize = (0..=255_u8)
            .map(|n| {
                let socket = SocketAddr::from(([10, 0, n, 1], 40_000));
                let found = Found {
                    socket,
                    address: socket,
                };
                addresses.seen(found, ip(SERVER)).len()
            })
            .sum();

        assert_eq!(
            n_presumed,
            limits::MAX_PUBLIC_ADDRESSES * limits::MAX_RELAYS_TRIED
        );
    }
}
