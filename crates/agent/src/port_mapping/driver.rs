//! The task that owns all port mappings: it does what [`MappingMachine`] decides. Requests to the
//! router run beside it, so that a call never waits for one.

use std::collections::{BTreeMap, VecDeque};
use std::net::{SocketAddr, UdpSocket};
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use igd_next::aio::Gateway;
use igd_next::aio::tokio::Tokio;
use peer::MappedSocket;
use proto::machine::Machine;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::announcements::Announcements;
use super::machine::{
    MappingGrant, MappingId, MappingInput, MappingKind, MappingMachine, MappingOutput,
    MappingTrouble,
};
use super::networks::LanNetwork;
use super::router::RouterLease;
use super::{MappedPort, MappingHold, MappingOrder, MappingScope};
use crate::limits;
use crate::reach::{MappingProtocol, MappingState, SeenAddresses, SiteReach};

/// All mappings of one kind.
#[derive(Debug)]
pub(super) struct MappingDriver {
    kind: MappingKind,
    scope: MappingScope,
    inbox: mpsc::Receiver<MappingOrder>,
    reach: watch::Sender<SiteReach>,
    seen: SeenAddresses,
    ports: BTreeMap<MappingId, Port>,
    /// Calls that wait for the answer to their request, in order.
    takers: VecDeque<oneshot::Sender<Option<MappedPort>>>,
    released: mpsc::Receiver<MappingId>,
    releases: mpsc::Sender<MappingId>,
    requests: JoinSet<RouterAnswer>,
    gateway: Option<Gateway<Tokio>>,
    start: Instant,
}

/// What belongs to one mapping.
#[derive(Debug)]
struct Port {
    local: SocketAddr,
    external: Option<SocketAddr>,
    /// Gone once a call has it.
    socket: Option<UdpSocket>,
    /// Away while a request about it runs.
    lease: Option<RouterLease>,
    /// Tells the call that has it.
    told: watch::Sender<Option<SocketAddr>>,
}

enum RouterAnswer {
    Opened(
        MappingId,
        Result<(RouterLease, MappingGrant), MappingTrouble>,
    ),
    Renewed(
        MappingId,
        Option<RouterLease>,
        Result<MappingGrant, MappingTrouble>,
    ),
    Removed(MappingId),
}

impl MappingDriver {
    pub(super) fn new(
        kind: MappingKind,
        scope: MappingScope,
        inbox: mpsc::Receiver<MappingOrder>,
        reach: watch::Sender<SiteReach>,
    ) -> MappingDriver {
        let (releases, released) = mpsc::channel(limits::MAX_MAPPINGS);
        MappingDriver {
            kind,
            scope,
            inbox,
            reach,
            seen: SeenAddresses::default(),
            ports: BTreeMap::new(),
            takers: VecDeque::new(),
            released,
            releases,
            requests: JoinSet::new(),
            gateway: None,
            start: Instant::now(),
        }
    }

    /// Runs until `shutdown`, and then until the mappings are removed.
    pub(super) async fn run(mut self, shutdown: CancellationToken) {
        let mut machine = MappingMachine::new(self.kind, self.scope.is_for_tests());
        self.start = Instant::now();
        let announcements = match self.kind {
            MappingKind::Ports => Announcements::listen(&self.scope),
            MappingKind::Pinholes => Announcements::none(),
        };
        let mut is_stopping = false;
        loop {
            self.act(&mut machine);
            let due = machine.poll_timeout();
            if is_stopping && due.is_none() {
                break;
            }
            let input = tokio::select! {
                () = shutdown.cancelled(), if !is_stopping => {
                    is_stopping = true;
                    Some(MappingInput::Stop)
                }
                Some(order) = self.inbox.recv() => self.ordered(order),
                router = announcements.next() => Some(MappingInput::Announced(router)),
                Some(id) = self.released.recv() => Some(MappingInput::Released(id)),
                Some(answer) = self.requests.join_next() => match answer {
                    Ok(answer) => Some(self.answered(answer)),
                    Err(error) => {
                        tracing::error!("a request to a router failed: {error}");
                        None
                    }
                },
                () = sleep_until(self.start, due) => {
                    machine.handle_timeout(self.start.elapsed());
                    None
                }
            };
            if let Some(input) = input {
                machine.handle(input, self.start.elapsed());
            }
        }
        self.requests.abort_all();
    }

