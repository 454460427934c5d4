//! Limits of TCP connections to the relay: counts per client and network, and which stranger (a
//! connection without an allocation) is closed for a new one. Pure; the driver owns the sockets.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::net::IpAddr;

use super::super::core::ClientPath;
use super::super::limits::Limits;
use super::super::rate::{network_of, wide_network_of};

/// The decision about a new connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    Free,
    /// It replaces this connection, which is closed.
    InsteadOf(ClientPath),
    /// Clients with allocations hold all places.
    Refused,
}

/// The places and their owners, in the order of arrival.
#[derive(Default)]
pub(super) struct ConnectionPlaces {
    came: HashMap<ClientPath, u64>,
    per_client: HashMap<IpAddr, usize>,
    per_network: HashMap<IpAddr, usize>,
    last: u64,
}

impl ConnectionPlaces {
    /// The number of connections.
    pub(super) fn len(&self) -> usize {
        self.came.len()
    }

    /// Judges a newcomer. The caller closes the evicted connection, and calls [`ConnectionPlaces::add`].
    pub(super) fn admit(
        &self,
        path: ClientPath,
        limits: &Limits,
        is_stranger: impl Fn(ClientPath) -> bool,
    ) -> Admission {
        let ip = path.addr.ip();
        let (client, network) = (network_of(ip), wide_network_of(ip));
        let count = |counts: &HashMap<IpAddr, usize>, of| counts.get(&of).copied().unwrap_or(0);
        let gives_way = if count(&self.per_client, client) >= limits.tcp_connections_per_ip {
            self.oldest(|it| network_of(it.addr.ip()) == client && is_stranger(it))
        } else if count(&self.per_network, network) >= limits.tcp_connections_per_network {
            self.oldest(|it| wide_network_of(it.addr.ip()) == network && is_stranger(it))
        } else if self.len() >= limits.tcp_connections {
            self.of_the_largest_crowd(is_stranger)
        } else {
            return Admission::Free;
        };
        gives_way.map_or(Admission::Refused, Admission::InsteadOf)
    }

    pub(super) fn add(&mut self, path: ClientPath) {
        let ip = path.addr.ip();
        self.last += 1;
        self.came.insert(path, self.last);
        *self.per_client.entry(network_of(ip)).or_default() += 1;
        *self.per_network.entry(wide_network_of(ip)).or_default() += 1;
    }

    pub(super) fn remove(&mut self, path: ClientPath) {
        let ip = path.addr.ip();
        if self.came.remove(&path).is_some() {
            decrement(&mut self.per_client, network_of(ip));
            decrement(&mut self.per_network, wide_network_of(ip));
        }
    }

    fn oldest(&self, is_meant: impl Fn(ClientPath) -> bool) -> Option<ClientPath> {
        self.came
            .iter()
            .filter(|(path, _)| is_meant(**path))
            .min_by_key(|(_, came)| **came)
            .map(|(path, _)| *path)
    }

    /// The oldest stranger of the network with the most strangers, so that a flood loses its own
    /// places.
    fn of_the_largest_crowd(&self, is_stranger: impl Fn(ClientPath) -> bool) -> Option<ClientPath> {
        let mut crowds: HashMap<IpAddr, (usize, Reverse<u64>, ClientPath)> = HashMap::new();
        for (&path, &came) in self.came.iter().filter(|(path, _)| is_stranger(**path)) {
            let crowd = crowds.entry(wide_network_of(path.addr.ip()));
            let crowd = crowd.or_insert((0, Reverse(came), path));
            crowd.0 += 1;
            if Reverse(came) > crowd.1 {
                (crowd.1, crowd.2) = (Reverse(came), path);
            }
        }
        let crowds = crowds.into_values();
        crowds
            .max_by_key(|(size, oldest, _)| (*size, *oldest))
            .map(|(.., path)| path)
    }
}

