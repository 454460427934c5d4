//! Ports that the router at this site maps to us, so that a viewer behind any NAT reaches a call
//! directly. A few sockets are bound and mapped in advance, because asking a router takes longer
//! than a call may wait. One task owns all of them ([`MappingTask`]); calls have a handle.

mod announcements;
mod driver;
pub mod external;
pub mod machine;
pub mod networks;
mod router;

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use peer::{Event, MappedSocket};
use tokio::sync::{mpsc, oneshot, watch};

use crate::limits;
use crate::reach::{MappingState, SiteReach};
use networks::LanNetwork;

pub use driver::MappingTask;
use machine::MappingId;

/// Where ports are mapped.
#[derive(Debug, Clone)]
pub enum MappingScope {
    /// Nowhere: the setting is off.
    Off,
    /// Nowhere: viewers are on this machine.
    OnThisMachine,
    /// By the routers of this machine, or only in the network with this address of ours.
    Routers(Option<IpAddr>),
    /// By this router, whatever the routes say, also on loopback; for tests.
    Fixed(LanNetwork),
}

/// The handle that calls have; cheap to clone.
#[derive(Debug, Clone)]
pub struct PortMappings {
    orders: mpsc::Sender<MappingOrder>,
    reach: watch::Receiver<SiteReach>,
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
        let (orders, inbox) = mpsc::channel(limits::MAPPING_ORDERS);
        let (reach, view) = watch::channel(SiteReach::unknown(first));
        let handle = PortMappings {
            orders,
            reach: view,
        };
        (handle, MappingTask::new(scope, inbox, reach))
    }

    /// A handle without any mapping.
    pub fn off() -> PortMappings {
        PortMappings::new(MappingScope::Off).0
    }

    /// What is known about the network of this site.
    pub fn reach(&self) -> watch::Receiver<SiteReach> {
        self.reach.clone()
    }

    /// A socket that is ready, if there is one; a call must not wait for a router.
    pub async fn take(&self) -> Option<MappedPort> {
        let (reply, answer) = oneshot::channel();
        self.orders.try_send(MappingOrder::Take(reply)).ok()?;
        take_within(limits::TAKE_MAPPING, answer).await
    }

    /// Learns from the events of a call what STUN servers see of this site.
    pub fn observe(&self, call: &mut CallReach, event: &Event) {
        let order = match event {
            Event::SeenAddress(seen) => {
                call.has_answer = true;
                let mapping = call.mapping.as_ref();
                let is_mapped = mapping.is_some_and(|hold| hold.local == seen.socket);
                MappingOrder::Seen(*seen, is_mapped)
            }
            Event::Candidate(None) if call.has_servers => MappingOrder::Asked(call.has_answer),
            _ => return,
        };
        // Only a statistic is lost with a full inbox.
        let _ = self.orders.try_send(order);
    }
}

async fn take_within(
    limit: Duration,
    answer: oneshot::Receiver<Option<MappedPort>>,
) -> Option<MappedPort> {
    tokio::time::timeout(limit, answer).await.ok()?.ok()?
}

/// What one call learns about the network of this site, with its mapping.
#[derive(Debug)]
pub struct CallReach {
    mapping: Option<MappingHold>,
    has_servers: bool,
    has_answer: bool,
}

impl CallReach {
    /// For a call with or without a mapping and STUN servers.
    pub fn new(mapping: Option<MappingHold>, has_servers: bool) -> CallReach {
        CallReach {
            mapping,
            has_servers,
            has_answer: false,
        }
    }

    /// Waits until the router receives elsewhere for the call's socket, or no longer: the local address, and
    /// the external one if there is one.
    pub async fn mapping_changed(&mut self) -> (SocketAddr, Option<SocketAddr>) {
        if let Some(hold) = &mut self.mapping
            && hold.external.changed().await.is_ok()
        {
            return (hold.local, *hold.external.borrow_and_update());
        }
        std::future::pending().await
    }
}

impl Drop for MappingHold {
    fn drop(&mut self) {
        // There is a place for every mapping in this channel.
        let _ = self.releases.try_send(self.id);
    }
}
