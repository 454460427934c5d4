//! Who may connect: so many connections in all, so many that have not asked for anything yet, and
//! so many of those from one client.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use ipnet::IpNet;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Limits;
use crate::web::guard::Client;

/// The counts of one listener.
pub(super) struct Gates {
    connections: Arc<Semaphore>,
    newcomers: Arc<Semaphore>,
    by_client: Mutex<HashMap<Client, usize>>,
    most_by_client: usize,
    proxies: Vec<IpNet>,
}

/// A connection's place, for as long as it lives.
pub(super) struct Place {
    pub(super) _connection: OwnedSemaphorePermit,
    /// Given up with the first whole request.
    pub(super) newcomer: Newcomer,
}

/// A connection that has not sent a whole request yet.
pub(super) struct Newcomer {
    _permit: OwnedSemaphorePermit,
    counted: Option<(Arc<Gates>, Client)>,
}

impl Gates {
    pub(super) fn new(limits: &Limits, proxies: Vec<IpNet>) -> Arc<Gates> {
        Arc::new(Gates {
            connections: Arc::new(Semaphore::new(limits.connections)),
            newcomers: Arc::new(Semaphore::new(limits.newcomers)),
            by_client: Mutex::new(HashMap::new()),
            most_by_client: limits.newcomers_per_client,
            proxies,
        })
    }

    /// A place for a connection from `ip`, or nothing when there are too many.
    pub(super) fn admit(self: &Arc<Gates>, ip: IpAddr) -> Option<Place> {
        let connection = self.connections.clone().try_acquire_owned().ok()?;
        let permit = self.newcomers.clone().try_acquire_owned().ok()?;
        let ip = ip.to_canonical();
        let counted = if self.proxies.iter().any(|net| net.contains(&ip)) {
            None
        } else {
            let client = Client::of(ip);
            if !self.count(&client) {
                return None;
            }
            Some((self.clone(), client))
        };
        Some(Place {
            _connection: connection,
            newcomer: Newcomer {
                _permit: permit,
                counted,
            },
        })
    }

    fn count(&self, client: &Client) -> bool {
        let mut by_client = self
            .by_client
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let n = by_client.entry(client.clone()).or_default();
        let is_free = *n < self.most_by_client;
        *n += usize::from(is_free);
        is_free
    }
}

impl Drop for Newcomer {
    fn drop(&mut self) {
        let Some((gates, client)) = self.counted.take() else {
            return;
        };
        let mut by_client = gates
            .by_client
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(n) = by_client.get_mut(&client) {
            *n -= 1;
            if *n == 0 {
                by_client.remove(&client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gates(connections: usize, newcomers: usize, per_client: usize) -> Arc<Gates> {
        let limits = Limits {
            connections,
            newcomers,
            newcomers_per_client: per_client,
            ..Limits::default()
        };
        Gates::new(&limits, vec!["10.0.0.0/8".parse().unwrap()])
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_client_cannot_take_all_places() {
        let gates = gates(100, 100, 2);
        let first = gates.admit(ip("2001:db8::1")).unwrap();
        let _second = gates.admit(ip("2001:db8::2")).unwrap();

        assert!(gates.admit(ip("2001:db8::3")).is_none(), "the same /64");
        assert!(gates.admit(ip("192.0.2.1")).is_some());

        drop(first);
        assert!(gates.admit(ip("2001:db8::3")).is_some());
    }

    #[test]
    fn a_proxy_brings_as_many_as_there_are_places() {
        let gates = gates(100, 4, 2);
        let places: Vec<_> = (0..5).map(|_| gates.admit(ip("::ffff:10.1.2.3"))).collect();

        assert_eq!(places.iter().flatten().count(), 4);
    }

    #[test]
    fn who_has_asked_something_makes_room_for_the_next_newcomer() {
        let gates = gates(2, 1, 5);
        let Place {
            _connection,
            newcomer,
        } = gates.admit(ip("192.0.2.1")).unwrap();
        assert!(gates.admit(ip("192.0.2.2")).is_none());

        drop(newcomer);

        let _other = gates.admit(ip("192.0.2.2")).unwrap();
        assert!(
            gates.admit(ip("192.0.2.3")).is_none(),
            "two connections are the most"
        );
    }

    #[test]
    fn clients_that_are_gone_are_forgotten() {
        let gates = gates(10, 10, 2);
        drop(gates.admit(ip("192.0.2.1")));

        assert!(gates.by_client.lock().unwrap().is_empty());
    }
}
