//! Relays that run alone and have joined this cloud: who may join, which of them live, and where clients
//! reach them. The rules of one socket are in `proto::joining`; `task` drives them.

pub mod limits;
mod task;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use proto::joining;
use proto::joining::message::TlsPlace;
use proto::joining::proof::JoinSecret;
use proto::rpc::MAX_MESSAGE_BYTES;
use proto::turn_credential::Secret;
use relay::CallBook;
use tokio_util::sync::CancellationToken;

use crate::connections::Seat;
use crate::links::socket::{SocketAdmission, SocketLimits, SocketPermit};
use crate::mail::OperatorWarning;
use crate::operator_warnings;
use crate::state::State;
use crate::throttle::limits::{MINUTE, RELAY_GONE};
use crate::visitor::Client;

/// The relays of this process; clones share them.
#[derive(Debug, Clone)]
pub struct JoinedRelays(Arc<RelaysInner>);

#[derive(Debug)]
struct RelaysInner {
    known: OnceLock<Vec<(String, JoinSecret)>>,
    others: OnceLock<Vec<OtherTurn>>,
    /// Drawn at the start of this process.
    instance: String,
    by_name: Mutex<BTreeMap<String, OnlineRelay>>,
    gone_since: Mutex<BTreeMap<String, i64>>,
    admission: SocketAdmission,
    book: CallBook,
}

#[derive(Debug)]
struct OnlineRelay {
    number: u64,
    addresses: Vec<SocketAddr>,
    tls: Option<TlsPlace>,
    turn_secret: Secret,
    is_alive: bool,
    is_draining: bool,
    n_allocations: u64,
    /// Ends its socket when the same relay has joined on another one.
    replaced: CancellationToken,
}

/// A TURN server of another make, which shares a secret with this cloud.
#[derive(Debug, Clone)]
pub struct OtherTurn {
    /// Its URLs, as clients get them.
    pub urls: Vec<String>,
    /// Signs the credentials of its clients.
    pub turn_secret: Secret,
}

/// A relay that takes new calls.
#[derive(Debug, Clone)]
pub struct HealthyRelay {
    /// Its name in the settings.
    pub name: String,
    /// Where clients reach it.
    pub addresses: Vec<SocketAddr>,
    /// Where it takes TURN over TLS, if it does.
    pub tls: Option<TlsPlace>,
    /// Signs the credentials of its clients.
    pub turn_secret: Secret,
    /// Allocations that it carried a moment ago.
    pub n_allocations: u64,
}

impl JoinedRelays {
    /// Nobody may join yet. A cloud with few connections accepts fewer sockets.
    pub fn new(connections: usize, book: CallBook, instance: String) -> JoinedRelays {
        let most = SocketLimits {
            all: limits::MAX_SOCKETS,
            per_client: limits::MAX_SOCKETS_PER_CLIENT,
            per_network: limits::MAX_SOCKETS_PER_NETWORK,
            per_account: usize::MAX,
        };
        JoinedRelays(Arc::new(RelaysInner {
            known: OnceLock::new(),
            others: OnceLock::new(),
            instance,
            by_name: Mutex::default(),
            gone_since: Mutex::default(),
            admission: SocketAdmission::new(most.within(connections)),
            book,
        }))
    }

    /// Says once which relays may join; they count as gone from `now` on.
    pub fn expect(&self, relays: Vec<(String, JoinSecret)>, now: i64) {
        let mut gone = self.lock_gone();
        gone.extend(relays.iter().map(|(name, _)| (name.clone(), now)));
        // At the start of the process, and then never again.
        self.0.known.set(relays).ok();
    }

    /// Says once which other TURN servers there are.
    pub fn use_others(&self, others: Vec<OtherTurn>) {
        self.0.others.set(others).ok();
    }

    /// The TURN servers of other makes.
    pub fn others(&self) -> &[OtherTurn] {
        self.0.others.get().map_or(&[], Vec::as_slice)
    }

    /// Whether any relay may join.
    pub fn are_expected(&self) -> bool {
        !self.known().is_empty()
    }

    /// How many relays may join.
    pub fn n_expected(&self) -> usize {
        self.known().len()
    }

    /// The relays that take new calls, the least busy first.
    pub fn healthy(&self) -> Vec<HealthyRelay> {
        let online = self.lock();
        let taking = online.iter().filter(|(_, of)| of.takes_calls());
        let mut healthy: Vec<HealthyRelay> = taking
            .map(|(name, of)| HealthyRelay {
                name: name.clone(),
                addresses: of.addresses.clone(),
                tls: of.tls.clone(),
                turn_secret: of.turn_secret.clone(),
                n_allocations: of.n_allocations,
            })
            .collect();
        drop(online);
        healthy.sort_by_key(|of| of.n_allocations);
        healthy
    }

    /// The relay that this address belongs to, if it has joined.
    pub fn named_by(&self, ip: IpAddr) -> Option<String> {
        let online = self.lock();
        let is_its = |of: &OnlineRelay| of.addresses.iter().any(|at| at.ip() == ip);
        let found = online.iter().find(|(_, of)| is_its(of));
        found.map(|(name, _)| name.clone())
    }

