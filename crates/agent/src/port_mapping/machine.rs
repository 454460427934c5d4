//! Decides about port mappings: which router is asked in which protocol, how many mapped sockets
//! wait for calls, when each mapping is renewed, given up or removed. It has no socket and no clock.

mod messages;
mod plan;
mod stock;
#[cfg(test)]
mod tests;
mod upkeep;

use std::collections::VecDeque;
use std::net::IpAddr;
use std::time::Duration;

use proto::backoff::Backoff;
use proto::machine::Machine;

use super::external::{self, ExternalAddress};
use super::networks::LanNetwork;
use crate::limits;
use crate::reach::{MappingProtocol, MappingState};
use plan::MappingPlan;
use stock::{MappingStage, Stock};

pub use plan::MappingKind;

pub use messages::{MappingGrant, MappingId, MappingInput, MappingOutput, MappingTrouble};

/// The state machine of all mappings of an agent.
#[derive(Debug)]
pub struct MappingMachine {
    outputs: VecDeque<MappingOutput>,
    is_loopback_allowed: bool,
    plan: MappingPlan,
    stock: Stock,
    phase: MappingPhase,
    backoff: Backoff,
    random: u32,
    look_at: Duration,
    /// No new mapping before this moment.
    open_at: Duration,
    /// A public address that contradicts the router's.
    doubt: Option<IpAddr>,
    /// What the router insists on although it was contradicted.
    contradicted: Option<IpAddr>,
    /// When announcements are heeded again.
    heed_at: Duration,
    reported: Option<MappingState>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MappingPhase {
    /// The next attempt of the plan is running, or none is left to start.
    Trying,
    /// This router maps ports.
    Working(LanNetwork, MappingProtocol),
    /// No router does; asked again at that moment.
    Resting(Duration),
    /// Everything is being removed, until that moment.
    Stopping(Duration),
}

impl MappingMachine {
    /// Begins by asking for the networks. Loopback addresses are for tests.
    pub fn new(kind: MappingKind, is_loopback_allowed: bool) -> MappingMachine {
        MappingMachine {
            outputs: VecDeque::from([MappingOutput::Look]),
            is_loopback_allowed,
            plan: MappingPlan::new(kind),
            stock: Stock::default(),
            phase: MappingPhase::Resting(Duration::ZERO),
            backoff: Backoff::new(limits::MAPPING_RETRY_FIRST, limits::MAPPING_RETRY_MOST),
            random: 0,
            look_at: limits::LOOK_AT_NETWORKS,
            open_at: Duration::ZERO,
            doubt: None,
            contradicted: None,
            heed_at: Duration::ZERO,
            reported: None,
        }
    }

    fn networks(&mut self, networks: Vec<LanNetwork>, random: u32, now: Duration) {
        self.random = random;
        let is_new = self.plan.set(networks, self.is_loopback_allowed);
        let is_due = matches!(self.phase, MappingPhase::Resting(until) if until <= now);
        match self.phase {
            MappingPhase::Stopping(_) => {}
            // Another network, such as a tunnel, may come and go while this one stays.
            MappingPhase::Working(network, _) if self.plan.has(network) => {}
            _ if is_new || is_due => self.start_over(is_new, now),
            _ => {}
        }
    }

    /// Drops what waits for calls, and tries every router again.
    fn start_over(&mut self, is_new: bool, now: Duration) {
        if is_new {
            self.backoff.succeeded();
        }
        self.discard_waiting();
        self.doubt = None;
        self.contradicted = None;
        self.plan.restart();
        self.phase = MappingPhase::Trying;
        self.report(MappingState::Looking);
        self.try_next(now);
    }

    fn try_next(&mut self, now: Duration) {
        // A network that comes and goes leaves behind what its router never answered.
        match self.plan.next().filter(|_| self.stock.has_room()) {
            Some((network, protocol)) => self.open(network, protocol),
            None => {
                if !self.stock.has_room() {
                    self.plan.note_trouble(MappingTrouble::Silent);
                }
                self.phase = MappingPhase::Resting(now + self.backoff.next_wait(self.random));
                self.report(self.plan.verdict());
            }
        }
    }

    fn open(&mut self, network: LanNetwork, protocol: MappingProtocol) {
        let id = self.stock.add();
        self.outputs.push_back(MappingOutput::Open {
            id,
            network,
            protocol,
        });
    }

    fn opened(
        &mut self,
        id: MappingId,
        outcome: Result<MappingGrant, MappingTrouble>,
        now: Duration,
    ) {
        let Some(mapping) = self.stock.get_mut(id) else {
            return;
        };
        mapping.is_in_flight = false;
        let is_unwanted = mapping.is_unwanted;
        match outcome {
            Ok(grant) if is_unwanted => {
                mapping.granted(&grant, now);
                self.discard(id);
            }
            Ok(grant) => match external::judge(grant.external, self.is_loopback_allowed) {
                ExternalAddress::Public => {
                    mapping.granted(&grant, now);
                    mapping.stage = MappingStage::Ready;
                    self.works(grant.external.ip(), now);
                }
                other => {
                    mapping.granted(&grant, now);
                    self.discard(id);
                    self.failed(other, grant.external.ip(), now);
                }
            },
            Err(trouble) => {
                self.forget(id);
                if !is_unwanted {
                    self.plan.note_trouble(trouble);
                    self.attempt_failed(now);
                }
            }
        }
    }