fn decrement(counts: &mut HashMap<IpAddr, usize>, of: IpAddr) {
    if let Some(count) = counts.get_mut(&of) {
        *count -= 1;
        if *count == 0 {
            counts.remove(&of);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::core::Transport;
    use super::*;

    fn limits() -> Limits {
        Limits {
            tcp_connections: 12,
            tcp_connections_per_ip: 3,
            tcp_connections_per_network: 5,
            ..Limits::default()
        }
    }

    fn at(a: u8, host: u8, port: u16) -> ClientPath {
        ClientPath {
            transport: Transport::Tcp,
            addr: ([8, 8, a, host], port).into(),
        }
    }

    fn come(places: &mut ConnectionPlaces, path: ClientPath) -> Admission {
        let admission = places.admit(path, &limits(), |_| true);
        if let Admission::InsteadOf(old) = admission {
            places.remove(old);
        }
        if admission != Admission::Refused {
            places.add(path);
        }
        admission
    }

    #[test]
    fn a_client_at_its_limit_loses_its_oldest_unallocated_connection() {
        let mut places = ConnectionPlaces::default();
        for port in 1..=3 {
            assert_eq!(come(&mut places, at(1, 1, port)), Admission::Free);
        }

        let fourth = come(&mut places, at(1, 1, 4));

        assert_eq!(fourth, Admission::InsteadOf(at(1, 1, 1)));
        assert_eq!(come(&mut places, at(2, 1, 1)), Admission::Free);
    }

    #[test]
    fn streams_of_other_listeners_share_the_places() {
        let mut places = ConnectionPlaces::default();
        for port in 1..=3 {
            let transport = Transport::Handed;
            let path = ClientPath {
                transport,
                ..at(1, 1, port)
            };
            assert_eq!(come(&mut places, path), Admission::Free);
        }

        let same_port = come(&mut places, at(1, 1, 1));

        assert!(matches!(same_port, Admission::InsteadOf(_)));
        assert_eq!(places.len(), 3, "two connections may have one address");
    }

    #[test]
    fn a_network_has_a_limit_beside_its_clients() {
        let mut places = ConnectionPlaces::default();
        for host in 1..=5 {
            assert_eq!(come(&mut places, at(1, host, 1)), Admission::Free);
        }

        assert_eq!(
            come(&mut places, at(1, 6, 1)),
            Admission::InsteadOf(at(1, 1, 1))
        );
    }

    #[test]
    fn the_network_with_most_connections_is_evicted_first() {
        let mut places = ConnectionPlaces::default();
        come(&mut places, at(9, 1, 1));
        for network in 1..=3 {
            for host in 1..=4 {
                come(&mut places, at(network, host, 1));
            }
        }
        assert_eq!(places.len(), 12);

        for host in 1..=2 {
            assert!(matches!(
                come(&mut places, at(10, host, 1)),
                Admission::InsteadOf(_)
            ));
        }

        assert!(places.came.contains_key(&at(9, 1, 1)), "alone and oldest");
        assert!(places.came.contains_key(&at(10, 1, 1)));
        assert_eq!(places.len(), 12);
    }

    #[test]
    fn clients_with_allocations_are_never_evicted() {
        let mut places = ConnectionPlaces::default();
        for port in 1..=3 {
            come(&mut places, at(1, 1, port));
        }

        let nobody = places.admit(at(1, 1, 4), &limits(), |_| false);
        let third = places.admit(at(1, 1, 4), &limits(), |path| path == at(1, 1, 3));

        assert_eq!(nobody, Admission::Refused);
        assert_eq!(third, Admission::InsteadOf(at(1, 1, 3)));
    }

    #[test]
    fn released_places_leave_no_count() {
        let mut places = ConnectionPlaces::default();
        come(&mut places, at(1, 1, 1));

        places.remove(at(1, 1, 1));
        places.remove(at(1, 1, 1));

        assert!(places.came.is_empty());
        assert!(places.per_client.is_empty() && places.per_network.is_empty());
    }
}