    fn act(&mut self, machine: &mut MappingMachine) {
        while let Some(output) = machine.poll_output() {
            match output {
                MappingOutput::Look => {
                    let view = self.scope.look(self.kind);
                    let networks = MappingInput::Networks {
                        networks: view.networks,
                        random: rand::random(),
                    };
                    self.change(|reach| reach.has_ipv6 = view.has_ipv6);
                    machine.handle(networks, self.start.elapsed());
                }
                MappingOutput::Open {
                    id,
                    network,
                    protocol,
                } => self.open(id, network, protocol),
                MappingOutput::Renew(id) => self.renew(id),
                MappingOutput::Remove(id) => self.remove(id),
                MappingOutput::Forget(id) => {
                    self.ports.remove(&id);
                }
                MappingOutput::Tell { id, external } => {
                    if let Some(port) = self.ports.get(&id) {
                        tracing::info!(?external, "the port mapping of a call has changed");
                        port.told.send_replace(external);
                    }
                }
                MappingOutput::Give(id) => self.give(id),
                MappingOutput::Report(state) => {
                    if !matches!(self.scope, MappingScope::Off | MappingScope::OnThisMachine) {
                        self.change(|reach| match self.kind {
                            MappingKind::Ports => reach.mapping = state,
                            MappingKind::Pinholes => reach.pinhole = protocol_of(state),
                        });
                    }
                }
            }
        }
    }

    fn open(&mut self, id: MappingId, network: LanNetwork, protocol: MappingProtocol) {
        let bound = peer::bind_udp(network.local).and_then(|socket| {
            let local = socket.local_addr()?;
            Ok((socket, local))
        });
        let (socket, local) = match bound {
            Ok(bound) => bound,
            Err(error) => {
                tracing::debug!("no socket for a port mapping: {error:#}");
                self.requests
                    .spawn(async move { RouterAnswer::Opened(id, Err(MappingTrouble::Silent)) });
                return;
            }
        };
        self.ports.insert(
            id,
            Port {
                local,
                external: None,
                socket: Some(socket),
                lease: None,
                told: watch::Sender::new(None),
            },
        );
        if self.kind == MappingKind::Pinholes {
            let port = self.scope.pcp_port();
            let opening = RouterLease::open_pinhole(network, protocol, local, port);
            self.requests
                .spawn(async move { RouterAnswer::Opened(id, safely(opening).await) });
            return;
        }
        let known = self
            .gateway
            .clone()
            .filter(|gateway| gateway.addr.ip() == network.router);
        let opening = RouterLease::open(network, protocol, local, known);
        self.requests
            .spawn(async move { RouterAnswer::Opened(id, safely(opening).await) });
    }

    fn renew(&mut self, id: MappingId) {
        let lease = self.ports.get_mut(&id).and_then(|port| port.lease.take());
        // A router that was found again after a restart may have other addresses for its services.
        let gateway = self.gateway.clone();
        self.requests.spawn(async move {
            let Some(mut lease) = lease else {
                return RouterAnswer::Renewed(id, None, Err(MappingTrouble::Refused));
            };
            let outcome = safely(lease.renew(gateway)).await;
            RouterAnswer::Renewed(id, Some(lease), outcome)
        });
    }

    fn remove(&mut self, id: MappingId) {
        let lease = self.ports.remove(&id).and_then(|port| port.lease);
        self.requests.spawn(async move {
            if let Some(lease) = lease {
                let removing = async {
                    lease.remove().await;
                    Ok(())
                };
                let _ = safely(removing).await;
            }
            RouterAnswer::Removed(id)
        });
    }