    /// Relays that have been gone since before `moment`.
    pub fn gone_since_before(&self, moment: i64) -> Vec<String> {
        let gone = self.lock_gone();
        let long = gone.iter().filter(|(_, since)| **since < moment);
        long.map(|(name, _)| name.clone()).collect()
    }

    /// A place for one more socket, unless there are too many.
    pub(crate) fn admit(&self, client: &Client) -> Option<SocketPermit> {
        self.0.admission.admit(client, None)
    }

    /// Serves the socket of one relay until it ends.
    pub(crate) async fn serve(
        &self,
        socket: WebSocket,
        state: State,
        seat: Option<Seat>,
        permit: SocketPermit,
    ) {
        task::run(socket, (state, self.clone()), seat).await;
        drop(permit);
    }

    fn known(&self) -> &[(String, JoinSecret)] {
        self.0.known.get().map_or(&[], Vec::as_slice)
    }

    /// Puts a relay in. An earlier socket of it ends: it reconnects before the cloud has noticed the end.
    fn insert(&self, name: &str, relay: OnlineRelay) {
        if let Some(earlier) = self.lock().insert(name.to_owned(), relay) {
            earlier.replaced.cancel();
        }
        self.lock_gone().remove(name);
    }

    /// Takes a relay out, if it is still the one of this socket.
    fn remove(&self, name: &str, number: u64, now: i64) -> bool {
        let mut online = self.lock();
        let is_ours = online.get(name).is_some_and(|of| of.number == number);
        if is_ours {
            online.remove(name);
            self.lock_gone().insert(name.to_owned(), now);
        }
        is_ours
    }

    fn change(&self, name: &str, number: u64, change: impl FnOnce(&mut OnlineRelay)) {
        let mut online = self.lock();
        if let Some(of) = online.get_mut(name).filter(|of| of.number == number) {
            change(of);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, OnlineRelay>> {
        self.0
            .by_name
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_gone(&self) -> MutexGuard<'_, BTreeMap<String, i64>> {
        self.0
            .gone_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl OnlineRelay {
    fn takes_calls(&self) -> bool {
        self.is_alive && !self.is_draining
    }
}

/// Warns operators of relays that are gone, until the cloud stops.
pub async fn watch(state: State, relays: JoinedRelays) {
    loop {
        let now = state.clock.now();
        let gone = relays.gone_since_before(now - RELAY_GONE);
        if !gone.is_empty() {
            tracing::warn!(relays = ?gone, "relays in the settings have not joined");
            let raised = operator_warnings::raise(&state, OperatorWarning::RelayGone);
            if let Err(error) = raised.await {
                tracing::warn!(%error, "could not warn of a relay");
            }
        }
        tokio::select! {
            () = state.shutdown.cancelled() => return,
            () = state.clock.sleep_until(now + MINUTE) => {}
        }
    }
}

/// Negotiates the subprotocol of a relay's socket. Fails with a message for the requesting program.
pub(crate) fn prepare(upgrade: WebSocketUpgrade) -> Result<WebSocketUpgrade, String> {
    let upgrade = upgrade
        .max_message_size(MAX_MESSAGE_BYTES)
        .max_frame_size(MAX_MESSAGE_BYTES)
        .protocols([joining::SUBPROTOCOL]);
    if upgrade.selected_protocol().is_none() {
        let words = format!(
            "This socket speaks the subprotocol {}.",
            joining::SUBPROTOCOL
        );
        return Err(words);
    }
    Ok(upgrade)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relay(number: u64, last: u8) -> OnlineRelay {
        let secret = JoinSecret::parse("0123456789abcdef0123456789abcdef").unwrap();
        OnlineRelay {
            number,
            addresses: vec![SocketAddr::from(([192, 0, 2, last], 3478))],
            tls: None,
            turn_secret: secret.turn_secret(),
            is_alive: true,
            is_draining: false,
            n_allocations: u64::from(last),
            replaced: CancellationToken::new(),
        }
    }

    fn names(relays: &JoinedRelays) -> Vec<String> {
        relays.healthy().into_iter().map(|of| of.name).collect()
    }

    #[test]
    fn silent_and_draining_relays_get_no_new_calls() {
        let relays = JoinedRelays::new(100, CallBook::default(), String::new());
        for (name, last) in [("north", 9), ("south", 1), ("west", 5)] {
            relays.insert(name, relay(0, last));
        }
        assert_eq!(
            names(&relays),
            ["south", "west", "north"],
            "least busy first"
        );

        relays.change("south", 0, |of| of.is_alive = false);
        relays.change("west", 0, |of| of.is_draining = true);

        assert_eq!(names(&relays), ["north"]);
        assert_eq!(relays.named_by([192, 0, 2, 1].into()).unwrap(), "south");
    }

    #[test]
    fn a_relay_that_joins_again_replaces_its_earlier_socket() {
        let relays = JoinedRelays::new(100, CallBook::default(), String::new());
        let first = relay(0, 1);
        let replaced = first.replaced.clone();
        relays.insert("north", first);

        relays.insert("north", relay(1, 2));

        assert!(replaced.is_cancelled());
        assert!(!relays.remove("north", 0, 50), "the earlier one's end");
        assert_eq!(names(&relays), ["north"]);
        assert!(relays.remove("north", 1, 60));
        assert_eq!(relays.gone_since_before(61), ["north"]);
        assert!(relays.gone_since_before(60).is_empty());
    }
}
