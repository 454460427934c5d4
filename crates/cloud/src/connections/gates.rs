//! Admission of new connections, with one count for all listeners of a cloud: if the total or a client's
//! share is used up, the longest idle stranger is disconnected for a newcomer.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ipnet::IpNet;
use tokio_util::sync::CancellationToken;

use super::crowd::{Crowd, Id};
use super::limits::Places;
use crate::visitor::Client;

/// The places of a cloud; clones share them.
#[derive(Clone)]
pub(crate) struct Gates(Arc<GatesInner>);

struct GatesInner {
    crowd: Mutex<Within>,
    proxies: Vec<IpNet>,
}

struct Within {
    crowd: Crowd,
    exits: HashMap<Id, CancellationToken>,
}

/// A connection's place, for as long as it lives; clones share it.
#[derive(Clone)]
pub(crate) struct Seat(Arc<HeldSeat>);

struct HeldSeat {
    gates: Gates,
    id: Id,
    exit: CancellationToken,
}

/// A request that is being answered.
pub(crate) struct Busy(Seat);

impl Gates {
    pub(crate) fn new(places: Places, proxies: Vec<IpNet>) -> Gates {
        let crowd = Within {
            crowd: Crowd::new(places),
            exits: HashMap::new(),
        };
        Gates(Arc::new(GatesInner {
            crowd: Mutex::new(crowd),
            proxies,
        }))
    }

    /// A place for a connection from `ip`; nothing when everybody who holds one may keep it.
    pub(crate) fn admit(&self, ip: IpAddr) -> Option<Seat> {
        let ip = ip.to_canonical();
        let is_proxy = self.0.proxies.iter().any(|net| net.contains(&ip));
        let client = (!is_proxy).then(|| Client::of(ip));
        let exit = CancellationToken::new();
        // One lock for both maps: nobody is sent away before their exit is known.
        let mut within = self.lock();
        let (id, gone) = within.crowd.enter(client.as_ref()).ok()?;
        within.exits.insert(id, exit.clone());
        within.send_away(gone);
        Some(Seat(Arc::new(HeldSeat {
            gates: self.clone(),
            id,
            exit,
        })))
    }

    /// Sends the longest idle stranger of the heaviest network away.
    pub(crate) fn send_one_away(&self) {
        let mut within = self.lock();
        let gone = within.crowd.send_one_away();
        within.send_away(gone);
    }

    fn lock(&self) -> MutexGuard<'_, Within> {
        self.0.crowd.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Within {
    fn send_away(&mut self, gone: Option<Id>) {
        if let Some(exit) = gone.and_then(|id| self.exits.remove(&id)) {
            exit.cancel();
        }
    }
}

impl Seat {
    /// Returns when another connection has got this place.
    pub(crate) async fn lost(&self) {
        self.0.exit.cancelled().await;
    }

    /// A request came with a valid session of this account.
    pub(crate) fn signs_in(&self, account_id: &str) {
        let mut within = self.0.gates.lock();
        let gone = within.crowd.signs_in(self.0.id, account_id);
        within.send_away(gone);
    }

    /// The connection is a viewer's socket from here on.
    pub(crate) fn becomes_call(&self) {
        self.0.gates.lock().crowd.becomes_call(self.0.id);
    }

    /// The connection is the link of a recorder that an account owns.
    pub(crate) fn becomes_link_of(&self, account_id: &str) {
        self.0
            .gates
            .lock()
            .crowd
            .becomes_link(self.0.id, account_id);
    }

    /// A request is being answered until the value is dropped.
    pub(crate) fn begins(&self) -> Busy {
        self.0.gates.lock().crowd.begins(self.0.id);
        Busy(self.clone())
    }
}

impl std::fmt::Debug for Seat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Seat").field(&self.0.id).finish()
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let HeldSeat { gates, id, .. } = &*self.0.0;
        gates.lock().crowd.ends(*id);
    }
}

impl Drop for HeldSeat {
    fn drop(&mut self) {
        let mut within = self.gates.lock();
        within.crowd.leave(self.id);
        within.exits.remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::super::limits::ConnectionLimits;
    use super::*;

    fn gates(change: impl FnOnce(&mut Places)) -> Gates {
        let mut places = ConnectionLimits::default().places;
        change(&mut places);
        Gates::new(places, vec!["10.0.0.0/8".parse().unwrap()])
    }

    #[tokio::test]
    async fn only_the_evicted_connection_is_told_to_close() {
        let gates = gates(|places| places.per_client = 2);
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let first = gates.admit(ip("192.0.2.1")).unwrap();
        let second = gates.admit(ip("192.0.2.1")).unwrap();

        let third = gates.admit(ip("192.0.2.1")).unwrap();

        first.lost().await;
        assert!(!second.0.exit.is_cancelled() && !third.0.exit.is_cancelled());
    }

    #[test]
    fn a_proxy_is_recognized_by_its_ipv4_mapped_address() {
        let gates = gates(|places| (places.per_client, places.all) = (1, 3));
        let seats: Vec<_> = (0..3)
            .map(|_| gates.admit("::ffff:10.1.2.3".parse().unwrap()).unwrap())
            .collect();

        assert!(seats.iter().all(|seat| !seat.0.exit.is_cancelled()));
    }

    #[test]
    fn a_released_place_is_free_again() {
        let gates = gates(|places| places.all = 1);
        let seat = gates.admit("192.0.2.1".parse().unwrap()).unwrap();
        seat.becomes_call();
        let busy = seat.clone();
        assert!(gates.admit("192.0.2.2".parse().unwrap()).is_none());

        drop(seat);
        assert!(
            gates.admit("192.0.2.2".parse().unwrap()).is_none(),
            "a clone holds it"
        );
        drop(busy);

        assert!(gates.admit("192.0.2.2".parse().unwrap()).is_some());
        assert!(gates.lock().exits.is_empty());
    }
}
