//! Ports that the router at this site maps to us, so that a viewer behind any NAT reaches a call directly,
//! and IPv6 pinholes in its firewall. A few sockets are bound and mapped in advance, because a request to a
//! router takes longer than a call may wait. One task owns all of each kind ([`MappingTask`]); calls have a
//! handle.

mod announcements;
mod driver;
pub mod external;
pub mod machine;
pub mod networks;
mod pinhole;
mod router;
mod scope;

use std::net::SocketAddr;
use std::time::Duration;

use peer::{Event, MappedSocket};
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

use crate::limits;
use crate::reach::{MappingState, SiteReach};

use driver::MappingDriver;
use machine::{MappingId, MappingKind};
pub use scope::MappingScope;

/// The handle that calls have; cheap to clone.
#[derive(Debug, Clone)]
pub struct PortMappings {
    ports: mpsc::Sender<MappingOrder>,
    pinholes: mpsc::Sender<MappingOrder>,
    reach: watch::Receiver<SiteReach>,
}

/// The task behind [`PortMappings`].
#[derive(Debug)]
pub struct MappingTask {
    ports: MappingDriver,
    pinholes: MappingDriver,
}

impl MappingTask {
    /// Runs until `shutdown`, and then until the mappings are removed.
    pub async fn run(self, shutdown: CancellationToken) {
        tokio::join!(
            self.ports.run(shutdown.clone()),
            self.pinholes.run(shutdown)
        );
    }
}

/// A bound socket with a mapping, for one call.
#[derive(Debug)]
pub struct MappedPort {
    /// For the endpoint.
    pub socket: MappedSocket,
    /// Dropped when the call ends.
    pub hold: MappingHold,
}

/// Keeps a mapping alive; dropping it has the mapping removed.
#[derive(Debug)]
pub struct MappingHold {
    id: MappingId,
    local: SocketAddr,
    /// Where the router receives for it, from its first change on.
    external: watch::Receiver<Option<SocketAddr>>,
    releases: mpsc::Sender<MappingId>,
}

#[derive(Debug)]
enum MappingOrder {
    Take(oneshot::Sender<Option<MappedPort>>),
    /// A STUN server's answer, and whether the socket has a mapping.
    Seen(peer::SeenAddress, bool),
    /// A call has asked all STUN servers; whether any answered.
    Asked(bool),
}

impl PortMappings {
    /// The handle, and the task that has to run for it.
    pub fn new(scope: MappingScope) -> (PortMappings, MappingTask) {
        let first = match scope {
            MappingScope::Off => MappingState::Off,
            MappingScope::OnThisMachine => MappingState::OnThisMachine,
            _ => MappingState::Looking,
        };
        let (reach, view) = watch::channel(SiteReach::unknown(first));
        let driver = |kind| {
            let (orders, inbox) = mpsc::channel(limits::MAPPING_ORDERS);
            let driver = MappingDriver::new(kind, scope.clone(), inbox, reach.clone());
            (orders, driver)
        };
        let (of_ports, ports) = driver(MappingKind::Ports);
        let (of_pinholes, pinholes) = driver(MappingKind::Pinholes);
        let handle = PortMappings {
            ports: of_ports,
            pinholes: of_pinholes,
            reach: view,
        };
        (handle, MappingTask { ports, pinholes })
    }

    /// A handle without any mapping.
    pub fn off() -> PortMappings {
        PortMappings::new(MappingScope::Off).0
    }

    /// What is known about the network of this site.
    pub fn reach(&self) -> watch::Receiver<SiteReach> {
        self.reach.clone()
    }

    /// The sockets that are ready, at most one of each address family; a call must not wait for a router.
    pub async fn take(&self) -> Vec<MappedPort> {
        let both = tokio::join!(take_from(&self.ports), take_from(&self.pinholes));
        [both.0, both.1].into_iter().flatten().collect()
    }

    /// Learns from the events of a call what STUN servers see of this site.
    pub fn observe(&self, call: &mut CallReach, event: &Event) {
        let (to, order) = match event {
            Event::SeenAddress(seen) => {
                call.has_answer = true;
                let is_mapped = call.mappings.iter().any(|hold| hold.local == seen.socket);
                let is_pinhole = is_mapped && seen.socket.is_ipv6();
                let to = if is_pinhole {
                    &self.pinholes
                } else {
                    &self.ports
                };
                (to, MappingOrder::Seen(*seen, is_mapped))
            }
            Event::Candidate(None) if call.has_servers => {
                (&self.ports, MappingOrder::Asked(call.has_answer))
            }
            _ => return,
        };
        // Only a statistic is lost with a full inbox.
        let _ = to.try_send(order);
    }
}

async fn take_from(orders: &mpsc::Sender<MappingOrder>) -> Option<MappedPort> {
    let (reply, answer) = oneshot::channel();
    orders.try_send(MappingOrder::Take(reply)).ok()?;
    take_within(limits::TAKE_MAPPING, answer).await
}

async fn take_within(
    limit: Duration,
    answer: oneshot::Receiver<Option<MappedPort>>,
) -> Option<MappedPort> {
    tokio::time::timeout(limit, answer).await.ok()?.ok()?
}

/// What one call learns about the network of this site, with its mappings.
#[derive(Debug)]
pub struct CallReach {
    mappings: Vec<MappingHold>,
    has_servers: bool,
    has_answer: bool,
}

impl CallReach {
    /// For a call with or without mappings and STUN servers.
    pub fn new(mappings: Vec<MappingHold>, has_servers: bool) -> CallReach {
        CallReach {
            mappings,
            has_servers,
            has_answer: false,
        }
    }

    /// Waits until the router receives elsewhere for the call's socket, or no longer: the local address, and
    /// the external one if there is one.
    pub async fn mapping_changed(&mut self) -> (SocketAddr, Option<SocketAddr>) {
        let changes = self
            .mappings
            .iter_mut()
            .map(|hold| Box::pin(hold.changed()));
        let changes: Vec<_> = changes.collect();
        if changes.is_empty() {
            return std::future::pending().await;
        }
        futures_util::future::select_all(changes).await.0
    }
}

impl MappingHold {
    async fn changed(&mut self) -> (SocketAddr, Option<SocketAddr>) {
        if self.external.changed().await.is_err() {
            // The program stops.
            return std::future::pending().await;
        }
        (self.local, *self.external.borrow_and_update())
    }
}

impl Drop for MappingHold {
    fn drop(&mut self) {
        // There is a place for every mapping in this channel.
        let _ = self.releases.try_send(self.id);
    }
}
