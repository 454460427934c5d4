//! The order in which routers are queried: every protocol of the preferred network first. Remembers the most
//! informative failure.

use std::net::IpAddr;

use super::MappingTrouble;
use crate::limits;
use crate::port_mapping::external::is_behind_nat;
use crate::port_mapping::networks::LanNetwork;
use crate::reach::{MappingProtocol, MappingState};

/// The kind of mapping that is requested from routers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MappingKind {
    /// Ports of their IPv4 address, which they translate to ours.
    Ports,
    /// Ways in through their filter to our own IPv6 address.
    Pinholes,
}

impl MappingKind {
    /// The newest first: its answers say the most, and a router that knows only NAT-PMP says so at once.
    fn protocols(self) -> &'static [MappingProtocol] {
        use MappingProtocol::{NatPmp, Pcp, Upnp};
        match self {
            MappingKind::Ports => &[Pcp, NatPmp, Upnp],
            MappingKind::Pinholes => &[Pcp, Upnp],
        }
    }
}

/// All attempts, and how far they are.
#[derive(Debug)]
pub(super) struct MappingPlan {
    kind: MappingKind,
    networks: Vec<LanNetwork>,
    /// Whether this machine has a public address instead of a router with NAT.
    is_public: bool,
    n_tried: usize,
    worst: Option<MappingState>,
}

impl MappingPlan {
    pub(super) fn new(kind: MappingKind) -> MappingPlan {
        MappingPlan {
            kind,
            networks: Vec::new(),
            is_public: false,
            n_tried: 0,
            worst: None,
        }
    }

    /// Takes over the networks of this machine; returns whether they are others than before.
    pub(super) fn set(&mut self, mut networks: Vec<LanNetwork>, is_loopback_allowed: bool) -> bool {
        let is_asked = |network: &LanNetwork| {
            self.kind == MappingKind::Pinholes
                || is_behind_nat(network.local)
                || is_loopback_allowed && network.local.is_loopback()
        };
        let n_all = networks.len();
        networks.retain(is_asked);
        networks.truncate(limits::MAX_NETWORKS);
        self.is_public = n_all > 0 && networks.is_empty();
        let is_new = networks != self.networks;
        self.networks = networks;
        is_new
    }

    pub(super) fn has(&self, network: LanNetwork) -> bool {
        self.networks.contains(&network)
    }

    pub(super) fn has_router(&self, router: IpAddr) -> bool {
        self.networks.iter().any(|network| network.router == router)
    }

    pub(super) fn restart(&mut self) {
        self.n_tried = 0;
        self.worst = None;
    }

    /// The next attempt.
    pub(super) fn next(&mut self) -> Option<(LanNetwork, MappingProtocol)> {
        let next = self.attempt(self.n_tried)?;
        self.n_tried += 1;
        Some(next)
    }

    /// The attempt that [`MappingPlan::next`] returned last.
    pub(super) fn current(&self) -> Option<(LanNetwork, MappingProtocol)> {
        self.attempt(self.n_tried.checked_sub(1)?)
    }

    fn attempt(&self, n: usize) -> Option<(LanNetwork, MappingProtocol)> {
        let protocols = self.kind.protocols();
        let network = self.networks.get(n / protocols.len())?;
        Some((*network, protocols[n % protocols.len()]))
    }

    pub(super) fn note_double_nat(&mut self, external: IpAddr) {
        self.note(MappingState::DoubleNat(external));
    }

    pub(super) fn note_trouble(&mut self, trouble: MappingTrouble) {
        let Some((_, protocol)) = self.current() else {
            return;
        };
        self.note(match trouble {
            MappingTrouble::Silent => MappingState::Silent,
            MappingTrouble::Refused => MappingState::Refused(protocol),
            MappingTrouble::Nonsense => MappingState::Nonsense(protocol),
        });
    }

    fn note(&mut self, state: MappingState) {
        let telling = |state: MappingState| match state {
            MappingState::DoubleNat(_) => 3,
            MappingState::Refused(_) => 2,
            MappingState::Nonsense(_) => 1,
            _ => 0,
        };
        if self
            .worst
            .is_none_or(|worst| telling(state) > telling(worst))
        {
            self.worst = Some(state);
        }
    }

    /// What to report when all attempts have failed.
    pub(super) fn verdict(&self) -> MappingState {
        match self.worst {
            Some(state) => state,
            None if self.is_public => MappingState::NotNeeded,
            None => MappingState::NoRouter,
        }
    }
}