    fn give(&mut self, id: Option<MappingId>) {
        let Some(taker) = self.takers.pop_front() else {
            return;
        };
        let port = id.and_then(|id| {
            let port = self.ports.get_mut(&id)?;
            let hold = MappingHold {
                id,
                local: port.local,
                external: port.told.subscribe(),
                releases: self.releases.clone(),
            };
            // From here on a missing socket or a caller that has gone releases it by the drop.
            Some(MappedPort {
                socket: MappedSocket {
                    socket: port.socket.take()?,
                    external: port.external?,
                },
                hold,
            })
        });
        let _ = taker.send(port);
    }

    fn answered(&mut self, answer: RouterAnswer) -> MappingInput {
        match answer {
            RouterAnswer::Opened(id, Ok((lease, grant))) => {
                self.gateway = lease.gateway();
                if let Some(port) = self.ports.get_mut(&id) {
                    port.external = Some(grant.external);
                    port.lease = Some(lease);
                }
                MappingInput::Opened(id, Ok(grant))
            }
            RouterAnswer::Opened(id, Err(trouble)) => {
                // A restarted router may have other addresses for its services.
                self.gateway = None;
                MappingInput::Opened(id, Err(trouble))
            }
            RouterAnswer::Renewed(id, lease, outcome) => {
                if let Some(port) = self.ports.get_mut(&id) {
                    port.lease = lease;
                    if let Ok(grant) = outcome {
                        port.external = Some(grant.external);
                    }
                }
                MappingInput::Renewed(id, outcome)
            }
            RouterAnswer::Removed(id) => MappingInput::Removed(id),
        }
    }

    fn ordered(&mut self, order: MappingOrder) -> Option<MappingInput> {
        match order {
            MappingOrder::Take(taker) => {
                self.takers.push_back(taker);
                Some(MappingInput::Take)
            }
            MappingOrder::Asked(has_answer) => {
                self.change(|reach| {
                    if has_answer || reach.can_ask_over_udp() {
                        reach.has_udp = Some(has_answer);
                    }
                });
                None
            }
            // No NAT is between that server and this machine: nothing to learn about one.
            MappingOrder::Seen(seen, _) if seen.address == seen.socket => {
                self.change(|reach| reach.has_udp = Some(true));
                None
            }
            MappingOrder::Seen(seen, true) => {
                self.change(|reach| reach.has_udp = Some(true));
                Some(MappingInput::Seen {
                    local: seen.socket.ip(),
                    public: seen.address.ip(),
                })
            }
            MappingOrder::Seen(seen, false) => {
                let kind = self.seen.note(seen.socket, seen.server, seen.address);
                self.change(|reach| {
                    reach.has_udp = Some(true);
                    reach.nat = kind.unwrap_or(reach.nat);
                });
                None
            }
        }
    }

    /// Changes what is known about this site, and reports it once.
    fn change(&self, change: impl FnOnce(&mut SiteReach)) {
        let is_changed = self.reach.send_if_modified(|reach| {
            let before = *reach;
            change(reach);
            *reach != before
        });
        let reach = *self.reach.borrow();
        if is_changed && reach.mapping != MappingState::Looking {
            tracing::info!("reach of this site: {reach}");
        }
    }
}

/// How routers let packets in, if they do.
fn protocol_of(state: MappingState) -> Option<MappingProtocol> {
    match state {
        MappingState::Mapped(protocol, _) => Some(protocol),
        _ => None,
    }
}

/// Ends a request in time, and keeps a defect in a crate away from everything else.
async fn safely<T>(
    request: impl Future<Output = Result<T, MappingTrouble>>,
) -> Result<T, MappingTrouble> {
    let guarded = AssertUnwindSafe(request).catch_unwind();
    match tokio::time::timeout(limits::ROUTER_REQUEST, guarded).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_panic)) => Err(MappingTrouble::Nonsense),
        Err(_elapsed) => Err(MappingTrouble::Silent),
    }
}

/// Waits for a moment of the machine's time, for ever where there is none.
async fn sleep_until(start: Instant, due: Option<std::time::Duration>) {
    match due {
        Some(due) => tokio::time::sleep_until(start + due).await,
        None => std::future::pending().await,
    }
}