    fn works(&mut self, external: IpAddr, now: Duration) {
        if self.phase == MappingPhase::Trying
            && let Some((network, protocol)) = self.plan.current()
        {
            self.phase = MappingPhase::Working(network, protocol);
            self.backoff.succeeded();
        }
        if let MappingPhase::Working(_, protocol) = self.phase {
            self.report(MappingState::Mapped(protocol, external));
        }
        self.fill(now);
    }

    /// An address that nobody can reach; the mapping is already being removed.
    fn failed(&mut self, judged: ExternalAddress, external: IpAddr, now: Duration) {
        match judged {
            ExternalAddress::BehindAnotherNat => self.plan.note_double_nat(external),
            _ => self.plan.note_trouble(MappingTrouble::Nonsense),
        }
        self.attempt_failed(now);
    }

    fn attempt_failed(&mut self, now: Duration) {
        match self.phase {
            MappingPhase::Trying => self.try_next(now),
            MappingPhase::Working(..) if self.stock.is_empty() => self.start_over(false, now),
            // A full table, perhaps: what is there stays, and more is asked for later.
            MappingPhase::Working(..) => self.open_at = now + limits::MAPPING_RETRY_FIRST,
            MappingPhase::Resting(_) | MappingPhase::Stopping(_) => {}
        }
    }

    /// Prepares the next socket, one at a time: home routers are small.
    fn fill(&mut self, now: Duration) {
        if let MappingPhase::Working(network, protocol) = self.phase
            && now >= self.open_at
            && self.stock.needs_more()
        {
            self.open(network, protocol);
        }
    }

    fn take(&mut self, now: Duration) {
        let given = match self.phase {
            MappingPhase::Working(..) => self.stock.take(),
            _ => None,
        };
        self.outputs.push_back(MappingOutput::Give(given));
        self.fill(now);
    }

    fn stop(&mut self, now: Duration) {
        for id in self.stock.ids() {
            self.discard(id);
        }
        self.phase = MappingPhase::Stopping(now + limits::REMOVE_MAPPINGS);
    }

    fn discard_waiting(&mut self) {
        for id in self.stock.waiting() {
            self.discard(id);
        }
    }

    fn discard(&mut self, id: MappingId) {
        if let Some(mapping) = self.stock.get_mut(id)
            && mapping.discard()
        {
            self.outputs.push_back(MappingOutput::Remove(id));
        }
    }

    fn forget(&mut self, id: MappingId) {
        self.stock.remove(id);
        self.outputs.push_back(MappingOutput::Forget(id));
    }

    fn report(&mut self, state: MappingState) {
        if self.reported != Some(state) {
            self.reported = Some(state);
            self.outputs.push_back(MappingOutput::Report(state));
        }
    }
}

impl Machine for MappingMachine {
    type Input = MappingInput;
    type Output = MappingOutput;

    fn handle(&mut self, input: MappingInput, now: Duration) {
        match input {
            MappingInput::Networks { networks, random } => self.networks(networks, random, now),
            MappingInput::Opened(id, outcome) => self.opened(id, outcome, now),
            MappingInput::Renewed(id, outcome) => self.renewed(id, outcome, now),
            MappingInput::Removed(id) => {
                self.stock.remove(id);
                self.fill(now);
            }
            MappingInput::Announced(router) => self.announced(router, now),
            MappingInput::Take => self.take(now),
            MappingInput::Released(id) => {
                self.discard(id);
                self.fill(now);
            }
            MappingInput::Seen { local, public } => self.seen(local, public, now),
            MappingInput::Stop => self.stop(now),
        }
    }

    fn handle_timeout(&mut self, now: Duration) {
        if let MappingPhase::Stopping(until) = self.phase {
            if now >= until {
                self.stock.clear();
            }
            return;
        }
        if now >= self.look_at {
            self.look_at = now + limits::LOOK_AT_NETWORKS;
            self.outputs.push_back(MappingOutput::Look);
        }
        for id in self.stock.due(now) {
            self.outputs.push_back(MappingOutput::Renew(id));
        }
        self.fill(now);
    }

    fn poll_output(&mut self) -> Option<MappingOutput> {
        self.outputs.pop_front()
    }

    fn poll_timeout(&self) -> Option<Duration> {
        if let MappingPhase::Stopping(until) = self.phase {
            return (!self.stock.is_empty()).then_some(until);
        }
        let is_filling = matches!(self.phase, MappingPhase::Working(..)) && self.stock.needs_more();
        [
            self.stock.next_renewal(),
            is_filling.then_some(self.open_at),
        ]
        .into_iter()
        .flatten()
        .fold(self.look_at, Duration::min)
        .into()
    }
}
