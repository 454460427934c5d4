//! The table of all allocations, with the numbers that quotas need.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use proto::turn_credential::Role;

use super::super::core::{AllocationId, ClientPath, Family, SocketId, Transport};
use super::super::limits::{SPARE_AFTER, UNUSED_AFTER};
use super::super::rate::{network_of, wide_network_of};
use super::allocation::{Allocation, Owner, RelayedState};

/// The group that shares a number of allocations.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scope<'a> {
    /// Calls with one quota key.
    Account(&'a str),
    /// One client address (IPv6: /64).
    Client(IpAddr),
    /// One client network (/24, /48).
    Network(IpAddr),
    All,
}

impl Scope<'_> {
    fn holds(self, allocation: &Allocation) -> bool {
        let ip = allocation.client.addr.ip();
        match self {
            Scope::Account(key) => allocation.quota_key == key,
            Scope::Client(client) => network_of(ip) == network_of(client),
            Scope::Network(client) => wide_network_of(ip) == wide_network_of(client),
            Scope::All => true,
        }
    }
}

/// All allocations by id, client and relayed port, with the numbers of relayed addresses per party
/// and address.
#[derive(Default)]
pub(super) struct Table {
    by_id: HashMap<AllocationId, Allocation>,
    by_client: HashMap<ClientPath, AllocationId>,
    by_port: HashMap<(Family, u16), AllocationId>,
    per_call: HashMap<String, PartyCounts>,
    per_account: HashMap<String, usize>,
    per_client: HashMap<IpAddr, usize>,
    per_network: HashMap<IpAddr, usize>,
    n_relayed: usize,
    last_id: u64,
}

/// The relayed addresses of both parties of a call.
#[derive(Clone, Copy, Default)]
struct PartyCounts {
    viewer: usize,
    agent: usize,
}

impl PartyCounts {
    fn of_mut(&mut self, role: Role) -> &mut usize {
        match role {
            Role::Viewer => &mut self.viewer,
            Role::Agent => &mut self.agent,
        }
    }
}

impl Table {
    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// The number of relayed addresses of one party of a call.
    pub(super) fn of_party(&self, call: &str, role: Role) -> usize {
        let mut counts = self.per_call.get(call).copied().unwrap_or_default();
        *counts.of_mut(role)
    }

    /// The number of relayed addresses in a scope.
    pub(super) fn count(&self, scope: Scope<'_>) -> usize {
        let count = match scope {
            Scope::Account(key) => self.per_account.get(key),
            Scope::Client(ip) => self.per_client.get(&network_of(ip)),
            Scope::Network(ip) => self.per_network.get(&wide_network_of(ip)),
            Scope::All => return self.n_relayed,
        };
        count.copied().unwrap_or(0)
    }

    /// Finds the allocation of a full scope to replace for a party that has none: first the spare
    /// of a party that has another one in its call (over TCP first), then one that has been unused
    /// for long.
    pub(super) fn that_gives_way(
        &self,
        scope: Scope<'_>,
        asking: &Owner,
        now: Duration,
    ) -> Option<AllocationId> {
        let of_party = |call: &str, role: Role| {
            self.by_id
                .values()
                .filter(|a| a.role == role && a.call == call)
                .count()
        };
        if of_party(&asking.call, asking.role) > 0 {
            return None;
        }
        // Quadratic, but only in a full scope, and `allocations_total` bounds it.
        self.by_id
            .iter()
            .filter(|(_, a)| scope.holds(a))
            .filter_map(|(&id, a)| {
                let is_idle = a.data_at.is_none() || a.has_been_idle_for(SPARE_AFTER, now);
                let is_spare = is_idle && of_party(&a.call, a.role) > 1;
                let may_go = is_spare || a.has_been_idle_for(UNUSED_AFTER, now);
                let is_udp = a.client.transport == Transport::Udp;
                let used_at = a.data_at.unwrap_or(a.made_at);
                may_go.then_some(((!is_spare, is_udp, used_at, id), id))
            })
            .min_by_key(|(order, _)| *order)
            .map(|(_, id)| id)
    }

    pub(super) fn find(&self, client: ClientPath) -> Option<AllocationId> {
        self.by_client.get(&client).copied()
    }

