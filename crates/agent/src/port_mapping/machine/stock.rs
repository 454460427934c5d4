//! All mappings: being created, waiting for a call, used by a call, or being removed.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use super::{MappingGrant, MappingId};
use crate::limits;
use crate::port_mapping::external::RouterEpoch;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MappingStage {
    Opening,
    Ready,
    Held,
    Removing,
}

#[derive(Debug)]
pub(super) struct Mapping {
    pub(super) stage: MappingStage,
    /// Whether the driver is busy with it.
    pub(super) is_in_flight: bool,
    /// Whether it is removed as soon as the driver is done.
    pub(super) is_unwanted: bool,
    pub(super) n_failures: u32,
    pub(super) renew_at: Option<Duration>,
    /// Where the router receives for it.
    external: Option<SocketAddr>,
    /// What the call that has it knows of that.
    pub(super) told: Option<SocketAddr>,
    epoch: Option<RouterEpoch>,
}

impl Mapping {
    /// Takes over what the router promises; returns whether it has forgotten everything since.
    pub(super) fn granted(&mut self, grant: &MappingGrant, now: Duration) -> bool {
        self.n_failures = 0;
        self.external = Some(grant.external);
        let half = grant.lifetime.min(limits::MAPPING_LIFETIME) / 2;
        self.renew_at = Some(now + half.max(limits::RENEW_LEAST));
        let before = self.epoch;
        self.epoch = grant.epoch.map(|seconds| RouterEpoch { seconds, at: now });
        match (before, self.epoch) {
            (Some(before), Some(later)) => before.is_lost(later),
            _ => false,
        }
    }

    /// Marks it for removal; returns whether that can begin at once.
    pub(super) fn discard(&mut self) -> bool {
        self.renew_at = None;
        if self.is_in_flight {
            self.is_unwanted = true;
            return false;
        }
        let is_first = self.stage != MappingStage::Removing;
        self.stage = MappingStage::Removing;
        is_first
    }
}

/// All mappings by id.
#[derive(Debug, Default)]
pub(super) struct Stock {
    mappings: BTreeMap<MappingId, Mapping>,
    last_id: MappingId,
}

impl Stock {
    pub(super) fn add(&mut self) -> MappingId {
        self.last_id += 1;
        self.mappings.insert(
            self.last_id,
            Mapping {
                stage: MappingStage::Opening,
                is_in_flight: true,
                is_unwanted: false,
                n_failures: 0,
                renew_at: None,
                external: None,
                told: None,
                epoch: None,
            },
        );
        self.last_id
    }

    pub(super) fn get_mut(&mut self, id: MappingId) -> Option<&mut Mapping> {
        self.mappings.get_mut(&id)
    }

    pub(super) fn remove(&mut self, id: MappingId) {
        self.mappings.remove(&id);
    }

    pub(super) fn clear(&mut self) {
        self.mappings.clear();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.mappings.is_empty()
    }

    pub(super) fn ids(&self) -> Vec<MappingId> {
        self.mappings.keys().copied().collect()
    }

    /// Those that no call has.
    pub(super) fn waiting(&self) -> Vec<MappingId> {
        let is_waiting = |mapping: &Mapping| {
            matches!(mapping.stage, MappingStage::Opening | MappingStage::Ready)
        };
        let waiting = self.mappings.iter().filter(|(_, each)| is_waiting(each));
        waiting.map(|(id, _)| *id).collect()
    }

    /// Those that calls have.
    pub(super) fn held(&self) -> Vec<MappingId> {
        let is_held = |mapping: &Mapping| mapping.stage == MappingStage::Held;
        let held = self.mappings.iter().filter(|(_, each)| is_held(each));
        held.map(|(id, _)| *id).collect()
    }

    pub(super) fn needs_more(&self) -> bool {
        let n_ready = self.count(|each| each.stage == MappingStage::Ready);
        let is_opening = self.count(|each| each.stage == MappingStage::Opening) > 0;
        n_ready < limits::READY_MAPPINGS && !is_opening && self.has_room()
    }

    /// Whether one more may be made: those that a router has not answered yet count, too.
    pub(super) fn has_room(&self) -> bool {
        self.mappings.len() < limits::MAX_MAPPINGS
    }

    /// Whether the router has confirmed a mapping when it was last asked about it.
    pub(super) fn has_healthy(&self) -> bool {
        let is_healthy = |each: &Mapping| {
            matches!(each.stage, MappingStage::Ready | MappingStage::Held) && each.n_failures == 0
        };
        self.count(is_healthy) > 0
    }

    fn count(&self, is_so: impl Fn(&Mapping) -> bool) -> usize {
        self.mappings.values().filter(|each| is_so(each)).count()
    }

    /// Gives one to a call: the oldest that the router has confirmed.
    pub(super) fn take(&mut self) -> Option<MappingId> {
        let (id, mapping) = self
            .mappings
            .iter_mut()
            .find(|(_, each)| each.stage == MappingStage::Ready && each.n_failures == 0)?;
        mapping.stage = MappingStage::Held;
        mapping.told = mapping.external;
        Some(*id)
    }

    /// Makes all renewals due, except that of one just renewed.
    pub(super) fn renew_others(&mut self, except: Option<MappingId>, now: Duration) {
        for (id, mapping) in &mut self.mappings {
            if mapping.renew_at.is_some() && Some(*id) != except {
                mapping.renew_at = Some(now);
            }
        }
    }

    /// Those to renew at this moment; they count as being renewed from here on.
    pub(super) fn due(&mut self, now: Duration) -> Vec<MappingId> {
        let is_due =
            |each: &Mapping| !each.is_in_flight && each.renew_at.is_some_and(|at| at <= now);
        let due = self.mappings.iter_mut().filter(|(_, each)| is_due(each));
        due.map(|(id, mapping)| {
            mapping.is_in_flight = true;
            *id
        })
        .collect()
    }

    pub(super) fn next_renewal(&self) -> Option<Duration> {
        self.mappings
            .values()
            .filter(|each| !each.is_in_flight)
            .filter_map(|each| each.renew_at)
            .min()
    }
}