    /// Finds the allocation whose relayed address of this family has this port.
    // Family and port name a socket: those of one family are bound to one address.
    pub(super) fn at_port(&self, family: Family, port: u16) -> Option<AllocationId> {
        self.by_port.get(&(family, port)).copied()
    }

    pub(super) fn get(&self, id: AllocationId) -> Option<&Allocation> {
        self.by_id.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: AllocationId) -> Option<&mut Allocation> {
        self.by_id.get_mut(&id)
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Allocation> {
        self.by_id.values_mut()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (AllocationId, &Allocation)> {
        self.by_id.iter().map(|(&id, allocation)| (id, allocation))
    }

    /// Adds an allocation for a client that has none yet.
    pub(super) fn insert(&mut self, allocation: Allocation) -> AllocationId {
        self.last_id += 1;
        let id = AllocationId(self.last_id);
        self.by_client.insert(allocation.client, id);
        self.count_up(&allocation);
        self.by_id.insert(id, allocation);
        id
    }

    /// Changes one relayed address of an allocation.
    pub(super) fn set_relayed(&mut self, socket: SocketId, state: RelayedState) {
        let SocketId { allocation, family } = socket;
        // Taken out while the counts change with it.
        let Some(mut changed) = self.by_id.remove(&allocation) else {
            return;
        };
        self.count_down(&changed);
        if let Some(addr) = changed.relayed(family) {
            self.by_port.remove(&(family, addr.port()));
        }
        *changed.relayed.of_mut(family) = state;
        match state {
            RelayedState::Open(addr) => {
                self.by_port.insert((family, addr.port()), allocation);
            }
            RelayedState::Absent => changed.forget_peers(family),
            RelayedState::Opening | RelayedState::Failed(_) => {}
        }
        self.count_up(&changed);
        self.by_id.insert(allocation, changed);
    }

    /// Removes an allocation and everything that refers to it.
    pub(super) fn remove(&mut self, id: AllocationId) -> Option<Allocation> {
        let allocation = self.by_id.remove(&id)?;
        self.by_client.remove(&allocation.client);
        for family in Family::BOTH {
            if let Some(addr) = allocation.relayed(family) {
                self.by_port.remove(&(family, addr.port()));
            }
        }
        self.count_down(&allocation);
        Some(allocation)
    }

    fn count_up(&mut self, allocation: &Allocation) {
        let weight = allocation.weight();
        if weight == 0 {
            return;
        }
        let ip = allocation.client.addr.ip();
        let of_call = self.per_call.entry(allocation.call.clone()).or_default();
        *of_call.of_mut(allocation.role) += weight;
        let account = allocation.quota_key.clone();
        *self.per_account.entry(account).or_default() += weight;
        *self.per_client.entry(network_of(ip)).or_default() += weight;
        *self.per_network.entry(wide_network_of(ip)).or_default() += weight;
        self.n_relayed += weight;
    }

    fn count_down(&mut self, allocation: &Allocation) {
        let weight = allocation.weight();
        let ip = allocation.client.addr.ip();
        if let Some(counts) = self.per_call.get_mut(&allocation.call) {
            *counts.of_mut(allocation.role) -= weight;
            if counts.viewer + counts.agent == 0 {
                self.per_call.remove(&allocation.call);
            }
        }
        decrement(&mut self.per_account, &allocation.quota_key, weight);
        decrement(&mut self.per_client, &network_of(ip), weight);
        decrement(&mut self.per_network, &wide_network_of(ip), weight);
        self.n_relayed -= weight;
    }

    /// Says whether the table is completely empty.
    #[cfg(test)]
    pub(super) fn is_blank(&self) -> bool {
        self.by_id.is_empty()
            && self.by_client.is_empty()
            && self.by_port.is_empty()
            && self.per_call.is_empty()
            && self.per_account.is_empty()
            && self.per_client.is_empty()
            && self.per_network.is_empty()
            && self.n_relayed == 0
    }
}

fn decrement<K, Q>(counts: &mut HashMap<K, usize>, key: &Q, by: usize)
where
    K: std::borrow::Borrow<Q> + std::hash::Hash + Eq,
    Q: std::hash::Hash + Eq + ?Sized,
{
    if let Some(count) = counts.get_mut(key) {
        *count -= by;
        if *count == 0 {
            counts.remove(key);
        }
    }
}
